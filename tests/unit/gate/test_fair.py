"""Whose turn it is."""

from __future__ import annotations

import random

import pytest

from bot.domain.requests import Lane
from bot.gate.fair import HALF_LIFE, FairQueue
from bot.gate.port import Waiting
from tests.unit.gate.given import row, rows


def test_a_light_member_passes_a_flood() -> None:
    queue, line = FairQueue(), rows(10, "heavy")
    queue.serve(queue.first(0.0, line), 0.0)
    assert queue.first(1.0, [*line[1:], row("light", "light", 99.0)]).request_id == "light"


def test_batch_waits_for_everything_interactive() -> None:
    queue = FairQueue()
    line = [row("b", "one", 0.0, Lane.BATCH), row("i", "two", 5.0)]
    queue.serve(line[1], 0.0)
    assert queue.first(1.0, line).request_id == "i"


def test_among_members_of_equal_standing_the_community_served_least_goes_first() -> None:
    queue = FairQueue()
    queue.serve(row("x", "somebody", community="busy"), 0.0)
    line = [row("a", "ana", 0.0, community="busy"), row("b", "bo", 9.0, community="quiet")]
    assert queue.first(1.0, line).request_id == "b"


def test_what_was_served_long_ago_counts_no_more_than_being_new() -> None:
    queue = FairQueue()
    queue.serve(row("x", "ana"), 0.0)
    line = [row("a", "ana", 0.0), row("b", "bo", 9.0)]
    assert queue.first(HALF_LIFE * 0.9, line).request_id == "b"
    assert queue.first(HALF_LIFE * 1.1, line).request_id == "a"


def test_a_launch_that_came_to_nothing_is_taken_back() -> None:
    queue = FairQueue()
    line = [row("a", "ana", 0.0), row("b", "bo", 9.0)]
    queue.serve(line[0], 0.0)
    queue.serve(line[0], 5.0, -1.0)
    assert queue.first(6.0, line).request_id == "a"


def test_a_community_that_was_served_long_ago_counts_no_more_than_a_new_one() -> None:
    queue = FairQueue()
    queue.serve(row("x", "somebody", community="busy"), 0.0)
    line = [row("a", "ana", 0.0, community="busy"), row("b", "bo", 9.0, community="quiet")]
    assert queue.first(HALF_LIFE * 0.9, line).request_id == "b"
    assert queue.first(HALF_LIFE * 1.1, line).request_id == "a"


@pytest.mark.parametrize("seed", range(30))
def test_the_forecast_order_is_the_order_of_service(seed: int) -> None:
    luck = random.Random(seed)
    queue, now = FairQueue(), luck.choice([1.0, HALF_LIFE * 0.7, HALF_LIFE * 1.3, HALF_LIFE * 60])
    line = [row(f"r{n}", luck.choice("abcdef"), luck.randrange(6), luck.choice(list(Lane)), luck.choice("xyz")) for n in range(25)]
    for one in luck.sample(line, luck.choice([1, 2, 8])):
        queue.serve(one, luck.choice([0.0, now - HALF_LIFE * 0.9, now - HALF_LIFE * 1.8]))
    forecast = [one.request_id for one in queue.order(now, line)]
    served = []
    while line:
        one = queue.first(now, line)
        queue.serve(one, now)
        line.remove(one)
        served.append(one.request_id)
    assert forecast == served


@pytest.mark.parametrize("seed", range(60))
def test_nobody_waits_behind_more_than_one_request_of_each_other_member_of_equal_standing(seed: int) -> None:
    luck = random.Random(seed)
    queue, now, number = FairQueue(), 0.0, 0
    people = [f"p{n}" for n in range(luck.randint(2, 7))]
    waiting: list[Waiting] = []
    behind: dict[str, dict[str, int]] = {}
    """Head of a member's line -> services of members who stood equal when it became the head."""
    since: dict[str, float] = {}
    for _ in range(300):
        now += luck.uniform(0.0, 3.0)
        for _ in range(luck.choice([0, 0, 1, 1, 2, 6])):
            number += 1
            waiting.append(row(f"r{number:04}", luck.choice(people), now, luck.choice(list(Lane))))
        for lane in Lane:
            for person in people:
                head = min((one for one in waiting if one.person == person and one.lane is lane), key=lambda one: one.since, default=None)
                if head is not None and head.request_id not in behind:
                    equal = [other for other in people if other != person and queue.standing(other, now) == queue.standing(person, now)]
                    behind[head.request_id] = dict.fromkeys(equal, 0)
                    since[head.request_id] = now
        if not waiting:
            continue
        one = queue.first(now, waiting)
        queue.serve(one, now)
        waiting.remove(one)
        for head in waiting:
            if head.person == one.person:  # its own standing has changed: count anew
                behind.pop(head.request_id, None)
            elif head.lane is one.lane and one.person in behind.get(head.request_id, {}) and now - since[head.request_id] < HALF_LIFE:
                behind[head.request_id][one.person] += 1
                assert behind[head.request_id][one.person] <= 1, (head, one)
    assert number > 50
