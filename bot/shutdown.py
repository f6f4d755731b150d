"""Graceful shutdown: the first signal lets work in progress finish, a second one doesn't; both are reported in a sentence."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.chat.open_calls import OpenCalls
from bot.messages.sender import Sender
from bot.requests.scheduler import Scheduler
from bot.texts import text
from bot.texts.phrases import listed

DRAIN = 20.0
"""Seconds for calls in progress after a signal."""
INTERACTIONS_END = 11.0
"""Seconds for button presses after that: at most two queries to their platform, of five seconds each."""
SETTLE = 5.0
"""Seconds for the last messages after that."""
NAMED = 5
"""Maximum number of requests named in a sentence."""


@dataclass(slots=True)
class Shutdown:
    """Shutdown of one process: call `listen` on the running loop, wait for `asked`, then call `drain`."""

    say: Callable[[str], None]
    """Receives sentences for the operator; never a prompt."""
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    hurried: asyncio.Event = field(default_factory=asyncio.Event)

    def listen(self) -> None:
        """Handle SIGTERM and Ctrl-C from now on."""
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            with contextlib.suppress(NotImplementedError, RuntimeError):
                loop.add_signal_handler(name, self.ask)

    def ask(self) -> None:
        """Handle a signal: the first one requests a graceful stop, the next one an immediate stop."""
        (self.hurried if self.asked.is_set() else self.asked).set()

    async def drain(self, scheduler: Scheduler, sender: Sender, calls: OpenCalls) -> None:
        """After a signal: wait for calls, presses and messages in progress, and report what is left."""
        if not self.asked.is_set():
            await scheduler.drain(0.0)
            await sender.settle(1.0)
            return
        running = scheduler.running()
        self.say(_begun(running))
        late = await self._drained(scheduler)
        if late:
            self.say(text("operator.stopped_early", requests=_named(late)))
        await self._unless_hurried(calls.close(INTERACTIONS_END))
        await sender.settle(1.0 if self.hurried.is_set() else SETTLE)
        if running and not late:
            self.say(text("operator.stopped"))

    async def _drained(self, scheduler: Scheduler) -> Sequence[str]:
        """The requests that had to be cut off."""
        late: list[str] = []

        async def drain() -> None:
            late.extend(await scheduler.drain(DRAIN))

        return late if await self._unless_hurried(drain()) else await scheduler.drain(0.0)

    async def _unless_hurried(self, work: Coroutine[Any, Any, None]) -> bool:
        """Whether the work finished before a second signal."""
        working, hurried = asyncio.create_task(work), asyncio.create_task(self.hurried.wait())
        await asyncio.wait([working, hurried], return_when=asyncio.FIRST_COMPLETED)
        hurried.cancel()
        if working.done():
            working.result()
            return True
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
        return False


def _begun(running: Sequence[str]) -> str:
    if not running:
        return text("operator.stopping_idle")
    key = "stopping_one" if len(running) == 1 else "stopping_many"
    return text(
        f"operator.{key}", requests=_named(running), count=len(running), seconds=round(DRAIN), more=round(INTERACTIONS_END + SETTLE)
    )


def _named(requests: Sequence[str]) -> str:
    return listed(requests, NAMED)
