"""What tests of batches on Discord and Slack wait for."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path

from bot.catalogue.load import Catalogue
from bot.catalogue.model import Model, at_half_price
from bot.domain.batches import BatchState
from bot.gate.settings import GateSettings
from bot.ledger import batch_item_rows, batch_rows, request_rows
from bot.lifecycle import Pictures
from bot.ports import SystemPorts
from bot.providers.half_price import HalfPriceProvider
from bot.providers.http_provider import HttpProvider
from bot.providers.pictures import PictureStore
from bot.providers.port import Provider
from bot.providers.services.openai import GATEWAY
from bot.providers.services.openai_batches import OpenAIBatches
from bot.requests.services import HALF_PRICE, ServicePlan
from bot.sandbox.server import start
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


MODEL = Catalogue.load().default()
EQUALS: Mapping[str, Mapping[str, Model]] = {HALF_PRICE: {MODEL.id: at_half_price(MODEL)}}
"""A bot's rule `equals` with half-price batches."""
Services = Callable[[Path], tuple[Provider, Pictures, Sequence[ServicePlan]]]


@contextlib.asynccontextmanager
async def half_price() -> AsyncIterator[Services]:
    """The sandbox with its Batch API, for `BotStage.real`."""
    sandbox = await start()

    def services(folder: Path) -> tuple[Provider, Pictures, Sequence[ServicePlan]]:
        store, ports = PictureStore(folder), SystemPorts()
        later = HalfPriceProvider(sandbox.base_url, "sk-anything", store, ports, api=OpenAIBatches(GATEWAY))
        now = HttpProvider(sandbox.base_url, "sk-anything", store, ports)
        return now, store, [ServicePlan(HALF_PRICE, later, GateSettings(), equals={})]

    yield services
    await sandbox.stop()


async def tasks(s: BotStage) -> list[tuple[str, int]]:
    """The service and the number of tries of each finished picture of the latest batch."""
    assert s.bot is not None
    (batch,) = await s.bot.ledger.read(lambda c: batch_rows.latest(c, 1))
    items = await s.bot.ledger.read(lambda c: batch_item_rows.of_batch(c, batch.id))
    rows = [await s.bot.ledger.read(lambda c, one=one: request_rows.get(c, one.final_request)) for one in items]  # type: ignore[misc]
    return [(one.service, one.attempts) for one in rows if one is not None]
