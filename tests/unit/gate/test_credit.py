"""A key without credit is held; once in a while one request asks whether it is back."""

from __future__ import annotations

from bot.gate.gate import AdaptiveGate
from bot.gate.port import Grant
from bot.gate.settings import GateSettings
from tests.unit.gate.given import BLOCKED, CANCELLED, DOWN, NO_CREDIT, SERVED, Play, launches_within, middle, refused, rows


def test_without_credit_at_most_three_requests_go_out_in_a_minute() -> None:
    play = Play(waiting=rows(30))
    assert launches_within(play, 60.0, NO_CREDIT) <= 3


def test_the_probe_is_the_newest_request_of_the_longest_line() -> None:
    play = Play(waiting=[*rows(2), *rows(5, "bo")])
    play.exchange(NO_CREDIT)
    assert play.hold().reason == "quota"
    assert play.gate.snapshot(play.now).state == "no_credit"
    probe = play.grant()
    assert probe.probe
    assert probe.request_id == "bo4"


def test_exchanges_that_were_under_way_do_not_put_the_probe_off() -> None:
    play = Play(waiting=rows(9))
    grants = [play.grant() for _ in range(4)]
    play.report(grants[0], NO_CREDIT)
    first = play.hold().when
    for grant in grants[1:]:
        play.report(grant, NO_CREDIT, after=1.0)
    assert play.hold().when == first


def test_every_answer_to_the_probe_but_one_ends_the_hold() -> None:
    for verdict in (SERVED, DOWN, BLOCKED, refused(), refused(3.0)):
        play = Play(waiting=rows(9))
        play.exchange(NO_CREDIT)
        play.exchange(verdict)
        assert play.gate.snapshot(play.now).state != "no_credit", verdict
    play = Play(waiting=rows(9))
    play.exchange(NO_CREDIT)
    play.exchange(NO_CREDIT)
    assert play.hold().reason == "quota"


def test_a_cancelled_probe_is_followed_by_another() -> None:
    play = Play(waiting=rows(9))
    play.exchange(NO_CREDIT)
    play.exchange(CANCELLED)
    assert play.grant().probe


def test_a_probe_that_still_runs_shows_that_there_is_credit() -> None:
    play = Play(waiting=rows(9))
    play.exchange(NO_CREDIT)
    play.grant()
    play.now += 3.1
    assert isinstance(play.next(), Grant)
    assert "credit_back" in play.names()


def test_a_restart_without_credit_does_not_ask_at_once() -> None:
    play = Play(waiting=rows(9))
    play.exchange(NO_CREDIT)
    after = Play(AdaptiveGate(GateSettings(), middle, play.gate.remember(), age=5.0), rows(9), now=3.0)
    assert after.hold().reason == "quota"
    assert launches_within(after, 50.0, NO_CREDIT) == 0
