"""What becomes of half-price tasks at a start, as a table: with the same service, another key of it, another service, or none."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection

import pytest
from sqlalchemy import update

from bot.chat.views import Audience
from bot.domain.outcome import SUBMITTED, Outcome, Pending
from bot.domain.refusal import Refusal
from bot.domain.request_states import Answer, RequestState
from bot.domain.requests import Request
from bot.ledger import memory_rows, message_rows
from bot.ledger.tables import attempts, requests
from bot.requests.services import HALF_PRICE, NOTHING
from bot.requests.stranded_tasks import CHANGED, HANDED_IN_AT, settle_stranded
from tests.unit.batch.bench import HOME, Bench

HERE, OTHER_KEY, ELSEWHERE = "api.example#1", "api.example#2", "api.example.org#1"


async def began_with(bench: Bench, gate_key: str) -> None:
    """The last start had this Batch API."""
    await bench.write(lambda tx: memory_rows.remember(tx, HANDED_IN_AT, gate_key))


async def starts_with(bench: Bench, gate_key: str, polled: Collection[str] = ()) -> int:
    return int(await bench.write(lambda tx: settle_stranded(tx, gate_key, polled)))


async def queued(bench: Bench, count: int = 1) -> list[Request]:
    """Half-price pictures that weren't handed in yet."""
    bench.ground.rules = dataclasses.replace(bench.ground.rules, service_references=NOTHING)
    made = await bench.finishing(count, half_price=True)
    await bench.step(made)
    asked = await bench.asked(made)
    assert {(one.service, one.state) for one in asked} == {(HALF_PRICE, RequestState.QUEUED)}
    return asked


async def handed_in(bench: Bench, task: str | None = "batch_1", handed_to: str = "") -> str:
    """A task, as its attempt was noted."""
    [asked] = await queued(bench)
    attempt = await bench.ground.called(asked.id)
    await bench.ground.end(attempt, Outcome(pending=Pending("batch_1"), status=200))
    noted = {"task_id": task, "handed_to": handed_to or None}
    await bench.write(lambda tx: tx.connection.execute(update(attempts).where(attempts.c.id == attempt).values(**noted)))
    assert (await bench.ground.row(asked.id)).state is RequestState.COLLECTING
    return asked.id


@pytest.mark.parametrize(
    ("task", "handed_to", "before", "now", "found"),
    [
        ("batch_1", HERE, HERE, HERE, True),
        ("batch_1", HERE, HERE, OTHER_KEY, True),
        (f"{SUBMITTED}1", HERE, HERE, OTHER_KEY, True),
        ("batch_1", HERE, HERE, ELSEWHERE, False),
        ("batch_1", HERE, HERE, "", False),
        ("batch_1", HERE, ELSEWHERE, ELSEWHERE, False),
        ("batch_1", HERE, ELSEWHERE, OTHER_KEY, True),
        ("batch_1", "", HERE, OTHER_KEY, True),
        (f"{SUBMITTED}1", "", HERE, HERE, True),
        (f"{SUBMITTED}1", "", HERE, OTHER_KEY, False),
        (None, "", HERE, OTHER_KEY, False),
        ("batch_1", "", HERE, ELSEWHERE, False),
        ("batch_1", "", HERE, "", False),
        ("batch_1", "", "", HERE, False),
        ("batch_1", "", "", "", True),
    ],
)
async def test_a_task_is_looked_up_where_it_was_handed_in_or_ends_as_maybe_paid(
    bench: Bench, task: str | None, handed_to: str, before: str, now: str, found: bool
) -> None:
    one = await handed_in(bench, task, handed_to)
    was = await bench.ground.row(one)
    await began_with(bench, before)
    assert await starts_with(bench, now) == (0 if found else 1)
    row, [attempt] = await bench.ground.row(one), await bench.ground.attempts(one)
    if found:
        assert (row.state, row.epoch, attempt.closed_at) == (RequestState.COLLECTING, was.epoch, None)
    else:
        assert (row.state, row.answer, row.refusal, row.epoch) == (RequestState.ANSWERED, Answer.FAILED, Refusal(CHANGED), was.epoch + 1)
        assert (attempt.billed, attempt.cost) == ("unknown", attempt.reserved)
        assert attempt.reserved > 0


