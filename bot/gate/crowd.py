"""How many requests the provider lets run at the same time, learned from refusals that say so, or that only this explains."""

from __future__ import annotations

from dataclasses import dataclass

PATIENCE, LONGEST_PATIENCE = 6, 96
SUSPECTS = 3


@dataclass(slots=True)
class Crowd:
    """The cap believed in; None while none was met."""

    cap: int | None = None
    sure: bool = False
    """The provider said it in words."""
    most: int = 0
    """Most in flight at once that were all admitted, of late."""
    full: int = 0
    """Launches into the last place since the last refusal: when there were enough, one more is tried."""
    patience: int = PATIENCE
    suspect: int | None = None
    """In flight beside the last silent refusal, while it may have been the cap as well as the rate."""
    suspicions: int = 0

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
        self.most = max(self.most, beside + 1)
        if self.suspect is not None and beside + 1 > self.suspect:
            self.suspect, self.suspicions = None, 0
        if self.cap is not None and beside + 1 > self.cap:
            self.cap = beside + 1 if self.sure else None
            self.patience = max(PATIENCE, self.patience // 2)
            return True
        return False

    def refuse(self, beside: int, sure: bool) -> None:
        """It was refused because so many ran beside it."""
        if self.cap is not None and beside >= self.cap:
            self.patience = min(LONGEST_PATIENCE, self.patience * 2)
        self.cap = max(1, beside)
        self.most = min(self.most, self.cap)
        self.sure = self.sure or sure
        self.full = 0
        self.suspect, self.suspicions = None, 0

    def plausible(self, beside: int) -> bool:
        """Whether a silent refusal may have been for this."""
        return beside >= 1 and beside >= self.most

    def wonder(self, beside: int) -> bool:
        """Book a silent refusal that may be for this; True when it has happened so often that it is believed."""
        if self.suspect is None or beside < self.suspect:
            self.suspect, self.suspicions = beside, 0
        self.suspicions += 1
        return self.suspicions >= SUSPECTS
