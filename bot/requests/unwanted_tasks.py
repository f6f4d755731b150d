"""Cancellation of tasks at the service, after their request was cancelled or ran out of time.

Best effort: it saves money where the service supports it. The task already counts as spent, and nothing depends on the answer.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import structlog
from cachetools import FIFOCache
from sqlalchemy import Connection

from bot.domain.outcome import Pending
from bot.ledger import attempt_rows, request_rows
from bot.ledger.store import Ledger
from bot.requests.services import ImageServices

log = structlog.get_logger()

KEPT = 2000
"""Most names of stopped tasks to remember."""


@dataclass(slots=True)
class UnwantedTasks:
    ledger: Ledger
    services: ImageServices
    _stopping: set[asyncio.Task[None]] = field(default_factory=set)
    _stopped: FIFOCache[str, None] = field(default_factory=lambda: FIFOCache(KEPT))
    """Attempts whose task the service said it stops: a task that takes a while to end is asked about at each poll."""

    def wake(self, attempt_id: str) -> None:
        """Ask the service to stop an attempt's task, unless it said before that it does."""
        if attempt_id in self._stopped:
            return
        task = asyncio.get_running_loop().create_task(self._stop(attempt_id), name="unwanted-task")
        self._stopping.add(task)
        task.add_done_callback(self._stopping.discard)

    async def close(self, seconds: float) -> None:
        """Wait for calls in progress, up to `seconds`."""
        if self._stopping:
            _, late = await asyncio.wait(self._stopping, timeout=seconds)
            for task in late:
                task.cancel()

    async def _stop(self, attempt_id: str) -> None:
        try:
            found = await self.ledger.read(lambda c: _task_of(c, attempt_id))
            if found is not None:
                service, pending = found
                stopped = await self.services.of(service).provider.cancel(pending)
                log.info("task_stopped" if stopped else "task_not_stopped", attempt=attempt_id)
                if stopped:
                    self._stopped[attempt_id] = None
        except Exception as error:
            log.warning("task_not_stopped", attempt=attempt_id, error=type(error).__name__)


def _task_of(connection: Connection, attempt_id: str) -> tuple[str, Pending] | None:
    attempt = attempt_rows.attempt_by_id(connection, attempt_id)
    request = request_rows.get(connection, attempt.request_id)
    if request is None or attempt.task_id is None:
        return None
    return request.service, Pending(attempt.task_id, attempt.poll_url)
