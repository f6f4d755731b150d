"""After a stop that the operator had to end, one call goes, then a few, then all; and it stops again if the service isn't as before."""

from __future__ import annotations

import json

import pytest

from bot.domain.kinds import Kind
from bot.gate.gate import AdaptiveGate
from bot.gate.port import Grant, Verdict
from bot.gate.restoring import FEW, NEEDS_OPERATOR, PAUSE, Restoring, read, write
from bot.gate.settings import GateSettings
from bot.gate.signals import signal_of
from tests.unit.gate.chaos import failure
from tests.unit.gate.given import DOWN, NO_CREDIT, SERVED, Play, middle, refused, rows

REFUSED = Verdict(failure(Kind.AUTH_INVALID_KEY))


def at_once(play: Play, seconds: float = 2.0) -> list[Grant]:
    """What starts within so many seconds without any report."""
    until, found = play.now + seconds, []
    while play.now < until:
        answer = play.next()
        if isinstance(answer, Grant):
            found.append(answer)
        else:
            play.now = min(max(answer.when, play.now + 0.01), until)
    return found


def stopped(seconds: float = 5.0) -> Play:
    """A gate that has drawn six pictures of so many seconds, and then twice had its key refused."""
    play = Play(waiting=rows(40))
    for _ in range(6):
        play.exchange(SERVED, seconds)
    play.exchange(REFUSED)
    assert play.gate.snapshot(play.now).stage == ""
    play.exchange(REFUSED)
    return play


def test_one_call_then_a_few_then_all() -> None:
    play = stopped()
    one = at_once(play)
    assert len(one) == 1
    assert play.hold().reason == "probing"
    play.report(one[0], SERVED, 3.0)
    few = at_once(play, 3.0)
    assert (len(few), play.gate.snapshot(play.now).stage) == (FEW, "few")
    for grant in few[:3]:
        play.report(grant, SERVED, 0.1)
    assert play.gate.snapshot(play.now).stage == ""
    assert len(at_once(play, 10.0)) > FEW
    steps = [change.facts["step"] for change in play.gate.changes() if change.name == "restore"]
    assert steps == ["stopped", "restoring", "restored"]


@pytest.mark.parametrize("kind", sorted(NEEDS_OPERATOR - {Kind.QUOTA_EXHAUSTED, Kind.BILLING_LIMIT}))
def test_while_it_is_stopped_every_request_hears_at_once_and_one_at_a_time(kind: Kind) -> None:
    play = Play(waiting=rows(20))
    for _ in range(2):
        play.exchange(Verdict(failure(kind)))
    begun = play.now
    for _ in range(10):
        grants = at_once(play, 1.0)
        assert len(grants) == 1
        play.report(grants[0], Verdict(failure(kind)))
    assert play.now - begun < 20


def test_a_single_refusal_among_pictures_changes_nothing() -> None:
    play = Play(waiting=rows(40))
    for _ in range(8):
        play.exchange(SERVED, 1.0)
        play.exchange(REFUSED)
    assert play.gate.snapshot(play.now).stage == ""
    assert len(at_once(play, 5.0)) > FEW


def test_missing_credit_returns_gradually_too() -> None:
    play = Play(waiting=rows(30))
    play.exchange(NO_CREDIT)
    probe = play.grant()
    assert probe.probe
    play.now += 3.1
    assert len(at_once(play, 4.0)) == FEW - 1  # beside the probe, which still runs
    play.report(probe, SERVED)
    assert play.gate.snapshot(play.now).stage == "few"


@pytest.mark.parametrize(("verdict", "seconds"), [(SERVED, 60.0), (DOWN, 0.5)])
def test_it_stops_again_if_the_service_is_slower_or_fails(verdict: Verdict, seconds: float) -> None:
    play = stopped(5.0)
    play.report(at_once(play)[0], SERVED, 3.0)
    few = at_once(play)
    play.report(few[0], verdict, seconds)
    play.report(few[1], verdict, 0.1)
    assert play.gate.snapshot(play.now).stage == "stopped"
    assert at_once(play, PAUSE - 5) == []


def drawn(tokens: int, pictures: int = 1) -> Verdict:
    return Verdict(None, pictures=pictures, tokens=tokens)


def costlier() -> Play:
    """A gate whose pictures took a thousand tokens each before its key was refused."""
    play = Play(waiting=rows(60))
    for _ in range(6):
        play.exchange(drawn(4000, 4), 2.0)
    play.exchange(REFUSED)
    play.exchange(REFUSED)
    return play


def test_it_stops_again_if_pictures_take_far_more_tokens() -> None:
    play = costlier()
    play.report(at_once(play)[0], drawn(1500), 2.0)
    few = at_once(play)
    play.report(few[0], drawn(1900), 2.0)  # within the bound
    play.report(few[1], drawn(2100), 0.1)
    assert play.gate.snapshot(play.now).stage == "few"
    play.report(few[2], drawn(2100), 0.1)
    seen = play.gate.snapshot(play.now)
    assert (seen.stage, seen.step) == ("stopped", "costly")


