"""Pause that a rejection for too many requests asks for."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.failure import Failure
from bot.gate.headers import only_a_clock

SHORTEST_PAUSE, LONGEST_PAUSE = 0.05, 120.0
"""Bounds of a pause in seconds. A shorter hint is rounding; a longer one is a daily quota or nonsense, so the gate tries again earlier."""


def asked_pause(failure: Failure, headers: Mapping[str, str], *, clock_counts: bool) -> float | None:
    """Pause in seconds that a rejection states, within bounds; None if it states none. The time until the bucket is full again counts only
    with `clock_counts`, because the next token arrives long before."""
    wait = failure.wait
    if wait is None or (not clock_counts and only_a_clock(headers, wait)):
        return None
    return max(SHORTEST_PAUSE, min(wait, LONGEST_PAUSE))
