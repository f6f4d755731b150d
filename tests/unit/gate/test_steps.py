"""What the gate does and logs at each step, to the exact second: who waits until when, what is taken back, and why the log says so."""

from __future__ import annotations

import pytest

from bot.domain.kinds import Kind
from bot.gate.forecast_bias import FIRST
from bot.gate.gate import AdaptiveGate
from bot.gate.port import Change, Grant, Verdict, Waiting
from bot.gate.settings import GateSettings
from tests.unit.gate.chaos import failure
from tests.unit.gate.given import BLOCKED, CANCELLED, DOWN, NO_CREDIT, SERVED, TOO_MANY_AT_ONCE, Play, middle, refused, row, rows


def uneven(low: float, high: float) -> float:
    """Jitter that gives numbers with many digits."""
    return low + 0.37 * (high - low)


def gate(**settings: float) -> AdaptiveGate:
    return AdaptiveGate(GateSettings(**settings), uneven)  # type: ignore[arg-type]  # numbers by name


def logged(play: Play) -> list[tuple[str, dict[str, float | int | str]]]:
    return [(change.name, dict(change.facts)) for change in play.gate.changes()]


def named(rate: str, wait: float | None = None) -> Verdict:
    return refused(wait, limit=rate)


def running(count: int, settle: float = 5.0, **settings: float) -> tuple[Play, list[Grant]]:
    """So many calls run and are known to be admitted, but for the last one, which was just launched."""
    play = Play(gate(**settings), rows(40))
    grants = [play.grant() for _ in range(count - 1)]
    play.now += settle
    return play, [*grants, play.grant()]


# ---- the log ---------------------------------------------------------------------------------------------------------------------


def test_the_log_of_a_rejection_says_how_long_and_how_fast() -> None:
    play = Play(gate(), rows(9))
    play.exchange(named("100/90s", 17.03))
    assert logged(play) == [
        ("paused", {"seconds": 17.1}),
        ("limit_learned", {"per_minute": 66.7}),
        ("refused", {"wait": 16.9, "per_minute": 66.7}),
    ]
    assert play.gate.paused_until == pytest.approx(play.now + 17.067)
    assert play.gate.snapshot(play.now).paused_for == pytest.approx(17.067)
    play.now = play.gate.paused_until
    seen = play.gate.snapshot(play.now)
    assert (seen.state, seen.paused_for) == ("open", 0.0)
    play.exchange(named("7/60s", 5.55))
    assert logged(play)[0] == ("paused", {"seconds": 5.6})
    play.exchange(refused())
    assert [name for name, _ in logged(play)] == ["refused"]


def test_the_first_rejection_without_a_word_is_a_limit_learned_and_the_next_one_is_not() -> None:
    play = Play(gate(), rows(9))
    names = []
    for verdict in (refused(), refused(), named("20/60s"), refused()):
        play.exchange(verdict)
        names.append(play.names())
    assert names == [["limit_learned", "refused"], ["refused"], ["limit_learned", "refused"], ["refused"]]
    assert play.gate.states_limits


def test_the_log_of_an_outage_says_when_it_is_looked_at_and_how_long_it_took() -> None:
    play = Play(gate(), rows(9))
    for _ in range(3):
        play.exchange(DOWN)
    began = play.now
    assert logged(play) == [("down", {"probe_in": 3.8, "failures": 3})]
    probe = play.grant()
    assert (play.gate.snapshot(play.now).state, play.hold().when) == ("probing", pytest.approx(play.now + 1.5))
    assert play.now - began == pytest.approx(4.0 * (0.8 + 0.37 * 0.4))
    play.report(probe, SERVED, after=0.4)
    assert logged(play) == [("probe", {"request": probe.request_id}), ("up", {"after": round(play.now - began, 1)})]


def test_a_success_from_before_an_outage_does_not_end_it_and_is_no_news() -> None:
    play = Play(gate(), rows(9))
    early = play.grant()
    for _ in range(3):
        play.exchange(DOWN)
    play.names()
    play.report(early, SERVED)
    assert (play.gate.snapshot(play.now).state, play.names()) == ("down", [])


