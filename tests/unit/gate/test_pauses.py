"""A refusal with a hint holds everybody, and then one goes first."""

from __future__ import annotations

import pytest

from bot.domain.kinds import Kind
from bot.gate.backoff import own_wait
from bot.gate.gate import AdaptiveGate
from bot.gate.port import Grant, Verdict
from bot.gate.rejections import LONGEST_PAUSE
from bot.gate.settings import GateSettings
from tests.unit.gate.chaos import failure
from tests.unit.gate.given import SERVED, Play, launches_within, middle, refused, row, rows


def test_everybody_waits_until_the_hint_says() -> None:
    play = Play(waiting=[*rows(5), *rows(5, "bo")])
    play.exchange(refused(17.0))
    hold = play.hold()
    assert hold.reason == "paused"
    assert hold.when - play.now == pytest.approx(17.0, abs=0.2)
    assert play.gate.snapshot(play.now).state == "paused"


def test_a_hint_of_a_millisecond_does_not_spin() -> None:
    play = Play(waiting=rows(50))
    assert launches_within(play, 10.0, refused(0.001)) <= 45


def test_a_hint_of_a_day_is_looked_at_again_before() -> None:
    play = Play(waiting=rows(5))
    play.exchange(refused(86400.0))
    assert play.hold().when - play.now <= LONGEST_PAUSE + 1.0


def test_after_the_pause_one_goes_first() -> None:
    play = Play(waiting=rows(9))
    play.exchange(refused(10.0))
    play.grant()
    assert play.hold().when > play.now


def test_the_clock_of_a_full_bucket_is_not_waited_for() -> None:
    play = Play(waiting=rows(9))
    headers = {"x_ratelimit_limit_requests": "12", "x_ratelimit_remaining_requests": "0", "x_ratelimit_reset_requests": "55s"}
    play.exchange(refused(55.0, **headers))
    assert play.hold().when - play.now < 10.0


def test_refused_without_a_word_it_waits_longer_each_time() -> None:
    play = Play(waiting=rows(9))
    waits = []
    for _ in range(5):
        play.exchange(refused())
        hold = play.hold()
        waits.append(hold.when - play.now)
    assert waits == sorted(waits)
    assert waits[-1] > 4 * waits[0]


def test_a_refused_request_keeps_its_place() -> None:
    play = Play(waiting=[row("first", "ana", 1.0), row("second", "bo", 2.0)])
    line = list(play.waiting)
    play.exchange(refused(1.0))
    play.waiting = line
    assert play.grant().request_id == "first"


def test_a_restart_in_a_pause_does_not_end_it() -> None:
    play = Play(waiting=rows(9))
    play.exchange(refused(40.0))
    after = Play(AdaptiveGate(GateSettings(), middle, play.gate.remember(), age=10.0), rows(9), now=7.0)
    hold = after.hold()
    assert hold.reason == "paused"
    assert hold.when - after.now == pytest.approx(30.0, abs=1.0)


def test_a_restart_long_after_a_pause_knows_nothing_of_it() -> None:
    play = Play(waiting=rows(9))
    play.exchange(refused(40.0))
    after = Play(AdaptiveGate(GateSettings(), middle, play.gate.remember(), age=100.0), rows(9), now=7.0)
    assert isinstance(after.next(), Grant)


def test_what_was_learned_survives_a_restart_and_ages() -> None:
    play = Play(waiting=rows(99))
    play.exchange(refused(limit="6/60s"))
    for _ in range(6):
        play.exchange(SERVED, after=4.0)
    memory = play.gate.remember()
    after = Play(AdaptiveGate(GateSettings(), middle, memory, age=1.0), rows(9), now=7.0)
    after.next()
    assert after.gate.snapshot(after.now).per_minute == pytest.approx(6.0)
    assert after.gate.snapshot(after.now).latency_p50 == pytest.approx(4.0)
    forgotten = Play(AdaptiveGate(GateSettings(), middle, memory, age=1e6), rows(9), now=7.0)
    forgotten.next()
    assert forgotten.gate.snapshot(forgotten.now).per_minute is None


@pytest.mark.parametrize(
    "memory",
    [
        {"version": 99},
        {"version": 1, "bucket": "full", "crowd": [], "latency": {"a": 1}, "paused_for": "long"},
        {"version": 1, "bucket": {"rate": float("nan"), "level": "x"}, "crowd": {"cap": -3}, "down": {"probe_in": 1e300}},
        {"version": 1, "bucket": {"rate": True}, "no_credit": {"probe_in": None}, "window": {"limit": 0, "ages": ["x"]}},
    ],
)
def test_a_damaged_memory_is_left_out(memory: dict[str, object]) -> None:
    play = Play(AdaptiveGate(GateSettings(), middle, memory), rows(3))
    assert isinstance(play.next(), Grant)


def test_a_rate_answer_waits_at_the_gate_and_other_failures_wait_for_themselves() -> None:
    assert own_wait(failure(Kind.RATE_LIMITED), 3, max) == 0.0
    assert own_wait(failure(Kind.OVERLOADED), 1, max) == 0.0
    assert own_wait(failure(Kind.SERVER_ERROR), 1, max) == 2.0
    assert own_wait(failure(Kind.TIMEOUT), 3, max) == 8.0
    assert own_wait(failure(Kind.NETWORK_RESET), 50, max) == 60.0
    assert own_wait(failure(Kind.NETWORK_RESET), 50, min) == 45.0


def test_a_poll_that_is_turned_away_holds_what_is_new_as_long_as_it_asks() -> None:
    play = Play(waiting=rows(2))
    play.gate.hear(refused(17.0), play.now)
    hold = play.hold()
    assert hold.reason == "paused"
    assert hold.when - play.now == pytest.approx(17.0, abs=0.2)
    assert not play.gate.rate_model.known


@pytest.mark.parametrize(
    "verdict", [SERVED, refused(), Verdict(failure(Kind.DOWNLOAD_FAILED, 30.0)), Verdict(failure(Kind.OVERLOADED, 30.0))]
)
def test_a_poll_that_says_nothing_about_the_account_holds_nothing(verdict: Verdict) -> None:
    play = Play(waiting=rows(2))
    play.gate.hear(verdict, play.now)
    assert isinstance(play.next(), Grant)
