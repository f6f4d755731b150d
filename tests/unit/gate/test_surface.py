"""What the core and its readers see: time-outs, estimates, the snapshot, the changes."""

from __future__ import annotations

import pytest

from bot.domain.kinds import Kind
from bot.domain.requests import Lane
from bot.failures.hints import duration
from bot.gate.forecast import Outlook, arrivals
from bot.gate.forecast_bias import FIRST, ForecastBias
from bot.gate.gate import AdaptiveGate
from bot.gate.headers import read
from bot.gate.port import Verdict
from bot.gate.settings import GateSettings
from bot.gate.signals import Signal, named_rate, signal_of
from tests.unit.gate.chaos import failure
from tests.unit.gate.given import CANCELLED, DOWN, NO_CREDIT, SERVED, Play, middle, refused, row, rows


def test_the_time_out_is_generous_until_it_is_known_how_long_pictures_take() -> None:
    play = Play(waiting=rows(20))
    assert play.exchange(SERVED, after=30.0).timeout == 120.0
    for _ in range(6):
        play.exchange(SERVED, after=30.0)
    assert play.grant().timeout == pytest.approx(2.5 * 30.0 + 10.0, abs=0.5)


def test_the_time_out_has_a_floor_and_a_cap() -> None:
    for after, timeout in ((1.0, 60.0), (200.0, 300.0)):
        play = Play(waiting=rows(20))
        for _ in range(6):
            play.exchange(SERVED, after=after)
        assert play.grant().timeout == timeout


def test_nothing_is_promised_before_anything_is_known() -> None:
    play = Play(waiting=rows(3))
    assert [one.seconds for one in play.gate.estimates(play.now, play.waiting).values()] == [None, None, None]


def test_estimates_follow_the_line_and_the_learned_rate() -> None:
    play = Play(waiting=rows(30))
    play.exchange(SERVED, after=10.0)
    play.exchange(refused(limit="6/60s"))
    estimates = play.gate.estimates(play.now, play.waiting)
    told = [estimates[one.request_id] for one in play.waiting]
    assert [one.position for one in told] == list(range(1, len(told) + 1))
    assert told[0].seconds == pytest.approx(20.0, abs=8.0)
    assert told[10].seconds - told[9].seconds == pytest.approx(10.0 * FIRST)


def test_forecasts_that_were_too_hopeful_grow_longer() -> None:
    forecast_bias = ForecastBias()
    for number in range(60):
        assert forecast_bias.say(f"r{number}", 0.0, 10.0) > 0.0
        forecast_bias.learn(f"r{number}", 20.0)
    assert forecast_bias.factor == pytest.approx(2.0, abs=0.05)
    assert not forecast_bias.forecasts


def test_forecasts_are_remembered_for_a_bounded_number_of_requests() -> None:
    forecast_bias = ForecastBias()
    for number in range(5000):
        forecast_bias.say(f"r{number}", 0.0, 10.0)
    assert len(forecast_bias.forecasts) <= 2000


def test_in_an_outage_no_time_is_promised_but_the_reason_is() -> None:
    play = Play(waiting=rows(9))
    play.exchange(SERVED, after=5.0)
    for _ in range(3):
        play.exchange(DOWN)
    told = next(iter(play.gate.estimates(play.now, play.waiting).values()))
    assert told.seconds is None
    assert told.reason == "breaker"
    assert told.until is not None


def test_the_forecast_knows_places_and_minutes() -> None:
    busy = Outlook(now=0.0, start=0.0, gap=0.0, places=2, ends=(4.0, 8.0), service=10.0, rate=None)
    assert arrivals(busy, 4) == [14.0, 18.0, 24.0, 28.0]
    minute = Outlook(now=100.0, start=100.0, gap=0.0, places=9, ends=(), service=10.0, rate=None, minute=(50.0, 60.0), per_minute=3)
    assert arrivals(minute, 3) == [10.0, 20.0, 30.0]


def test_a_cancelled_exchange_teaches_nothing_and_frees_its_place() -> None:
    play = Play(AdaptiveGate(GateSettings(max_concurrency=1), middle), rows(3))
    grant = play.grant()
    play.report(grant, CANCELLED, after=0.0)
    assert play.gate.snapshot(play.now).in_flight == 0
    assert play.gate.snapshot(play.now).latency_p50 is None
    play.grant()


def test_a_report_that_comes_twice_changes_nothing() -> None:
    play = Play(waiting=rows(3))
    grant = play.grant()
    play.report(grant, SERVED, after=4.0)
    before = play.gate.snapshot(play.now)
    play.report(grant, DOWN, after=0.0)
    play.gate.drop(grant, play.now)
    assert play.gate.snapshot(play.now) == before


def test_changes_tell_once_why_a_request_waits() -> None:
    play = Play(waiting=rows(9))
    play.exchange(refused(4.0))
    assert {"paused", "limit_learned", "refused"} <= set(play.names())
    assert play.names() == []


def test_interactive_requests_go_before_batch() -> None:
    play = Play(waiting=[row("b", since=0.0, lane=Lane.BATCH), row("i", since=5.0)])
    assert play.grant().request_id == "i"


def test_an_empty_line_waits_for_a_wake_up() -> None:
    assert Play().hold().reason == "empty"


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_says_one_thing_about_the_provider(kind: Kind) -> None:
    assert signal_of(Verdict(failure(kind))) in Signal
    assert signal_of(Verdict(failure(kind), cancelled=True)) is Signal.NOTHING


def test_no_credit_and_overload_are_not_taken_for_a_rate() -> None:
    assert signal_of(NO_CREDIT) is Signal.NO_CREDIT
    assert signal_of(DOWN) is Signal.UNAVAILABLE
    assert signal_of(refused(limit="concurrency")) is Signal.CONCURRENCY


@pytest.mark.parametrize(
    ("limit", "rate"), [("20/60s", 20 / 60), ("3/10s", 0.3), ("", None), ("0/60s", None), ("²/60s", None), ("5/60", None), ("5/0s", None)]
)
def test_named_rates_are_read_strictly(limit: str, rate: float | None) -> None:
    assert named_rate(failure(Kind.RATE_LIMITED, None, limit)) == rate


@pytest.mark.parametrize(
    ("text", "value"), [("820ms", 0.82), ("3.2s", 3.2), ("6m0s", 360.0), ("1h23m31s", 5011.0), ("12", 12.0), ("soon", None), ("", None)]
)
def test_reset_clocks_are_read(text: str, value: float | None) -> None:
    assert duration(text) == value


def test_nonsense_in_limit_headers_is_left_out() -> None:
    assert read({"x-ratelimit-limit-requests": "-5"}) is None
    assert read({"x-ratelimit-limit-requests": "0"}) is None
    assert read({}) is None
