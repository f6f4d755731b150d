"""What an end, a pause, a stop and a retry change in a batch."""

from __future__ import annotations

import dataclasses

import pytest

from bot.batch import steps
from bot.batch.estimate import OFFERED_AGAIN
from bot.batch.steps import BatchProblem
from bot.domain.batches import Batch, BatchEvent, BatchState, ItemState
from bot.domain.kinds import Kind
from bot.domain.outcome import Billed, Outcome, Pending
from bot.domain.request_states import Answer, RequestEvent, RequestState
from bot.ledger import attempt_rows, batch_item_rows, batch_rows, request_rows
from bot.ledger.store import Tx
from bot.ledger.tables import attempts
from bot.requests.services import NOTHING
from bot.requests.transitions import UNWANTED_TASK, answer
from tests.unit.batch.bench import ANA, Bench, N, S
from tests.unit.requests.ground import drew, failure


async def test_each_try_is_another_request(bench: Bench) -> None:
    made = await bench.batch(1)
    requests = []
    for tries in (1, 2, 3):
        await bench.step(made)
        [item] = await bench.items(made)
        requests.append(item.request_id)
        assert item.tries == tries
        await bench.write(lambda tx: steps.take_back(tx, steps.must_exist(tx.connection, made)))
        assert (await bench.items(made))[0].request_id == ""
    assert len(set(requests)) == 3
    assert {(await bench.ground.row(one)).answer for one in requests} == {Answer.CANCELLED}


async def test_taking_back_ends_what_waits_and_fences_it_off(bench: Bench) -> None:
    made = await bench.batch(2)
    await bench.step(made)
    waits, runs = await bench.asked(made)
    await bench.ground.called(runs.id)
    await bench.write(lambda tx: steps.pause(tx, steps.must_exist(tx.connection, made)))
    after = await bench.ground.row(waits.id)
    assert (after.answer, after.epoch) == (Answer.CANCELLED, waits.epoch + 1)
    assert [one.request_id for one in await bench.items(made)] == ["", runs.id]
    now = await bench.step(made)
    assert (now.state, now.reason, now.facts) == (S.PAUSED, "asked", {})


async def test_a_request_that_went_wrong_for_the_moment_pauses_and_keeps_its_topic(bench: Bench) -> None:
    bench.ground.rules = dataclasses.replace(bench.ground.rules, allowed={"test": frozenset({"elsewhere"})})
    made = await bench.batch(3)
    await bench.step(made)
    now = await bench.now(made)
    assert (now.state, now.reason) == (S.PAUSED, "refused")
    assert now.facts["refusal"]["reason"] == "community_not_allowed"  # type: ignore[index]
    found = [(one.state, one.request_id, one.tries) for one in await bench.items(made)]
    assert found == [(N.DRAFT, "", 1), (N.DRAFT, "", 0), (N.DRAFT, "", 0)], "a refusal at once stops the asking"


async def test_its_own_limit_found_when_a_call_begins_pauses_with_the_amounts(bench: Bench) -> None:
    made, one = await bench.batch(2), await bench.draft_price()
    await bench.step(made)
    first, second = await bench.asked(made)
    await bench.ground.called(first.id)
    await bench.rescaled(made, budget=2 * one - 1)
    await bench.ground.begin(second.id)
    now = await bench.step(made)
    assert (now.state, now.reason, now.facts) == (S.PAUSED, "money", {"need": one, "left": one - 1, "limit": 2 * one - 1})


async def test_two_failures_that_only_the_operator_can_mend_pause_it(bench: Bench) -> None:
    made = await bench.batch(4)
    await bench.step(made)
    first, second, third, fourth = await bench.asked(made)
    await bench.fail(first.id, Kind.AUTH_INVALID_KEY)
    now = await bench.step(made)
    assert (now.state, now.refused) == (S.RUNNING, 1)
    await bench.fail(second.id, Kind.AUTH_INVALID_KEY)
    now = await bench.step(made)
    assert (now.state, now.refused, now.reason, now.facts) == (S.PAUSED, 2, "operator", {"kind": "auth_invalid_key"})
    taken = [(await bench.ground.row(one.id)).answer for one in (third, fourth)]
    assert taken == [Answer.CANCELLED] * 2


