"""The gate's parts one by one, to the exact second and count (docs/gate.md)."""

from __future__ import annotations

import math

import pytest

from bot.gate.allowance import Allowance
from bot.gate.breaker import Breaker, least_to_lose
from bot.gate.credit import Credit
from bot.gate.fair import HALF_LIFE, FairQueue, ServiceCounts
from bot.gate.limit_trust import LimitTrust
from tests.unit.gate.given import middle, row


def failed(breaker: Breaker, *requests: str, at: float = 100.0, took: float = 0.1, probe: bool = False, answered: bool = True) -> bool:
    """These fail one after the other; whether the last one asks for a probe."""
    return [breaker.fail(name, at - took, at, probe=probe, answered=answered) for name in requests][-1]


# ---- is it down? -----------------------------------------------------------------------------------------------------------------


def test_a_probe_is_being_served_when_it_runs_longer_than_the_failures_did() -> None:
    breaker = Breaker()
    assert breaker.probe_wait() == 1.5
    failed(breaker, "a", took=9.0, answered=False)  # a connection that broke says nothing about the service's own pace
    assert breaker.probe_wait() == 1.5
    failed(breaker, "a", took=4.0)
    failed(breaker, "b", took=2.0)
    assert breaker.probe_wait() == pytest.approx(1.5 * 4.0 + 1.0)
    failed(breaker, "c", took=40.0, probe=True, answered=False)
    assert breaker.probe_wait() == pytest.approx(1.5 * 15.0 + 1.0)  # a later one came in the middle of the work
    assert breaker.succeed(200.0, probe=False)
    assert breaker.probe_wait() == 1.5


@pytest.mark.parametrize(
    ("served", "failures", "sure"), [(5, 0.0, False), (6, 0.0, True), (30, 1.0, False), (31, 1.0, True), (56, 2.0, True), (55, 2.0, False)]
)
def test_two_failures_are_enough_where_they_are_rare(served: float, failures: float, sure: bool) -> None:
    breaker = Breaker(served=served, failed=failures)
    assert not failed(breaker, "a")
    assert not breaker.sure()  # a single request may be at fault itself
    assert failed(breaker, "b") is sure
    assert breaker.open is sure
    assert (breaker.in_a_row, breaker.interval) == (2, 10.0)
    if not sure:
        assert failed(breaker, "a")  # the third stops everything, whosever it is
        assert (breaker.open, breaker.since, breaker.interval) == (True, 100.0, 4.0)


def test_what_was_in_flight_when_everything_stopped_says_nothing_new() -> None:
    breaker = Breaker()
    failed(breaker, "a", "b", "c")
    before = (breaker.in_a_row, breaker.newest_failure, breaker.slowest, breaker.interval, breaker.failed_probes)
    assert not failed(breaker, "d", at=130.0, took=25.0)
    assert (breaker.in_a_row, breaker.newest_failure, breaker.slowest, breaker.interval, breaker.failed_probes) == before
    assert "d" not in breaker.failing


def test_failed_probes_are_rarer_and_rarer_to_a_bound() -> None:
    breaker, often = Breaker(), Breaker(served=99.0)
    failed(breaker, "a", "b", "c")
    failed(often, "a", "b")
    found = [(breaker.interval, often.interval)]
    for number in range(1, 4):
        assert failed(breaker, "p", probe=True)
        assert failed(often, "p", probe=True)
        assert breaker.failed_probes == number
        found.append((breaker.interval, often.interval))
    assert found == [(4.0, 10.0), (25.0, 25.0), (35.0, 35.0), (35.0, 35.0)]


def test_the_next_probe_comes_after_the_interval_or_the_hint() -> None:
    breaker = Breaker(interval=10.0)
    waits = []
    for hint, jitter in ((None, min), (None, max), (9.0, middle), (11.0, middle), (400.0, middle)):
        breaker.plan(50.0, hint, jitter)
        waits.append(breaker.probe_at - 50.0)
    assert waits == pytest.approx([8.0, 12.0, 10.0, 11.0, 60.0])


def test_only_a_success_launched_after_the_failures_or_a_probe_shows_that_it_is_back() -> None:
    for launched, probe, back in ((99.8, False, False), (99.9, False, False), (99.91, False, True), (99.8, True, True)):
        breaker = Breaker()
        failed(breaker, "a", "b", "c", at=100.0)
        failed(breaker, "d", at=60.0)  # an older one does not make that earlier
        assert breaker.succeed(launched, probe=probe) is back
        assert breaker.open is not back
        assert (breaker.in_a_row, len(breaker.failing), breaker.slowest > 0) == ((0, 0, False) if back else (3, 3, True))
    assert not Breaker().succeed(0.0, probe=False)  # nothing was wrong


