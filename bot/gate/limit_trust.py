"""Maximum time that a learned limit may hold back a request.

A learned limit is a guess: trying too early costs one rejected request, not trying costs a member the wait. So the guess is obeyed for
about as long as the rejections themselves stated, and then tested.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field

BARE = 2.0
"""Seconds to obey a limit initially if its rejection states no wait."""
BUSY = 8
"""Requests admitted within the last minute from which a rejection is attributed to them: a limit of about that many per minute is assumed
until a test is admitted."""
REFUSED, ADMITTED, AGAIN = 4.0, 0.5, 1.5
"""Factors for the hold after a rejected test, an admitted test, and another rejection without a hint."""
SHORTEST, MOST = 1.0, 600.0
"""Seconds; less is hardly noticed, and more is never reached."""
FORGOTTEN = 600.0
"""Seconds without a rejection after which an unstated limit is dropped."""


@dataclass(slots=True)
class LimitTrust:
    """Times in seconds."""

    longest: float = math.inf
    """After the last launch, while nothing is rejected; unlimited until a limit was met."""
    confirmed: bool = False
    """A test was rejected, or many were admitted before the rejection. Until then, each admitted request shortens the hold."""
    launched: float = -math.inf
    refused: float = -math.inf
    """Launch time of the latest request rejected for its rate."""
    bare: int = 0
    """Rejections without a hint since the last admission."""
    tests: deque[float] = field(default_factory=lambda: deque(maxlen=32))
    """Launches earlier than the learned limit would have allowed."""

    @property
    def until(self) -> float:
        """Time until which a learned limit may hold a request. It grows with consecutive rejections without a hint."""
        return self.launched + min(MOST, self.longest * AGAIN ** max(0, self.bare - 1))

    def launch(self, now: float, *, test: bool) -> None:
        """A request starts; `test` if earlier than the learned limit allows."""
        self.launched = now
        if test:
            self.tests.append(now)

    def refuse(self, launched: float, wait: float | None, minute: int) -> None:
        """A launch was rejected; `wait` as stated by the provider. `minute`: number admitted during the minute before."""
        busy = minute >= BUSY
        if launched in self.tests:
            self.longest, self.confirmed = min(MOST, REFUSED * self.longest), True
        said = max(SHORTEST, wait) if wait is not None else max(BARE, 60.0 / minute) if busy else BARE
        self.longest = said if self.longest == math.inf else max(self.longest, said)
        self.confirmed = self.confirmed or busy
        self.bare = self.bare + 1 if wait is None else 0
        self.refused = max(self.refused, launched)

    def admit(self, launched: float) -> None:
        """A launch was admitted."""
        if launched <= self.refused:
            return
        self.bare = 0
        if launched in self.tests:
            self.confirmed = False
        if not self.confirmed:
            self.longest = max(SHORTEST, ADMITTED * self.longest)

    def old(self, now: float) -> bool:
        """Whether the last rejection was too long ago to matter."""
        return self.longest < math.inf and now - self.refused > FORGOTTEN
