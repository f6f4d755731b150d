"""What is learned from refusals: the refill rate, the minute, the cap on parallel requests. Providers are played, not stubbed."""

from __future__ import annotations

import math

import pytest

from bench.provider.fast import Run
from bot.gate.allowance import Allowance
from bot.gate.bucket import fit
from bot.gate.gate import AdaptiveGate
from bot.gate.port import Grant, Verdict
from bot.gate.settings import GateSettings
from tests.unit.gate.given import SERVED, TOO_MANY_AT_ONCE, Play, middle, refused, rows


def play(limit: dict[str, object], jobs: int = 60, **more: object) -> Run:
    scenario = {"name": "t", "limit": {"rpm": 20, "burst": 4, "concurrency": 50, "hint": "none", **limit}} | {
        "service": {"median": 8, "sigma": 0.2},
        "jobs": [{"user": "u", "users": 6, "count": jobs}],
        **more,
    }
    run = Run(scenario, 1)
    run.figures = run.run()
    return run


@pytest.mark.parametrize(
    "limit",
    [
        {"hint": "none"},
        {"hint": "retry_after_s"},
        {"hint": "retry_after_ms"},
        {"hint": "retry_after_date"},
        {"hint": "message"},
        {"hint": "google"},
        {"hint": "limit_message"},
        {"hint": "none", "headers": True},
        {"hint": "message", "reject_cost": 0.5},
        {"hint": "none", "kind": "window"},
        {"hint": "retry_after_s", "kind": "window"},
        {"hint": "limit_message", "kind": "window"},
        {"hint": "none", "burst": 1},
        {"hint": "none", "rpm": 60},
        {"hint": "none", "rpm": 6},
    ],
    ids=str,
)
def test_a_backlog_is_worked_off_at_nearly_the_providers_rate(limit: dict[str, object]) -> None:
    figures = play(limit, 40).figures
    assert figures["success"] == 1.0
    assert figures["makespan_ratio"] < 1.3
    assert figures["req_per_image"] < 1.4


def test_a_rate_that_was_halved_is_noticed() -> None:
    figures = play({"changes": [{"at": 60, "rpm": 10}]}, 40).figures
    assert figures["success"] == 1.0
    assert figures["req_per_image"] < 1.5


def test_a_rate_that_was_doubled_is_found() -> None:
    figures = play({"changes": [{"at": 60, "rpm": 40}]}, 100).figures
    assert figures["makespan_ratio"] < 1.4


def test_a_cap_that_is_named_is_obeyed_and_now_and_then_tried() -> None:
    figures = play({"rpm": 600, "burst": 50, "concurrency": 3}, 60).figures
    assert figures["max_inflight"] == 3
    assert figures["rejected_conc"] <= 8
    assert figures["makespan_ratio"] < 1.1


def test_a_cap_that_nobody_names_is_found() -> None:
    run = play({"rpm": 600, "burst": 50, "concurrency": 4, "concurrency_text": False}, 80)
    assert run.figures["rejected_conc"] <= 16
    assert run.figures["makespan_ratio"] < 1.25
    assert [change.facts["cap"] for change in run.gate.changes() if change.name == "cap_learned"][-1] == 4


def test_a_refusal_with_requests_left_by_its_own_headers_is_about_the_cap() -> None:
    play = Play(waiting=rows(9))
    first, second = play.grant(), play.grant()
    headers = {"x_ratelimit_limit_requests": "60", "x_ratelimit_remaining_requests": "41", "x_ratelimit_reset_requests": "1s"}
    play.report(second, refused(**headers))
    assert play.gate.snapshot(play.now).concurrency == 1
    assert play.hold().reason == "concurrency"
    play.report(first, SERVED, after=5.0)
    assert isinstance(play.next(), Grant)


def test_too_many_at_once_although_none_of_ours_runs_waits_a_little() -> None:
    play = Play(waiting=rows(9))
    play.exchange(TOO_MANY_AT_ONCE)
    assert 0 < play.hold().when - play.now <= 2.0


def test_the_operators_cap_holds_whatever_the_provider_takes() -> None:
    play = Play(AdaptiveGate(GateSettings(max_concurrency=2), middle), rows(9))
    play.grant()
    play.grant()
    play.now += 50.0
    assert play.hold().reason == "concurrency"


def test_the_operators_pictures_per_minute_hold() -> None:
    play = Play(AdaptiveGate(GateSettings(max_images_per_minute=3), middle), rows(9))
    began = play.now
    for _ in range(3):
        play.exchange(SERVED, after=0.5)
    assert play.hold().reason == "rate"
    play.grant()
    assert play.now == pytest.approx(began + 60.0)


def test_a_request_for_more_than_the_operators_bound_waits_for_an_empty_minute_and_then_goes() -> None:
    bound = Allowance(per_minute=3)
    assert bound.wait(1000.0, 5) == 0.0  # nothing was asked for: it would wait for ever otherwise
    bound.take(1000.0, 1)
    bound.take(1010.0, 1)
    assert bound.wait(1020.0, 5) == pytest.approx(50.0)  # until the newer one is a minute old
    assert bound.wait(1020.0, 1) == 0.0
    assert bound.wait(1020.0, 2) == pytest.approx(40.0)
    assert bound.wait(1070.0, 5) == 0.0
    bound.take(1070.0, 5)
    assert bound.wait(1071.0, 1) == pytest.approx(59.0)
    bound.give_back(1070.0)
    assert bound.wait(1071.0, 3) == 0.0


def test_an_unheard_of_setting_is_refused_with_its_name() -> None:
    with pytest.raises(ValueError, match="MAX_CONCURRENCY is 0"):
        GateSettings(max_concurrency=0)
    with pytest.raises(ValueError, match="MAX_IMAGES_PER_MINUTE"):
        GateSettings(max_images_per_minute=-1)


def test_the_limit_headers_of_a_success_are_believed() -> None:
    play = Play(waiting=rows(9))
    headers = {"x-ratelimit-limit-requests": "6", "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "30s"}
    play.exchange(Verdict(None, headers, pictures=1), after=3.0)
    assert play.gate.snapshot(play.now).per_minute == pytest.approx(6.0)
    assert play.hold().reason == "rate"


def test_the_headers_of_a_daily_bucket_do_not_hold_a_minute() -> None:
    play = Play(waiting=rows(9))
    headers = {"x-ratelimit-limit-requests": "10000", "x-ratelimit-remaining-requests": "9990", "x-ratelimit-reset-requests": "1m26s"}
    for _ in range(5):
        play.exchange(Verdict(None, headers, pictures=1), after=1.0)
    assert isinstance(play.next(), Grant)


def test_a_line_through_hints_tells_what_a_refusal_costs() -> None:
    seconds_each, charged = 6.0, 3.0
    rows_ = [(count, count * seconds_each + charged) for count in (1, 3, 5, 2)]
    rate, settled = fit(rows_, 0.1)
    assert settled
    assert rate == pytest.approx(1 / seconds_each, rel=0.02)


def test_hints_in_whole_seconds_do_not_invent_a_charge() -> None:
    rows_ = [(1, 6.7), (3, 18.4), (2, 11.6), (4, 24.3)]
    rate, _ = fit(rows_, 0.45)
    assert rate == pytest.approx(1 / 6.1, rel=0.05)


def test_nothing_is_learned_from_no_admissions() -> None:
    assert fit([(0, 1.0), (0, 0.5)], 0.1) == (None, False)
    assert math.isfinite(fit([(1, 1.0)], 0.1)[0] or math.inf)