def test_failures_count_as_chance_when_no_probe_had_to_fail_and_all_fade() -> None:
    breaker = Breaker(served=10.0, failed=1.0)
    failed(breaker, "a", "b")
    breaker.succeed(200.0, probe=False)
    assert (breaker.served, breaker.failed) == pytest.approx((10.8, 2.98))
    failed(breaker, "a", "b", "c")
    failed(breaker, "p", probe=True)
    breaker.succeed(200.0, probe=True)
    assert (breaker.served, breaker.failed) == pytest.approx((10.8 * 0.98 + 1.0, 2.98 * 0.98))
    assert breaker.failed_probes == 0


def test_after_a_failure_go_those_that_did_not_fail_and_have_a_try_to_spare() -> None:
    breaker, line = Breaker(), [row("failed"), row("last", last_try=1), row("fresh"), row("other")]

    def names(count: int) -> list[str]:
        return [one.request_id for one in breaker.probe_candidates(line[:count])]

    assert names(4) == ["failed", "last", "fresh", "other"]
    failed(breaker, "failed")
    assert (names(4), names(2), names(1)) == (["fresh", "other"], ["last"], ["failed"])
    assert not breaker.would_end_one(line[:2])
    failed(breaker, "failed")
    assert [breaker.would_end_one(line[:count]) for count in (1, 2, 4)] == [False, True, False]
    breaker.suspect(150.0)
    assert (breaker.open, breaker.since, breaker.interval) == (True, 150.0, 4.0)


def test_a_failed_probe_costs_least_who_has_tries_left_and_had_few() -> None:
    line = [row("a", tries=0, last_try=1), row("b", tries=2), row("c", tries=1), row("d", tries=1)]
    assert [one.request_id for one in least_to_lose(line)] == ["c", "d"]
    assert [one.request_id for one in least_to_lose([row("a", tries=2, last_try=1), row("b", tries=1, last_try=1)])] == ["b"]


# ---- is it paid for? -------------------------------------------------------------------------------------------------------------


def test_without_credit_probes_come_after_one_one_two_and_then_five_minutes() -> None:
    credit, now, waits = Credit(), 100.0, []
    assert not credit.exhausted
    assert credit.exhaust(now, probe=False)
    assert not credit.exhaust(now + 5.0, probe=False)  # it was in flight
    assert (credit.since, credit.probe_at, credit.probes) == (100.0, 160.0, 0)
    for _ in range(5):
        now = credit.probe_at
        assert credit.exhaust(now, probe=True)
        waits.append(credit.probe_at - now)
    assert (waits, credit.since, credit.exhausted) == ([60.0, 120.0, 300.0, 300.0, 300.0], 100.0, True)
    credit.restore()
    assert not credit.exhausted
    assert credit.exhaust(now, probe=True)
    assert credit.probe_at - now == 60.0


# ---- whose turn is it? -----------------------------------------------------------------------------------------------------------


def test_services_fade_by_half_in_ten_minutes_also_across_days() -> None:
    for began in (0.0, 49.5 * HALF_LIFE, 50 * HALF_LIFE, 200.25 * HALF_LIFE):
        queue = FairQueue()
        queue.serve(row("x", "old"), 0.0)
        for _ in range(4):
            queue.serve(row("x", "ana"), began)
        assert queue.standing("ana", began) == pytest.approx(4.0)
        assert queue.standing("ana", began + HALF_LIFE) == pytest.approx(2.0)
        assert queue.standing("ana", began + 2 * HALF_LIFE) == pytest.approx(1.0)
        assert queue.standing("ana", began + 9 * HALF_LIFE) == 0.5
        assert queue.standing("nobody", began) == 0.5
        queue.serve(row("x", "bo"), began + 51 * HALF_LIFE)  # every number is written anew
        assert queue.standing("ana", began + 51 * HALF_LIFE) == 0.5


def test_who_was_served_lately_is_remembered_when_every_number_is_written_anew() -> None:
    queue = FairQueue()
    for person, times, at in (("ana", 4, 49.5), ("cy", 64, 43.5), ("di", 64, 42.5), ("old", 9, 1.0), ("bo", 1, 50.5)):
        for _ in range(times):
            queue.serve(row("x", person), at * HALF_LIFE)
    assert queue.people.base == 50.5 * HALF_LIFE
    assert [queue.standing(person, 50.5 * HALF_LIFE) for person in ("ana", "bo", "cy", "di")] == pytest.approx([2.0, 1.0, 0.5, 0.5])
    assert queue.standing("ana", 51 * HALF_LIFE) == pytest.approx(2.0**0.5)
    assert queue.people.weights["cy"] == pytest.approx(0.5)
    assert "old" not in queue.people.weights  # as good as never served


