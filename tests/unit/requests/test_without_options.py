"""The service refused, for nothing, an option that nobody chose: the same request goes out without it, within its bounds."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from bot.domain.failure import Evidence
from bot.domain.kinds import Kind
from bot.domain.outcome import Billed, Outcome, Pending
from bot.domain.request_states import Answer, RequestState
from bot.ledger.store import Wake
from bot.requests.attempt import Opened
from tests.unit.requests.ground import NOON, PICTURE, Ground, failure

TASK = Outcome(pending=Pending("task-1", poll_after=60.0), billed=Billed.UNKNOWN, status=202)
SAID = Evidence(provider="openai", api="images.generations", status=400, body={"error": {"message": "Unknown parameter."}})


def refusing(option: str, **values: Any) -> Outcome:
    """The service refused an option, for nothing."""
    body = {"error": {"message": f"Unknown parameter: '{option}'.", "param": option, "code": "unknown_parameter"}}
    shortfall = Evidence(provider="openai", api="images.generations", status=400, body=body)
    carried = frozenset({"quality", "size", "n"})
    return dataclasses.replace(Outcome(billed=Billed.NO, status=400, shortfall=shortfall, carried=carried), **values)


NAMED = failure(Kind.UNSUPPORTED_OPTION)


async def test_what_nobody_chose_is_left_out_at_once_and_counted_as_free(ground: Ground) -> None:
    request = await ground.asked()
    for number, option in enumerate(("quality", "size"), 1):
        ground.wakes.clear()
        await ground.end(await ground.called(request.id), refusing(option), NAMED)
        row = await ground.row(request.id)
        assert (row.state, row.due_at, row.attempts, row.unbilled_tries) == (RequestState.QUEUED, NOON, 0, number)
        assert row.left_out == frozenset(("quality", "size")[:number])
        assert row.failure is not None
        assert row.failure.facts == {"code": "x", "left_out": option}
        assert Wake("request", request.id, NOON) in ground.wakes
    opened = await ground.begin(request.id)
    assert isinstance(opened, Opened)
    assert opened.request.left_out == frozenset({"quality", "size"})
    await ground.end(opened.attempt.id, refusing("size"), NAMED)
    assert (await ground.row(request.id)).answer is Answer.FAILED


async def test_all_that_was_left_out_is_named_in_order(ground: Ground) -> None:
    request = await ground.asked()
    await ground.end(await ground.called(request.id), refusing("", shortfall=SAID), NAMED)
    row = await ground.row(request.id)
    assert row.failure is not None
    assert row.failure.facts == {"code": "x", "left_out": "n, quality, size"}


@pytest.mark.parametrize(
    "change",
    [
        {"billed": Billed.YES},
        {"billed": Billed.UNKNOWN},
        {"status": 404},
        {"carried": frozenset({"size"})},
        {"pictures": (PICTURE,)},
        {"shortfall": None},
    ],
)
async def test_what_cost_money_or_was_not_carried_is_no_reason_for_a_try(ground: Ground, change: dict[str, Any]) -> None:
    request = await ground.asked(count=2)
    await ground.end(await ground.called(request.id), refusing("quality", **change), NAMED)
    row = await ground.row(request.id)
    assert (row.state, row.left_out) == (RequestState.ANSWERED, frozenset())


async def test_an_option_that_was_chosen_is_not_left_out(ground: Ground) -> None:
    request = await ground.asked(quality="high")
    await ground.end(await ground.called(request.id), refusing("quality"), NAMED)
    assert (await ground.row(request.id)).answer is Answer.FAILED


@pytest.mark.parametrize(("free", "state"), [(2, RequestState.QUEUED), (1, RequestState.ANSWERED)])
async def test_without_a_free_answer_left_nothing_is_tried_without_it(ground: Ground, free: int, state: RequestState) -> None:
    ground.rules = dataclasses.replace(ground.rules, max_unbilled_tries=free)
    request = await ground.asked()
    await ground.end(await ground.called(request.id), refusing("quality"), NAMED)
    assert (await ground.row(request.id)).state is state


@pytest.mark.parametrize(("early", "state"), [(1.0, RequestState.QUEUED), (0.0, RequestState.ANSWERED)])
async def test_at_its_deadline_nothing_is_tried_without_it(ground: Ground, early: float, state: RequestState) -> None:
    request = await ground.asked()
    attempt = await ground.called(request.id)
    ground.at[0] = request.deadline_at - early
    await ground.end(attempt, refusing("quality"), NAMED)
    assert (await ground.row(request.id)).state is state


async def test_a_task_that_was_taken_is_not_submitted_again_without_an_option(ground: Ground) -> None:
    request = await ground.asked()
    attempt = await ground.called(request.id)
    await ground.end(attempt, TASK)
    await ground.end(attempt, refusing("quality"), NAMED)
    assert (await ground.row(request.id)).answer is Answer.FAILED
