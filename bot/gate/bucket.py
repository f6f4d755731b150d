"""How fast the provider's bucket refills, learned from what it admits and refuses. Rate and depth of the bucket are unknown.

Between two refusals, both of which met an empty bucket, what was admitted is what was refilled, give or take one token. So every refusal
bounds the rate from above and every admission bounds it from below. That only holds while the bucket never ran full: an idle time
forgets the refusals before it.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field

FIRST_GUESS = 0.5
"""Requests a second tried after the first refusal that names nothing."""
DOUBT, STREAK, CREEP = 1.25, 6, 0.0025
"""Growth per admission that had to wait for its token: quick until two refusals have measured the rate; then none for a streak of
admissions, and more and more with every further one, so that a limit that was raised, or measured too low, is found."""
MEMORY = 300.0
"""Seconds; limits change, and refusals older than this say nothing."""
SLOWEST = 1 / 120
UNSEEN = 0.3
"""Tokens in a bucket that has just refused: between 0 and 1."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A moment at which the bucket held less than one token."""

    at: float
    wait: float | None
    """Seconds until the next token, when the provider said so."""


@dataclass(slots=True)
class Bucket:
    """Times in seconds, rates per second."""

    rate: float | None = None
    """Believed; None while no limit was met."""
    told: float | None = None
    """As the provider named it."""
    measured: bool = False
    level: float = 0.0
    lost: float = 0.0
    """Tokens that did not fit since the last launch."""
    at: float = 0.0
    refusals: deque[Refusal] = field(default_factory=lambda: deque(maxlen=12))
    times: deque[float] = field(default_factory=lambda: deque(maxlen=240))
    """When the last admitted ones were launched."""
    bursts: deque[tuple[int, float]] = field(default_factory=lambda: deque(maxlen=4))
    """So many were admitted within so many seconds before a refusal: the depth of the bucket, less what was refilled meanwhile."""
    least_depth: float = 1.0
    in_a_row: int = 0
    streak: int = 0

    def depth(self) -> float:
        """Tokens it holds when it is full."""
        rate = self.rate or 0.0
        return max(self.least_depth, *(count - rate * span for count, span in self.bursts), 1.0)

    def wait(self, now: float) -> float:
        """Seconds until a request should find a token."""
        self.refill(now)
        if self.rate is None or self.level >= 1.0 - 1e-9:
            return 0.0
        return (1.0 - self.level) / self.rate

    def launch(self, now: float) -> bool:
        """A request takes a token; True when it had to wait for it."""
        self.refill(now)
        if self.rate is None:
            return False
        self.lost = 0.0
        self.level -= 1.0
        return self.level < 0.5

    def give_back(self) -> None:
        """It never arrived, or was refused."""
        if self.rate is not None:
            self.level += 1.0

    def admit(self, launched: float, waited: bool) -> None:
        """It was let in."""
        self.times.append(launched)
        self.in_a_row = 0
        if self.rate is None:
            return
        floor = 0.0
        for refusal in self.refusals:
            span = launched - refusal.at
            if span > 1.0:
                floor = max(floor, (self.since(refusal.at) - 1) / span)
        growth = 1.0
        if waited:
            self.streak += 1
            growth = DOUBT if not self.measured else 1.0 + CREEP * max(0, self.streak - STREAK)
        ceiling = self.told if self.told is not None else math.inf
        self.rate = min(ceiling, max(floor, self.rate * growth))

    def refuse(self, launched: float, wait: float | None, told: float | None) -> None:
        """It was refused for the rate. `wait` and `told` (a rate) as the provider named them."""
        self.give_back()
        self.streak = 0
        self.in_a_row += 1
        if told is not None:
            self.hear(told)
        self._lower(launched, wait)
        self._burst(launched)
        self.refusals.append(Refusal(launched, wait))
        assert self.rate is not None
        self.lost = 0.0
        self.level = 1.0 - self.rate * wait if wait is not None else UNSEEN - (self.in_a_row - 1)

    def hear(self, rate: float, remaining: int | None = None) -> None:
        """The provider named its rate, and perhaps how many requests are left now."""
        if self.told is None or abs(self.told - rate) > 0.01 * rate:
            self.told = self.rate = max(SLOWEST, rate)
            self.measured = True
            self.refusals.clear()
        if remaining is not None:
            self.level = min(max(self.level, float(remaining)), remaining + 1.0)
            self.least_depth = max(self.least_depth, self.level)

    def since(self, moment: float) -> int:
        """Admissions of launches after this moment."""
        count = 0
        for time in reversed(self.times):
            if time <= moment:
                break
            count += 1
        return count

    def clear(self, now: float) -> None:
        """After an outage or another long stop: what was counted before no longer joins up with what comes."""
        self.refill(now)
        self.refusals.clear()
        self.in_a_row = self.streak = 0

    def refill(self, now: float) -> None:
        """Tokens drip in."""
        if self.rate is not None:
            level, depth = self.level + max(0.0, now - self.at) * self.rate, self.depth()
            if level > depth:
                self.lost += level - depth
                if self.lost >= 1.0:
                    self.refusals.clear()
            self.level = min(depth, level)
        self.at = max(self.at, now)

    def _lower(self, launched: float, wait: float | None) -> None:
        bound = math.inf
        for refusal in self.refusals:
            span = launched - refusal.at
            if span > MEMORY or span < 0.5:
                continue
            count = self.since(refusal.at)
            if wait is not None and refusal.wait is not None and count >= 1:
                bound = min(bound, count / max(0.5, span + wait - refusal.wait))
            else:
                bound = min(bound, (count + 1) / span)
            self.measured = self.measured or count >= 1
        if self.rate is None:
            self.rate = min(FIRST_GUESS, bound)
        elif self.told is not None and self.in_a_row < 3:
            return
        elif bound < self.rate:
            self.rate = bound
        elif self.measured:
            self.rate *= 0.98
        self.rate = max(SLOWEST, self.rate)

    def _burst(self, launched: float) -> None:
        rate, best = self.rate or 0.0, (1, 0.0)
        for count, time in enumerate(reversed(self.times), start=1):
            if self.refusals and time <= self.refusals[-1].at:
                break
            if count - rate * (launched - time) > best[0] - rate * best[1]:
                best = (count, launched - time)
        if not self.refusals or best[0] > 1:
            self.bursts.append(best)