@pytest.mark.parametrize(
    ("kind", "refused"), [(None, 0), (Kind.SAFETY_PROMPT, 0), (Kind.PROMPT_TOO_LONG, 0), (Kind.TASK_RUNNING_TIMEOUT, 1)]
)
async def test_what_shows_that_the_service_works_ends_the_row_of_failures(bench: Bench, kind: Kind | None, refused: int) -> None:
    made = await bench.batch(3)
    await bench.step(made)
    first, second, _ = await bench.asked(made)
    await bench.fail(first.id, Kind.AUTH_INVALID_KEY)
    await bench.step(made)
    if kind is None:
        await bench.ground.end(await bench.ground.called(second.id), drew())
    elif kind is Kind.TASK_RUNNING_TIMEOUT:
        why = failure(kind)
        await bench.write(
            lambda tx: answer(
                tx,
                request_rows.get(tx.connection, second.id),
                RequestEvent.ANSWER,
                Answer.FAILED,
                failure=why,
                epoch=second.epoch + 1,
                refusal=None,
            )
        )
    else:
        await bench.fail(second.id, kind)
    assert (await bench.step(made)).refused == refused


@pytest.mark.parametrize(
    ("state", "kept", "drawn", "failed"),
    [
        (N.DRAFT, "", (N.DRAWN, True), N.FAILED),
        (N.DRAFT, "earlier", (N.DRAWN, True), N.DRAWN),
        (N.FINAL, "earlier", (N.FINISHED, False), N.FAILED),
        (N.REJECTED, "earlier", (N.REJECTED, False), N.REJECTED),
        (N.PICKED, "earlier", (N.PICKED, False), N.PICKED),
    ],
)
@pytest.mark.parametrize("works", [True, False])
async def test_an_end_moves_its_item_and_nobody_elses(
    bench: Bench, state: ItemState, kept: str, drawn: tuple[ItemState, bool], failed: ItemState, works: bool
) -> None:
    made = await bench.batch(1)
    await bench.step(made)
    [request] = await bench.asked(made)
    await bench.write(
        lambda tx: batch_item_rows.mark(tx, batch_item_rows.of_batch(tx.connection, made)[0], state=state.value, draft_request=kept)
    )
    if works:
        await bench.ground.end(await bench.ground.called(request.id), drew())
    else:
        await bench.fail(request.id, Kind.SAFETY_PROMPT)
    await bench.write(lambda tx: steps.pause(tx, steps.must_exist(tx.connection, made)))
    await bench.step(made)
    [item] = await bench.items(made)
    assert (item.state, item.request_id) == ((drawn[0] if works else failed), "")
    if works:
        assert item.draft_request == (request.id if drawn[1] else kept)
        assert item.final_request == (request.id if drawn[0] is N.FINISHED else "")
    else:
        assert item.reason == ("safety_prompt" if state in (N.DRAFT, N.FINAL) else "")


async def test_it_is_drafted_and_finished_once_nothing_is_waited_for(bench: Bench) -> None:
    made = await bench.batch(2)
    await bench.step(made)
    await bench.draw(made, 1)
    assert (await bench.step(made)).state is S.RUNNING
    await bench.draw(made)
    assert (await bench.step(made)).state is S.DRAFTED
    bench.ground.rules = dataclasses.replace(bench.ground.rules, service_references=NOTHING)
    for number in (1, 2):
        await bench.write(lambda tx, number=number: steps.pick(tx, steps.must_exist(tx.connection, made), number, 0, ANA))
    await bench.write(lambda tx: steps.finish(tx, steps.must_exist(tx.connection, made), bench.ground.rules))
    await bench.step(made)
    await bench.draw(made)
    assert (await bench.step(made)).state is S.FINISHED


async def test_a_picked_item_that_is_still_waited_for_keeps_it_open(bench: Bench) -> None:
    made = await bench.batch(2)
    await bench.step(made)
    await bench.draw(made, 1)
    await bench.write(lambda tx: batch_item_rows.mark(tx, batch_item_rows.of_batch(tx.connection, made)[1], state=N.REJECTED.value))
    assert (await bench.step(made)).state is S.RUNNING
    await bench.draw(made)
    assert (await bench.step(made)).state is S.DRAFTED


async def test_everybody_who_shows_it_hears_of_changes_alone(bench: Bench) -> None:
    made = await bench.batch(2)
    await bench.step(made)
    await bench.step(made)
    assert bench.changes == ["running"], "nothing changed the second time"
    await bench.draw(made)
    await bench.step(made)
    await bench.step(made)
    assert bench.changes == ["running", "drafted", "drafted"]
    await bench.write(lambda tx: bench.engine.step(tx, "2" * 16))
    assert len(bench.changes) == 3