def test_the_log_of_a_missing_credit_says_when_it_is_looked_at() -> None:
    play = Play(gate(), rows(9))
    play.exchange(NO_CREDIT)
    assert logged(play) == [("no_credit", {"probe_in": 60})]
    probe = play.grant()
    play.now += 2.0
    assert play.hold().when == pytest.approx(play.now + 1.0)  # a key without credit is refused sooner than in three seconds
    play.report(probe, SERVED)
    assert logged(play) == [("probe", {"request": probe.request_id}), ("restore", {"step": "restoring"}), ("credit_back", {})]


@pytest.mark.parametrize(("cap", "rate", "said"), [(3, 0.12345, (7.4, 3)), (None, None, (0.0, 0))])
def test_the_log_of_a_start_says_what_is_remembered(cap: int | None, rate: float | None, said: tuple[float, int]) -> None:
    memory = {"version": 1, "bucket": {"rate": rate, "told": True}, "crowd": {"cap": cap}}
    fresh = AdaptiveGate(GateSettings(), middle, memory)
    assert fresh.remember() == memory  # nothing was asked of it yet
    assert AdaptiveGate(GateSettings(), middle).remember() == {}
    play = Play(fresh, rows(9))
    play.next()
    assert logged(play) == [("remembered", {"per_minute": said[0], "cap": said[1]})]


def test_the_log_says_a_stated_limit_once_and_again_when_it_moves() -> None:
    play = Play(gate(), rows(20))

    def stated(per_minute: int) -> list[tuple[str, dict[str, float | int | str]]]:
        headers = {"x-ratelimit-limit-requests": str(per_minute), "x-ratelimit-remaining-requests": "5"}
        play.exchange(Verdict(None, headers, pictures=1), after=2.0)
        return logged(play)

    assert stated(1000) == [("limit_learned", {"per_minute": 1000.0})]
    assert stated(1000) == stated(1009) == []
    assert stated(1100) == [("limit_learned", {"per_minute": 1100.0})]
    assert stated(7) == [("limit_learned", {"per_minute": 7.0})]
    assert stated(8) == [("limit_learned", {"per_minute": 8.0})]
    play.gate._learn_stated(100 / 90, None, play.now)
    assert logged(play) == [("limit_learned", {"per_minute": 66.7})]


def test_the_log_keeps_the_newest_two_hundred_changes() -> None:
    play = Play(gate())
    play.gate.log = [Change(str(number)) for number in range(300)]
    play.waiting = rows(1)
    play.exchange(named("20/60s"))
    names = play.names()
    assert (len(names), names[-1], names[0]) == (200, "refused", "102")


# ---- how many at once ------------------------------------------------------------------------------------------------------------


def test_a_cap_is_learned_once_raised_when_more_are_let_in_and_given_up_when_it_was_a_guess() -> None:
    play, grants = running(3)
    play.report(grants[-1], TOO_MANY_AT_ONCE)
    assert logged(play) == [("cap_learned", {"cap": 2})]
    assert play.gate.paused_until < play.now  # others run: the next end of one makes room
    play.gate.concurrency.full = 99
    over = play.grant()
    play.report(over, TOO_MANY_AT_ONCE)
    assert (logged(play), play.gate.concurrency.sure) == ([], True)
    play.gate.concurrency.full = 999
    over = play.grant()
    play.report(over, SERVED, after=2.0)
    assert logged(play) == [("cap_raised", {"cap": 3})]
    play.gate.concurrency.sure, play.gate.concurrency.full = False, 999
    grants = [play.grant(), play.grant()]
    play.now += 2.0
    play.next()
    assert logged(play) == [("cap_raised", {"cap": 0})]


def test_too_many_at_once_although_none_of_ours_runs_waits_two_seconds() -> None:
    play = Play(gate(), rows(9))
    play.exchange(TOO_MANY_AT_ONCE)
    assert play.gate.paused_until == play.now + 2.0


