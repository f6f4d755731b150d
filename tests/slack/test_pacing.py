"""Posts and edits stay below Slack's limits whatever the bot wants to say, and final answers do not wait for progress."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.slack.pacing import ASK_AGAIN, EDITS_OF_ONE, PROGRESS, UPDATES, CallLog, Limit, MethodKind, Pacing

TIER_3 = Limit(50, 60.0)
ONE_A_SECOND = Limit(4, 4.0)
"""Slack's own words, as windows: what must never be passed."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Somebody wants to say something."""

    at: float
    kind: MethodKind
    channel: str
    message: str
    final: bool
    comes_back: bool = True


@dataclass(slots=True)
class Run:
    """Asks as the core does: again after as many seconds as it was told, until it may go."""

    pace: Pacing = field(default_factory=Pacing)
    went: dict[Wish, float] = field(default_factory=dict)
    asked: int = 0

    def of(self, wishes: Sequence[Wish], *, late: Random | None = None) -> Run:
        order = itertools.count()
        queue = [(one.at, next(order), one) for one in wishes]
        heapq.heapify(queue)
        while queue:
            now, _, wish = heapq.heappop(queue)
            self.asked += 1
            assert self.asked < 200 * len(wishes), "asks for ever"
            wait = self.pace.ask(now, wish.kind, wish.channel, wish.message, wish.final)
            assert 0.0 <= wait < 3600.0
            assert wish.final or wait <= ASK_AGAIN
            if wait == 0.0:
                self.went[wish] = now
            elif wish.comes_back:
                heapq.heappush(queue, (now + wait + (late.uniform(0.0, 0.5) if late else 0.0), next(order), wish))
        return self

    def times(self, kind: MethodKind, *, channel: str | None = None, final: bool | None = None) -> list[float]:
        return sorted(
            at for one, at in self.went.items() if one.kind == kind and channel in (None, one.channel) and final in (None, one.final)
        )

    def waited(self, *, final: bool) -> list[float]:
        return [at - one.at for one, at in self.went.items() if one.final is final]


def most_within(times: Sequence[float], seconds: float) -> int:
    """The most calls in any window."""
    return max((sum(first <= one < first + seconds - 1e-5 for one in times) for first in times), default=0)


def within(times: Sequence[float], limit: Limit) -> bool:
    return most_within(times, limit.seconds) <= limit.count


def finals(count: int, kind: MethodKind = "update", at: float = 0.0, channel: str = "C1") -> list[Wish]:
    return [Wish(at, kind, channel, f"{kind}{at}{channel}{number}", True) for number in range(count)]


WISHES = st.lists(
    st.builds(
        Wish,
        at=st.floats(0.0, 20.0),
        kind=st.sampled_from(["post", "update"]),
        channel=st.sampled_from(["C1", "C2", "D3"]),
        message=st.integers(0, 40).map("m{}".format),
        final=st.booleans(),
        comes_back=st.sampled_from([True, True, True, False]),
    ),
    max_size=160,
)


# ---- below the limits --------------------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(WISHES, st.integers(0, 99))
def test_no_window_ever_holds_more_than_slack_allows(wishes: list[Wish], seed: int) -> None:
    run = Run().of(wishes, late=Random(seed))
    assert within(run.times("update"), UPDATES)
    assert within(run.times("update"), TIER_3)
    assert within(run.times("update", final=False), PROGRESS)
    for channel in ("C1", "C2", "D3"):
        assert within(run.times("post", channel=channel), ONE_A_SECOND)


def test_many_posts_in_one_channel_go_one_by_one() -> None:
    run = Run().of([*finals(40, "post"), *(Wish(number * 0.3, "post", "C1", f"p{number}", False) for number in range(40))])
    times = run.times("post")
    assert within(times, ONE_A_SECOND)
    assert within(times, Limit(3, 3.0))
    assert times[-1] <= 80 * 1.05 + 3.0


@settings(max_examples=60, deadline=None)
@given(WISHES)
def test_everybody_who_comes_back_goes_in_the_end(wishes: list[Wish]) -> None:
    run = Run().of(wishes)
    assert {one for one in wishes if one.comes_back} <= set(run.went)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.floats(0.0, 30.0), max_size=40), st.floats(0.0, 30.0), st.integers(1, 5), st.floats(0.5, 10.0))
def test_the_first_free_moment_is_free_and_the_first(taken: list[float], start: float, count: int, seconds: float) -> None:
    limit, log = Limit(count, seconds), CallLog(Limit(count, seconds))
    for one in sorted(taken):
        log.add(log.earliest(one))
    moment = log.earliest(start)
    assert moment >= start
    assert within(sorted([*log.times, moment]), limit)
    for earlier in (one + seconds + 2e-3 for one in log.times if start <= one + seconds + 2e-3 < moment):
        assert not within(sorted([*log.times, earlier]), Limit(count, seconds + 1e-3))


def test_progress_of_one_message_is_at_most_one_edit_in_three_seconds() -> None:
    run = Run().of([Wish(second / 2, "update", "C1", "m1", False) for second in range(60)])
    times = run.times("update")
    assert min(later - earlier for earlier, later in itertools.pairwise(times)) >= EDITS_OF_ONE - 1e-5


# ---- final answers -----------------------------------------------------------------------------------------------------------