async def test_an_end_is_shown_while_others_are_waited_for(bench: Bench) -> None:
    made = await bench.batch(2)
    await bench.step(made)
    await bench.draw(made, 1)
    bench.ground.wakes.clear()
    await bench.step(made)
    assert bench.changes == ["running", "running"]
    assert not [one for one in bench.ground.wakes if one.topic == "attachments"]


async def test_a_reference_whose_fetcher_was_killed_is_fetched_again(bench: Bench) -> None:
    made = await bench.finishing(1)
    await bench.step(made)
    [final] = await bench.asked(made)
    assert final.state is RequestState.RECEIVED
    for _ in range(2):
        bench.ground.wakes.clear()
        await bench.step(made)
        assert [one.id for one in bench.ground.wakes if one.topic == "attachments"] == [final.id]


@pytest.mark.parametrize("half_price", [True, False])
async def test_stop_asks_for_an_end_of_tasks_at_half_the_price_alone(bench: Bench, half_price: bool) -> None:
    bench.ground.rules = dataclasses.replace(bench.ground.rules, service_references=NOTHING)
    made = await bench.finishing(4, half_price=half_price)
    await bench.step(made)
    first, second, *_ = await bench.asked(made)
    tasks = [await bench.ground.called(one.id) for one in (first, second)]
    for one in tasks:
        await bench.write(lambda tx, one=one: attempt_rows.note_task(tx, one, Pending("task-1")))
    await bench.write(lambda tx: batch_item_rows.mark(tx, batch_item_rows.of_batch(tx.connection, made)[3], request_id=""))
    bench.ground.wakes.clear()
    await bench.write(lambda tx: steps.stop(tx, steps.must_exist(tx.connection, made)))
    assert [one.id for one in bench.ground.wakes if one.topic == UNWANTED_TASK] == (tasks if half_price else [])


async def test_a_pause_that_comes_with_an_end_leaves_a_stopped_batch_stopped(bench: Bench) -> None:
    made = await bench.batch(3)
    await bench.step(made)
    first, second, third = await bench.asked(made)
    for one in (first, second, third):
        await bench.ground.called(one.id)
    await bench.write(lambda tx: steps.stop(tx, steps.must_exist(tx.connection, made)))
    ids = {one.request_id: one.id for one in await bench.ground.ledger.read(lambda c: c.execute(attempts.select()).all())}
    for one in (first, second, third):
        await bench.ground.end(ids[one.id], Outcome(billed=Billed.NO, status=401), failure(Kind.AUTH_INVALID_KEY))
    now = await bench.step(made)
    assert (now.state, now.reason) == (S.STOPPED, "")


async def test_what_failed_is_drawn_again_where_it_failed(bench: Bench) -> None:
    made = await bench.finishing(2)
    await bench.write(
        lambda tx: [
            batch_item_rows.mark(tx, one, state=N.FAILED.value, reason="server_error", final_request=final, picked=final, tries=1)
            for one, final in zip(batch_item_rows.of_batch(tx.connection, made), ("f1", ""), strict=True)
        ]
    )
    await bench.write(lambda tx: batch_rows.mark(tx, made, state=S.FINISHED.value))
    now = await bench.write(lambda tx: steps.resume(tx, steps.must_exist(tx.connection, made), bench.ground.rules, again=True))
    assert now.state is S.FINISHING
    assert [one.state for one in await bench.items(made)] == [N.FINAL, N.DRAFT]


async def test_only_drafts_that_failed_make_it_draw_again(bench: Bench) -> None:
    made = await bench.drafted(1)
    await bench.write(
        lambda tx: batch_item_rows.mark(
            tx, batch_item_rows.of_batch(tx.connection, made)[0], state=N.FAILED.value, reason="server_error", draft_request=""
        )
    )
    now = await bench.write(lambda tx: steps.resume(tx, steps.must_exist(tx.connection, made), bench.ground.rules, again=True))
    assert (now.state, (await bench.items(made))[0].state) == (S.RUNNING, N.DRAFT)


async def test_asking_to_finish_again_pays_for_nothing(bench: Bench) -> None:
    made = await bench.finishing(2)

    def finish(tx: Tx) -> tuple[Batch, int, int]:
        return steps.finish(tx, steps.must_exist(tx.connection, made), bench.ground.rules)

    assert (await bench.write(finish))[1:] == (0, 0)
    for state in (S.FINISH_PAUSED, S.FINISHED):
        await bench.write(lambda tx, state=state: batch_rows.mark(tx, made, state=state.value))
        assert (await bench.write(finish))[1:] == (0, 0)
    await bench.write(lambda tx: batch_rows.mark(tx, made, state=S.DRAFTED.value))
    with pytest.raises(BatchProblem, match="nothing_picked"):
        await bench.write(finish)


