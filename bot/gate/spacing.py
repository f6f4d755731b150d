"""Spacing: minimum gap between two launches."""

from __future__ import annotations

import math
from dataclasses import dataclass

GAP = 0.25
"""Minimum seconds between two launches. A rejection usually returns sooner, so finding a limit costs one or two requests."""
GAP_AFTER_OUTAGE, CALM = 1.0, 60.0
"""First gap after an outage, and the time for which gaps stay longer; both in seconds."""


@dataclass(slots=True)
class Spacing:
    """Current gap in seconds, which halves with each launch."""

    gap: float = GAP
    last_launch: float = -math.inf
    up_since: float = -math.inf

    @property
    def next_launch(self) -> float:
        """Earliest loop time of the next launch."""
        return self.last_launch + self.gap

    def launch(self, now: float, at_once: float) -> None:
        """Book a launch. Soon after an outage the gap stays so long that `at_once` calls, as many as usually start together, take two
        seconds."""
        least = GAP if now - self.up_since > CALM else max(2 * GAP, 2.0 / at_once)
        self.last_launch, self.gap = now, max(least, self.gap / 2)

    def start_slowly(self, up_since: float = -math.inf) -> None:
        """Start over with a long gap, after an outage or a restart."""
        self.gap, self.up_since = GAP_AFTER_OUTAGE, max(self.up_since, up_since)
