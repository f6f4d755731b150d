"""What is re-checked before an exchange, and what is written after it: rows, money, memory of blocks."""

from __future__ import annotations

import dataclasses

import pytest
from sqlalchemy import select

from bot.budgets import Limits
from bot.catalogue.cost import cost_from_usage
from bot.chat.views import ActionName, Audience
from bot.domain.failure import Evidence
from bot.domain.kinds import Kind
from bot.domain.outcome import Billed, Outcome, Pending, Usage
from bot.domain.refusal import Refusal
from bot.domain.request_states import Answer, RequestState
from bot.gate.backoff import own_wait
from bot.ledger import message_rows, picture_rows, request_rows, settings_rows
from bot.ledger.store import Tx, Wake
from bot.ledger.tables import blocked_members, blocked_prompts, notices, spend
from bot.prompts.normalise import fingerprint
from bot.requests.attempt import Ended, NotNow, Opened, record_outcome
from bot.requests.block_memory import BLOCK_MEMORY
from bot.requests.recover import recover
from bot.requests.sweep import sweep
from tests.unit.requests.ground import NOON, PICTURE, Ground, drew, failure

A = ActionName
TASK = Outcome(pending=Pending("task-1", poll_after=60.0), billed=Billed.UNKNOWN, status=202)
SAID = Evidence(provider="openai", api="images.generations", status=400, body={"error": {"message": "no"}})


async def memory(ground: Ground) -> list[tuple[str, str, float]]:
    rows = await ground.ledger.read(lambda c: c.execute(select(blocked_prompts)).all())
    return [(row.person, row.case_id, row.until) for row in rows]


async def books(ground: Ground) -> dict[str, tuple[int, int, int]]:
    rows = await ground.ledger.read(lambda c: c.execute(select(spend)).all())
    return {row.scope: (row.reserved, row.spent, row.pictures) for row in rows if row.period.startswith("d")}


# ---- before --------------------------------------------------------------------------------------------------------------------


async def test_an_attempt_is_written_with_its_reservation_before_anything_is_sent(ground: Ground) -> None:
    request = await ground.asked(count=2)
    opened = await ground.begin(request.id)
    assert isinstance(opened, Opened)
    row, [attempt] = await ground.row(request.id), await ground.attempts(request.id)
    assert (row.state, row.epoch, row.attempts) == (RequestState.CALLING, 1, 1)
    assert (opened.request.state, opened.request.epoch, opened.request.attempts) == (RequestState.CALLING, 1, 1)
    cost = ground.rules.highest_cost(request.size, request.quality, 2, request.prompt)
    assert (attempt.id, attempt.number, attempt.epoch, attempt.wanted, attempt.reserved, attempt.opened_at, attempt.closed_at) == (
        opened.attempt.id,
        1,
        1,
        2,
        cost,
        NOON,
        None,
    )
    assert set((await books(ground)).values()) == {(cost, 0, 2)}


async def test_what_is_not_queued_or_not_due_is_left_alone(ground: Ground) -> None:
    request = await ground.asked()
    attempt = await ground.called(request.id)
    assert isinstance(await ground.begin(request.id), NotNow)
    assert isinstance(await ground.begin("2222222222222222"), NotNow)
    await ground.end(attempt, Outcome(billed=Billed.NO, status=500), failure(Kind.SERVER_ERROR))
    due = (await ground.row(request.id)).due_at
    assert due > NOON
    ground.at[0] = due - 0.001
    assert isinstance(await ground.begin(request.id), NotNow)
    ground.at[0] = due
    assert isinstance(await ground.begin(request.id), Opened)
    assert [one.number for one in await ground.attempts(request.id)] == [1, 2]


@pytest.mark.parametrize(("early", "answer"), [(0.001, None), (0.0, Answer.EXPIRED)])
async def test_nothing_is_sent_at_its_deadline(ground: Ground, early: float, answer: Answer | None) -> None:
    request = await ground.asked()
    ground.at[0] = request.deadline_at - early
    begun = await ground.begin(request.id)
    assert begun == Ended(Answer.EXPIRED) if answer else isinstance(begun, Opened)
    assert (await ground.row(request.id)).answer is answer


