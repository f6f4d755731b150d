"""What a service says after its request has moved on, or while it still works on it: money, memory and the member's answer."""

from __future__ import annotations

import dataclasses

import pytest
from sqlalchemy import select

from bot.domain.kinds import Kind
from bot.domain.outcome import Billed, Outcome
from bot.domain.request_states import Answer, RequestState
from bot.ledger import attempt_rows, request_rows, settings_rows
from bot.ledger.store import Tx
from bot.ledger.tables import notices
from bot.messages.notices import Notices
from bot.requests import books as books_of
from bot.requests.attempt import Ended, record_outcome
from bot.requests.decide import Final, Queue, decide
from bot.requests.services import HALF_PRICE
from bot.requests.transitions import UNWANTED_TASK
from tests.unit.requests.ground import NOON, Ground, drew, failure
from tests.unit.requests.test_decide import NOW, RULES, request
from tests.unit.requests.test_outcomes import PICTURE, SAID, TASK, A, books, memory


async def cancelled(ground: Ground) -> tuple[str, str]:
    asked = await ground.asked(count=2)
    attempt = await ground.called(asked.id)
    await ground.press(A.CANCEL, asked.id)
    return asked.id, attempt


async def test_pictures_after_cancel_are_paid_by_the_community_and_shown_to_nobody(ground: Ground) -> None:
    asked, attempt = await cancelled(ground)
    await ground.end(attempt, drew(2))
    row, [closed] = await ground.row(asked), await ground.attempts(asked)
    assert (row.state, row.answer, closed.cost > 0) == (RequestState.ANSWERED, Answer.CANCELLED, True)
    found = await books(ground)
    assert found["member"] == (0, 0, 0)
    assert found["community"] == found["everybody"] == (0, closed.cost, 0)
    assert await memory(ground) == []


@pytest.mark.parametrize("kind", [Kind.SERVER_ERROR, Kind.AUTH_INVALID_KEY, Kind.UNSUPPORTED_QUALITY])
async def test_a_failure_after_cancel_is_no_block_and_is_not_tried_again(ground: Ground, kind: Kind) -> None:
    asked, attempt = await cancelled(ground)
    await ground.end(attempt, Outcome(billed=Billed.NO, status=400, shortfall=SAID), failure(kind))
    row = await ground.row(asked)
    assert (row.state, row.answer, row.left_out, await memory(ground)) == (RequestState.ANSWERED, Answer.CANCELLED, frozenset(), [])
    assert set((await books(ground)).values()) == {(0, 0, 0)}


async def test_a_task_that_was_taken_after_cancel_is_not_polled(ground: Ground) -> None:
    asked, attempt = await cancelled(ground)
    await ground.end(attempt, TASK)
    assert (await ground.row(asked)).state is RequestState.ANSWERED
    [closed] = await ground.attempts(asked)
    assert (closed.closed_at, closed.cost) == (NOON, closed.reserved)


async def test_the_service_is_asked_once_to_stop_a_task_that_it_took_after_cancel(ground: Ground) -> None:
    _, attempt = await cancelled(ground)
    for stopped in ([attempt], []):
        ground.wakes.clear()
        await ground.end(attempt, TASK)
        assert [wake.id for wake in ground.wakes if wake.topic == UNWANTED_TASK] == stopped


async def test_an_exchange_of_an_older_attempt_leaves_the_request_alone(ground: Ground) -> None:
    """The worker of a process that was thought dead reports while the next attempt runs."""
    asked = await ground.asked()
    first = await ground.called(asked.id)
    await ground.ledger.write(lambda tx: request_rows.mark(tx, asked.id, epoch=5))
    await ground.end(first, drew(1))
    row = await ground.row(asked.id)
    assert (row.state, row.answer, row.epoch) == (RequestState.CALLING, None, 5)


async def test_what_was_said_of_a_deleted_request_is_not_kept(ground: Ground) -> None:
    asked = await ground.asked()
    attempt = await ground.called(asked.id)
    await ground.ledger.write(lambda tx: request_rows.mark(tx, asked.id, deleted=True))
    await ground.end(attempt, Outcome(billed=Billed.NO, status=400, shortfall=SAID), failure(Kind.SAFETY_PROMPT))
    [closed] = await ground.attempts(asked.id)
    assert (closed.evidence, closed.closed_at) == (None, NOON)


async def test_what_kept_a_picture_from_being_fetched_is_over_when_it_comes(ground: Ground) -> None:
    asked = await ground.asked()
    attempt = await ground.called(asked.id)
    await ground.end(attempt, TASK, failure(Kind.DOWNLOAD_FAILED))
    await ground.end(attempt, drew(1))
    row = await ground.row(asked.id)
    assert (row.answer, row.failure, row.case_id) == (Answer.PICTURES, None, None)


