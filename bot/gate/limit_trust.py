"""Trust in a learned rate limit: how long it may delay a request before one call tests it.

A learned limit is an estimate. Testing it too early costs one rejected call; never testing it costs members time. So the limit is obeyed
for about as long as the rejections themselves stated, and then tested.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field

BARE = 2.0
"""Initial trust in seconds if the rejection states no wait."""
BUSY = 8
"""Admissions within the last minute from which on a rejection is believed at once: the limit is probably about that many per minute."""
REJECTED, ADMITTED, AGAIN = 4.0, 0.5, 1.5
"""Factors applied to the trust after a rejected test, an admitted test, and another rejection without a hint."""
SHORTEST, MOST = 1.0, 600.0
"""Bounds of the trust in seconds."""
FORGOTTEN = 600.0
"""Seconds without a rejection after which a learned limit is forgotten. Stated limits are kept."""


@dataclass(slots=True)
class LimitTrust:
    """All times are loop times in seconds."""

    longest: float = math.inf
    """Seconds after the last launch for which the limit is obeyed; infinite until a limit was met."""
    confirmed: bool = False
    """A test was rejected, or many calls were admitted in the minute before the rejection. Until then, every admission halves the trust."""
    launched: float = -math.inf
    rejected: float = -math.inf
    """Launch time of the latest call that was rejected for its rate."""
    bare: int = 0
    """Number of rejections without a hint since the last admission."""
    tests: deque[float] = field(default_factory=lambda: deque(maxlen=32))
    """Launch times of tests: calls that started earlier than the learned limit allows."""

    @property
    def until(self) -> float:
        """Loop time until which the limit is obeyed. It grows with consecutive rejections without a hint."""
        return self.launched + min(MOST, self.longest * AGAIN ** max(0, self.bare - 1))

    def launch(self, now: float, *, test: bool) -> None:
        """Book a launch. `test`: it's earlier than the learned limit allows."""
        self.launched = now
        if test:
            self.tests.append(now)

    def reject(self, launched: float, wait: float | None, minute: int) -> None:
        """Book a rejection. `wait`: seconds stated by the provider. `minute`: admissions in the minute before it."""
        busy = minute >= BUSY
        if launched in self.tests:
            self.longest, self.confirmed = min(MOST, REJECTED * self.longest), True
        said = max(SHORTEST, wait) if wait is not None else max(BARE, 60.0 / minute) if busy else BARE
        self.longest = said if self.longest == math.inf else max(self.longest, said)
        self.confirmed = self.confirmed or busy
        self.bare = self.bare + 1 if wait is None else 0
        self.rejected = max(self.rejected, launched)

    def admit(self, launched: float) -> None:
        if launched <= self.rejected:
            return
        self.bare = 0
        if launched in self.tests:
            self.confirmed = False
        if not self.confirmed:
            self.longest = max(SHORTEST, ADMITTED * self.longest)

    def old(self, now: float) -> bool:
        """Whether the last rejection was so long ago that the limit is forgotten."""
        return self.longest < math.inf and now - self.rejected > FORGOTTEN
