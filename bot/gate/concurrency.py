"""Concurrency limit, learned from rejections that state it or that the rate doesn't explain."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from bot.gate.limit_trust import FORGOTTEN

RAISE_AFTER, MAX_RAISE_AFTER = 6, 96
SILENT, STATING = (3, 8.0), (2, 3.0)
"""Silent rejections, and seconds from the first to the last, that establish the cap: for most providers, and for one that usually states
its limits."""
FADE = 0.98


@dataclass(slots=True)
class ConcurrencyLimit:
    """Estimated cap on calls in flight. A rejection is silent if it states neither a reason nor a wait."""

    cap: int | None = None
    sure: bool = False
    """The provider stated it."""
    raised: int = 0
    """Admissions above the cap since the last rejection."""
    admitted: dict[int, float] = field(default_factory=dict)
    rejected: dict[int, float] = field(default_factory=dict)
    """Decayed number of silent rejections by the number of other calls in flight; `admitted` is that of admissions."""
    full: int = 0
    """Launches into the last slot since the last rejection. After `raise_after` of them, one more call is tried."""
    raise_after: int = RAISE_AFTER
    rejected_at: float = -math.inf
    """Loop time of the last rejection for concurrency."""
    suspect: int | None = None
    """Other calls in flight at a silent rejection that either cap or rate may have caused; None if there is none."""
    suspicions: int = 0
    suspect_since: float = 0.0

    def room(self, running: int, bound: int) -> bool:
        """Whether a slot is free. `bound`: the operator's own limit."""
        if running >= bound:
            return False
        if self.cap is None or running < self.cap:
            return True
        return running == self.cap and self.full >= self.raise_after

    def launch(self, beside: int) -> None:
        """Book a launch with this many other calls in flight."""
        if self.cap is not None:
            if beside + 1 == self.cap:
                self.full += 1
            elif beside >= self.cap:
                self.full = 0

    def admit(self, beside: int) -> bool:
        """Book an admission. Returns True if it raised the cap."""
        self._count(self.admitted, beside)
        if self.suspect is not None and beside >= self.suspect:
            self.suspect, self.suspicions = None, 0
        if self.cap is None or beside < self.cap:
            return False
        self.raised += 1
        self.cap = beside + 1 if self.sure or self.raised < 2 else None
        self.raise_after = max(RAISE_AFTER, self.raise_after // 2)
        return True

    def tick(self, now: float) -> bool:
        """Forget an old cap. Returns True if it was forgotten now."""
        if self.cap is None or now - self.rejected_at <= FORGOTTEN:
            return False
        self.cap, self.sure, self.full, self.raise_after = None, False, 0, RAISE_AFTER
        return True

    def reject(self, beside: int, sure: bool, now: float) -> None:
        """Book a rejection for concurrency, with this many other calls in flight."""
        if self.cap is not None and beside >= self.cap:
            self.raise_after = min(MAX_RAISE_AFTER, self.raise_after * 2)
        self.cap, self.rejected_at = max(1, beside), now
        self.sure = self.sure or sure
        self.full = self.raised = 0
        self.suspect, self.suspicions = None, 0

    def plausible(self, beside: int) -> bool:
        """Book a silent rejection. Returns True if a cap may have caused it: calls with this many others in flight are mostly rejected."""
        self._count(self.rejected, beside)
        if beside < 1:
            return False
        admitted = sum(weight for count, weight in self.admitted.items() if count >= beside)
        rejected = sum(weight for count, weight in self.rejected.items() if count >= beside)
        return admitted <= rejected / 3

    def _count(self, seen: dict[int, float], beside: int) -> None:
        for weights in (self.admitted, self.rejected):
            for count in list(weights):
                weights[count] *= FADE
                if weights[count] < 0.05:
                    del weights[count]
        seen[beside] = seen.get(beside, 0.0) + 1.0

    def suspect_cap(self, beside: int, states_limits: bool, now: float) -> bool:
        """Count a silent rejection that a cap may have caused. Returns True if there are enough to establish the cap."""
        if self.suspect is None or beside < self.suspect:
            self.suspect, self.suspicions, self.suspect_since = beside, 0, now
        self.suspicions += 1
        times, seconds = STATING if states_limits else SILENT
        return self.suspicions >= times and now - self.suspect_since >= seconds
