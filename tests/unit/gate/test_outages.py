"""A provider that is down is left alone, asked now and then, and not stormed when it is back."""

from __future__ import annotations

import pytest

from bot.domain.kinds import Kind
from bot.gate.gate import AdaptiveGate
from bot.gate.port import Verdict
from bot.gate.settings import GateSettings
from tests.unit.gate.chaos import failure
from tests.unit.gate.given import (
    BLOCKED,
    CANCELLED,
    DOWN,
    RESET,
    SERVED,
    TOO_MANY_AT_ONCE,
    Play,
    launches_within,
    middle,
    refused,
    row,
    rows,
)


def fallen(play: Play) -> None:
    for _ in range(3):
        play.exchange(DOWN)


def test_three_failures_in_a_row_stop_everything() -> None:
    play = Play(waiting=rows(9))
    fallen(play)
    hold = play.hold()
    assert hold.reason == "breaker"
    assert play.gate.snapshot(play.now).state == "down"
    assert "down" in play.names()


def served(play: Play, count: int) -> None:
    """A record of service: failures are rare here."""
    for _ in range(count):
        play.exchange(SERVED, after=4.0)


def test_where_failures_are_rare_two_of_different_requests_stop_everything() -> None:
    play = Play(waiting=rows(60))
    served(play, 20)
    first, second = play.exchange(DOWN), play.exchange(DOWN)
    assert first.request_id != second.request_id
    assert play.gate.snapshot(play.now).state == "down"


def test_where_failures_are_common_two_of_them_do_not() -> None:
    play = Play(waiting=rows(90))
    for _ in range(8):
        served(play, 4)
        play.exchange(DOWN)
    served(play, 1)
    play.exchange(DOWN)
    play.exchange(DOWN)
    assert play.gate.snapshot(play.now).state == "open"


def test_after_a_failure_another_request_goes_although_the_first_keeps_its_place() -> None:
    play = Play(waiting=[row("first", since=1.0), row("second", since=2.0)])
    line = list(play.waiting)
    play.exchange(DOWN)
    play.waiting = line
    assert play.exchange(SERVED).request_id == "second"
    play.waiting = line
    assert play.grant().request_id == "first"


def test_one_request_that_keeps_failing_is_not_taken_for_an_outage_so_soon() -> None:
    play = Play(waiting=rows(20))
    served(play, 20)
    for _ in range(2):
        play.waiting = [row("lone", tries=1)]
        play.exchange(DOWN)
    assert play.gate.snapshot(play.now).state == "open"


def test_a_request_alone_does_not_burn_its_last_try_at_the_start_of_an_outage() -> None:
    play = Play()
    for tries in (0, 1):
        play.waiting = [row("lone", tries=tries)]
        play.exchange(RESET)
        play.now += 2.0
    play.waiting, began = [row("lone", tries=2, last_try=1)], play.now
    play.grant()
    assert play.now - began > 60.0


@pytest.mark.parametrize(("seconds", "most"), [(30.0, 3), (60.0, 4), (90.0, 5), (120.0, 6), (300.0, 11)])
@pytest.mark.parametrize("verdict", [DOWN, RESET], ids=["answers 503", "resets"])
def test_probes_of_an_outage_are_few_and_rarer_and_it_is_not_outstayed_for_long(verdict: Verdict, seconds: float, most: int) -> None:
    play = Play(waiting=rows(60))
    served(play, 20)
    began = play.now
    assert launches_within(play, seconds, verdict) <= most
    play.grant()
    assert play.now - began - seconds <= 36.0


def test_an_overloaded_provider_that_names_a_wait_is_given_it() -> None:
    play = Play(waiting=rows(9))
    play.exchange(Verdict(failure(Kind.OVERLOADED, 20.0)))
    hold = play.hold()
    assert hold.reason == "paused"
    assert 19.0 < hold.when - play.now < 21.0


def test_a_success_between_failures_keeps_it_open() -> None:
    play = Play(waiting=rows(9))
    for verdict in (DOWN, DOWN, SERVED, DOWN, RESET, SERVED, DOWN):
        play.exchange(verdict)
    assert play.gate.snapshot(play.now).state == "open"


def test_a_success_that_started_before_the_failures_proves_nothing() -> None:
    play = Play(waiting=rows(9))
    early = play.grant()
    play.exchange(DOWN)
    play.exchange(DOWN)
    play.report(early, SERVED)
    play.exchange(DOWN)
    assert play.gate.snapshot(play.now).state == "down"


def test_an_outage_of_ninety_seconds_gets_at_most_ten_requests() -> None:
    play = Play(waiting=rows(30))
    assert launches_within(play, 90.0, DOWN) <= 10


def test_one_probe_at_a_time_and_its_success_opens_the_gate() -> None:
    play = Play(waiting=rows(9))
    fallen(play)
    probe = play.grant()
    assert probe.probe
    assert play.hold().reason == "probing"
    play.report(probe, SERVED)
    assert "up" in play.names()
    assert not play.grant().probe


def test_a_probe_that_still_runs_after_a_while_is_being_served() -> None:
    play = Play(waiting=rows(9))
    fallen(play)
    play.grant()
    play.now += 2.6
    play.grant()
    assert play.gate.snapshot(play.now).state == "open"


def test_where_failures_take_long_a_running_probe_proves_nothing_so_soon() -> None:
    play = Play(waiting=rows(9))
    for _ in range(3):
        play.exchange(DOWN, after=7.0)
    play.grant()
    play.now += 2.6
    assert play.hold().reason == "probing"


def test_whatever_a_probe_is_answered_with_the_gate_moves_on() -> None:
    verdicts = [
        SERVED,
        DOWN,
        RESET,
        BLOCKED,
        TOO_MANY_AT_ONCE,
        CANCELLED,
        refused(),
        refused(5.0),
        *[Verdict(failure(kind)) for kind in Kind],
    ]
    for verdict in verdicts:
        play = Play(waiting=rows(9))
        fallen(play)
        play.exchange(verdict)
        play.grant()


def test_a_probe_given_back_unused_is_sent_again() -> None:
    play = Play(waiting=rows(9))
    fallen(play)
    probe = play.grant()
    play.gate.drop(probe, play.now)
    assert play.grant().probe


def test_after_an_outage_requests_come_one_after_the_other() -> None:
    play = Play(waiting=rows(40))
    fallen(play)
    play.exchange(SERVED)
    assert launches_within(play, 5.0, SERVED, after=0.01) <= 10


def test_a_probe_spares_who_has_one_try_left_and_who_had_many() -> None:
    play = Play()
    play.waiting = [row("warmup", since=0.0), *rows(2, "other")]
    fallen(play)
    play.waiting = [row("last", "a", 0.0, last_try=1), row("often", "b", 1.0, tries=2), row("fresh", "c", 2.0)]
    assert play.grant().request_id == "fresh"


def test_where_every_failure_would_be_the_end_the_probe_waits_longer() -> None:
    play = Play(waiting=rows(3))
    fallen(play)
    play.waiting = [row("last", last_try=1)]
    began = play.now
    play.grant()
    assert 60.0 < play.now - began < 70.0


def test_a_restart_in_an_outage_starts_with_a_probe() -> None:
    play = Play(waiting=rows(9))
    fallen(play)
    memory = play.gate.remember()
    after = Play(AdaptiveGate(GateSettings(), middle, memory, age=1.0), rows(30), now=5.0)
    assert after.hold().reason == "breaker"
    assert launches_within(after, 90.0, DOWN) <= 10
    assert after.gate.snapshot(after.now).state == "down"
