"""Half-price tasks when several processes are restarted one after the other with another image service."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.catalogue.model import at_half_price
from bot.compose import build
from bot.domain.batches import ItemState
from bot.gate.settings import GateSettings
from bot.ledger.server import LedgerServer
from bot.ports import SystemPorts
from bot.processes import fleet
from bot.providers.half_price import HalfPriceProvider
from bot.providers.http_provider import HttpProvider
from bot.providers.pictures import PictureStore
from bot.providers.services.openai import GATEWAY
from bot.providers.services.openai_batches import OpenAIBatches
from bot.requests.rules import Rules
from bot.requests.services import HALF_PRICE, ServicePlan
from bot.sandbox.server import RunningSandbox
from tests.contract.provider.test_half_price_batch import MODEL, finished_for_half
from tests.contract.provider.test_half_price_ends import WAITS, ends, named, spent, states
from tests.unit.batch.kit import items, until
from tests.world import Platform, World

pytestmark = pytest.mark.sqlite_only  # opens its own databases, once


@contextlib.asynccontextmanager
async def process(folder: Path, server: LedgerServer, sandbox: RunningSandbox, *, half_price: bool) -> AsyncIterator[World]:
    """One process, whose operator has configured a service with a Batch API, or one without."""
    store, ports, platform = PictureStore(folder), SystemPorts(), Platform()
    later = HalfPriceProvider(sandbox.base_url, "sk-anything", store, ports, api=OpenAIBatches(GATEWAY))
    bot = await build(
        data_dir=folder,
        database=server,
        ports=ports,
        rules=Rules(model=MODEL, equals={HALF_PRICE: {MODEL.id: at_half_price(MODEL)}} if half_price else {}),
        gate_settings=GateSettings(),
        provider=HttpProvider(sandbox.base_url, "sk-anything", store, ports),
        pictures=store,  # type: ignore[arg-type]
        fallbacks=[ServicePlan(HALF_PRICE, later, GateSettings(), equals={})] if half_price else [],
    )
    bot.add(platform)
    await bot.accept_received(await bot.start())
    try:
        yield World(bot, None, platform, None)  # type: ignore[arg-type]
    finally:
        await bot.stop(0.0)
        store.close()


async def test_the_leader_ends_what_no_live_process_can_collect(
    sandbox: RunningSandbox, tmp_path: Path, server: LedgerServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fleet, "BEAT", 0.3)
    async with contextlib.AsyncExitStack() as stack:
        old = await stack.enter_async_context(process(tmp_path, server, sandbox, half_price=True))
        batch, half, _ = await finished_for_half(old, (WAITS,))
        await named(old, batch)
        before = (await spent(old, batch)).spent
        async with process(tmp_path, server, sandbox, half_price=False) as new:
            assert new.bot.sharing is not None
            for one in (old, new):
                await one.bot.ledger.write(one.bot.sharing.sweep)  # type: ignore[union-attr]
            assert [one.state for one in await items(new, batch)] == [ItemState.FINAL], "the old process still collects it"
            await stack.aclose()

            async def leads() -> bool:
                return new.bot.sharing is not None and new.bot.sharing.is_leader

            await until(leads)
            await new.bot.ledger.write(new.bot.sharing.sweep)
            assert await ends(new, batch) == [(ItemState.FAILED, "service_changed")]
            assert (await spent(new, batch)).spent == before + half
    assert await states(sandbox) == ["in_progress"]
