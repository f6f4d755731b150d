"""What a batch leaves to members, and that it's never kept waiting for them forever."""

from __future__ import annotations

import math
import random

import pytest

from bot.domain.requests import Lane
from bot.gate.beside import HALF_LIFE, LEAST, LONGEST, QUIET, SURE, USUAL_PICTURE, Beside, SharedLimit, likely_most
from bot.gate.gate import AdaptiveGate
from bot.gate.port import Grant, Waiting, WakeAt
from bot.gate.settings import GateSettings
from tests.unit.gate.given import SERVED, Play, middle, row


def drafts(count: int) -> list[Waiting]:
    return [row(f"b{number}", "owner", float(number), Lane.BATCH) for number in range(count)]


def play(**most: int) -> Play:
    return Play(AdaptiveGate(GateSettings(**most), middle), drafts(40))


def granted(one: Play, seconds: float = 10.0) -> list[Grant]:
    """Everything that may start now, a gap apart."""
    found, until = [], one.now + seconds
    while one.now < until:
        answer = one.next()
        if isinstance(answer, Grant):
            found.append(answer)
        one.now += 0.3
    return found


def member_comes(one: Play, name: str) -> Grant | WakeAt:
    drafts_waiting, one.waiting = one.waiting, [row(name, name, one.now), *one.waiting]
    answer = one.next()
    one.waiting = drafts_waiting
    return answer


@pytest.mark.parametrize(("places", "of_batches"), [(1, 1), (2, 2), (4, 3), (8, 7)])
def test_where_no_member_asked_of_late_a_batch_leaves_one_place_of_four(places: int, of_batches: int) -> None:
    assert len(granted(play(max_concurrency=places))) == of_batches


@pytest.mark.parametrize(("places", "of_batches"), [(2, 1), (4, 2), (8, 6)])
def test_beside_members_it_leaves_what_they_likely_need(places: int, of_batches: int) -> None:
    one = play(max_concurrency=places)
    for number in range(8):  # one every half a minute: half a place, as a picture takes a quarter of a minute
        first = member_comes(one, f"m{number}")
        assert isinstance(first, Grant)
        one.now += USUAL_PICTURE
        one.gate.report(first, SERVED, one.now)
        one.now += USUAL_PICTURE
    assert len(granted(one, seconds=4.0)) == of_batches
    assert isinstance(member_comes(one, "late"), Grant)


def test_a_member_who_waits_isnt_kept_waiting_by_what_is_left_free() -> None:
    one = play(max_concurrency=4)
    one.waiting = [row(f"m{number}", f"p{number}", float(number)) for number in range(6)]
    assert len(granted(one)) == 4


def test_a_single_place_is_a_batchs_once_in_a_while_however_many_members_come() -> None:
    one, of_batches = play(max_concurrency=1), 0
    for number in range(200):
        mine = member_comes(one, f"m{number}")
        if isinstance(mine, Grant):
            one.now += 5.0
            one.gate.report(mine, SERVED, one.now)
        one.now += 1.0
        theirs = one.next()
        if isinstance(theirs, Grant):
            of_batches += 1
            one.now += 5.0
            one.gate.report(theirs, SERVED, one.now)
            one.now += 1.0
    assert of_batches >= one.now / 5.0 / LEAST / 2 > 10


def test_it_leaves_launches_of_a_minute_and_takes_them_when_members_are_quiet() -> None:
    one = play(max_images_per_minute=4)
    first = member_comes(one, "ana")
    assert isinstance(first, Grant)
    one.now += 61.0
    one.gate.report(first, SERVED, one.now)
    assert len(granted(one)) == 2
    one.now += QUIET
    assert len(granted(one)) == 3
    assert isinstance(member_comes(one, "bo"), Grant)


def test_members_launches_fade() -> None:
    beside = Beside()
    for at in range(20):
        beside.launch(row("m", "ana"), at * 1.0)
    before = beside.per_second(20.0)
    assert before == pytest.approx(20 * math.log(2) / HALF_LIFE, rel=0.05)
    assert beside.per_second(20.0 + 3 * HALF_LIFE) == pytest.approx(before / 8, rel=0.01)


@pytest.mark.parametrize("seed", range(50))
def test_no_wait_is_longer_than_four_minutes(seed: int) -> None:
    luck, beside, now = random.Random(seed), Beside(), 0.0
    for _ in range(200):
        now += luck.expovariate(1.0)
        beside.launch(row("x", "ana", lane=luck.choice(list(Lane)), pictures=luck.randint(1, 4)), now)
        size = luck.choice([0.5, 1.0, 2.0, 4.0, 32.0])
        limit = SharedLimit(size, 60.0 / size, 60.0, luck.randint(0, 40), luck.randint(0, 40), SURE, luck.randint(1, 4))
        assert beside.wait(now, [limit]) <= LONGEST + 1e-6


@pytest.mark.parametrize(("mean", "most"), [(0.0, 0), (0.1, 0), (0.5, 1), (3.0, 5), (1e9, 523)])
def test_what_likely_comes(mean: float, most: int) -> None:
    assert likely_most(mean, SURE) == most
