"""A limit that was learned from a few refusals is given up as quickly as it was believed: a lone member does not wait for what is over."""

from __future__ import annotations

import json

import pytest

from bench.provider.fast import Run
from bench.provider.metrics import quantile
from bench.provider.shapes import lone
from bot.domain.kinds import Kind
from bot.gate.gate import AdaptiveGate
from bot.gate.limit_trust import FORGOTTEN
from bot.gate.port import Verdict
from bot.gate.settings import GateSettings
from tests.unit.gate.chaos import failure
from tests.unit.gate.given import DOWN, SERVED, TOO_MANY_AT_ONCE, Play, middle, refused, row, rows


def ask(play: Play, *answers: Verdict, slow: float = 0.3) -> float:
    """One request of a lone member, answered like this until it is served: seconds from asking, or from the last refusal, to its launch."""
    play.waiting = [row(f"r{play.gate.last_id}")]
    last = play.now
    for answer in answers:
        play.exchange(answer)
        last, play.waiting = play.now, [row(f"r{play.gate.last_id}")]
    grant = play.grant()
    waited = play.now - last
    play.report(grant, SERVED, slow)
    return waited


def restarted(play: Play, after: float = 1.0) -> Play:
    memory = json.loads(json.dumps(play.gate.remember()))
    return Play(AdaptiveGate(GateSettings(), middle, memory, after), now=5.0)


def test_after_a_slow_picture_and_two_refusals_a_lone_member_does_not_wait_for_long() -> None:
    play = Play()
    ask(play, slow=20.0)
    assert ask(play, refused(2.0), refused()) <= 4.0
    waits = []
    for _ in range(5):
        play.now += 1.0
        waits.append(ask(play))
    assert max(waits) <= 2.0
    assert max(waits[3:]) <= 0.25


EPISODES = {
    "one": [refused(2.0)],
    "one bare": [refused()],
    "two bare": [refused(), refused()],
    "three": [refused(2.0), refused(2.0), refused(2.0)],
    "a hint of nothing": [refused(0.0), refused(0.0)],
    "a long one first": [refused(10.0), refused(1.0)],
    "overloaded": [DOWN, DOWN],
    "overloaded with a hint": [Verdict(failure(Kind.OVERLOADED, 2.0))] * 2,
    "too many at once although none runs": [TOO_MANY_AT_ONCE],
}


@pytest.mark.parametrize("restart", [False, True], ids=["goes on", "restarted"])
@pytest.mark.parametrize("asks_after", [0.5, 5.0, 40.0])
@pytest.mark.parametrize("episode", list(EPISODES))
def test_whatever_refused_it_the_third_request_after_it_hardly_waits(episode: str, asks_after: float, restart: bool) -> None:
    answers = EPISODES[episode]
    hint = max(2.0, *(answer.failure.wait or 0.0 for answer in answers if answer.failure), 0.0)
    play = Play()
    ask(play, slow=20.0)
    waits = [ask(play, *answers)]
    if restart:
        play = restarted(play)
    for _ in range(4):
        play.now += asks_after
        waits.append(ask(play))
    assert max(waits) <= 2 * hint
    assert waits[-1] <= 1.0


def test_refused_after_an_idle_hour_it_is_no_slower() -> None:
    play = Play()
    ask(play, refused(), slow=20.0)
    play.now += 3600.0
    assert ask(play, refused(2.0)) <= 2.5
    assert ask(play) <= 2.0


def test_three_refusals_in_a_row_without_a_word_wait_little_longer_each_time() -> None:
    play = Play()
    ask(play, slow=20.0)
    waits = []
    for _ in range(3):
        play.waiting = [row(f"r{play.gate.last_id}")]
        play.exchange(refused())
        play.waiting, refused_at = [row(f"r{play.gate.last_id}")], play.now
        waits.append(play.hold().when - refused_at)
    assert max(waits) <= 5.0


def test_a_memory_of_an_older_version_keeps_its_limit_and_cap() -> None:
    memory = {"version": 1, "bucket": {"rate": 0.1, "depth": 1.0, "level": 0.0}, "crowd": {"cap": 2, "sure": True}}
    play = Play(AdaptiveGate(GateSettings(), middle, memory, age=3.0), [row("first")])
    play.next()
    known = play.gate.snapshot(play.now)
    assert known.per_minute == pytest.approx(6.0)
    assert known.concurrency == 2
    play.now += FORGOTTEN + 1.0
    assert play.gate.snapshot(play.now).per_minute is None


@pytest.mark.parametrize("restart", [False, True], ids=["goes on", "restarted"])
def test_a_minute_that_the_provider_named_is_not_forgotten_with_age(restart: bool) -> None:
    play = Play()
    for _ in range(4):
        ask(play)
    ask(play, refused(limit="4/60s"))
    assert play.gate.rate_model.window.believed
    if restart:
        play = restarted(play)
        play.hold()
    play.now += FORGOTTEN + 1.0
    waits = [ask(play) for _ in range(5)]
    assert waits[-1] > 30.0


def test_two_requests_at_once_wait_hardly_longer_than_one() -> None:
    play = Play()
    ask(play, slow=20.0)
    ask(play, refused(2.0), refused())
    play.waiting, asked = rows(2), play.now
    play.grant()
    play.grant()
    assert play.now - asked <= 4.0


def test_a_limit_is_forgotten_with_age_also_across_a_restart() -> None:
    for restart in (False, True):
        play = Play()
        ask(play, slow=20.0)
        ask(play, refused(30.0))
        if restart:
            play = restarted(play, FORGOTTEN + 1.0)
        play.now += FORGOTTEN + 1.0
        ask(play)
        assert play.gate.snapshot(play.now).per_minute is None
        assert restart or "limit_forgotten" in play.names()


def test_a_cap_is_forgotten_with_age() -> None:
    play = Play(waiting=rows(2))
    first, second = play.grant(), play.grant()
    play.report(second, TOO_MANY_AT_ONCE)
    play.report(first, SERVED)
    assert play.gate.snapshot(play.now).concurrency == 1
    play.now += FORGOTTEN + 1.0
    assert play.gate.snapshot(play.now).concurrency is None


def test_a_limit_that_the_provider_named_is_kept() -> None:
    play = Play()
    ask(play, refused(limit="1/60s"))
    assert ask(play) > 30.0


@pytest.mark.parametrize("hint", ["none", "retry_after_s", "message"])
def test_a_limit_that_is_really_so_low_is_learned_all_the_same(hint: str) -> None:
    scenario = {
        "name": "slow",
        "limit": {"rpm": 3, "burst": 1, "concurrency": 4, "hint": hint},
        "service": {"median": 3.0, "sigma": 0.1},
        "jobs": [{"user": "lone", "count": 25, "at": [8.0 * number for number in range(25)]}],
    }
    figures = Run(scenario, 1).run()
    assert figures["success"] == 1.0
    assert figures["req_per_image"] < 1.55
    assert figures["makespan_ratio"] < 1.3


def test_drawn_lone_members_wait_at_most_twice_as_long_as_the_refusals_said() -> None:
    waits: list[float] = []
    for number in range(60):
        figures = Run(lone(number), 1).run()
        assert figures["success"] == 1.0
        waits += figures["lone_first"] + figures["lone_later"]
    assert quantile(waits, 0.95) <= 2.1
