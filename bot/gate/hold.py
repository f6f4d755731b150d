"""For how long a limit that was only learned may hold a request back.

Such a limit is a guess: trying too soon costs one refused request, and not trying costs a member the wait. So the guess is obeyed for about
as long as the refusals themselves spoke of, and then put to the test.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field

BARE = 2.0
"""Seconds for which a limit is obeyed at first when its refusal names no wait."""
BUSY = 8
"""Requests let in within the last minute: with so many, a refusal is taken to be their doing, and a limit of about as many a minute is
believed until a test is let in."""
REFUSED, LET_IN, AGAIN = 4.0, 0.5, 1.5
"""What a test that is refused, one that is let in, and a further refusal without a word do to the time."""
SHORTEST, MOST = 1.0, 600.0
"""Seconds; less is hardly noticed, and more is never reached."""
FORGOTTEN = 600.0
"""Seconds without a refusal after which a limit that nobody named is believed no longer."""


@dataclass(slots=True)
class Hold:
    """Times in seconds."""

    longest: float = math.inf
    """After the last launch, for as long as nothing is refused; no bound while no limit was met."""
    confirmed: bool = False
    """A test was refused, or many were let in before the refusal. Until then every request that is let in shortens the hold."""
    launched: float = -math.inf
    refused: float = -math.inf
    """Launch time of the newest request that was refused for the rate."""
    bare: int = 0
    """Refusals without a hint since anything was let in."""
    tests: deque[float] = field(default_factory=lambda: deque(maxlen=32))
    """Launches that came before the learned limit would have let them go."""

    @property
    def until(self) -> float:
        """Nothing that was only learned holds a request longer than this. With every further refusal in a row without a word it grows."""
        return self.launched + min(MOST, self.longest * AGAIN ** max(0, self.bare - 1))

    def launch(self, now: float, *, test: bool) -> None:
        """A request goes out; `test` when that is before the learned limit would have let it go."""
        self.launched = now
        if test:
            self.tests.append(now)

    def refuse(self, launched: float, wait: float | None, minute: int) -> None:
        """A launch was refused; `wait` as the provider named it. `minute`: how many had been let in during the minute before."""
        busy = minute >= BUSY
        if launched in self.tests:
            self.longest, self.confirmed = min(MOST, REFUSED * self.longest), True
        said = max(SHORTEST, wait) if wait is not None else max(BARE, 60.0 / minute) if busy else BARE
        self.longest = said if self.longest == math.inf else max(self.longest, said)
        self.confirmed = self.confirmed or busy
        self.bare = self.bare + 1 if wait is None else 0
        self.refused = max(self.refused, launched)

    def admit(self, launched: float) -> None:
        """A launch was let in."""
        if launched <= self.refused:
            return
        self.bare = 0
        if launched in self.tests:
            self.confirmed = False
        if not self.confirmed:
            self.longest = max(SHORTEST, LET_IN * self.longest)

    def old(self, now: float) -> bool:
        """Whether it is so long ago that anything was refused that it says nothing any more."""
        return self.longest < math.inf and now - self.refused > FORGOTTEN