async def test_a_start_is_made_once(bench: Bench) -> None:
    made = await bench.batch(1)
    running = await bench.now(made)
    assert running.started_at is not None
    bench.ground.at[0] += 60
    again = await bench.write(lambda tx: steps.start(tx, running))
    assert again.started_at == running.started_at
    stopped = await bench.write(lambda tx: steps.stop(tx, running))
    with pytest.raises(BatchProblem, match="state_stopped") as problem:
        await bench.write(lambda tx: steps.start(tx, stopped))
    assert problem.value.facts == {"batch": running.number, "event": BatchEvent.START.value}


@pytest.mark.parametrize(
    ("ends", "event", "waits", "then"), [(S.RUNNING, "draft", N.FINAL, S.FINISHING), (S.FINISHING, "final", N.DRAFT, S.RUNNING)]
)
async def test_topics_of_the_other_kind_that_wait_are_drawn_next(
    bench: Bench, ends: BatchState, event: str, waits: ItemState, then: BatchState
) -> None:
    made = await bench.finishing(2)
    await bench.write(lambda tx: batch_rows.mark(tx, made, state=ends.value))

    def body(tx: Tx) -> None:
        first, second = batch_item_rows.of_batch(tx.connection, made)
        batch_item_rows.mark(tx, first, state=waits.value)
        batch_item_rows.mark(tx, second, state=(N.REJECTED if event == "draft" else N.FINISHED).value)

    await bench.write(body)
    assert (await bench.step(made)).state is then


@pytest.mark.parametrize("state", [S.RUNNING, S.FINISHING])
async def test_without_any_it_is_done(bench: Bench, state: BatchState) -> None:
    made = await bench.finishing(1)
    await bench.write(lambda tx: batch_rows.mark(tx, made, state=state.value))
    await bench.write(lambda tx: batch_item_rows.mark(tx, batch_item_rows.of_batch(tx.connection, made)[0], state=N.FINISHED.value))
    assert (await bench.step(made)).state is (S.DRAFTED if state is S.RUNNING else S.FINISHED)


async def test_its_end_notes_what_another_try_costs_for_the_button_that_says_it(bench: Bench) -> None:
    made = await bench.batch(2)
    await bench.step(made)
    first, _ = await bench.asked(made)
    await bench.fail(first.id, Kind.AUTH_INVALID_KEY)
    await bench.step(made)
    await bench.draw(made)
    await bench.step(made)
    now = await bench.now(made)
    assert (now.state, now.facts) == (S.DRAFTED, {OFFERED_AGAIN: await bench.draft_price()})


async def test_its_message_is_shown_anew_when_something_changed_and_only_then(bench: Bench) -> None:
    made = await bench.batch(3)
    await bench.rescaled(made, budget=2 * await bench.draft_price())
    assert await bench.anew(made), "two are asked for, and the third one waits for money"
    assert not await bench.anew(made)
    await bench.rescaled(made, budget=10**9)
    assert await bench.anew(made)
    await bench.draw(made)
    assert await bench.anew(made)
    assert not await bench.anew(made)


async def test_the_end_of_drawing_is_shown_also_if_the_last_topic_was_left_out(bench: Bench) -> None:
    made = await bench.batch(1)
    await bench.write(lambda tx: batch_item_rows.mark(tx, batch_item_rows.of_batch(tx.connection, made)[0], state=N.REJECTED.value))
    assert await bench.anew(made)
    assert (await bench.now(made)).state is S.DRAFTED


async def test_topics_that_half_price_leaves_behind_are_shown(bench: Bench) -> None:
    made = await bench.finishing(1, half_price=True)
    bench.ground.rules = dataclasses.replace(bench.ground.rules, equals={})
    assert await bench.anew(made)
    assert bench.changes[-1] == "finishing"


async def test_a_call_that_was_turned_away_after_a_pause_is_taken_back_and_shown(bench: Bench) -> None:
    made = await bench.batch(1)
    await bench.step(made)
    [request] = await bench.asked(made)
    attempt = await bench.ground.called(request.id)
    await bench.write(lambda tx: steps.pause(tx, steps.must_exist(tx.connection, made)))
    assert not await bench.anew(made), "it runs"
    await bench.ground.end(attempt, Outcome(billed=Billed.NO, status=429), failure(Kind.RATE_LIMITED))
    assert await bench.anew(made)
    assert (await bench.ground.row(request.id)).answer is Answer.CANCELLED
    assert not await bench.anew(made)
