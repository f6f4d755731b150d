"""Supervision of background work: log failures without content and restart after growing pauses.

A `Watch` observes one thing that may fail (a task, a connection): it counts failures, computes the next pause, and reports once when
trouble begins and once when it ends. It starts nothing itself; `Supervisor.keep` runs a coroutine forever under a watch.
"""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath

import structlog

from bot.ports import Ports

log = structlog.get_logger()

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds before the first restart, and the maximum; each pause is twice the previous one."""
STEADY = 60.0
"""Seconds without a failure until trouble counts as over."""
FRAMES = 4
"""Number of code locations in a log line, innermost last."""


@dataclass(frozen=True, slots=True)
class Health:
    """State of one watched thing, for readiness checks."""

    failing: bool
    failures: int
    """Consecutive failures."""
    error: str
    """Machine token of the latest failure; empty if there was none."""
    since: float
    """Monotonic time of the first consecutive failure, or of the last recovery if healthy."""


@dataclass(slots=True)
class PlatformLink:
    """State of one connection to a platform: the owner sets it, readiness checks read it."""

    ports: Ports
    up: bool = False
    since: float = 0.0
    """Monotonic time of the latest change."""

    def set(self, up: bool, ago: float = 0.0) -> None:
        """Record whether events can arrive, and since how many seconds."""
        if up is not self.up:
            self.up, self.since = up, self.ports.monotonic() - ago


IncidentListener = Callable[[str, str], None]
"""(name of the watched thing, machine token of its failure)"""


@dataclass(slots=True)
class Watch:
    name: str
    ports: Ports
    on_incident: IncidentListener
    on_recovery: Callable[[str], None]
    longest: float = LONGEST_PAUSE
    failures: int = 0
    error: str = ""
    since: float = 0.0
    last: float = float("-inf")
    """Monotonic time of the latest failure."""
    _timer: asyncio.TimerHandle | None = None

    @property
    def health(self) -> Health:
        return Health(self.failures > 0, self.failures, self.error, self.since)

    def failed(self, error: BaseException | str) -> float:
        """Record a failure: an exception, or a machine token. Returns the seconds to pause before the next attempt.

        An exception's text may quote a platform or a person, so only its type and code locations are logged.
        """
        now = self.ports.monotonic()
        first = self.failures == 0
        self.failures, self.last = self.failures + 1, now
        self.error = error if isinstance(error, str) else type(error).__name__
        if first:
            self.since = now
        pause = min(self.longest, FIRST_PAUSE * 2.0 ** min(self.failures - 1, 16)) * self.ports.uniform(0.75, 1.25)
        places = [] if isinstance(error, str) else places_of(error)
        line = log.error if first else log.info
        line("in_trouble", what=self.name, error=self.error, at=places, failures=self.failures, next_try_in=round(pause, 1))
        self._disarm()
        if first:
            self.on_incident(self.name, self.error)
        return pause

    def works(self) -> None:
        """Record a success; trouble is over once nothing has failed for STEADY seconds."""
        if self.failures and self._timer is None:
            left = self.last + STEADY - self.ports.monotonic()
            self._timer = asyncio.get_running_loop().call_later(max(0.0, left), self._recovered)

    def stop(self) -> None:
        """Stop reporting."""
        self._disarm()

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _recovered(self) -> None:
        self._timer = None
        log.info("trouble_over", what=self.name, failures=self.failures)
        self.failures, self.error, self.since = 0, "", self.ports.monotonic()
        self.on_recovery(self.name)


@dataclass(slots=True)
class Supervisor:
    """All watched things of the process."""

    ports: Ports
    on_incident: IncidentListener = lambda name, error: None
    """Called once when trouble begins."""
    on_recovery: Callable[[str], None] = lambda name: None
    """Called once when trouble ends."""
    links: dict[str, PlatformLink] = field(default_factory=dict)
    """Connections by name (`platform` or `platform:part`), for readiness checks."""
    _watches: dict[str, Watch] = field(default_factory=dict)
    _tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    def watch(self, name: str, *, longest: float = LONGEST_PAUSE) -> Watch:
        """The watch with this name, created on first use."""
        if name not in self._watches:
            self._watches[name] = Watch(
                name,
                self.ports,
                lambda name, error: self.on_incident(name, error),
                lambda name: self.on_recovery(name),
                longest,
                since=self.ports.monotonic(),
            )
        return self._watches[name]

    def link(self, name: str) -> PlatformLink:
        """The connection with this name, created on first use; it begins down."""
        if name not in self.links:
            self.links[name] = PlatformLink(self.ports, since=self.ports.monotonic())
        return self.links[name]

    def health(self) -> Mapping[str, Health]:
        """All watched things by name, for readiness checks."""
        return {name: watch.health for name, watch in self._watches.items()}

    def start(self, name: str, work: Callable[[], Awaitable[None]]) -> asyncio.Task[None]:
        """Run `work` in its own task until `stop`, restarting it as needed."""
        task = asyncio.get_running_loop().create_task(self.keep(name, work), name=name)
        self._tasks[name] = task
        return task

    async def keep(
        self, name: str, work: Callable[[], Awaitable[None]], *, fatal: Callable[[Exception], bool] = lambda error: False
    ) -> None:
        """Run `work` again and again until cancelled; it's meant never to return. Raises errors for which `fatal` is true."""
        watch = self.watch(name)
        while True:
            watch.works()
            try:
                await work()
            except Exception as error:
                if fatal(error):
                    raise
                pause = watch.failed(error)
            else:
                pause = watch.failed("ended")
            await asyncio.sleep(pause)

    async def stop(self) -> None:
        """Cancel everything that `start` began, and stop reporting."""
        for watch in self._watches.values():
            watch.stop()
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)


def places_of(error: BaseException) -> list[str]:
    """Where in the code an exception came from, as "file.py:12 function"; never its text."""
    found = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    return [f"{PurePath(one.filename).name}:{one.lineno} {one.name}" for one in found]
