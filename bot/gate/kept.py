"""What batches leave free, so that a member who asks next waits for nobody's batch. Pure.

The fair queue lets members go first, but a call that runs can't be taken back, and a launch that a limit has counted neither. So batches
leave a place more than members needed of late, and a share of what the rate limit admits.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass

from bot.domain.requests import Lane
from bot.gate.in_flight import InFlight

HALF_LIFE = 300.0
"""Half-life in seconds of how many calls of members ran at once."""
SHARE = 0.25
"""Share of the launches that a limit admits which batches leave free."""


@dataclass(slots=True)
class Kept:
    """Remembers how many calls of members ran at once of late."""

    busy: float = 0.0
    at: float = 0.0

    def see(self, now: float, running: int) -> None:
        """So many calls of members run now."""
        faded = self.busy * 2.0 ** (-max(0.0, now - self.at) / HALF_LIFE)
        self.busy, self.at = max(float(running), faded), now

    def wait(self, now: float, running: Collection[InFlight], bound: int) -> float:
        """How long a batch waits for a place, beside these running calls: not at all, or until one of them ends."""
        batch = sum(one.waiting.lane is Lane.BATCH for one in running)
        self.see(now, len(running) - batch)
        return math.inf if batch >= self.places(bound) else 0.0

    def places(self, bound: int) -> int:
        """How many calls of batches may run at once; one always may, or a batch would never end."""
        return max(1, bound - 1 - math.ceil(self.busy - 0.1))


def launches(limit: float) -> float:
    """How many launches of a limit batches leave free; none of a limit that admits one at a time."""
    return min(limit - 1.0, max(1.0, SHARE * limit)) if limit > 1.0 else 0.0
