"""The decision table: what follows from an exchange, for all kinds, without any world."""

from __future__ import annotations

import dataclasses

import pytest

from bot.catalogue.load import Catalogue
from bot.domain.failure import Evidence, Failure
from bot.domain.kinds import KINDS, SAFETY_REVIEWABLE, Action, Group, Kind
from bot.domain.outcome import DOWNLOAD, Billed, Outcome, Pending
from bot.domain.request_states import Answer, RequestState
from bot.domain.requests import Attempt, Person, Place, Request
from bot.requests.books import cost_of
from bot.requests.decide import (
    LAST_LOOK,
    LONGEST_DOWNLOAD_WAIT,
    SOONEST_POLL,
    CallResult,
    Final,
    Late,
    NextPart,
    OpenCase,
    Queue,
    as_booked,
    blocked_while_collecting,
    decide,
    poll_at,
    rule,
    was_unbilled,
)
from bot.requests.rules import Rules
from tests.unit.requests.ground import PICTURE

NOW = 1000.0
RULES = Rules(model=Catalogue.load().default(), max_attempts=3, max_unbilled_tries=10)


def request(attempts: int = 1, unbilled_tries: int = 0, deadline: float = NOW + 800) -> Request:
    return Request(
        "r", RequestState.CALLING, Person("ana"), Place("test", "home", "imagine"), "p", "f", "m", "1024x1024", "low", 1, False, NOW, NOW,
        deadline, attempts=attempts, unbilled_tries=unbilled_tries,
    )  # fmt: skip


def failure(kind: Kind, wait: float | None = None) -> Failure:
    rule = KINDS[kind]
    return Failure(rule.group, kind, rule.action, wait, rule.who_can_fix, 1.0)


@pytest.mark.parametrize("kind", list(Kind))
def test_no_safety_parameter_or_account_failure_is_ever_sent_again(kind: Kind) -> None:
    decision = decide(request(), failure(kind), 0, RULES, NOW, 2.0)
    again = isinstance(decision, Queue)
    assert again == (KINDS[kind].action is Action.GENERATE)
    if KINDS[kind].group in (Group.SAFETY, Group.PARAMETERS):
        assert not again
    assert isinstance(decision, OpenCase) == (kind in SAFETY_REVIEWABLE)


def test_tries_that_may_have_been_billed_are_bounded() -> None:
    assert isinstance(decide(request(attempts=2), failure(Kind.TIMEOUT), 0, RULES, NOW, 4.0), Queue)
    assert decide(request(attempts=3), failure(Kind.TIMEOUT), 0, RULES, NOW, 4.0) == Final(Answer.FAILED)


def test_rate_answers_are_bounded_by_their_own_count() -> None:
    assert isinstance(decide(request(0, 9), failure(Kind.RATE_LIMITED, 1.0), 0, RULES, NOW, 0.0), Queue)
    assert decide(request(0, 10), failure(Kind.RATE_LIMITED, 1.0), 0, RULES, NOW, 0.0) == Final(Answer.FAILED)


def test_nothing_is_queued_past_the_deadline() -> None:
    late = request(deadline=NOW + 30)
    assert decide(late, failure(Kind.SERVER_ERROR), 0, RULES, NOW, 31.0) == Final(Answer.FAILED)
    assert decide(late, failure(Kind.RATE_LIMITED, 3600.0), 0, RULES, NOW, 0.0) == Final(Answer.FAILED)


def test_pictures_that_came_are_delivered_whatever_became_of_the_rest() -> None:
    for kind in Kind:
        decision = decide(request(), failure(kind), 2, RULES, NOW, 2.0)
        assert decision in (Final(Answer.PICTURES), OpenCase(Answer.PICTURES))


def test_a_block_beside_pictures_opens_a_case() -> None:
    assert decide(request(), failure(Kind.SAFETY_OUTPUT), 2, RULES, NOW, 0.0) == OpenCase(Answer.PICTURES)
    assert decide(request(), failure(Kind.SAFETY_OUTPUT), 0, RULES, NOW, 0.0) == OpenCase(Answer.BLOCKED)


def test_an_answer_without_pictures_and_without_reason_is_a_failure() -> None:
    assert decide(request(), None, 0, RULES, NOW, 0.0) == Final(Answer.FAILED)


