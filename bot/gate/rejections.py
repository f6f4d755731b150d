"""How long a rejection for too many requests asks to wait."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.failure import Failure
from bot.gate.headers import only_a_clock

SHORTEST_PAUSE, LONGEST_PAUSE = 0.05, 120.0
"""Seconds. A shorter hint is rounding, and a longer one is a daily quota or nonsense: check again after this long."""


def asked_pause(failure: Failure, headers: Mapping[str, str], *, clock_counts: bool) -> float | None:
    """The pause that a rejection asks for, in seconds and within bounds; None if it asks for none. The time until its bucket is full is
    only one if `clock_counts`: earlier requests would otherwise fit long before."""
    wait = failure.wait
    if wait is None or (not clock_counts and only_a_clock(headers, wait)):
        return None
    return max(SHORTEST_PAUSE, min(wait, LONGEST_PAUSE))