def test_a_final_answer_goes_at_once_while_everybody_shows_progress() -> None:
    progress = [Wish(second * 0.5, "update", "C1", f"p{second % 40}", False) for second in range(400)]
    answers = [wish for second in range(20, 200, 13) for wish in finals(1, at=second + 0.123)]
    run = Run().of([*progress, *answers])
    assert max(run.waited(final=True)) <= 0.001
    assert most_within(run.times("update", final=False), 60.0) <= 40


def test_many_final_answers_wait_no_longer_than_the_rate_makes_them() -> None:
    progress = [Wish(second * 0.5, "update", "C1", f"p{second % 40}", False) for second in range(400)]
    run = Run().of([*progress, *finals(60, at=30.0)])
    waited = sorted(run.waited(final=True))
    for number, one in enumerate(waited):
        assert one <= (number // UPDATES.count + 1) * UPDATES.seconds + 0.01, (number, one)


def test_a_final_answer_keeps_its_place_before_those_that_came_later() -> None:
    run = Run().of([wish for second in range(10) for wish in finals(8, at=float(second))])
    order = sorted(run.went, key=lambda one: (run.went[one], one.at))
    for earlier, later in itertools.pairwise(order):
        assert earlier.at <= later.at


def test_a_final_post_passes_first_messages_and_these_do_appear() -> None:
    channel = "C1"
    first = [Wish(0.0, "post", channel, f"p{number}", False) for number in range(30)]
    answers = [Wish(5.0 + second, "post", channel, f"f{second}", True) for second in range(120)]
    run = Run().of([*first, *answers])
    assert max(run.waited(final=False)) < 90.0
    assert run.went[answers[0]] - answers[0].at < 4.0


def test_progress_that_becomes_final_is_told_soon_and_then_goes_first() -> None:
    pace = Pacing()
    for number in range(30):
        pace.ask(0.0, "update", "C1", f"p{number}", False)
    wait = pace.ask(0.1, "update", "C1", "p29", False)
    assert 0.0 < wait <= ASK_AGAIN
    assert pace.ask(0.1 + wait, "update", "C1", "p29", True) == 0.0


def test_a_place_is_not_kept_for_ever() -> None:
    pace = Pacing()
    for number in range(30):
        pace.ask(0.0, "update", "C1", f"gone{number}", True)
    assert pace.ask(60.0, "update", "C1", "here", True) == 0.0


def test_channels_do_not_wait_for_each_other() -> None:
    run = Run().of([*finals(20, "post"), *finals(1, "post", 0.5, "C2")])
    assert run.times("post", channel="C2") == [0.5]


def test_a_workspace_takes_about_two_hundred_posts_a_minute() -> None:
    run = Run().of([wish for number in range(300) for wish in finals(1, "post", channel=f"C{number}")])
    assert 80.0 <= max(run.went.values()) <= 95.0


# ---- what Slack says ---------------------------------------------------------------------------------------------------------


def test_a_method_that_slack_limits_rests_and_begins_again_slowly() -> None:
    pace = Pacing()
    pace.rate_limited(0.0, "update", "C1", 20.0)
    run = Run(pace).of(finals(20, at=1.0))
    times = run.times("update")
    assert times[0] >= 20.0
    assert sum(one < 20.1 for one in times) <= UPDATES.count // 2
    assert pace.ask(200.0, "update", "C9", "later", True) == 0.0


def test_posts_in_other_channels_and_edits_go_on() -> None:
    pace = Pacing()
    pace.rate_limited(0.0, "post", "C1", 20.0)
    assert pace.ask(1.0, "post", "C1", "a", True) >= 19.0 - 1e-6
    assert pace.ask(1.0, "post", "C2", "b", True) == 0.0
    assert pace.ask(1.0, "update", "C1", "c", True) == 0.0


def test_a_second_channel_that_is_limited_means_the_workspace() -> None:
    pace = Pacing()
    pace.rate_limited(0.0, "post", "C1", 20.0)
    pace.rate_limited(1.0, "post", "C2", 20.0)
    assert pace.ask(2.0, "post", "C3", "a", True) >= 19.0 - 1e-6


def test_many_answers_that_say_the_same_do_not_add_up() -> None:
    pace = Pacing()
    for number in range(20):
        pace.rate_limited(number * 0.01, "update", "C1", 10.0)
    assert pace.ask(10.2, "update", "C1", "a", True) == 0.0


@settings(max_examples=40, deadline=None)
@given(st.floats(0.0, 1e9), WISHES)
def test_an_endless_retry_after_ends_after_five_minutes(wait: float, wishes: list[Wish]) -> None:
    pace = Pacing()
    pace.rate_limited(0.0, "update", "C1", wait)
    assert pace.ask(301.0, "update", "C1", "a", True) == 0.0


# ---- memory ------------------------------------------------------------------------------------------------------------------


def size(pace: Pacing) -> int:
    calls = sum(len(one.times) for one in pace._logs.values())
    return len(pace._waiting) + len(pace._shown) + len(pace._closed) + len(pace._logs) + calls


def test_messages_that_never_come_back_are_forgotten() -> None:
    pace = Pacing()
    for number in range(3000):
        pace.ask(number * 0.02, "update" if number % 2 else "post", f"C{number % 50}", f"m{number}", number % 3 == 0)
    pace.rate_limited(60.0, "post", "C1", 5.0)
    assert size(pace) > 50
    for second in range(0, 45, 5):
        pace.ask(100.0 + second, "update", "C1", "last", True)
    assert size(pace) <= 20


def test_hundreds_of_final_answers_ask_now_and_then() -> None:
    run = Run().of(finals(300))
    assert run.asked < 300 * 10