def test_what_was_certainly_not_billed_uses_up_a_free_answer() -> None:
    assert was_unbilled(failure(Kind.RATE_LIMITED), Billed.NO)
    assert not was_unbilled(failure(Kind.RATE_LIMITED), Billed.UNKNOWN)
    assert was_unbilled(failure(Kind.NETWORK_CONNECT), Billed.NO)
    assert not was_unbilled(failure(Kind.TIMEOUT), Billed.UNKNOWN)
    assert not was_unbilled(failure(Kind.UNSUPPORTED_SIZE), Billed.NO)
    assert not was_unbilled(None, Billed.YES)
    assert not was_unbilled(failure(Kind.RATE_LIMITED), Billed.YES)


@pytest.mark.parametrize("kind", [Kind.RATE_LIMITED, Kind.OVERLOADED])
@pytest.mark.parametrize(
    ("status", "booked"),
    [
        (429, "no"),
        (503, "no"),
        (529, "no"),
        (500, "no"),
        (200, "no"),
        (504, "unknown"),
        (524, "unknown"),
        (520, "unknown"),
        (408, "unknown"),
    ],
)
def test_turned_away_at_the_door_is_free_and_behind_a_gateway_that_gave_up_it_may_have_been_billed(
    kind: Kind, status: int, booked: str
) -> None:
    outcome = as_booked(Outcome(billed=Billed.UNKNOWN, status=status), failure(kind))
    assert outcome.billed.value == booked
    assert was_unbilled(failure(kind), outcome.billed) == (booked == "no")


@pytest.mark.parametrize(
    ("status", "booked"), [(500, "unknown"), (502, "unknown"), (200, "unknown"), (429, "no"), (503, "no"), (529, "no")]
)
def test_a_guess_makes_nothing_free_unless_the_status_does(status: int, booked: str) -> None:
    guess = dataclasses.replace(failure(Kind.OVERLOADED), confidence=0.4)
    assert as_booked(Outcome(billed=Billed.UNKNOWN, status=status), guess).billed.value == booked


def test_other_failures_are_booked_as_the_provider_saw_them() -> None:
    for kind in (Kind.SERVER_ERROR, Kind.GATEWAY_ERROR, Kind.TIMEOUT):
        assert as_booked(Outcome(billed=Billed.UNKNOWN, status=503), failure(kind)).billed is Billed.UNKNOWN
    assert as_booked(Outcome(billed=Billed.YES, status=429), failure(Kind.RATE_LIMITED)).billed is Billed.YES


def test_a_lowered_action_is_obeyed() -> None:
    never = dataclasses.replace(failure(Kind.RATE_LIMITED), action=Action.NONE)
    assert decide(request(), never, 0, RULES, NOW, 0.0) == Final(Answer.FAILED)


def test_a_late_exchange_is_judged_by_its_own_answer_and_not_by_a_later_block() -> None:
    """The request's newer attempt is being collected beside a block; the older one reports now."""
    said = Evidence(status=200)
    collecting = dataclasses.replace(request(), state=RequestState.COLLECTING, epoch=2, failure=failure(Kind.SAFETY_OUTPUT))
    for epoch, judged in ((1, None), (2, Kind.SAFETY_OUTPUT)):
        attempt = Attempt("a", "r", 1, epoch, NOW, 1, 100, evidence=Evidence(status=400))
        ruling = rule(CallResult(collecting, attempt, Outcome(billed=Billed.YES, status=200, shortfall=said), None), RULES, NOW, max)
        assert (ruling.failure and ruling.failure.kind) == judged
        assert ruling.outcome.shortfall == (said if judged is None else attempt.evidence)
        assert isinstance(ruling.step, Late) is (judged is None)


def test_a_cost_that_does_not_divide_is_rounded_up_to_a_whole_number() -> None:
    asked = dataclasses.replace(request(), count=3)
    for pictures, made, cost in ((1, 0, 34), (2, 0, 67), (3, 0, 100), (1, 2, 67), (2, 9, 100), (0, 1, 100)):
        outcome = Outcome(pictures=(PICTURE,) * pictures, billed=Billed.YES, made=made)
        found = cost_of(asked, outcome, Attempt("a", "r", 1, 1, NOW, 3, 100), RULES)
        assert (found, type(found)) == (cost, int)


def test_what_a_service_said_when_it_took_the_task_is_its_price_unless_usage_says_another() -> None:
    taken = Attempt("a", "r", 1, 1, NOW, 1, 100, cost_micros=42)
    drawn = Outcome(pictures=(PICTURE,), billed=Billed.YES)
    assert cost_of(request(), drawn, taken, RULES) == 42
    assert cost_of(request(), dataclasses.replace(drawn, billed=Billed.UNKNOWN), taken, RULES) == 42
    assert cost_of(request(), dataclasses.replace(drawn, billed=Billed.NO), taken, RULES) == 0


