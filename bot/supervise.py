"""Supervision of background work: what ends with an exception is logged without its content and started again after growing pauses.

One `Watch` per thing that may be in trouble (a task, a connection): it counts failures, says how long to pause, and tells once that the
trouble began and once that it is over. It starts nothing by itself; `Supervisor.keep` runs a coroutine for ever under one.
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
"""Seconds before the first restart and before the later ones; each is twice the one before."""
STEADY = 60.0
"""Seconds without a failure after which trouble counts as over."""
FRAMES = 4
"""Places in the code that a log line names, innermost last."""


@dataclass(frozen=True, slots=True)
class Health:
    """The state of one watched thing, for whoever asks whether the process is well."""

    failing: bool
    failures: int
    """In a row."""
    error: str
    """A short machine token of the newest failure; empty when there was none."""
    since: float
    """Monotonic time of the first failure in a row; of the last recovery when it is well."""


Told = Callable[[str, str], None]
"""(name of the watched thing, machine token of its failure)"""


@dataclass(slots=True)
class Watch:
    """One thing that may be in trouble."""

    name: str
    ports: Ports
    on_trouble: Told
    on_recovery: Callable[[str], None]
    longest: float = LONGEST_PAUSE
    failures: int = 0
    error: str = ""
    since: float = 0.0
    last: float = float("-inf")
    """Monotonic time of the newest failure."""
    _timer: asyncio.TimerHandle | None = None

    @property
    def health(self) -> Health:
        return Health(self.failures > 0, self.failures, self.error, self.since)

    def failed(self, error: BaseException | str) -> float:
        """Note a failure: an exception, or a machine token. Returns the seconds to pause before the next attempt.

        An exception's text may repeat what a platform or a person wrote, so only its type and the places in the code are logged.
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
            self.on_trouble(self.name, self.error)
        return pause

    def works(self) -> None:
        """Something worked; the trouble is over once nothing has failed for STEADY seconds."""
        if self.failures and self._timer is None:
            left = self.last + STEADY - self.ports.monotonic()
            self._timer = asyncio.get_running_loop().call_later(max(0.0, left), self._recovered)

    def stop(self) -> None:
        """Tell nothing more."""
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
    on_trouble: Told = lambda name, error: None
    """Told once per trouble, when it begins."""
    on_recovery: Callable[[str], None] = lambda name: None
    """Told once per trouble, when it is over."""
    _watches: dict[str, Watch] = field(default_factory=dict)
    _tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    def watch(self, name: str, *, longest: float = LONGEST_PAUSE) -> Watch:
        """The watch of this name; made when it is asked for first."""
        if name not in self._watches:
            self._watches[name] = Watch(
                name,
                self.ports,
                lambda name, error: self.on_trouble(name, error),
                lambda name: self.on_recovery(name),
                longest,
                since=self.ports.monotonic(),
            )
        return self._watches[name]

    def health(self) -> Mapping[str, Health]:
        """Every watched thing by its name, for readiness checks."""
        return {name: watch.health for name, watch in self._watches.items()}

    def start(self, name: str, work: Callable[[], Awaitable[None]]) -> asyncio.Task[None]:
        """Keep `work` running in a task of its own until `stop`."""
        task = asyncio.get_running_loop().create_task(self.keep(name, work), name=name)
        self._tasks[name] = task
        return task

    async def keep(
        self, name: str, work: Callable[[], Awaitable[None]], *, fatal: Callable[[Exception], bool] = lambda error: False
    ) -> None:
        """Run `work` until cancelled, again and again: it is meant never to end. Raises what `fatal` says must not be tried again."""
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
        """Cancel everything that `start` began, and tell nothing more."""
        for watch in self._watches.values():
            watch.stop()
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)


def places_of(error: BaseException) -> list[str]:
    """Where in the code an exception came from, as "file.py:12 function": never its text."""
    found = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    return [f"{PurePath(one.filename).name}:{one.lineno} {one.name}" for one in found]
