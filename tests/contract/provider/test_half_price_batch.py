"""A batch finished at half the price, in a whole bot over real HTTP: the price first, one task for each picture, and what a kill leaves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.batch import steps
from bot.batch.estimate import finish_price
from bot.catalogue.cost import cost_from_usage
from bot.catalogue.load import Catalogue
from bot.catalogue.model import at_half_price
from bot.domain.batches import Batch, BatchState, ItemState
from bot.domain.outcome import Outcome, Usage
from bot.gate.settings import GateSettings
from bot.ledger import attempt_rows, batch_rows
from bot.ports import SystemPorts
from bot.providers.half_price import HalfPriceProvider
from bot.providers.http_provider import HttpProvider
from bot.providers.pictures import PictureStore
from bot.providers.port import Call, OnPartial
from bot.providers.services.openai import GATEWAY
from bot.providers.services.openai_batches import OpenAIBatches
from bot.requests.services import HALF_PRICE, ServicePlan
from bot.sandbox.server import RunningSandbox
from tests.contract.provider.test_half_price import batches
from tests.unit.batch.kit import OWNER, items, reach, running, state, until
from tests.world import World, world

MODEL = Catalogue.load().default()
TOPICS = ("a lighthouse", "a harbour sandbox:batch_expired", "a mill")


class Cut(HalfPriceProvider):
    """Its tasks are handed in, and the bot never hears of it."""

    async def call(self, call: Call, on_partial: OnPartial | None = None) -> Outcome:
        await super().call(call, on_partial)
        await asyncio.Event().wait()
        raise AssertionError("unreachable")


@asynccontextmanager
async def bot(sandbox: RunningSandbox, folder: Path, kind: type[HalfPriceProvider] = HalfPriceProvider) -> AsyncIterator[World]:
    store, ports = PictureStore(folder), SystemPorts()
    now = HttpProvider(sandbox.base_url, "sk-anything", store, ports)
    later = kind(sandbox.base_url, "sk-anything", store, ports, api=OpenAIBatches(GATEWAY))
    plan, half = ServicePlan(HALF_PRICE, later, GateSettings(), equals={}), {HALF_PRICE: {MODEL.id: at_half_price(MODEL)}}
    async with world(folder, now, pictures=store, fallbacks=[plan], model=MODEL, equals=half) as there:  # type: ignore[arg-type]
        yield there
    store.close()


async def picked(there: World, topics: tuple[str, ...]) -> Batch:
    """A batch whose drafts are all picked."""
    batch = await running(there, topics, size="1024x1024", final_quality="low")
    await reach(there, batch, BatchState.DRAFTED, 120.0)
    for item in await items(there, batch):
        await there.bot.ledger.write(lambda tx, item=item: steps.pick(tx, batch, item.number, 0, OWNER))  # type: ignore[misc]
    return batch


async def finished_for_half(there: World, topics: tuple[str, ...] = TOPICS) -> tuple[Batch, int, int]:
    """A batch whose drafts are all picked and begun to be finished; its highest cost, and what that would be at once."""
    batch, rules = await picked(there, topics), there.bot.core.rules
    _, whole = finish_price(rules, batch, await items(there, batch))
    drafted = await state(there, batch)
    _, count, cost = await there.bot.ledger.write(lambda tx: steps.finish(tx, drafted, rules, half_price=True))
    assert count == len(topics)
    there.bot.batches.wake(batch.id)
    return batch, cost, whole


async def handed_in(sandbox: RunningSandbox, count: int) -> None:
    async def look() -> bool:
        return len(await asyncio.to_thread(batches, sandbox)) == count

    await until(look, 60.0)


async def ended(there: World, batch: Batch) -> None:
    there.bot.batches.wake(batch.id)

    async def finished() -> bool:
        there.bot.scheduler.wake("*")  # after a restart it would look after twenty seconds
        return (await state(there, batch)).state is BatchState.FINISHED

    await until(finished, 120.0)
    assert [(one.state, one.reason) for one in await items(there, batch)] == [
        (ItemState.FINISHED, ""),
        (ItemState.FAILED, "not_in_time"),
        (ItemState.FINISHED, ""),
    ]


async def test_it_costs_half_and_goes_on_after_a_restart(sandbox: RunningSandbox, tmp_path: Path) -> None:
    async with bot(sandbox, tmp_path) as there:
        batch, cost, whole = await finished_for_half(there)
        assert cost == pytest.approx(whole / 2, abs=len(TOPICS))
        await handed_in(sandbox, 3)
    async with bot(sandbox, tmp_path) as there:
        await ended(there, batch)
        spent = await there.bot.ledger.read(lambda c: batch_rows.spent(c, batch.id))
        first = (await items(there, batch))[0]
        tries = await there.bot.ledger.read(lambda c: attempt_rows.of_request(c, first.final_request))
    assert len(tries) == 1
    assert 0 < tries[0].cost_micros < cost
    assert spent.reserved == 0
    assert len(await asyncio.to_thread(batches, sandbox)) == 3


async def test_a_kill_before_the_services_answer_makes_no_second_task(sandbox: RunningSandbox, tmp_path: Path) -> None:
    async with bot(sandbox, tmp_path, Cut) as there:
        batch, _, _ = await finished_for_half(there)
        await handed_in(sandbox, 3)
    async with bot(sandbox, tmp_path) as there:
        await ended(there, batch)
    assert len(await asyncio.to_thread(batches, sandbox)) == 3


async def test_stopping_cancels_what_the_service_has_not_drawn(sandbox: RunningSandbox, tmp_path: Path) -> None:
    async with bot(sandbox, tmp_path) as there:
        batch, _, _ = await finished_for_half(there, ("a lighthouse sandbox:batch_waits",))
        await handed_in(sandbox, 1)

        async def named() -> bool:
            (item,) = await items(there, batch)
            attempt = await there.bot.ledger.read(lambda c: attempt_rows.open_attempt_of(c, item.request_id))
            return attempt is not None and (attempt.task_id or "").startswith("batch_")

        await until(named)
        before = await there.bot.ledger.read(lambda c: batch_rows.spent(c, batch.id))
        now = await state(there, batch)
        await there.bot.ledger.write(lambda tx: steps.stop(tx, now))

        async def over() -> bool:
            (item,) = await items(there, batch)
            return item.state is ItemState.FAILED

        await until(over, 60.0)
        after = await there.bot.ledger.read(lambda c: batch_rows.spent(c, batch.id))
    assert (after.reserved, after.spent) == (0, before.spent)


def test_half_of_a_price_is_half_of_every_part() -> None:
    usage = Usage(input_tokens=1000, output_tokens=4000, image_input_tokens=600)
    whole, half = cost_from_usage(MODEL, usage), cost_from_usage(at_half_price(MODEL), usage)
    assert whole is not None
    assert half == pytest.approx(whole / 2, abs=1)
