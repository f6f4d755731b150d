"""Ledger writes that nobody waits for, as of notices about what was just seen; a failure is logged and costs the notice alone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from bot.ledger.store import Ledger, Tx

log = structlog.get_logger()


@dataclass(slots=True)
class BackgroundWrites:
    """Begun in the order of the calls, never raising."""

    ledger: Ledger
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def begin(self, fn: Callable[[Tx], object]) -> None:
        task = asyncio.get_running_loop().create_task(self._written(fn))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """Wait until everything is written."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    async def _written(self, fn: Callable[[Tx], object]) -> None:
        try:
            await self.ledger.write(fn)
        except Exception as problem:
            # A full disk, or a bug: what the notice is about goes on, and its next time says it again.
            log.error("notice_not_written", error=type(problem).__name__)