async def test_a_wording_that_was_blocked_meanwhile_is_not_sent(ground: Ground) -> None:
    request, other = await ground.asked(), await ground.asked(person="ben")
    await ground.end(await ground.called(other.id), Outcome(billed=Billed.NO, status=400), failure(Kind.SAFETY_PROMPT))
    assert await ground.begin(request.id) == Ended(Answer.BLOCKED)
    row = await ground.row(request.id)
    assert (row.state, row.answer, row.case_id, row.answered_at) == (RequestState.ANSWERED, Answer.BLOCKED, f"case of {row.id}", NOON)
    assert row.failure is not None
    assert row.failure.kind is Kind.SAFETY_PROMPT
    assert await ground.attempts(request.id) == []


async def test_who_was_stopped_meanwhile_gets_nothing(ground: Ground) -> None:
    request = await ground.asked()
    row = {"community": "home", "person": "ana", "until": NOON + 60, "by": "olu"}
    await ground.ledger.write(lambda tx: tx.connection.execute(blocked_members.insert().values(row)))
    assert await ground.begin(request.id) == Ended(Answer.FAILED)
    found = await ground.row(request.id)
    assert (found.refusal, found.failure) == (Refusal("member_blocked", until=NOON + 60), None)
    assert await ground.attempts(request.id) == []


async def test_a_budget_that_was_used_up_meanwhile_is_said(ground: Ground) -> None:
    first, second = await ground.asked("one bicycle"), await ground.asked("two bicycles")
    cost = ground.rules.highest_cost(first.size, first.quality, 1, "two bicycles")
    ground.rules = dataclasses.replace(ground.rules, limits=Limits(member_day=cost))
    assert isinstance(await ground.begin(first.id), Opened)
    assert await ground.begin(second.id) == Ended(Answer.FAILED)
    found = await ground.row(second.id)
    assert found.refusal is not None
    assert found.refusal.budget is not None
    assert found.refusal.budget.limit == cost
    await ground.ledger.write(lambda tx: settings_rows.replace(tx, "test", "home", {"budget_member_day": 1}, "olu"))
    third = await ground.received("three bicycles", person="ben")
    await ground.accept(third)
    assert (await ground.row(third)).state is RequestState.REFUSED


# ---- after ---------------------------------------------------------------------------------------------------------------------


async def test_pictures_are_the_answer_and_are_paid(ground: Ground) -> None:
    told: list[str] = []
    request = await ground.asked(count=2)
    attempt = await ground.called(request.id)
    deps = dataclasses.replace(ground.deps, on_pictures=lambda tx, one: told.append(one.id))
    answered = await ground.ledger.write(lambda tx: record_outcome(tx, attempt, drew(2), None, deps))
    row = await ground.row(request.id)
    assert (answered, row.state, row.answer, row.answered_at, row.failure) == (
        Answer.PICTURES,
        RequestState.ANSWERED,
        Answer.PICTURES,
        NOON,
        None,
    )
    assert told == [request.id]
    pictures = await ground.ledger.read(lambda c: picture_rows.of_request(c, request.id))
    assert [one.sha256 for one in pictures] == [PICTURE.sha256] * 2
    [closed] = await ground.attempts(request.id)
    assert (closed.billed, closed.cost, closed.closed_at) == ("yes", closed.reserved, NOON)
    assert set((await books(ground)).values()) == {(0, closed.reserved, 2)}
    await ground.end(attempt, drew(2))  # the same once more
    assert set((await books(ground)).values()) == {(0, closed.reserved, 2)}


