"""What tests of batches on Discord and Slack wait for."""

from __future__ import annotations

import asyncio

from bot.domain.batches import BatchState
from bot.ledger import batch_rows
from tests.platforms.stage import BotStage


async def drafted(s: BotStage, calls: int) -> None:
    """Wait until all drafts are there after so many calls."""
    assert s.bot is not None
    async with asyncio.timeout(30.0):
        while True:
            (batch,) = await s.bot.ledger.read(lambda c: batch_rows.latest(c, 1))
            if batch.state is BatchState.DRAFTED and len(s.service.calls) == calls:
                return
            await asyncio.sleep(0.02)


async def called(s: BotStage) -> None:
    async with asyncio.timeout(20.0):
        while not s.service.calls:  # noqa: ASYNC110 - a call tells nobody
            await asyncio.sleep(0.02)