@pytest.mark.parametrize(
    ("verdict", "may_be_the_cap"),
    [
        (refused(), True),
        (refused(3.0), False),
        (named("6/60s"), False),
        (refused(x_ratelimit_limit_requests="60", x_ratelimit_remaining_requests="0"), False),
    ],
)
def test_only_a_rejection_without_a_word_may_be_about_how_many_run(verdict: Verdict, may_be_the_cap: bool) -> None:
    play, grants = running(3)
    play.report(grants[-1], verdict)
    assert (play.gate.concurrency.suspect is not None) is may_be_the_cap
    assert play.gate.states_limits is not may_be_the_cap
    assert play.gate.rate_model.known  # the rate is slowed down either way


def test_while_it_is_open_which_limit_it_was_the_next_end_of_a_call_is_followed_by_a_launch() -> None:
    play, grants = running(3)
    play.report(grants[-1], refused())
    assert play.hold().reason == "rate"
    play.report(grants[0], SERVED, after=0.5)
    assert isinstance(play.next(), Grant)
    play.now += 0.3
    assert play.hold().reason == "rate"  # one launch, not more


def test_one_more_that_is_let_in_beside_as_many_ends_the_suspicion() -> None:
    play, grants = running(3)
    play.report(grants[-1], refused())
    assert play.gate.rate_model_before is not None
    play.report(play.grant(), SERVED, after=2.0)
    assert (play.gate.concurrency.suspect, play.gate.rate_model_before) == (None, None)


def test_a_cap_that_explains_silent_rejections_takes_them_off_the_rate() -> None:
    play, grants = running(3)
    for _ in range(20):
        play.report(grants[-1], refused(), after=0.2)
        if play.gate.concurrency.cap is not None:
            break
        play.now += 4.0
        grants.append(play.grant())
    assert (play.gate.concurrency.cap, play.gate.concurrency.sure) == (2, False)
    assert (play.gate.rate_model.rate, play.gate.rate_model_before) == (None, None)
    assert play.names()[-1] == "cap_learned"
    play.gate.concurrency.full = 99
    play.report(play.grant(), refused(), after=0.2)  # at the cap again: about the cap, whatever was admitted beside fewer
    assert (play.gate.concurrency.cap, play.gate.rate_model.rate) == (2, None)
    assert play.gate.concurrency.suspect is None


def test_the_snapshot_shows_the_operators_cap_and_how_long_pictures_take() -> None:
    for bound, shown in ((None, None), (2, 2), (99, 32)):
        assert AdaptiveGate(GateSettings(max_concurrency=bound), middle).snapshot(1.0).concurrency == shown
    play = Play()
    for seconds in range(1, 101):
        play.gate.latency.add(float(seconds))
    seen = play.gate.snapshot(play.now)
    assert (seen.latency_p50, seen.latency_p95) == (51.0, 96.0)


# ---- whose turn, and what is taken back --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verdict", [refused(), TOO_MANY_AT_ONCE, DOWN, CANCELLED, None])
def test_a_launch_that_came_to_nothing_leaves_its_member_where_they_stood(verdict: Verdict | None) -> None:
    play = Play(gate(max_images_per_minute=3), rows(9))
    play.exchange(SERVED, after=5.0)
    play.exchange(SERVED, after=5.0)
    before = play.gate.queue.standing("ana", play.now)
    grant = play.grant()
    if verdict is None:
        play.gate.drop(grant, play.now)
    else:
        play.report(grant, verdict, after=0.0)
    assert play.gate.queue.standing("ana", play.now) == pytest.approx(before, rel=0.01)
    assert sum(count for _, count in play.gate.allowance.asked) == (2 if verdict in (None, refused(), TOO_MANY_AT_ONCE) else 3)


@pytest.mark.parametrize(("after", "counts"), [(1.0, False), (2.9, False), (3.0, True), (4.0, True)])
def test_a_block_that_came_before_the_work_began_does_not_count_towards_the_limit(after: float, counts: bool) -> None:
    play = Play(gate(), rows(9))
    play.exchange(named("60/60s"))
    play.now += 30.0
    grant = play.grant()
    launched = len(play.gate.rate_model.bucket.times)
    play.report(grant, BLOCKED, after)
    assert len(play.gate.rate_model.bucket.times) == launched - (0 if counts else 1)


