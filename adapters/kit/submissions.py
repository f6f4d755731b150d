"""Path of a submission through an adapter: receive (one durable insert), acknowledge (platform-specific), accept."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

from adapters.kit.replies import words_of
from adapters.kit.tasks import BackgroundTasks
from bot.core import Core, Duplicate, Received
from bot.domain.requests import Submission
from bot.texts import text

log = structlog.get_logger()

STORE_WITHIN = 1.8
"""Seconds for the ledger to store a command. It normally takes a few milliseconds; platforms wait three seconds for the acknowledgement."""

Respond = Callable[[str], Awaitable[object]]
"""Sends a sentence to the person only."""


@dataclass(slots=True)
class Submissions:
    core: Core
    tasks: BackgroundTasks

    async def stored(
        self, event_key: str, submission: Submission, respond: Respond, within: float = STORE_WITHIN
    ) -> Received | Duplicate | None:
        """Store a submission within this many seconds. Returns None if that failed or took too long; the person has then been told, and
        nothing will be drawn."""
        storing = asyncio.ensure_future(self.core.receive(event_key, submission))
        try:
            async with asyncio.timeout(within):
                return await asyncio.shield(storing)
        except TimeoutError:
            # It may still be stored later. It must not be drawn then, because the person is now told that it failed.
            self.tasks.start(self._drop_when_stored(storing), "drop")
            await respond(self.core.storage.late())
        except Exception as error:
            await respond(words_of(error, self.tasks.platform))
        return None

    async def accept(self, request_id: str, respond: Respond) -> None:
        """Accept after the acknowledgement. If this fails, the request stays received for the next sweep or start, and the person is
        told."""
        try:
            await self.core.accept(request_id)
        except Exception as error:
            log.exception(f"{self.tasks.platform}_accept_failed", request=request_id, error=type(error).__name__)
            await respond(text(f"{self.tasks.platform}.accept_later"))

    async def _drop_when_stored(self, storing: asyncio.Future[Received | Duplicate]) -> None:
        try:
            stored = await storing
        except Exception as error:
            log.warning(f"{self.tasks.platform}_late_store_failed", error=type(error).__name__)
            return
        if isinstance(stored, Received):
            await self.core.abandon(stored.request_id)