@pytest.mark.parametrize(("now", "stays"), [(HERE, True), (OTHER_KEY, True), (ELSEWHERE, False), ("", False)])
@pytest.mark.parametrize("state", [RequestState.RECEIVED, RequestState.QUEUED])
async def test_what_was_not_handed_in_is_handed_in_at_the_same_service_or_ends_free(
    bench: Bench, state: RequestState, now: str, stays: bool
) -> None:
    asked = await queued(bench, 2)
    await bench.write(lambda tx: tx.connection.execute(update(requests).where(requests.c.service == HALF_PRICE).values(state=state.value)))
    whole = await bench.ground.asked("a red bicycle")
    await began_with(bench, HERE)
    assert await starts_with(bench, now) == (0 if stays else 2)
    for one in asked:
        row = await bench.ground.row(one.id)
        expected = (state, None, one.epoch) if stays else (RequestState.ANSWERED, Answer.CANCELLED, one.epoch + 1)
        assert (row.state, row.answer, row.epoch) == expected
        assert await bench.ground.attempts(one.id) == []
    assert (await bench.ground.row(whole.id)).state is RequestState.QUEUED, "at the whole price nothing changes"


async def test_what_another_live_process_polls_is_left_to_it(bench: Bench) -> None:
    asked = await queued(bench, 2)
    await began_with(bench, HERE)
    assert await starts_with(bench, ELSEWHERE, {asked[0].id}) == 1
    assert [(await bench.ground.row(one.id)).state for one in asked] == [RequestState.QUEUED, RequestState.ANSWERED]


@pytest.mark.parametrize("now", [HERE, ELSEWHERE])
async def test_a_task_whose_attempt_was_closed_ends_only_with_its_service(bench: Bench, now: str) -> None:
    one = await handed_in(bench)
    await bench.write(lambda tx: tx.connection.execute(update(attempts).values(closed_at=tx.now)))
    await began_with(bench, OTHER_KEY)
    assert await starts_with(bench, now) == (now == ELSEWHERE)
    assert (await bench.ground.row(one)).answer is (Answer.FAILED if now == ELSEWHERE else None)


@pytest.mark.parametrize("before", [None, HERE, OTHER_KEY])
async def test_the_batch_api_of_now_is_remembered(bench: Bench, before: str | None) -> None:
    if before is not None:
        await began_with(bench, before)
    [asked] = await queued(bench)
    assert await starts_with(bench, HERE) == 0
    assert (await bench.ground.row(asked.id)).state is RequestState.QUEUED
    known = await bench.ground.ledger.read(lambda c: memory_rows.recall(c, HANDED_IN_AT))
    assert known is not None
    assert known[0] == HERE


async def test_what_has_not_changed_is_not_written_again(bench: Bench) -> None:
    await starts_with(bench, HERE)
    bench.ground.at[0] += 60.0
    await starts_with(bench, HERE)
    known = await bench.ground.ledger.read(lambda c: memory_rows.recall(c, HANDED_IN_AT))
    assert known is not None
    assert known[1] == bench.ground.at[0] - 60.0


@pytest.mark.parametrize(
    ("before", "now", "shown"), [(HERE, "", True), ("", HERE, True), (HERE, OTHER_KEY, False), (HERE, ELSEWHERE, False), ("", "", False)]
)
async def test_the_price_of_another_try_is_shown_anew_when_half_price_comes_or_goes(
    bench: Bench, before: str, now: str, shown: bool
) -> None:
    half, whole = await bench.finishing(1, half_price=True), await bench.finishing(1)

    async def revisions() -> list[int]:
        found = [await bench.ground.ledger.read(lambda c, one=one: message_rows.of_subject(c, f"batch:{one}")) for one in (half, whole)]  # type: ignore[misc]
        return [one.wanted for [one] in found]

    for one in (half, whole):
        await bench.write(lambda tx, one=one: message_rows.want(tx, f"batch:{one}", Audience.CHANNEL, HOME))
    first = await revisions()
    await began_with(bench, before)
    await starts_with(bench, now)
    assert [later - earlier for earlier, later in zip(first, await revisions(), strict=True)] == [int(shown), 0]