@pytest.mark.parametrize(
    ("outcome", "share"),
    [
        (Outcome(pictures=(PICTURE,), billed=Billed.YES), 0.5),
        (Outcome(pictures=(PICTURE,), billed=Billed.YES, made=2), 1.0),
        (Outcome(pictures=(PICTURE, PICTURE), billed=Billed.YES, made=1), 1.0),
        (Outcome(billed=Billed.YES), 1.0),
        (Outcome(billed=Billed.UNKNOWN), 1.0),
        (Outcome(billed=Billed.NO), 0.0),
        (Outcome(pictures=(PICTURE,), billed=Billed.YES, usage=Usage(0, 0)), 0.5),
    ],
)
async def test_what_an_exchange_cost(ground: Ground, outcome: Outcome, share: float) -> None:
    request = await ground.asked(count=2)
    await ground.end(await ground.called(request.id), outcome)
    [attempt] = await ground.attempts(request.id)
    assert attempt.cost == round(attempt.reserved * share)
    found = await books(ground)
    assert found["community"][1] == found["everybody"][1] == attempt.cost
    delivered = len(outcome.pictures)
    expected = attempt.cost * delivered // max(outcome.made, delivered, 1) if delivered else 0
    assert found["member"] == (0, expected, delivered)


async def test_the_services_own_count_is_the_cost(ground: Ground) -> None:
    usage = Usage(20, 100)
    request = await ground.asked()
    await ground.end(await ground.called(request.id), dataclasses.replace(drew(), usage=usage))
    [attempt] = await ground.attempts(request.id)
    assert attempt.cost == cost_from_usage(ground.rules.model, usage)
    assert attempt.cost < attempt.reserved


async def test_a_block_opens_a_case_and_is_remembered_for_a_day(ground: Ground) -> None:
    request = await ground.asked()
    await ground.end(await ground.called(request.id), Outcome(billed=Billed.NO, status=400), failure(Kind.SAFETY_PROMPT))
    row = await ground.row(request.id)
    assert (row.answer, row.case_id) == (Answer.BLOCKED, f"case of {request.id}")
    assert await memory(ground) == [("ana", f"case of {request.id}", NOON + BLOCK_MEMORY)]


async def test_a_block_beside_pictures_opens_a_case_and_delivers_them_and_settles_nothing(ground: Ground) -> None:
    told: list[str] = []
    request = await ground.asked(count=2)
    attempt = await ground.called(request.id)
    deps = dataclasses.replace(ground.deps, on_pictures=lambda tx, one: told.append(one.id))
    await ground.ledger.write(lambda tx: record_outcome(tx, attempt, drew(1), failure(Kind.SAFETY_OUTPUT), deps))
    row = await ground.row(request.id)
    assert (row.answer, row.case_id, told) == (Answer.PICTURES, f"case of {request.id}", [])


async def test_a_late_block_leaves_the_case_of_the_memory_alone(ground: Ground) -> None:
    request, other = await ground.asked(), await ground.asked(person="ben")
    mine, theirs = await ground.called(request.id), await ground.called(other.id)
    await ground.press(A.CANCEL, request.id)
    for attempt, expected in ((mine, [("ana", "", NOON + BLOCK_MEMORY)]), (theirs, [("ben", f"case of {other.id}", NOON + BLOCK_MEMORY)])):
        await ground.end(attempt, Outcome(billed=Billed.NO, status=400), failure(Kind.SAFETY_PROMPT))
        assert await memory(ground) == expected
    assert (await ground.row(request.id)).answer is Answer.CANCELLED
    third = await ground.asked("another", person="cleo")
    late = await ground.called(third.id)
    await ground.press(A.CANCEL, third.id, "cleo")
    await ground.ledger.write(
        lambda tx: tx.connection.execute(
            blocked_prompts.insert().values(
                community="home", fingerprint=fingerprint("another"), person="dan", case_id="kept", until=NOON + 5
            )
        )
    )
    await ground.end(late, Outcome(billed=Billed.NO, status=400), failure(Kind.SAFETY_PROMPT))
    assert ("dan", "kept", NOON + 5) in await memory(ground)