def test_a_call_counts_as_admitted_after_a_second_and_a_failure_while_it_works_at_once() -> None:
    play = Play(gate(), rows(9))
    first = play.grant()
    for wait, admitted in ((0.5, False), (0.5, True)):
        play.now += wait
        play.gate.snapshot(play.now)
        assert play.gate.running[first.id].admitted is admitted
    play.gate.concurrency.admitted.clear()
    play.exchange(DOWN)
    assert play.gate.concurrency.admitted == {1: 1.0}


# ---- until when ------------------------------------------------------------------------------------------------------------------


def test_the_operators_bound_holds_to_its_last_half_second() -> None:
    play = Play(gate(max_images_per_minute=1), rows(9))
    play.exchange(SERVED, after=59.5)
    hold = play.hold()
    assert (hold.reason, hold.when) == ("rate", pytest.approx(play.now + 0.5))


def test_a_probe_is_looked_at_when_the_hold_said_and_not_before() -> None:
    play = Play(gate(), rows(9))
    for _ in range(3):
        play.exchange(DOWN)
    play.grant()
    until = play.hold().when
    play.now += 1.0
    assert (play.hold().reason, play.hold().when) == ("probing", until)
    play.now = until
    assert isinstance(play.next(), Grant)  # it is being served
    assert play.gate.snapshot(play.now).state == "open"


def test_after_an_outage_and_after_a_start_the_gaps_shrink_to_what_is_usual() -> None:
    def gaps(play: Play) -> list[float]:
        found = []
        for _ in range(4):
            began = play.gate.spacing.last_launch
            play.grant()
            found.append(round(play.now - began, 3))
        return found

    play = Play(gate(hard_concurrency=99), rows(90))
    for _ in range(3):
        play.exchange(DOWN)
    play.exchange(SERVED, after=0.0)
    assert gaps(play) == [1.0, 0.5, 0.5, 0.5]
    up = play.now = play.gate.spacing.up_since + 60.0
    play.grant()
    assert (play.now, play.gate.spacing.gap) == (up, 0.5)
    play.grant()
    assert play.gate.spacing.gap == 0.25
    small = Play(gate(), rows(90))
    for _ in range(3):
        small.exchange(DOWN)
    small.exchange(SERVED, after=0.0)
    small.gate.concurrency.cap, small.gate.concurrency.rejected_at = 3, small.now
    small.grant()
    assert small.gate.spacing.gap == pytest.approx(2 / 3)
    start = Play(AdaptiveGate(GateSettings(), middle, {"version": 1}), rows(9))
    start.grant()
    assert gaps(start) == [0.5, 0.25, 0.25, 0.25]


def test_a_member_is_told_no_end_of_a_wait_for_a_place_but_the_time_of_the_picture() -> None:
    play = Play(gate(max_concurrency=1), rows(9))
    for seconds in (10.0, 4.0, 30.0):
        play.exchange(SERVED, after=seconds)
    play.exchange(named("600/60s"))
    play.now += 5.0
    play.grant()
    play.now += 2.0
    told = play.gate.estimates(play.now, play.waiting[:1])[play.waiting[0].request_id]
    assert (told.position, told.reason, told.until) == (1, "concurrency", None)
    assert told.seconds == pytest.approx(10.0 + FIRST * 8.0)


def test_nobody_is_told_a_time_beyond_the_eighth_place_before_a_limit_was_met() -> None:
    play = Play(gate(), rows(20))
    play.exchange(SERVED, after=10.0)
    line: list[Waiting] = play.waiting[:12]
    told = play.gate.estimates(play.now, line)
    assert [told[one.request_id].seconds is not None for one in line] == [True] * 8 + [False] * 4
    assert {one.until for one in told.values()} == {None}
    play.exchange(Verdict(failure(Kind.OVERLOADED, 20.0)))
    [paused] = play.gate.estimates(play.now, [row("one")]).values()
    assert (paused.reason, paused.until) == ("paused", pytest.approx(play.now + 20.0))
