"""What people may do with a batch, step by step: propose, go on, leave, decide about drafts."""

from __future__ import annotations

import dataclasses

import pytest

from bot.batch import steps
from bot.batch.steps import NOTE, BatchProblem
from bot.batch.topics import topics_of
from bot.domain.batches import Batch, BatchPlan, BatchState
from bot.domain.requests import Person
from bot.ledger import batch_item_rows, batch_rows
from bot.ledger.batch_rows import REMOVED
from bot.ledger.store import Tx
from tests.unit.batch.bench import ANA, HOME, Bench, N, S


async def proposed(bench: Bench, key: str = "e1", topics: str = "a lighthouse\na harbour", **plan: int) -> Batch:
    wanted = BatchPlan(**{"max_pictures": 100, "budget": 10**9, **plan})
    found = await bench.write(lambda tx: steps.propose(tx, key, (ANA, HOME), "t", topics_of(topics), wanted, bench.ground.rules))
    assert isinstance(found, Batch)
    return found


async def test_the_same_event_makes_one_batch_and_another_one_another(bench: Bench) -> None:
    first = await proposed(bench)
    assert await proposed(bench) == first
    assert (await proposed(bench, "e2")).id != first.id
    assert [one.number for one in await bench.ground.ledger.read(lambda c: batch_rows.latest(c, 9))] == [2, 1]


async def test_a_budget_that_the_drafts_use_up_exactly_is_enough(bench: Bench) -> None:
    cost = 2 * await bench.draft_price()
    topics = "topic 1\ntopic 2"
    assert (await proposed(bench, topics=topics, budget=cost)).plan.budget == cost
    with pytest.raises(BatchProblem, match="budget") as problem:
        await proposed(bench, "e2", topics, budget=cost - 1)
    assert problem.value.facts == {"drafts": cost, "budget": cost - 1}


@pytest.mark.parametrize(
    ("state", "left", "reason"),
    [
        (S.RUNNING, S.PAUSED, REMOVED),
        (S.FINISHING, S.FINISH_PAUSED, REMOVED),
        (S.PAUSED, S.PAUSED, REMOVED),
        (S.FINISH_PAUSED, S.FINISH_PAUSED, REMOVED),
        (S.DRAFTED, S.DRAFTED, "asked"),
        (S.PROPOSED, S.PROPOSED, "asked"),
        (S.FINISHED, S.FINISHED, "asked"),
        (S.STOPPED, S.STOPPED, "asked"),
    ],
)
async def test_where_the_bot_was_removed_what_could_be_drawn_says_why_it_is_not(
    bench: Bench, state: BatchState, left: BatchState, reason: str
) -> None:
    made = await bench.batch(1)
    await bench.write(lambda tx: batch_rows.mark(tx, made, state=state.value, reason="asked", facts={"kept": 1}))
    await bench.write(lambda tx: steps.leave(tx, "test", "home"))
    now = await bench.now(made)
    assert (now.state, now.reason, now.facts) == (left, reason, {} if reason == REMOVED else {"kept": 1})


@pytest.mark.parametrize("again", [True, False])
@pytest.mark.parametrize("there", [True, False])
@pytest.mark.parametrize("half_price", [True, False])
async def test_only_another_try_whose_price_was_said_lets_half_the_price_go(
    bench: Bench, half_price: bool, there: bool, again: bool
) -> None:
    made = await bench.finishing(1, half_price=half_price)
    await bench.write(lambda tx: steps.pause(tx, steps.must_exist(tx.connection, made)))
    rules = bench.ground.rules if there else dataclasses.replace(bench.ground.rules, equals={})
    now = await bench.write(lambda tx: steps.resume(tx, steps.must_exist(tx.connection, made), rules, again=again))
    assert (now.state, now.plan.half_price) == (S.FINISHING, half_price and (there or not again))


async def test_going_on_alone_never_draws_what_the_service_failed_to_draw(bench: Bench) -> None:
    made = await bench.drafted(1)
    item = {"state": N.FAILED.value, "reason": "server_error", "tries": 1}
    await bench.write(lambda tx: batch_item_rows.mark(tx, batch_item_rows.of_batch(tx.connection, made)[0], **item))
    now = await bench.write(lambda tx: steps.resume(tx, steps.must_exist(tx.connection, made), bench.ground.rules))
    assert (now.state, (await bench.items(made))[0].state) == (S.DRAFTED, N.FAILED), "nothing to go on with"


@pytest.mark.parametrize(("reason", "drawn"), [("server_error", True), ("interrupted", True), ("safety_prompt", False), ("", False)])
async def test_another_draft_of_what_failed_is_asked_for_unless_it_would_fail_again(bench: Bench, reason: str, drawn: bool) -> None:
    made = await bench.drafted(1)
    failed = {"state": N.FAILED.value, "reason": reason, "picked": "p", "note": "n", "final_request": "f"}
    await bench.write(lambda tx: batch_item_rows.mark(tx, batch_item_rows.of_batch(tx.connection, made)[0], **failed))

    def redraw(tx: Tx) -> None:
        steps.redraw(tx, steps.must_exist(tx.connection, made), 1, ANA)

    if not drawn:
        with pytest.raises(BatchProblem, match="fails_again") as problem:
            await bench.write(redraw)
        assert problem.value.facts == {"number": 1}
        return
    await bench.write(redraw)
    [item] = await bench.items(made)
    assert (item.state, item.reason, item.picked, item.note, item.final_request) == (N.DRAFT, "", "", "", "")
    assert (await bench.now(made)).state is S.RUNNING


async def test_who_decided_when_and_why_is_kept_at_a_bounded_length(bench: Bench) -> None:
    made = await bench.drafted(1)
    bench.ground.at[0] += 5
    who = Person("zoe", "z" * 121)
    await bench.write(lambda tx: steps.reject(tx, steps.must_exist(tx.connection, made), 1, who, "n" * (NOTE + 1)))
    [item] = await bench.items(made)
    assert (item.state, item.decided_by, item.decided_name, item.note) == (N.REJECTED, "zoe", "z" * 120, "n" * NOTE)
    assert item.decided_at == bench.ground.at[0]


@pytest.mark.parametrize(("number", "position", "key"), [(1, 0, None), (1, 1, "no_draft"), (3, 0, "no_item"), (0, 0, "no_item")])
async def test_a_pick_names_a_draft_that_is_there(bench: Bench, number: int, position: int, key: str | None) -> None:
    made = await bench.drafted(2)

    def pick(tx: Tx) -> None:
        steps.pick(tx, steps.must_exist(tx.connection, made), number, position, ANA)

    if key is None:
        await bench.write(pick)
        return
    with pytest.raises(BatchProblem, match=key) as problem:
        await bench.write(pick)
    assert problem.value.facts == {"number": number}
