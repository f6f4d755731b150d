"""What is left of somebody's batches once they have everything deleted: nothing that says what they were about."""

from __future__ import annotations

import dataclasses

import pytest

from bot.chat.views import Audience
from bot.domain.outcome import Billed, Outcome, Pending, Picture
from bot.domain.request_states import Answer, RequestState
from bot.ledger import batch_rows, batch_sheet_rows, memory_rows, message_rows
from bot.ledger.batch_sheet_rows import DUE, FINALS
from bot.ledger.store import Tx
from bot.requests.forgotten_batches import forget_batches
from bot.requests.services import NOTHING
from bot.requests.transitions import UNWANTED_TASK
from tests.unit.batch.bench import HOME, Bench
from tests.unit.requests.ground import drew


def sheet(letter: str) -> Picture:
    return Picture(letter * 64, "png", 10, 10, 9)


async def test_topics_sheets_and_notes_go_and_what_waits_is_taken_back(bench: Bench) -> None:
    first, second = await bench.batch(2), await bench.batch(1)
    for made in (first, second):
        await bench.step(made)
    waits, runs = await bench.asked(first)
    await bench.ground.called(runs.id)

    def before(tx: Tx) -> None:
        for made, letter in ((first, "a"), (second, "b")):
            batch_sheet_rows.put(tx, made, 1, "", sheet(letter))
            memory_rows.remember(tx, DUE + made, {})
            memory_rows.remember(tx, f"{FINALS}{made}:m1", {})
            memory_rows.remember(tx, f"{FINALS}{made}x:m1", {})
            message_rows.want(tx, f"batch:{made}", Audience.CHANNEL, HOME)

    await bench.write(before)
    gone = await bench.write(lambda tx: forget_batches(tx, "test", "ana"))
    assert gone == ["a" * 64, "b" * 64]
    back, running = await bench.ground.row(waits.id), await bench.ground.row(runs.id)
    assert (back.answer, back.epoch, running.state) == (Answer.CANCELLED, waits.epoch + 1, RequestState.CALLING)
    kept = await bench.ground.ledger.read(lambda c: (memory_rows.keys(c, DUE), memory_rows.keys(c, FINALS)))
    assert kept == ([], sorted(f"{made}x:m1" for made in (first, second)))
    assert await bench.items(first) == []
    assert not await bench.ground.ledger.read(lambda c: [*batch_rows.of_person(c, "test", "ana")])


@pytest.mark.parametrize("half_price", [True, False])
async def test_a_task_at_half_the_price_is_asked_to_end_and_another_still_comes(bench: Bench, half_price: bool) -> None:
    bench.ground.rules = dataclasses.replace(bench.ground.rules, service_references=NOTHING)
    made = await bench.finishing(1, half_price=half_price)
    await bench.step(made)
    [request] = await bench.asked(made)
    attempt = await bench.ground.called(request.id)
    await bench.ground.end(attempt, Outcome(billed=Billed.UNKNOWN, status=200, pending=Pending("task-1")))
    bench.ground.wakes.clear()
    await bench.write(lambda tx: forget_batches(tx, "test", "ana"))
    assert [one.id for one in bench.ground.wakes if one.topic == UNWANTED_TASK] == ([attempt] if half_price else [])


async def test_a_half_price_request_that_has_ended_has_no_task_to_end(bench: Bench) -> None:
    bench.ground.rules = dataclasses.replace(bench.ground.rules, service_references=NOTHING)
    made = await bench.finishing(1, half_price=True)
    await bench.step(made)
    [request] = await bench.asked(made)
    await bench.ground.end(await bench.ground.called(request.id), drew())
    bench.ground.wakes.clear()
    await bench.write(lambda tx: forget_batches(tx, "test", "ana"))
    assert [one for one in bench.ground.wakes if one.topic == UNWANTED_TASK] == []
