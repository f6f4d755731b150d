"""Half-price tasks that aren't simply drawn, in a whole bot over real HTTP: cancelled, stranded by another service, or too many at once."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.batch import enqueued, steps
from bot.batch.estimate import finish_price, retry_price
from bot.batch.local import PLACE
from bot.batch.messages import look_at
from bot.batch.view import batch_view
from bot.chat.views import ActionName
from bot.domain.batches import Batch, BatchState, ItemState
from bot.domain.outcome import Outcome, Pending
from bot.ledger import attempt_rows, batch_rows, request_rows
from bot.ledger.batch_rows import BatchSpent
from bot.ports import SystemPorts
from bot.providers.half_price import HalfPriceProvider
from bot.providers.http_provider import HttpProvider
from bot.providers.pictures import PictureStore
from bot.providers.port import Call, OnPartial
from bot.requests.forgotten_batches import forget_batches
from bot.sandbox.answers import Delays
from bot.sandbox.server import RunningSandbox, start
from bot.texts.phrases import money
from tests.contract.provider.test_half_price import batches
from tests.contract.provider.test_half_price_batch import bot, finished_for_half, handed_in, picked
from tests.unit.batch.kit import OWNER, items, reach, running, until
from tests.world import World, world

WAITS = "a lighthouse sandbox:batch_waits"


@pytest.fixture
async def slow() -> AsyncIterator[RunningSandbox]:
    """A sandbox that takes half a second for a picture."""
    running = await start(pace=Delays(latency=0.5))
    yield running
    await running.stop()


class Late(HalfPriceProvider):
    """Hands tasks in only once the test lets it."""

    begun, go = asyncio.Event(), asyncio.Event()

    async def call(self, call: Call, on_partial: OnPartial | None = None) -> Outcome:
        self.begun.set()
        await self.go.wait()
        return await super().call(call, on_partial)


async def spent(there: World, batch: Batch) -> BatchSpent:
    return await there.bot.ledger.read(lambda c: batch_rows.spent(c, batch.id))


async def ends(there: World, batch: Batch, seconds: float = 60.0) -> list[tuple[ItemState, str]]:
    """What became of every topic, once nothing is asked for anymore."""

    async def quiet() -> bool:
        there.bot.scheduler.wake("*")  # after a restart it would look after twenty seconds
        found = await items(there, batch)
        return not any(one.request_id or one.state in (ItemState.FINAL, ItemState.DRAFT) for one in found)

    there.bot.batches.wake(batch.id)
    await until(quiet, seconds)
    return [(one.state, one.reason) for one in await items(there, batch)]


async def named(there: World, batch: Batch) -> None:
    """Wait until every task of it has its name."""

    async def look() -> bool:
        for item in await items(there, batch):
            attempt = await there.bot.ledger.read(lambda c, item=item: attempt_rows.open_attempt_of(c, item.request_id))  # type: ignore[misc]
            if attempt is None or not (attempt.task_id or "").startswith("batch_"):
                return False
        return True

    await until(look)


async def states(sandbox: RunningSandbox) -> list[str]:
    return sorted(one["status"] for one in await asyncio.to_thread(batches, sandbox))


async def stop(there: World, batch: Batch, *, heard: bool = True) -> None:
    """Stop it; not `heard`: as a command beside the bot does, whose wake-ups nobody hears."""

    def body(tx):  # type: ignore[no-untyped-def]
        steps.stop(tx, steps.must_exist(tx.connection, batch.id))
        if not heard:
            tx.wakes.clear()

    await there.bot.ledger.write(body)


async def test_a_task_that_is_being_handed_in_at_a_stop_is_cancelled_too(sandbox: RunningSandbox, tmp_path: Path) -> None:
    Late.begun, Late.go = asyncio.Event(), asyncio.Event()
    async with bot(sandbox, tmp_path, Late) as there:
        batch, _, _ = await finished_for_half(there, (WAITS,))
        await Late.begun.wait()
        before = (await spent(there, batch)).spent
        await stop(there, batch)
        await asyncio.sleep(0.2)  # its cancellation finds nothing at the service yet
        Late.go.set()
        assert await ends(there, batch) == [(ItemState.FAILED, "called_off")]
        assert await states(sandbox) == ["cancelled"]
        assert await spent(there, batch) == BatchSpent(0, before, 1)


async def test_a_stop_that_nobody_heard_cancels_at_the_next_start(sandbox: RunningSandbox, tmp_path: Path) -> None:
    async with bot(sandbox, tmp_path) as there:
        batch, _, _ = await finished_for_half(there, (WAITS, "a mill sandbox:batch_waits"))
        await named(there, batch)
        before = (await spent(there, batch)).spent
        await stop(there, batch, heard=False)
    async with bot(sandbox, tmp_path) as there:
        assert await ends(there, batch) == [(ItemState.FAILED, "called_off")] * 2
        assert await states(sandbox) == ["cancelled"] * 2
        assert await spent(there, batch) == BatchSpent(0, before, 2)


async def test_what_was_drawn_before_the_stop_comes_and_is_booked(slow: RunningSandbox, tmp_path: Path) -> None:
    async with bot(slow, tmp_path) as there:
        batch, _, _ = await finished_for_half(there, ("a mill",))
        await handed_in(slow, 1)

        async def drawn() -> bool:
            return await states(slow) == ["completed"]

        await until(drawn)
        before = (await spent(there, batch)).spent
        await stop(there, batch)
        assert await ends(there, batch) == [(ItemState.FINISHED, "")]
        assert (await spent(there, batch)).spent > before


async def stranded(there: World, batch: Batch) -> list[tuple[ItemState, str]]:
    found = await ends(there, batch)
    await reach(there, batch, BatchState.FINISHED)
    assert (await spent(there, batch)).reserved == 0
    return found


def elsewhere(folder: Path, sandbox: RunningSandbox) -> tuple[HttpProvider, PictureStore]:
    """An image service without a Batch API."""
    store = PictureStore(folder)
    return HttpProvider(sandbox.base_url, "sk-anything", store, SystemPorts()), store


async def test_tasks_of_a_service_that_was_replaced_end_as_maybe_paid_and_are_drawn_again_at_the_whole_price(
    sandbox: RunningSandbox, tmp_path: Path
) -> None:
    Late.begun, Late.go = asyncio.Event(), asyncio.Event()
    async with bot(sandbox, tmp_path) as there:
        batch, half, whole = await finished_for_half(there, (WAITS,))
        await named(there, batch)
        before = await spent(there, batch)
        assert before.reserved == half
    provider, store = elsewhere(tmp_path, sandbox)
    async with world(tmp_path, provider, pictures=store) as there:  # type: ignore[arg-type]
        assert await stranded(there, batch) == [(ItemState.FAILED, "service_changed")]
        assert (await spent(there, batch)).spent == before.spent + half
        assert await states(sandbox) == ["in_progress"], "another service isn't asked about it"
        look = await there.bot.ledger.read(lambda c: look_at(c, steps.must_exist(c, batch.id), there.bot.core.rules, 0.0))
        assert look.retry == (whole, False)
        await there.bot.ledger.write(
            lambda tx: steps.resume(tx, steps.must_exist(tx.connection, batch.id), there.bot.core.rules, again=True)
        )
        assert await ends(there, batch) == [(ItemState.FINISHED, "")]
    store.close()


async def test_what_was_not_handed_in_yet_ends_free(sandbox: RunningSandbox, tmp_path: Path) -> None:
    Late.begun, Late.go = asyncio.Event(), asyncio.Event()
    async with bot(sandbox, tmp_path, Late) as there:
        batch = await picked(there, ("a lighthouse", "a mill"))
        await there.bot.batches.stop()  # as a kill before the first look at it
        rules = there.bot.core.rules
        await there.bot.ledger.write(lambda tx: steps.finish(tx, steps.must_exist(tx.connection, batch.id), rules, half_price=True))
        before = await spent(there, batch)
    provider, store = elsewhere(tmp_path, sandbox)
    async with world(tmp_path, provider, pictures=store) as there:  # type: ignore[arg-type]
        assert await stranded(there, batch) == [(ItemState.FAILED, "half_price_gone")] * 2
        assert await spent(there, batch) == before
    store.close()
    assert await states(sandbox) == []


async def test_what_waits_in_a_pause_ends_free_too_and_only_another_try_says_and_pays_the_whole_price(
    sandbox: RunningSandbox, tmp_path: Path
) -> None:
    async with bot(sandbox, tmp_path) as there:
        batch = await picked(there, ("a lighthouse", "a mill"))
        await there.bot.batches.stop()
        rules = there.bot.core.rules
        await there.bot.ledger.write(lambda tx: steps.finish(tx, steps.must_exist(tx.connection, batch.id), rules, half_price=True))
        await there.bot.ledger.write(lambda tx: steps.pause(tx, steps.must_exist(tx.connection, batch.id)))
        _, whole = finish_price(rules, batch, [dataclasses.replace(one, state=ItemState.PICKED) for one in await items(there, batch)])
        before = await spent(there, batch)
    provider, store = elsewhere(tmp_path, sandbox)
    async with world(tmp_path, provider, pictures=store) as there:  # type: ignore[arg-type]
        rules = there.bot.core.rules
        now = await there.bot.ledger.read(lambda c: steps.must_exist(c, batch.id))
        assert retry_price(rules, now, await items(there, batch)) == (2, whole, False)
        await there.bot.ledger.write(lambda tx: steps.resume(tx, now, rules, budget=now.plan.budget + 1))
        assert await stranded(there, batch) == [(ItemState.FAILED, "half_price_gone")] * 2
        assert await spent(there, batch) == before
        view = await there.bot.ledger.read(lambda c: batch_view(look_at(c, steps.must_exist(c, batch.id), rules, 0.0)))
        (retry,) = [one for one in view.buttons if one.action is ActionName.BATCH_RETRY]
        assert retry.label == f"Try the failed ones again, for at most {money(whole)}"
        await there.bot.ledger.write(lambda tx: steps.resume(tx, steps.must_exist(tx.connection, batch.id), rules, again=True))
        assert await ends(there, batch) == [(ItemState.FINISHED, "")] * 2
    store.close()
    assert await states(sandbox) == []


class OtherKey(HalfPriceProvider):
    """The same service with another key."""

    def __init__(self, base_url: str, key: str, *given: object, **named: object) -> None:
        super().__init__(base_url, "sk-another", *given, **named)  # type: ignore[arg-type]


class NoKey(HalfPriceProvider):
    """The same service with a key that it doesn't take."""

    def __init__(self, base_url: str, key: str, *given: object, **named: object) -> None:
        super().__init__(base_url, None, *given, **named)  # type: ignore[arg-type]