def test_what_is_remembered_of_who_was_served_is_bounded_and_keeps_the_heaviest() -> None:
    counts = ServiceCounts()
    for number in range(5000):
        counts.add(f"p{number}", 1.0 + number, 0.0)
    counts.add("p7", -8.0, 0.0)
    counts.add("p8", -20.0, 0.0)
    counts.add("nobody", -1.0, 0.0)
    assert len(counts.weights) == 4998
    assert counts.weights["p9"] == 10.0
    for number in (7, 8, 9999):
        counts.add(f"p{number}", 0.5, 0.0)
    assert len(counts.weights) == 2501
    assert min(counts.weights.values()) == 2500.0


# ---- how long may a guess hold it back? ------------------------------------------------------------------------------------------


def held(trust: LimitTrust, at: float = 100.0) -> float:
    """Seconds for which a request after a launch at that time may be held."""
    trust.launch(at, test=False)
    return trust.until - at


def test_before_any_rejection_a_named_limit_may_hold_for_ten_minutes() -> None:
    trust = LimitTrust()
    assert trust.until == -math.inf
    assert held(trust) == 600.0
    assert not trust.old(10_000.0)


@pytest.mark.parametrize(
    ("waits", "minute", "seconds"),
    [
        ([None], 0, 2.0),
        ([None] * 2, 0, 3.0),
        ([None] * 3, 7, 4.5),
        ([0.2], 0, 1.0),
        ([5.0], 0, 5.0),
        ([5.0, 3.0], 0, 5.0),
        ([5.0, None], 0, 5.0),
        ([5.0, None, None], 0, 7.5),
        ([None, None, 5.0], 0, 5.0),
        ([None], 8, 7.5),
        ([None], 40, 2.0),
        ([4.0], 8, 4.0),
        ([4000.0], 0, 600.0),
    ],
)
def test_a_guess_holds_as_long_as_the_rejections_said(waits: list[float | None], minute: int, seconds: float) -> None:
    trust = LimitTrust()
    for number, wait in enumerate(waits):
        trust.launch(50.0 + number, test=False)
        trust.reject(50.0 + number, wait, minute)
    assert held(trust) == pytest.approx(seconds)
    assert trust.confirmed is (minute >= 8)


def test_a_test_that_is_refused_makes_it_four_times_as_long_and_one_that_is_let_in_halves_it() -> None:
    trust = LimitTrust()
    trust.reject(10.0, 8.0, 0)
    trust.launch(20.0, test=True)
    trust.reject(20.0, 8.0, 0)
    assert (held(trust), trust.confirmed) == (32.0, True)
    trust.admit(100.0)
    assert held(trust) == 32.0  # confirmed: only another test counts
    trust.launch(200.0, test=True)
    trust.admit(200.0)
    assert (held(trust), trust.confirmed) == (16.0, False)
    trust.admit(15.0)  # older than the last rejection
    trust.admit(20.0)
    assert held(trust) == 16.0
    for seconds in (8.0, 4.0, 2.0, 1.0, 1.0):
        trust.admit(300.0)
        assert held(trust) == seconds
    for at in (401.0, 402.0, 403.0, 404.0, 405.0, 406.0):
        trust.launch(at, test=True)
        trust.reject(at, None, 0)
    assert held(trust) == 600.0


def test_an_admission_ends_the_row_of_bare_rejections() -> None:
    trust = LimitTrust()
    for at in (1.0, 2.0, 3.0):
        trust.reject(at, None, 8)
    assert held(trust) == pytest.approx(7.5 * 1.5**2)
    trust.admit(4.0)
    assert held(trust) == 7.5


def test_a_limit_that_was_not_named_is_old_after_ten_minutes() -> None:
    trust = LimitTrust()
    trust.reject(100.0, 5.0, 0)
    trust.reject(90.0, 5.0, 0)  # reported later, launched earlier
    assert (trust.old(700.0), trust.old(700.1)) == (False, True)


# ---- the operator's own limit ----------------------------------------------------------------------------------------------------


def test_pictures_of_the_last_minute_count_and_what_was_not_drawn_does_not() -> None:
    bound = Allowance(per_minute=4)
    for now, pictures in ((0.0, 2), (10.0, 1), (20.0, 1)):
        assert bound.wait(now, pictures) == 0.0
        bound.take(now, pictures)
    assert [bound.wait(30.0, pictures) for pictures in (1, 2, 3, 4)] == [30.0, 30.0, 40.0, 50.0]
    bound.give_back(10.0)
    bound.give_back(11.0)
    assert [bound.wait(30.0, pictures) for pictures in (1, 2, 3)] == [0.0, 30.0, 30.0]
    assert [bound.wait(60.0, pictures) for pictures in (3, 4)] == [0.0, 20.0]
    free = Allowance(per_minute=None)
    free.take(0.0, 500)
    assert (free.wait(0.0, 500), list(free.asked)) == (0.0, [])
