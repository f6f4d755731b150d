"""The way of a submission through an adapter: receive (one durable insert), acknowledge (the platform's part), accept."""

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
"""Seconds for the ledger to store a command; it takes a few thousandths, and platforms wait three seconds for the acknowledgement."""

Tell = Callable[[str], Awaitable[object]]
"""Says a sentence to the person alone."""


@dataclass(slots=True)
class Submissions:
    """One platform's submissions on their way into the core."""

    core: Core
    tasks: BackgroundTasks

    async def stored(self, event_key: str, submission: Submission, tell: Tell, within: float = STORE_WITHIN) -> Received | Duplicate | None:
        """The durable insert, within so many seconds. None when it was not made, or not in time: then the person was told, and nothing
        will be drawn."""
        storing = asyncio.ensure_future(self.core.receive(event_key, submission))
        try:
            async with asyncio.timeout(within):
                return await asyncio.shield(storing)
        except TimeoutError:
            # It may still be stored: it must not be drawn then, because the person is told now that it was not taken.
            self.tasks.start(self._drop_when_stored(storing), "drop")
            await tell(self.core.storage.late())
        except Exception as error:
            await tell(words_of(error, self.tasks.platform))
        return None

    async def accept(self, request_id: str, tell: Tell) -> None:
        """After the acknowledgement."""
        await accept(self.core, self.tasks.platform, request_id, tell)

    async def _drop_when_stored(self, storing: asyncio.Future[Received | Duplicate]) -> None:
        try:
            stored = await storing
        except Exception as error:
            log.warning(f"{self.tasks.platform}_late_store_failed", error=type(error).__name__)
            return
        if isinstance(stored, Received):
            await self.core.abandon(stored.request_id)


async def accept(core: Core, platform: str, request_id: str, tell: Tell) -> None:
    """After the acknowledgement. What fails here stays received: the next sweep or start accepts it, and until then the person knows."""
    try:
        await core.accept(request_id)
    except Exception as error:
        log.exception(f"{platform}_accept_failed", request=request_id, error=type(error).__name__)
        await tell(text(f"{platform}.accept_later"))