async def test_with_another_key_of_the_same_service_named_tasks_are_collected(slow: RunningSandbox, tmp_path: Path) -> None:
    async with bot(slow, tmp_path) as there:
        batch, _, _ = await finished_for_half(there, ("a lighthouse", "a mill"))
        await named(there, batch)
    async with bot(slow, tmp_path, NoKey) as there:
        for one in await items(there, batch):
            await there.bot.ledger.write(lambda tx, one=one: request_rows.mark(tx, one.request_id, due_at=tx.now))  # type: ignore[misc]

        async def looked() -> bool:
            names = [one.request_id for one in await items(there, batch)]
            rows = await there.bot.ledger.read(lambda c: [request_rows.get(c, one) for one in names])
            return all(row is not None and row.due_at > there.bot.ports.now() for row in rows)

        there.bot.scheduler.wake("*")
        await until(looked)
        assert {one.state for one in await items(there, batch)} == {ItemState.FINAL}, "a refused key says nothing about a task"
    async with bot(slow, tmp_path, OtherKey) as there:
        for one in await items(there, batch):
            await there.bot.ledger.write(lambda tx, one=one: request_rows.mark(tx, one.request_id, due_at=tx.now))  # type: ignore[misc]
        assert await ends(there, batch) == [(ItemState.FINISHED, "")] * 2
    assert len(await states(slow)) == 2


