"""Background ledger writes that nobody waits for, such as notices. A failure is logged and only costs that notice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from bot.ledger.store import Ledger, Tx

log = structlog.get_logger()


@dataclass(slots=True)
class BackgroundWrites:
    """Runs writes in the order of the calls; never raises."""

    ledger: Ledger
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def begin(self, fn: Callable[[Tx], object]) -> None:
        task = asyncio.get_running_loop().create_task(self._write(fn))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """Wait until everything is written."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    async def _write(self, fn: Callable[[Tx], object]) -> None:
        try:
            await self.ledger.write(fn)
        except Exception as problem:
            # A full disk, or a bug: the cause will occur again and be reported then.
            log.error("notice_not_written", error=type(problem).__name__)
