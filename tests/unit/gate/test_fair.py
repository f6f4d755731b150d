"""Whose turn it is."""

from __future__ import annotations

from bot.domain.requests import Lane
from bot.gate.fair import FairQueue
from bot.gate.port import Waiting


def waiting(name: str, person: str, since: float = 0.0, lane: Lane = Lane.INTERACTIVE, community: str = "c") -> Waiting:
    return Waiting(request_id=name, person=person, community=community, lane=lane, since=since)


def test_a_light_member_passes_a_flood() -> None:
    queue = FairQueue()
    rows = [waiting(f"h{n}", "heavy", n) for n in range(10)]
    first = queue.first(0.0, rows)
    assert first.request_id == "h0"
    queue.serve(first, 0.0)
    rows = [*rows[1:], waiting("l", "light", 99.0)]
    assert queue.first(1.0, rows).request_id == "l"


def test_batch_waits_for_everything_interactive() -> None:
    queue = FairQueue()
    rows = [waiting("b", "one", 0.0, Lane.BATCH), waiting("i", "two", 5.0)]
    queue.serve(rows[1], 0.0)
    assert queue.first(1.0, rows).request_id == "i"