async def test_a_task_that_the_service_does_not_know_anymore_counts_as_paid(sandbox: RunningSandbox, tmp_path: Path) -> None:
    async with bot(sandbox, tmp_path) as there:
        batch, half, _ = await finished_for_half(there, (WAITS,))
        await named(there, batch)
        before = (await spent(there, batch)).spent
        (item,) = await items(there, batch)
        attempt = await there.bot.ledger.read(lambda c: attempt_rows.open_attempt_of(c, item.request_id))
        assert attempt is not None
        await there.bot.ledger.write(lambda tx: attempt_rows.note_task(tx, attempt.id, Pending("batch_unknown")))
        assert await ends(there, batch) == [(ItemState.FAILED, "task_gone")]
        assert (await spent(there, batch)).spent == before + half


async def test_a_full_queue_is_waited_for_and_then_filled_in_smaller_parts(
    slow: RunningSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(enqueued, "FIRST_WAIT", 0.3)
    async with bot(slow, tmp_path) as there:
        topics = tuple(f"topic {number} sandbox:batch_full" for number in range(3))
        batch, _, _ = await finished_for_half(there, topics)

        async def told() -> bool:
            return "so many half-price pictures at a time" in " ".join(await shown(there, batch))

        await until(told)
        assert await ends(there, batch) == [(ItemState.FINISHED, "")] * 3
        await reach(there, batch, BatchState.FINISHED)
        assert not await told()
        found, used = await states(slow), await spent(there, batch)
    assert found.count("completed") == 3, "each is drawn once"
    assert 0 < found.count("failed") < 12
    assert (used.reserved, used.pictures) == (0, 6)


async def shown(there: World, batch: Batch) -> tuple[str, ...]:
    now = await there.bot.ledger.read(lambda c: steps.must_exist(c, batch.id))
    return (await there.bot.ledger.read(lambda c: batch_view(look_at(c, now, there.bot.core.rules, there.bot.ports.now())))).text


async def test_a_queue_that_stays_full_for_hours_pauses_the_batch(
    sandbox: RunningSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(enqueued, "FIRST_WAIT", 0.01)
    monkeypatch.setattr(enqueued, "TRIES", 2)
    async with bot(sandbox, tmp_path) as there:
        other, _, _ = await finished_for_half(there, (WAITS,))
        await named(there, other)  # somebody else uses up the limit
        batch = await second(there)
        found = await reach(there, batch, BatchState.FINISH_PAUSED, 60.0)
        assert found.reason == "full"
        assert "limit on half-price pictures has been full for hours" in " ".join(await shown(there, batch))
        await stop(there, other)
        await ends(there, other)
        await there.bot.ledger.write(lambda tx: steps.resume(tx, steps.must_exist(tx.connection, batch.id), there.bot.core.rules))
        assert await ends(there, batch) == [(ItemState.FINISHED, "")]


async def second(there: World) -> Batch:
    batch = await running(there, ("a mill sandbox:batch_full",), key="batch:2", size="1024x1024", final_quality="low")
    await reach(there, batch, BatchState.DRAFTED)
    await there.bot.ledger.write(lambda tx: steps.pick(tx, batch, 1, 0, OWNER))
    rules = there.bot.core.rules
    await there.bot.ledger.write(lambda tx: steps.finish(tx, steps.must_exist(tx.connection, batch.id), rules, half_price=True))
    there.bot.batches.wake(batch.id)
    return batch


async def test_trying_again_costs_what_its_button_says(sandbox: RunningSandbox, tmp_path: Path) -> None:
    async with bot(sandbox, tmp_path) as there:
        batch, half, _ = await finished_for_half(there, ("a harbour sandbox:batch_expired",))
        assert await ends(there, batch) == [(ItemState.FAILED, "not_in_time")]
        await reach(there, batch, BatchState.FINISHED)
        now = await there.bot.ledger.read(lambda c: steps.must_exist(c, batch.id))
        view = await there.bot.ledger.read(lambda c: batch_view(look_at(c, now, there.bot.core.rules, there.bot.ports.now())))
        (retry,) = [one for one in view.buttons if one.action is ActionName.BATCH_RETRY]
        assert retry.label == f"Try the failed ones again, at half price: at most {money(half)}"
        before = await spent(there, batch)
        assert before.reserved == 0
        await there.bot.ledger.write(lambda tx: steps.resume(tx, now, there.bot.core.rules, again=True))
        there.bot.batches.wake(batch.id)
        await handed_in(sandbox, 2)
        assert await ends(there, batch) == [(ItemState.FAILED, "not_in_time")]
        assert await spent(there, batch) == BatchSpent(0, before.spent, before.pictures)


async def test_an_owner_who_has_everything_deleted_waits_for_no_task(sandbox: RunningSandbox, tmp_path: Path) -> None:
    async with bot(sandbox, tmp_path) as there:
        batch, _, _ = await finished_for_half(there, (WAITS,))
        await named(there, batch)
        before = (await spent(there, batch)).spent
        await there.bot.ledger.write(lambda tx: forget_batches(tx, PLACE.platform, OWNER.id))

        async def over() -> bool:
            there.bot.scheduler.wake("*")
            return (await spent(there, batch)).reserved == 0

        await until(over, 30.0)
        assert await states(sandbox) == ["cancelled"]
        assert (await spent(there, batch)).spent == before


async def test_where_the_bot_was_removed_its_tasks_are_cancelled(sandbox: RunningSandbox, tmp_path: Path) -> None:
    async with bot(sandbox, tmp_path) as there:
        batch, _, _ = await finished_for_half(there, (WAITS,))
        await named(there, batch)
        await there.bot.core.community_left(PLACE.platform, PLACE.community)

        async def over() -> bool:
            there.bot.scheduler.wake("*")
            return [(one.state, one.reason) for one in await items(there, batch)] == [(ItemState.FAILED, "called_off")]

        await until(over, 30.0)
        assert await states(sandbox) == ["cancelled"]