def test_a_model_that_costs_more_for_good_is_not_held_back_for_ever() -> None:
    play = costlier()
    stops = set()
    for _ in range(40):
        if not play.gate.snapshot(play.now).stage:
            break
        play.waiting = rows(40)
        for grant in at_once(play, 3.0):
            play.report(grant, drawn(2100), 2.0)
            stops.add(play.gate.snapshot(play.now).step)
    assert play.gate.snapshot(play.now).stage == ""
    assert "costly" in stops


def test_while_the_queue_grows_all_run_later() -> None:
    play = stopped()
    play.waiting = rows(8)
    play.report(at_once(play)[0], SERVED, 3.0)
    few = at_once(play)
    play.waiting = rows(60)
    play.next()
    for grant in few[:3]:
        play.report(grant, SERVED, 0.1)
    assert play.gate.snapshot(play.now).stage == "few"
    for _ in range(2):
        for grant in at_once(play, 3.0)[:3]:
            play.report(grant, SERVED, 0.1)
    assert play.gate.snapshot(play.now).stage == ""


def test_a_refusal_among_the_few_stops_it_at_once() -> None:
    play = stopped()
    play.report(at_once(play)[0], SERVED, 3.0)
    few = at_once(play)
    play.report(few[0], REFUSED)
    for grant in few[1:]:
        play.report(grant, REFUSED)
    assert len(at_once(play)) == 1


def test_a_service_that_is_slower_for_good_is_not_held_back_for_ever() -> None:
    play = stopped(2.0)
    for _ in range(40):
        if not play.gate.snapshot(play.now).stage:
            break
        play.waiting = rows(40)
        for grant in at_once(play, 3.0):
            play.report(grant, SERVED, 40.0)
    assert play.gate.snapshot(play.now).stage == ""


def test_a_picture_that_was_under_way_does_not_end_the_stop() -> None:
    play = Play(waiting=rows(40))
    first, *later = at_once(play)
    for grant in later[:2]:
        play.report(grant, REFUSED)
    play.report(first, SERVED, 8.0)
    assert play.gate.snapshot(play.now).stage == "stopped"


def test_a_rate_answer_shows_that_the_key_is_taken_again() -> None:
    play = stopped()
    play.report(at_once(play)[0], refused(1.0))
    assert play.gate.snapshot(play.now).stage == "few"


def test_a_restart_in_the_middle_keeps_the_stage() -> None:
    play = stopped()
    again = json.loads(json.dumps(play.gate.remember()))
    after = Play(AdaptiveGate(GateSettings(), middle, again, age=5.0), rows(9), now=3.0)
    one = at_once(after)
    assert len(one) == 1
    after.report(one[0], SERVED, 3.0)
    again = json.loads(json.dumps(after.gate.remember()))
    later = Play(AdaptiveGate(GateSettings(), middle, again, age=5.0), rows(9), now=3.0)
    assert len(at_once(later, 5.0)) == FEW
    days = Play(AdaptiveGate(GateSettings(), middle, again, age=90_000.0), rows(9), now=3.0)
    assert len(at_once(days, 5.0)) > FEW


@pytest.mark.parametrize("kept", [{}, {"stage": "all"}, {"stage": 1}, {"stage": "few", "well": True, "before": "x", "slow_stops": -1}])
def test_a_damaged_memory_is_no_memory(kept: dict[str, object]) -> None:
    found = read(kept)
    assert found == (Restoring("few", "stopped") if kept.get("stage") == "few" else Restoring())


def test_the_stage_reads_back() -> None:
    one = Restoring("few", "slow", well=2, slow_stops=1, before=7.5, usual_tokens=900.0, depth=12)
    assert read(write(one)) == one


@pytest.mark.parametrize(("name", "value"), [("depth", True), ("depth", 12.0), ("depth", 1_000_000), ("depth", -1), ("usual_tokens", 1e7)])
def test_a_number_out_of_range_is_not_restored(name: str, value: object) -> None:
    assert read({"stage": "few", "step": "slow", name: value}) == Restoring("few", "slow")
    assert read({"stage": "few", "step": "slow", "depth": 999_999, "usual_tokens": 9_999_999.0}).depth == 999_999


def test_the_usual_tokens_are_those_that_one_call_in_twenty_exceeds() -> None:
    found = Restoring()
    found.tokens.extend(float(one) for one in range(1, 41))
    found.book(NO_CREDIT, signal_of(NO_CREDIT), 0.0, 1.0, None)
    assert found.stage == "stopped"
    assert found.usual_tokens == 39.0
