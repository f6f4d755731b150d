"""Work on requests' pictures in the background: one request after another, each at most once at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

log = structlog.get_logger()


class PictureWork:
    """Runs `one` for each request that is woken. What fails is logged as `failed`; the sweep wakes it again."""

    def __init__(self, one: Callable[[str], Awaitable[None]], failed: str) -> None:
        self._one, self._failed = one, failed
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._turn = asyncio.Semaphore(1)

    def wake(self, request_id: str) -> None:
        """Work on a request, unless that's going on."""
        if request_id not in self._tasks:
            task = self._tasks[request_id] = asyncio.get_running_loop().create_task(self._run_in_turn(request_id))
            task.add_done_callback(lambda done: self._on_task_end(request_id, done))

    async def stop(self) -> None:
        """Stop; the next start does the rest."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run_in_turn(self, request_id: str) -> None:
        async with self._turn:
            await self._one(request_id)

    def _on_task_end(self, request_id: str, done: asyncio.Task[None]) -> None:
        self._tasks.pop(request_id, None)
        if not done.cancelled() and (error := done.exception()) is not None:
            log.warning(self._failed, request=request_id, error=type(error).__name__)
