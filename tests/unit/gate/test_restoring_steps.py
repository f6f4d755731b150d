"""Each step of the gradual return, one result at a time, at its exact thresholds."""

from __future__ import annotations

import pytest

from bot.domain.failure import Failure
from bot.domain.kinds import Kind
from bot.gate.port import Verdict
from bot.gate.restoring import SLACK, SLOWER, Restoring, read
from bot.gate.signals import signal_of
from tests.unit.gate.chaos import failure

KEY, DOWN, TOO_FAST, NO_MONEY = (
    failure(kind) for kind in (Kind.AUTH_INVALID_KEY, Kind.SERVER_ERROR, Kind.RATE_LIMITED, Kind.QUOTA_EXHAUSTED)
)


def book(one: Restoring, what: Failure | None = None, seconds: float = 1.0, *, now: float = 100.0, tokens: int = 0) -> list[str]:
    verdict = Verdict(what, tokens=tokens, pictures=2 if tokens else 0)
    return list(one.book(verdict, signal_of(verdict), now - seconds, now, None))


def few(before: float | None = None) -> Restoring:
    return Restoring("few", "stopped", before=before)


def test_an_outage_is_the_breakers_business_unless_the_return_has_begun() -> None:
    for stage in ("", "stopped"):
        one = Restoring(stage)
        assert [book(one, DOWN) for _ in range(5)] == [[]] * 5
        assert one.stage == stage
    one = few()
    assert [book(one, DOWN), book(one, DOWN)] == [[], ["failing"]]


def test_a_call_of_the_very_moment_of_the_refusal_counts_and_an_earlier_one_does_not() -> None:
    one = Restoring("stopped", failed_at=99.0)
    assert book(one, None, 1.001) == []
    assert book(one, None, 1.0) == ["restoring"]


def test_a_rate_answer_is_no_picture() -> None:
    one = few()
    assert [book(one, TOO_FAST) for _ in range(5)] == [[]] * 5
    assert one.stage == "few"


def test_exactly_three_pictures_open_everything_whatever_was_before() -> None:
    one = Restoring("stopped")
    assert book(one, TOO_FAST) == ["restoring"]
    assert [book(one), book(one), book(one)] == [[], [], ["restored"]]
    assert one.stage == ""


def test_the_pictures_of_an_earlier_return_do_not_count() -> None:
    one = few()
    book(one), book(one)
    assert book(one, KEY) == ["refused_again"]
    assert book(one, now=200.0) == ["restoring"]
    assert [book(one, now=201.0), book(one, now=202.0)] == [[], ["restored"]]


def test_the_failures_of_an_earlier_return_do_not_count() -> None:
    one = few()
    assert [book(one, DOWN), book(one, DOWN)] == [[], ["failing"]]
    assert one.step == "failing"
    assert book(one, TOO_FAST) == ["restoring"]
    assert [book(one, DOWN), book(one, DOWN)] == [[], ["failing"]]


def test_missing_credit_stops_at_once_and_its_own_log_line_says_so() -> None:
    one = Restoring()
    assert book(one, NO_MONEY) == []
    assert one.stage == "stopped"
    other = Restoring()
    assert [book(other, KEY), book(other, KEY)] == [[], ["stopped"]]


@pytest.mark.parametrize(("seconds", "bad"), [(SLOWER * 4 + SLACK, 0), (SLOWER * 4 + SLACK + 0.01, 1), (SLOWER * 4 - SLACK + 1, 0)])
def test_slower_is_more_than_twice_as_long_and_five_seconds_more(seconds: float, bad: int) -> None:
    one = few(before=4.0)
    book(one, None, seconds, now=1000.0)
    assert (one.bad, one.well) == (bad, 1 - bad)


def test_a_service_that_draws_in_a_tenth_of_a_second_may_take_five() -> None:
    one = few(before=0.1)
    book(one, None, 5.3)
    assert one.bad == 1
    book(one, None, 5.0)
    assert one.bad == 1


def test_the_second_stop_for_slowness_makes_it_the_new_normal_but_not_the_first() -> None:
    one = few(before=1.0)
    assert [book(one, None, 50.0), book(one, None, 50.0)] == [[], ["slow"]]
    assert (one.before, one.slow_stops) == (1.0, 1)
    book(one, TOO_FAST)
    assert [book(one, None, 50.0), book(one, None, 50.0)] == [[], ["slow"]]
    assert one.before is None


def test_a_complete_return_forgets_the_slowness() -> None:
    one = Restoring("few", "slow", slow_stops=1, before=1.0)
    assert [book(one), book(one), book(one)] == [[], [], ["restored"]]
    assert one.slow_stops == 0


def with_tokens(calls: int, tokens: int = 200) -> Restoring:
    """Back among a few calls after so many, each with two pictures for so many tokens."""
    one = Restoring()
    for _ in range(calls):
        book(one, tokens=tokens)
    book(one, KEY), book(one, KEY), book(one, TOO_FAST)
    assert one.stage == "few"
    return one


def test_pictures_that_take_more_than_twice_the_tokens_stop_it_again() -> None:
    one = with_tokens(5)
    assert [book(one, tokens=400), one.bad] == [[], 0]
    assert [book(one, tokens=402), book(one, tokens=402)] == [[], ["costly"]]
    assert one.usual_tokens == 100
    book(one, TOO_FAST)
    assert [book(one, tokens=402), book(one, tokens=402)] == [[], ["costly"]]
    assert one.usual_tokens is None, "the second time it's the new normal"


def test_four_calls_say_nothing_about_what_pictures_usually_take() -> None:
    one = with_tokens(4)
    assert [book(one, tokens=9000), book(one, tokens=9000), book(one, tokens=9000)] == [[], [], ["restored"]]


def test_while_more_wait_than_at_the_beginning_it_takes_three_times_as_many_pictures() -> None:
    one = few()
    one.depth, one.waiting = 9, 10
    assert [book(one) for _ in range(8)] == [[]] * 8
    assert book(one) == ["restored"]
    for depth, waiting in ((9, 9), (0, 5)):
        other = few()
        other.depth, other.waiting = depth, waiting
        assert [book(other), book(other), book(other)] == [[], [], ["restored"]]


@pytest.mark.parametrize(
    ("kept", "found"),
    [
        ({"well": 0, "slow_stops": 1}, (0, 1, None)),
        ({"well": 1, "slow_stops": 0}, (1, 0, None)),
        ({"well": 2}, (2, 0, None)),
        ({"well": 8}, (8, 0, None)),
        ({"well": 9}, (0, 0, None)),
        ({"before": 0.5}, (0, 0, 0.5)),
        ({"before": 0}, (0, 0, None)),
        ({"before": -2.0}, (0, 0, None)),
        ({"before": 3599.0}, (0, 0, 3599.0)),
        ({"before": 3600.0}, (0, 0, None)),
        ({"before": 1e9}, (0, 0, None)),
        ({"before": True}, (0, 0, None)),
    ],
)
def test_a_stored_number_is_taken_only_within_its_bounds(kept: dict[str, object], found: tuple[int, int, float | None]) -> None:
    one = read({"stage": "few", **kept})
    assert (one.well, one.slow_stops, one.before) == found
