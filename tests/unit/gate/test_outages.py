"""A provider that is down is left alone, asked now and then, and not stormed when it is back."""

from __future__ import annotations

from bot.domain.kinds import Kind
from bot.gate.gate import AdaptiveGate
from bot.gate.port import Verdict
from bot.gate.settings import GateSettings
from tests.unit.gate.chaos import failure
from tests.unit.gate.given import BLOCKED, CANCELLED, CROWDED, DOWN, RESET, SERVED, Play, launches_within, middle, refused, row, rows


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
    verdicts = [SERVED, DOWN, RESET, BLOCKED, CROWDED, CANCELLED, refused(), refused(5.0), *[Verdict(failure(kind)) for kind in Kind]]
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
    assert 20.0 < play.now - began < 30.0


def test_a_restart_in_an_outage_starts_with_a_probe() -> None:
    play = Play(waiting=rows(9))
    fallen(play)
    memory = play.gate.remember()
    after = Play(AdaptiveGate(GateSettings(), middle, memory, age=1.0), rows(30), now=5.0)
    assert after.hold().reason == "breaker"
    assert launches_within(after, 90.0, DOWN) <= 10
    assert after.gate.snapshot(after.now).state == "down"
