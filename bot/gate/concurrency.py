"""How many requests the provider lets run at the same time, learned from refusals that say so, or that only this explains."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from bot.gate.hold import FORGOTTEN

PATIENCE, LONGEST_PATIENCE = 6, 96
SILENT, OUTSPOKEN = (3, 8.0), (2, 3.0)
"""Silent refusals, and seconds from the first to the last, after which the cap is believed; fewer from a provider that names its rate."""
FADE = 0.98


@dataclass(slots=True)
class ConcurrencyLimit:
    """The cap believed in; None while none was met."""

    cap: int | None = None
    sure: bool = False
    """The provider said it in words."""
    raised: int = 0
    """Admissions above the cap since the last refusal."""
    admitted: dict[int, float] = field(default_factory=dict)
    refused: dict[int, float] = field(default_factory=dict)
    """Silent answers by the number in flight beside them; old ones fade."""
    full: int = 0
    """Launches into the last place since the last refusal: when there were enough, one more is tried."""
    patience: int = PATIENCE
    refused_at: float = -math.inf
    """When something was last refused for the cap."""
    suspect: int | None = None
    """In flight beside the last silent refusal, while it may have been the cap as well as the rate."""
    suspicions: int = 0
    suspect_since: float = 0.0

    def room(self, running: int, bound: int) -> bool:
        """Whether one more may start, as far as places go."""
        if running >= bound:
            return False
        if self.cap is None or running < self.cap:
            return True
        return running == self.cap and self.full >= self.patience

    def launch(self, beside: int) -> None:
        """One more goes out beside so many."""
        if self.cap is not None:
            if beside + 1 == self.cap:
                self.full += 1
            elif beside >= self.cap:
                self.full = 0

    def admit(self, beside: int) -> bool:
        """It was let in; True when that raised the cap."""
        self._count(self.admitted, beside)
        if self.suspect is not None and beside >= self.suspect:
            self.suspect, self.suspicions = None, 0
        if self.cap is None or beside < self.cap:
            return False
        self.raised += 1
        self.cap = beside + 1 if self.sure or self.raised < 2 else None
        self.patience = max(PATIENCE, self.patience // 2)
        return True

    def tick(self, now: float) -> bool:
        """Time has passed; True when the cap is too old to be believed."""
        if self.cap is None or now - self.refused_at <= FORGOTTEN:
            return False
        self.cap, self.sure, self.full, self.patience = None, False, 0, PATIENCE
        return True

    def refuse(self, beside: int, sure: bool, now: float) -> None:
        """It was refused because so many ran beside it."""
        if self.cap is not None and beside >= self.cap:
            self.patience = min(LONGEST_PATIENCE, self.patience * 2)
        self.cap, self.refused_at = max(1, beside), now
        self.sure = self.sure or sure
        self.full = self.raised = 0
        self.suspect, self.suspicions = None, 0

    def plausible(self, beside: int) -> bool:
        """Whether a silent refusal may have been for this: hardly anything was ever let in beside as many."""
        self._count(self.refused, beside)
        if beside < 1:
            return False
        admitted = sum(weight for count, weight in self.admitted.items() if count >= beside)
        refused = sum(weight for count, weight in self.refused.items() if count >= beside)
        return admitted <= refused / 3

    def _count(self, seen: dict[int, float], beside: int) -> None:
        for weights in (self.admitted, self.refused):
            for count in list(weights):
                weights[count] *= FADE
                if weights[count] < 0.05:
                    del weights[count]
        seen[beside] = seen.get(beside, 0.0) + 1.0

    def wonder(self, beside: int, outspoken: bool, now: float) -> bool:
        """Book a silent refusal that may be for this; True when it has happened so often that it is believed."""
        if self.suspect is None or beside < self.suspect:
            self.suspect, self.suspicions, self.suspect_since = beside, 0, now
        self.suspicions += 1
        times, seconds = OUTSPOKEN if outspoken else SILENT
        return self.suspicions >= times and now - self.suspect_since >= seconds