@pytest.mark.parametrize(
    ("kind", "billed", "status", "attempts", "free"),
    [
        (Kind.RATE_LIMITED, Billed.NO, 429, 0, 1),
        (Kind.SERVER_ERROR, Billed.UNKNOWN, 500, 1, 0),
        (Kind.SERVER_ERROR, Billed.NO, 500, 0, 1),
    ],
)
async def test_a_try_that_failed_waits_and_is_counted_as_it_was_booked(
    ground: Ground, kind: Kind, billed: Billed, status: int, attempts: int, free: int
) -> None:
    request = await ground.asked()
    ground.wakes.clear()
    await ground.end(await ground.called(request.id), Outcome(billed=billed, status=status, shortfall=SAID), failure(kind))
    row = await ground.row(request.id)
    assert (row.state, row.attempts, row.unbilled_tries) == (RequestState.QUEUED, attempts, free)
    assert (row.due_at > NOON) == (kind is Kind.SERVER_ERROR)  # a rate is waited for at the gate
    assert Wake("request", request.id, row.due_at) in ground.wakes
    assert row.failure is not None
    assert row.failure.kind is kind
    [attempt] = await ground.attempts(request.id)
    assert (attempt.cost > 0) == (billed is Billed.UNKNOWN)
    assert "no" in str(attempt.evidence)


async def test_a_task_is_polled_and_what_was_blocked_beside_it_is_not_forgotten(ground: Ground) -> None:
    request = await ground.asked(count=2)
    attempt = await ground.called(request.id)
    ground.wakes.clear()
    await ground.end(attempt, dataclasses.replace(TASK, shortfall=SAID), failure(Kind.SAFETY_OUTPUT))
    row, [open_] = await ground.row(request.id), await ground.attempts(request.id)
    assert (row.state, row.due_at, open_.task_id, open_.closed_at) == (RequestState.COLLECTING, NOON + 60, "task-1", None)
    assert Wake("request", request.id, NOON + 60) in ground.wakes
    assert await memory(ground) == [("ana", "", NOON + BLOCK_MEMORY)]
    assert "no" in str(open_.evidence)
    await ground.end(attempt, drew(1))
    row, [closed] = await ground.row(request.id), await ground.attempts(request.id)
    assert (row.answer, row.case_id) == (Answer.PICTURES, f"case of {request.id}")
    assert "no" in str(closed.evidence)


@pytest.mark.parametrize("why", [None, Kind.SERVER_ERROR])
async def test_a_mere_task_says_nothing_of_a_block(ground: Ground, why: Kind | None) -> None:
    request = await ground.asked()
    attempt = await ground.called(request.id)
    await ground.end(attempt, TASK, None if why is None else failure(why))
    assert (await ground.row(request.id)).failure is None
    assert await memory(ground) == []
    await ground.end(attempt, drew(1))
    assert (await ground.row(request.id)).case_id is None


# ---- after a crash -----------------------------------------------------------------------------------------------------------------


async def test_after_a_start_orphans_are_answered_written_off_and_never_sent_again(ground: Ground) -> None:
    waiting, stored = await ground.asked("one"), await ground.received("two")
    calling, polled, cancelled = await ground.asked("aaa"), await ground.asked("bbb"), await ground.asked("ccc")
    await ground.called(calling.id)
    await ground.end(await ground.called(polled.id), TASK)
    await ground.called(cancelled.id)
    await ground.press(A.CANCEL, cancelled.id)
    ground.at[0] += 100
    found = await ground.ledger.write(recover)
    assert [one for one, _ in found.received] == [stored]
    assert found.interrupted == 1
    row, [attempt] = await ground.row(calling.id), await ground.attempts(calling.id)
    assert (row.state, row.answer, row.answered_at, row.epoch, row.failure) == (
        RequestState.ANSWERED,
        Answer.INTERRUPTED,
        NOON + 100,
        2,
        None,
    )
    for one in (attempt, (await ground.attempts(cancelled.id))[0]):
        assert (one.billed, one.cost, one.closed_at) == ("unknown", one.reserved, NOON + 100)
    [kept] = await ground.attempts(polled.id)
    assert kept.closed_at is None
    assert (await ground.row(waiting.id)).state is RequestState.QUEUED
    spent = await books(ground)
    assert spent["member"] == (kept.reserved, 0, 1)
    assert spent["community"] == (kept.reserved, 2 * attempt.reserved, 1)
    again = await ground.ledger.write(recover)
    assert again.interrupted == 0
    assert await books(ground) == spent


