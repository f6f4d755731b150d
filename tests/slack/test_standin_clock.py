"""The stand-in's timestamps, which are also the ids of its messages."""

from __future__ import annotations

import time

from tests.slack.standin.server import StandIn


def test_timestamps_grow_and_look_like_slacks() -> None:
    world = StandIn().world
    found = [world.new_ts() for _ in range(50)]
    assert found == sorted(set(found))
    assert abs(float(found[0]) - time.time()) < 5
    assert all(len(one.partition(".")[2]) == 6 for one in found)
