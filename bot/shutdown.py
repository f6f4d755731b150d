"""The end of a process: a first signal lets what runs come to its end, a second one does not, and both say so in a sentence."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.chat.doors import Doors
from bot.messages.sender import Sender
from bot.requests.scheduler import Scheduler
from bot.texts import text

DRAIN = 20.0
"""Seconds that running exchanges get after a signal."""
PRESSES_END = 11.0
"""Seconds that presses get after that: at most two questions to their platform, of five seconds each."""
SETTLE = 5.0
"""Seconds that the last messages get then."""
NAMED = 5
"""So many requests are named in a sentence."""


@dataclass(slots=True)
class Shutdown:
    """One process's end. `listen` on the running loop, wait for `asked`, then `drain`."""

    say: Callable[[str], None]
    """Takes each sentence for the operator; never a prompt."""
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    hurried: asyncio.Event = field(default_factory=asyncio.Event)

    def listen(self) -> None:
        """Take SIGTERM and Ctrl-C from now on."""
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            with contextlib.suppress(NotImplementedError, RuntimeError):
                loop.add_signal_handler(name, self.ask)

    def ask(self) -> None:
        """A signal came: the first one asks for an end, the next one for an end at once."""
        (self.hurried if self.asked.is_set() else self.asked).set()

    async def drain(self, scheduler: Scheduler, sender: Sender, doors: Doors) -> None:
        """Let running exchanges, presses and their messages come to an end, for a while where a signal asked for it; what is left is
        named."""
        if not self.asked.is_set():
            await scheduler.drain(0.0)
            await sender.settle(1.0)
            return
        running = scheduler.running()
        self.say(_begun(running))
        late = await self._drained(scheduler)
        if late:
            self.say(text("operator.stopped_early", requests=_named(late)))
        await self._unless_hurried(doors.close(PRESSES_END))
        await sender.settle(1.0 if self.hurried.is_set() else SETTLE)
        if running and not late:
            self.say(text("operator.stopped"))

    async def _drained(self, scheduler: Scheduler) -> Sequence[str]:
        """The requests that had to be broken off."""
        late: list[str] = []

        async def drain() -> None:
            late.extend(await scheduler.drain(DRAIN))

        return late if await self._unless_hurried(drain()) else await scheduler.drain(0.0)

    async def _unless_hurried(self, work: Coroutine[Any, Any, None]) -> bool:
        """Whether it came to its end before a second signal did."""
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
    return text(f"operator.{key}", requests=_named(running), count=len(running), seconds=round(DRAIN), more=round(PRESSES_END + SETTLE))


def _named(requests: Sequence[str]) -> str:
    more = len(requests) - NAMED
    return ", ".join(requests[:NAMED]) + (text("operator.and_more", count=more) if more > 0 else "")
