"""What a batch does while the Batch API takes no more: it waits, hands in smaller parts, and pauses after hours."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import pytest

from bot.batch.enqueued import FACT, FIRST_WAIT, LONGEST_WAIT, TRIES, Full, full_of, made_room, turned_down
from bot.domain.kinds import Kind
from bot.domain.outcome import Billed, Outcome, Pending
from bot.domain.request_states import Answer, RequestEvent
from bot.ledger import batch_item_rows, batch_rows
from bot.requests.services import NOTHING
from bot.requests.transitions import BATCH, answer
from tests.unit.batch.bench import Bench, N, S
from tests.unit.requests.ground import drew, failure


@pytest.mark.parametrize(
    ("known", "running", "after"),
    [
        (None, 5, Full(100.0 + FIRST_WAIT, 5, 1)),
        (None, 0, Full(100.0 + FIRST_WAIT, 1, 1)),
        (Full(100.5, 5, 1), 3, Full(100.5, 3, 1)),
        (Full(100.5, 2, 1), 3, Full(100.5, 2, 1)),
        (Full(100.0, 5, 1), 3, Full(100.0 + FIRST_WAIT * 2, 3, 2)),
        (Full(99.0, 5, 4), 3, Full(100.0 + FIRST_WAIT * 16, 3, 5)),
        (Full(99.0, 5, 5), 3, Full(100.0 + LONGEST_WAIT, 3, 6)),
        (Full(99.0, 5, TRIES), 3, Full(100.0 + LONGEST_WAIT, 3, TRIES + 1)),
        (Full(99.0, 5, 0), 3, Full(100.0 + FIRST_WAIT, 3, 1)),
    ],
)
def test_each_try_that_is_turned_down_waits_twice_as_long(known: Full | None, running: int, after: Full) -> None:
    assert turned_down(known, running, 100.0) == after
    assert after.gives_up is (after.tries > TRIES)


def test_a_picture_that_came_makes_room_at_once() -> None:
    assert made_room(Full(500.0, 3, 7), 100.0) == Full(100.0, 4, 0)
    assert full_of({FACT: Full(500.0, 3, 7).as_fact()}) == Full(500.0, 3, 7)
    assert full_of({}) is None


async def handed_in(bench: Bench, topics: int, accepted: int) -> tuple[str, Sequence[str], Sequence[str]]:
    """A batch at half the price with tasks at the service: it, their attempts, and the requests that aren't handed in yet."""
    bench.ground.rules = dataclasses.replace(bench.ground.rules, service_references=NOTHING)
    made = await bench.finishing(topics, half_price=True)
    await bench.step(made)
    asked = [one.id for one in await bench.asked(made)]
    tasks = [await bench.ground.called(one) for one in asked[:accepted]]
    for number, task in enumerate(tasks):
        await bench.ground.end(task, Outcome(billed=Billed.NO, status=200, pending=Pending(f"task-{number}")))
    return made, tasks, asked[accepted:]


async def refuse(bench: Bench, request_id: str) -> None:
    """The service takes no more tasks: the request's end, after its own tries."""
    request = await bench.ground.row(request_id)
    values = {"failure": failure(Kind.RATE_LIMITED), "refusal": None, "epoch": request.epoch + 1}
    await bench.write(lambda tx: answer(tx, request, RequestEvent.ANSWER, Answer.FAILED, **values))


async def test_a_full_queue_is_waited_for_and_then_filled_as_far_as_there_was_room(bench: Bench) -> None:
    made, tasks, rest = await handed_in(bench, 5, 2)
    for one in rest:
        await refuse(bench, one)
    bench.ground.wakes.clear()
    before = (await bench.now(made)).facts
    now, until = await bench.step(made), bench.ground.at[0] + FIRST_WAIT
    assert (now.state, now.facts) == (S.FINISHING, {**before, FACT: Full(until, 2, 1).as_fact()})
    assert until in {one.at for one in bench.ground.wakes if one.topic == BATCH and one.id == made}
    assert len(await bench.asked(made)) == 2
    bench.ground.at[0] = until
    await bench.step(made)
    assert len(await bench.asked(made)) == 2, "as many as the service took"
    await bench.ground.end(tasks[0], drew())
    now = await bench.step(made)
    assert now.facts[FACT] == Full(until, 3, 0).as_fact()
    assert (len(await bench.asked(made)), [one.state for one in await bench.items(made)].count(N.FINISHED)) == (3, 1)


async def test_one_that_is_turned_down_for_hours_pauses_the_batch(bench: Bench) -> None:
    made, _, [one] = await handed_in(bench, 2, 1)
    await bench.write(lambda tx: batch_rows.mark(tx, made, facts={FACT: Full(0.0, 1, TRIES).as_fact()}))
    await refuse(bench, one)
    now = await bench.step(made)
    assert (now.state, now.reason, now.facts) == (S.FINISH_PAUSED, FACT, {})


async def test_a_batch_that_was_stopped_meanwhile_waits_for_nothing(bench: Bench) -> None:
    made, _, [one] = await handed_in(bench, 2, 1)
    await bench.write(lambda tx: batch_rows.mark(tx, made, state=S.STOPPED.value))
    await refuse(bench, one)
    before = await bench.now(made)
    assert (await bench.step(made)) == before


async def test_only_what_was_drawn_for_half_the_price_makes_room_there(bench: Bench) -> None:
    made = await bench.batch(1)
    full = {FACT: Full(9.0, 1, 1).as_fact()}
    await bench.write(lambda tx: batch_rows.mark(tx, made, facts=full))
    await bench.step(made)
    await bench.draw(made)
    await bench.step(made)
    assert (await bench.now(made)).facts[FACT] == full[FACT]
    assert [one.state for one in await bench.ground.ledger.read(lambda c: batch_item_rows.of_batch(c, made))] == [N.DRAWN]


async def test_where_there_was_always_room_a_picture_notes_nothing(bench: Bench) -> None:
    made, [task, _], _ = await handed_in(bench, 2, 2)
    await bench.ground.end(task, drew())
    assert FACT not in (await bench.step(made)).facts
    assert [one.state for one in await bench.items(made)] == [N.FINISHED, N.FINAL]


async def test_until_the_next_try_nothing_is_handed_in(bench: Bench) -> None:
    made = await bench.finishing(3, half_price=True)
    until = bench.ground.at[0] + 60
    await bench.write(lambda tx: batch_rows.mark(tx, made, facts={FACT: Full(until, 2, 1).as_fact()}))
    for at, asked in ((until - 1, 0), (until, 2)):
        bench.ground.at[0] = at
        await bench.step(made)
        assert len(await bench.asked(made)) == asked
