"""Work that goes on after an acknowledgement: kept alive, logged when it fails, given a moment at the end."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

import structlog

log = structlog.get_logger()


@dataclass(slots=True)
class BackgroundTasks:
    """The running tasks of one platform."""

    platform: str
    _running: set[asyncio.Task[Any]] = field(default_factory=set)

    def start(self, work: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[Any]:
        """Run beside everything else."""
        task = asyncio.get_running_loop().create_task(work, name=f"{self.platform}-{name}")
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error(f"{self.platform}_task_failed", task=task.get_name(), error=type(error).__name__, exc_info=error)

    async def drain(self, seconds: float) -> None:
        """Let them end for a while, then break them off."""
        if not self._running:
            return
        _, late = await asyncio.wait(self._running, timeout=seconds)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late)