def test_each_part_has_its_own_tries() -> None:
    asked = dataclasses.replace(request(attempts=3, unbilled_tries=9), epoch=1, count=10)
    drawn = Outcome(pictures=(PICTURE,) * 4, billed=Billed.YES)
    ruling = rule(CallResult(asked, Attempt("a", "r", 3, 1, NOW, 4, 100), drawn, None), RULES, NOW, max)
    assert (ruling.step, ruling.attempts, ruling.unbilled_tries) == (NextPart(), 0, 0)


def test_a_request_moves_to_another_service_while_it_has_free_answers_and_time() -> None:
    rules = dataclasses.replace(RULES, equals={"another key": {}}, max_unbilled_tries=5)
    for free, moves in ((3, True), (4, False)):
        asked = dataclasses.replace(request(attempts=1, unbilled_tries=free), epoch=1)
        result = CallResult(
            asked, Attempt("a", "r", 1, 1, NOW, 1, 100), Outcome(billed=Billed.NO, status=429), failure(Kind.QUOTA_EXHAUSTED)
        )
        assert (rule(result, rules, NOW, max).step == Queue(NOW)) is moves
    asked = request(attempts=1)
    result = CallResult(asked, Attempt("a", "r", 1, 0, NOW, 1, 100), Outcome(billed=Billed.NO, status=429), failure(Kind.QUOTA_EXHAUSTED))
    assert rule(result, rules, asked.deadline_at, max).step == Final(Answer.FAILED)
    for why, billed in ((Kind.BAD_REQUEST_OTHER, Billed.NO), (Kind.QUOTA_EXHAUSTED, Billed.UNKNOWN)):
        other = dataclasses.replace(result, outcome=Outcome(billed=billed, status=400), failure=failure(why))
        assert rule(other, rules, NOW, max).step == Final(Answer.FAILED), why


@pytest.mark.parametrize("begun", [{"option_refused": True}, {"settled": 4}, {"attempts": 2}])
def test_what_stays_with_its_service_is_answered_when_credit_runs_out(begun: dict[str, int]) -> None:
    """It would otherwise wait in line until its deadline for a service that it may not move to."""
    rules = dataclasses.replace(RULES, equals={"another key": {}})
    asked = dataclasses.replace(request(), epoch=1, count=8, **begun)  # type: ignore[arg-type]
    none_left = CallResult(
        asked, Attempt("a", "r", 1, 1, NOW, 4, 100), Outcome(billed=Billed.NO, status=429), failure(Kind.QUOTA_EXHAUSTED)
    )
    assert rule(none_left, rules, NOW, max).step == Final(Answer.FAILED)


def test_only_what_is_being_collected_has_a_block_beside_it() -> None:
    blocked = dataclasses.replace(request(), failure=failure(Kind.SAFETY_OUTPUT))
    assert blocked_while_collecting(blocked) is None
    assert blocked_while_collecting(dataclasses.replace(blocked, state=RequestState.COLLECTING)) == blocked.failure


@pytest.mark.parametrize(
    ("task", "asked", "wait"),
    [
        ("a task", None, 5.0),
        ("a task", 2.0, 2.0),
        ("a task", 0.01, SOONEST_POLL),
        ("a task", 300.0, 300.0),
        ("a task", 86400.0, 800.0 - LAST_LOOK),
        (f"{DOWNLOAD}1", None, 5.0),
        (f"{DOWNLOAD}1", 2.0, 5.0),
        (f"{DOWNLOAD}1", 20.0, 20.0),
        (f"{DOWNLOAD}1", 86400.0, LONGEST_DOWNLOAD_WAIT),
    ],
)
def test_a_poll_waits_as_long_as_it_is_asked_to_but_looks_once_more_in_time(task: str, asked: float | None, wait: float) -> None:
    assert poll_at(request(), Pending(task, poll_after=5.0), failure(Kind.RATE_LIMITED, asked), NOW) == NOW + wait


def test_after_the_last_look_a_task_is_polled_at_its_usual_pace() -> None:
    late = dataclasses.replace(request(), deadline_at=NOW + 1.0)
    assert poll_at(late, Pending("a task", poll_after=5.0), failure(Kind.RATE_LIMITED, 60.0), NOW) == NOW + 5.0
