"""Spacing: how long after a launch the next one may follow."""

from __future__ import annotations

import math
from dataclasses import dataclass

GAP = 0.25
"""Seconds between launches. A rejection returns faster than this, so finding a limit costs one or two requests."""
GAP_AFTER_OUTAGE, CALM = 1.0, 60.0
"""First gap after an outage, and how long launches then stay slower."""


@dataclass(slots=True)
class Spacing:
    """The current gap, which halves with every launch."""

    gap: float = GAP
    last_launch: float = -math.inf
    up_since: float = -math.inf

    @property
    def next_launch(self) -> float:
        """The earliest time of the next launch."""
        return self.last_launch + self.gap

    def launch(self, now: float, at_once: float) -> None:
        """A call starts. Soon after an outage, the gap stays so long that as many calls as usually start `at_once` take two seconds."""
        least = GAP if now - self.up_since > CALM else max(2 * GAP, 2.0 / at_once)
        self.last_launch, self.gap = now, max(least, self.gap / 2)

    def start_slowly(self, up_since: float = -math.inf) -> None:
        """Begin again with a long gap: after an outage, or after a start."""
        self.gap, self.up_since = GAP_AFTER_OUTAGE, max(self.up_since, up_since)
