"""Token bucket model: learns the provider's refill rate and depth from admissions and rejections.

Between two rejections, both of which met an empty bucket, the number of admissions equals the refill, give or take one token. So each
rejection bounds the rate from above, and each admission from below. This only holds while the bucket never ran full: idle time discards
earlier rejections.
"""

from __future__ import annotations

import contextlib
import math
from collections import deque
from dataclasses import dataclass, field
from itertools import pairwise

FIRST_GUESS = 0.5
"""Requests per second to try after the first rejection that states nothing."""
FAST_GROWTH, STREAK, CREEP = 1.25, 6, 0.0025
"""Growth per admission that had to wait for its token: fast until two rejections have measured the rate; then none for a streak of
admissions, and increasing after that, so that a limit that was raised or measured too low is found."""
MEMORY = 300.0
"""Seconds; limits change, so older rejections don't count."""
SLOWEST, FASTEST = 1 / 60, 4.0
"""Requests per second."""
SOON = 0.5
"""Seconds; a launch this soon after its token arrived had been waiting for it."""
MARGIN = 0.97
"""Hints are exact to the moment of the next token; a rate slightly too high would be rejected every time."""
CHARGE = 0.5
"""Tokens that an immediate second rejection may have cost: some providers charge for them, and retrying too early would never succeed."""
DENSE = 10.0
"""Seconds; requests admitted within this time before a rejection form a burst."""
LONGEST_WAIT = 40.0
"""Seconds after a rejection without a hint; a minute is the window model's job."""
UNSEEN = 0.3
"""Tokens in a bucket right after a rejection: between 0 and 1."""
FAR = -0.5
"""Assumed tokens left after a launch long before its token was due."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """A moment at which the bucket held less than one token."""

    at: float
    wait: float | None
    """Seconds until the next token, if the provider stated them."""
    again: bool = False
    """Nothing was admitted since the previous rejection."""


@dataclass(slots=True)
class Bucket:
    """Times in seconds, rates per second."""

    rate: float | None = None
    """Estimate; None until a limit was met."""
    stated: float | None = None
    """As stated by the provider."""
    measured: bool = False
    level: float = 0.0
    ready: float = 0.0
    """When the level last reached a whole token."""
    joined: float = 0.0
    """Since when the bucket hasn't been full."""
    lost: float = 0.0
    """Tokens that overflowed since the last launch."""
    at: float = 0.0
    refusals: deque[Rejection] = field(default_factory=lambda: deque(maxlen=12))
    times: deque[float] = field(default_factory=lambda: deque(maxlen=240))
    """Launches that were or may still be admitted, oldest first."""
    bursts: deque[tuple[int, float]] = field(default_factory=lambda: deque(maxlen=4))
    """(number admitted, seconds) before a rejection: the bucket's depth, minus the refill in that time."""
    least_depth: float = 1.0
    in_a_row: int = 0
    streak: int = 0

    def depth(self) -> float:
        """Tokens in a full bucket."""
        rate = self.rate or 0.0
        return max(self.least_depth, *(count - rate * span for count, span in self.bursts), 1.0)

    def wait(self, now: float) -> float:
        """Seconds until a request should find a token."""
        self.refill(now)
        if self.rate is None or self.level >= 1.0 - 1e-9:
            return 0.0
        return (1.0 - self.level) / self.rate

    def launch(self, now: float) -> bool:
        """Take a token for a request. Returns True if it had to wait for it."""
        self.refill(now)
        self.times.append(now)
        if self.rate is None:
            return False
        if self.in_a_row and self.stated is None:
            self.level = max(self.level, 1.0)
        waited = self.level < 2.0 and now - self.ready < SOON
        self.lost = 0.0
        self.level -= 1.0
        return waited

    def give_back(self, launched: float) -> None:
        """The request never arrived or was rejected."""
        with contextlib.suppress(ValueError):
            self.times.remove(launched)
        if self.rate is not None:
            self.level += 1.0

    def admit(self, launched: float, waited: bool, left: float) -> None:
        """The request was admitted, so there was a token, even if the level assumed after the launch (`left`) was too low."""
        if not self.refusals or launched > self.refusals[-1].at:
            self.in_a_row = 0
        if self.rate is None:
            return
        if left < 0.0:
            self.level -= left
            waited = True
        if left < FAR and self.stated is None:
            self.refusals.clear()
            self.rate, self.measured, self.joined = min(FASTEST, 2 * self.rate), False, launched
            return
        floor = 0.0
        for refusal in self.refusals:
            span = launched - refusal.at
            if span > 1.0:
                floor = max(floor, (self.between(refusal.at, launched) - 1) / span)
        growth = 1.0
        if waited:
            self.streak += 1
            growth = FAST_GROWTH if not self.measured else 1.0 + CREEP * max(0, self.streak - STREAK)
        ceiling = self.stated if self.stated is not None else FASTEST
        self.rate = min(ceiling, max(floor, self.rate * growth))

    def refuse(self, launched: float, wait: float | None, stated: float | None) -> None:
        """The request was rejected for its rate. `wait` and `stated` (a rate) as stated by the provider."""
        self.give_back(launched)
        self.streak = 0
        self.in_a_row += 1
        if stated is not None:
            self.learn_stated(launched, stated)
        self._lower(launched, wait)
        self._burst(launched)
        self.refusals.append(Rejection(launched, wait, self.in_a_row > 1))
        assert self.rate is not None
        self.lost = 0.0
        self.level = 1.0 - self.rate * wait if wait is not None else max(UNSEEN - (self.in_a_row - 1), 1.0 - LONGEST_WAIT * self.rate)

    def learn_stated(self, now: float, rate: float, remaining: int | None = None) -> None:
        """The provider stated its rate, and perhaps how many requests are left now."""
        self.refill(now)
        if self.stated is None or abs(self.stated - rate) > 0.01 * rate:
            self.stated = self.rate = max(SLOWEST, rate)
            self.measured = True
            self.refusals.clear()
        if remaining is not None:
            self.level = min(max(self.level, float(remaining)), remaining + 0.99)
            self.least_depth = max(self.least_depth, self.level)

    def between(self, moment: float, until: float) -> int:
        """Number of admissions launched after one moment, up to the other."""
        count = 0
        for time in reversed(self.times):
            if time <= moment:
                break
            count += time <= until
        return count

    def drop(self) -> None:
        """Discard learned values that are too old."""
        if self.stated is None:
            self.rate, self.measured = None, False
            self.refusals.clear()
            self.bursts.clear()
            self.least_depth, self.in_a_row, self.streak = 1.0, 0, 0

    def clear(self, now: float) -> None:
        """Reset after an outage or another long pause: counts from before it say nothing about what follows."""
        self.refill(now)
        self.refusals.clear()
        self.in_a_row = self.streak = 0
        self.level = max(self.level, 1.0)
        self.joined = now

    def forget(self, before: Bucket, now: float) -> None:
        """Undo rejections since `before`, which were for another reason."""
        self.rate, self.stated, self.measured = before.rate, before.stated, before.measured
        self.refusals, self.bursts = before.refusals, before.bursts
        self.in_a_row = self.streak = 0
        self.at = max(self.at, now)
        self.level = max(self.level, 1.0)

    def refill(self, now: float) -> None:
        """Add tokens for the elapsed time."""
        if self.rate is not None:
            level, depth = self.level + max(0.0, now - self.at) * self.rate, self.depth()
            if level > depth:
                self.lost += level - depth
                if self.lost >= 1.0:
                    self.refusals.clear()
                    self.joined = now
            if self.level < 1.0 <= level:
                self.ready = self.at + (1.0 - self.level) / self.rate
            self.level = min(depth, level)
        self.at = max(self.at, now)

    def _lower(self, launched: float, wait: float | None) -> None:
        recent = [refusal for refusal in self.refusals if 0.0 < launched - refusal.at < MEMORY]
        bound, charged = math.inf, 0.0
        for one in reversed(recent):
            if launched - one.at >= 0.5:
                bound = min(bound, (self.between(one.at, launched) + 1 + charged) / (launched - one.at))
            charged += CHARGE if one.again else 0.0
        for later, time in enumerate(reversed(self.times)):
            if time < self.joined or launched - time > MEMORY:
                break
            if launched - time >= 0.5:
                bound = min(bound, (later + 1 + charged) / (launched - time))
        if wait is not None and recent and all(one.wait is not None for one in recent):
            fitted, settled = fit(self._rows([*recent, Rejection(launched, wait)]), 0.45 if wait == round(wait) else 0.1)
            bound, self.measured = MARGIN * (fitted or bound), settled
        else:
            self.measured = self.measured or any(self.between(one.at, launched) for one in recent)
        if self.rate is None or (not self.measured and bound == math.inf):
            self.rate = min(FIRST_GUESS, bound)
        elif self.stated is not None and self.in_a_row < 3:
            return
        elif bound < self.rate or (wait is not None and bound < math.inf):
            self.rate = bound
        elif self.measured:
            self.rate *= 0.98
        self.rate = max(SLOWEST, self.rate)

    def _rows(self, refusals: list[Rejection]) -> list[tuple[int, float]]:
        rows = []
        for one, other in pairwise(refusals):
            count = self.between(one.at, other.at)
            rows.append((count, other.at - one.at + (other.wait or 0.0) - (one.wait or 0.0)))
        return rows

    def _burst(self, launched: float) -> None:
        rate, best = self.rate or 0.0, (1, 0.0)
        for count, time in enumerate(reversed(self.times), start=1):
            if launched - time > DENSE or (self.refusals and time <= self.refusals[-1].at):
                break
            if count - rate * (launched - time) > best[0] - rate * best[1]:
                best = (count, launched - time)
        if not self.refusals or best[0] > 1:
            self.bursts.append(best)


def fit(rows: list[tuple[int, float]], noise: float) -> tuple[float | None, bool]:
    """Estimate the rate, and whether it's well determined, from (admissions between two rejections, seconds by which the next free token
    moved).

    Each admission moves it by 1/rate, and each rejection by a share of that if rejections are charged: a line through the rows with slope
    1/rate. The charge is accepted if it's well above the hints' noise (in seconds).
    """
    count, moved = sum(row[0] for row in rows), sum(row[1] for row in rows)
    if count == 0 or moved <= 0:
        return None, False
    free = count / moved
    mean_n, mean_x = count / len(rows), moved / len(rows)
    spread = sum((n - mean_n) ** 2 for n, _ in rows)
    if spread < 0.5:
        return free, len(rows) > 4
    slope = sum((n - mean_n) * (x - mean_x) for n, x in rows) / spread
    charge = mean_x - slope * mean_n
    if charge <= 2 * noise * math.sqrt(1 / len(rows) + mean_n**2 / spread):
        return free, True
    if charge > slope:
        return sum((n + 1) ** 2 for n, _ in rows) / sum(x * (n + 1) for n, x in rows), True
    return 1.0 / slope, True