async def test_a_card_follows_what_its_case_costs(ground: Ground) -> None:
    request = await ground.asked()
    attempt = await ground.called(request.id)

    def card(tx: Tx) -> None:
        request_rows.mark(tx, request.id, case_id="case7")
        message_rows.want(tx, "case:case7", Audience.MODERATORS, request.place)

    await ground.ledger.write(card)
    [before] = await ground.ledger.read(lambda c: message_rows.of_subject(c, "case:case7"))
    await ground.end(attempt, drew())
    [after] = await ground.ledger.read(lambda c: message_rows.of_subject(c, "case:case7"))
    assert after.wanted > before.wanted


async def test_an_exchange_that_nobody_works_on_is_written_off_by_the_sweep_and_its_card_follows(ground: Ground) -> None:
    lost, alive = await ground.asked("one"), await ground.asked("two")
    await ground.called(lost.id)
    await ground.called(alive.id)

    def card(tx: Tx) -> None:
        request_rows.mark(tx, lost.id, case_id="case7")
        message_rows.want(tx, "case:case7", Audience.MODERATORS, lost.place)

    await ground.ledger.write(card)
    [before] = await ground.ledger.read(lambda c: message_rows.of_subject(c, "case:case7"))
    await ground.ledger.write(lambda tx: sweep(tx, lambda request: request == alive.id))
    [attempt] = await ground.attempts(lost.id)
    assert (attempt.billed, attempt.cost, attempt.closed_at) == ("unknown", attempt.reserved, NOON)
    assert (await ground.row(lost.id)).answer is Answer.INTERRUPTED
    assert (await ground.row(alive.id)).state is RequestState.CALLING
    [after] = await ground.ledger.read(lambda c: message_rows.of_subject(c, "case:case7"))
    assert after.wanted > before.wanted


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (Kind.MALFORMED_RESPONSE, False),
        (Kind.EMPTY_RESULT, False),
        (Kind.CORRUPT_IMAGE, False),
        (Kind.DOWNLOAD_FAILED, True),
        (Kind.NOT_TAKEN, True),
        (Kind.OUTPUT_REJECTED, False),
    ],
)
async def test_of_what_came_and_is_of_no_use_the_operator_hears_only_what_is_theirs(ground: Ground, kind: Kind, told: bool) -> None:
    request = await ground.asked()
    await ground.end(await ground.called(request.id), Outcome(billed=Billed.YES, status=200), failure(kind))
    assert bool(await ground.ledger.read(lambda c: c.execute(select(notices)).all())) == told


async def test_a_picture_that_is_being_fetched_says_so(ground: Ground) -> None:
    request = await ground.asked()
    await ground.end(await ground.called(request.id), TASK, failure(Kind.DOWNLOAD_FAILED))
    found = (await ground.row(request.id)).failure
    assert found is not None
    assert found.kind is Kind.DOWNLOAD_FAILED


async def test_each_further_try_waits_longer(ground: Ground) -> None:
    request = await ground.asked()
    waits = []
    for _ in range(3):
        await ground.end(await ground.called(request.id), Outcome(billed=Billed.NO, status=500), failure(Kind.SERVER_ERROR))
        due = (await ground.row(request.id)).due_at
        waits.append(due - ground.at[0])
        ground.at[0] = due
    assert waits == sorted(waits)
    assert waits[0] < waits[2]
    assert waits == [own_wait(failure(Kind.SERVER_ERROR), number, lambda low, high: low) for number in (1, 2, 3)]
