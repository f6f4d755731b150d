"""What the sweep ends, what it leaves alone, and when a service's raw answers go."""

from __future__ import annotations

import pytest

from bot.chat.views import Audience
from bot.domain.kinds import Kind
from bot.domain.outcome import Billed, Outcome
from bot.domain.refusal import Refusal
from bot.domain.request_states import Answer, RequestState
from bot.ledger import request_rows
from bot.requests.rules import Question
from bot.requests.sweep import sweep
from tests.unit.requests.ground import NOON, Ground, failure
from tests.unit.requests.test_outcomes import SAID, TASK, books

HOUR = 3600.0


async def swept(ground: Ground, seconds: float, running: bool = True) -> None:
    ground.at[0] += seconds
    ground.wakes.clear()
    await ground.ledger.write(lambda tx: sweep(tx, lambda request_id: running))


async def test_a_queued_request_expires_at_its_deadline_and_says_so(ground: Ground) -> None:
    request = await ground.asked()
    await swept(ground, ground.rules.deadline - 0.001)
    assert (await ground.row(request.id)).state is RequestState.QUEUED
    shown = (await ground.shown(request.id))[Audience.CHANNEL].wanted
    await swept(ground, 0.001)
    row = await ground.row(request.id)
    assert (row.state, row.answer, row.answered_at) == (RequestState.ANSWERED, Answer.EXPIRED, ground.at[0])
    assert (await ground.shown(request.id))[Audience.CHANNEL].wanted == shown + 1
    assert ("request", "*") in {(wake.topic, wake.id) for wake in ground.wakes}


async def test_a_question_that_nobody_answered_is_over(ground: Ground) -> None:
    ground.rules = type(ground.rules)(model=ground.rules.model, lint=lambda prompt: Question("private"))
    request = await ground.asked("my number is 12345678")
    assert request.state is RequestState.AWAITING_MEMBER
    await swept(ground, ground.rules.held_for)
    row = await ground.row(request.id)
    assert (row.state, row.refusal) == (RequestState.REFUSED, Refusal("no_answer"))


async def test_a_command_that_nobody_knows_to_be_acknowledged_goes_in_silence(ground: Ground) -> None:
    request_id = await ground.received("a secret walrus")
    await swept(ground, ground.rules.deadline)
    row = await ground.row(request_id)
    assert (row.state, row.prompt, await ground.shown(request_id)) == (RequestState.REFUSED, "", {})


async def test_a_task_past_its_deadline_counts_as_spent_and_is_never_polled_again(ground: Ground) -> None:
    request = await ground.asked()
    await ground.end(await ground.called(request.id), TASK)
    epoch = (await ground.row(request.id)).epoch
    await swept(ground, ground.rules.deadline)
    row, [attempt] = await ground.row(request.id), await ground.attempts(request.id)
    assert (row.answer, row.epoch, attempt.closed_at) == (Answer.EXPIRED, epoch + 1, ground.at[0])
    assert (await books(ground))["community"] == (0, attempt.reserved, 0)


@pytest.mark.parametrize(
    ("beside", "said"),
    [
        (None, Kind.TASK_RUNNING_TIMEOUT),
        (Kind.SAFETY_OUTPUT, Kind.SAFETY_OUTPUT),
        (Kind.DOWNLOAD_FAILED, Kind.DOWNLOAD_FAILED),
        (Kind.SERVER_ERROR, Kind.TASK_RUNNING_TIMEOUT),
        (Kind.UNSUPPORTED_SIZE, Kind.TASK_RUNNING_TIMEOUT),
    ],
)
async def test_a_task_past_its_deadline_says_what_came_beside_it_or_that_it_was_not_ready(
    ground: Ground, beside: Kind | None, said: Kind
) -> None:
    request = await ground.asked()
    await ground.end(await ground.called(request.id), TASK)
    why = None if beside is None else failure(beside)
    await ground.ledger.write(lambda tx: request_rows.mark(tx, request.id, failure=why))
    await swept(ground, ground.rules.deadline)
    row = await ground.row(request.id)
    assert row.failure is not None
    assert (row.answer, row.failure.kind) == (Answer.EXPIRED, said)


@pytest.mark.parametrize("running", [True, False])
async def test_a_call_past_its_deadline_is_left_to_its_worker_if_there_is_one(ground: Ground, running: bool) -> None:
    request = await ground.asked()
    await ground.called(request.id)
    await swept(ground, ground.rules.deadline, running)
    row = await ground.row(request.id)
    assert (row.state, row.answer) == ((RequestState.CALLING, None) if running else (RequestState.ANSWERED, Answer.INTERRUPTED))


async def test_raw_answers_go_an_hour_after_they_are_thirty_days_old_and_later_ones_then(ground: Ground) -> None:
    refused = Outcome(billed=Billed.NO, status=401, shortfall=SAID)

    async def evidence() -> list[bool]:
        return [one.evidence is not None for request_id in asked for one in await ground.attempts(request_id)]

    await swept(ground, 0)  # nothing was ever asked
    asked = []
    for _ in range(2):
        asked.append((await ground.asked()).id)
        await ground.end(await ground.called(asked[-1]), refused, failure(Kind.AUTH_INVALID_KEY))
        ground.at[0] += 2 * HOUR
    ground.at[0] = NOON + 30 * 24 * HOUR
    await swept(ground, HOUR - 1)
    assert await evidence() == [True, True]
    await swept(ground, 1)
    assert await evidence() == [False, True]
    await swept(ground, HOUR)
    assert await evidence() == [False, False]