async def test_a_task_that_fails_is_never_submitted_again(ground: Ground) -> None:
    asked = await ground.asked()
    attempt = await ground.called(asked.id)
    await ground.end(attempt, TASK)
    await ground.end(attempt, Outcome(billed=Billed.UNKNOWN, status=500), failure(Kind.SERVER_ERROR))
    assert ((await ground.row(asked.id)).answer, len(await ground.attempts(asked.id))) == (Answer.FAILED, 1)


async def test_a_share_of_a_cost_is_a_whole_number(ground: Ground) -> None:
    asked = await ground.asked(count=2)
    await ground.end(await ground.called(asked.id), Outcome(pictures=(PICTURE,), billed=Billed.YES, made=3))
    [attempt] = await ground.attempts(asked.id)
    member = (await books(ground))["member"]
    assert member == (0, attempt.cost // 3, 1)
    assert {type(one) for one in (*member, attempt.cost)} == {int}


async def test_a_communitys_own_budget_counts_when_the_exchange_begins(ground: Ground) -> None:
    asked = await ground.asked()
    await ground.ledger.write(lambda tx: settings_rows.replace(tx, "test", "home", {"budget_community_day": 1}, "olu"))
    assert await ground.begin(asked.id) == Ended(Answer.FAILED)
    assert await ground.attempts(asked.id) == []


@pytest.mark.parametrize(
    ("deadline", "wait", "own", "again"),
    [(30.0, None, 29.9, True), (30.0, None, 30.0, False), (30.0, 30.0, 0.0, False), (30.0, 29.9, 0.0, True), (0.5, None, 0.4, True)],
)
def test_a_try_that_would_begin_at_the_deadline_is_none(deadline: float, wait: float | None, own: float, again: bool) -> None:
    decision = decide(request(deadline=NOW + deadline), failure(Kind.SERVER_ERROR, wait), 0, RULES, NOW, own)
    assert decision == (Queue(NOW + own) if again else Final(Answer.FAILED))


@pytest.mark.parametrize(("references", "sent"), [(("aa",), False), (("bb",), True), ((), True), (("aa", "bb"), True)])
async def test_the_same_words_about_another_picture_are_not_what_was_blocked(
    ground: Ground, references: tuple[str, ...], sent: bool
) -> None:
    blocked = await ground.asked(references=("aa",))
    await ground.end(await ground.called(blocked.id), Outcome(billed=Billed.NO, status=400), failure(Kind.SAFETY_PROMPT))
    assert ((await ground.asked(references=references)).state is RequestState.QUEUED) is sent


async def test_an_exchange_is_closed_once(ground: Ground) -> None:
    asked = await ground.asked()
    attempt_id = await ground.called(asked.id)
    outcome = Outcome(pictures=(PICTURE,), billed=Billed.YES, status=200)

    def closed(tx: Tx, answer: Outcome) -> bool:
        request = request_rows.get(tx.connection, asked.id)
        assert request is not None
        return books_of.close(tx, request, attempt_rows.attempt_by_id(tx.connection, attempt_id), answer, ground.rules, late=False)

    assert await ground.ledger.write(lambda tx: closed(tx, outcome))
    before = await books(ground)
    assert not await ground.ledger.write(lambda tx: closed(tx, Outcome(billed=Billed.NO, status=401)))
    [attempt] = await ground.attempts(asked.id)
    assert (await books(ground), attempt.status, attempt.billed) == (before, 200, "yes")


@pytest.mark.parametrize(("service", "drawn", "works"), [("", True, True), ("other", True, False), ("", False, False)])
async def test_only_its_own_pictures_show_that_the_configured_service_works(ground: Ground, service: str, drawn: bool, works: bool) -> None:
    notices = Notices()
    deps = dataclasses.replace(ground.deps, notices=notices)
    asked = await ground.asked()
    attempt = await ground.called(asked.id)
    outcome = drew(1) if drawn else Outcome(billed=Billed.NO, status=200)

    def body(tx: Tx) -> None:
        notices.report(tx, Kind.AUTH_INVALID_KEY.value, Kind.AUTH_INVALID_KEY.value, {})
        request_rows.mark(tx, asked.id, service=service)
        record_outcome(tx, attempt, outcome, None, deps)

    await ground.ledger.write(body)
    assert (not notices.open) is works


@pytest.mark.parametrize(
    ("kind", "service", "told"),
    [
        (Kind.AUTH_INVALID_KEY, "", True),
        (Kind.SERVER_ERROR, "", False),
        (Kind.SAFETY_PROMPT, "", False),
        (Kind.TASK_LOST, "", True),
        (Kind.TASK_LOST, HALF_PRICE, False),
        (Kind.AUTH_INVALID_KEY, HALF_PRICE, True),
    ],
)
async def test_the_operator_hears_of_what_only_they_can_fix(ground: Ground, kind: Kind, service: str, told: bool) -> None:
    request = await ground.asked(service=service)
    await ground.end(await ground.called(request.id), Outcome(billed=Billed.NO, status=401), failure(kind))
    found = await ground.ledger.read(lambda c: c.execute(select(notices)).all())
    assert [row.kind for row in found] == ([kind.value] if told else [])
