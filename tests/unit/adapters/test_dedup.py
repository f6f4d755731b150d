"""Which delivery of an event is the first one."""

from __future__ import annotations

from adapters.kit.dedup import CACHE_SIZE, Deduplicator


def test_an_event_is_taken_once_and_again_when_it_was_refused() -> None:
    seen = Deduplicator()
    assert [seen.first("a"), seen.first("a"), seen.first("b")] == [True, False, True]
    seen.forget("a")
    seen.forget("never taken")
    assert [seen.first("a"), seen.first("a")] == [True, False]


def test_the_newest_events_are_remembered() -> None:
    seen = Deduplicator()
    for number in range(CACHE_SIZE + 1):
        assert seen.first(number)
    assert [seen.first(1), seen.first(0)] == [False, True]
