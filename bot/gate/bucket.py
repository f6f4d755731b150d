"""Token bucket model: learns the provider's refill rate and depth from admissions and rejections.

Two rejections meet an empty bucket, so the admissions between them equal the refill, give or take one token. Each rejection therefore
bounds the rate from above, and each admission from below. That is true only while the bucket isn't full in between: after enough idle time
to fill it, earlier rejections are discarded.
"""

from __future__ import annotations

import contextlib
import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

FIRST_GUESS = 0.5
"""First estimate, in requests per second, after a rejection that states nothing."""
FAST_GROWTH, STREAK, CREEP = 1.25, 6, 0.0025
"""Growth of the estimate per admission that waited for its token: fast until two rejections have measured the rate, then none for `STREAK`
admissions, then increasing, so that a raised or underestimated limit is found."""
MEMORY = 300.0
"""Seconds for which a rejection counts, because limits change."""
SLOWEST, FASTEST = 1 / 60, 4.0
"""Bounds of the estimate in requests per second."""
SOON = 0.5
"""Seconds; a launch this soon after its token arrived counts as having waited for it."""
MARGIN = 0.97
"""Factor on a rate that was computed from hints: they're exact, so a slightly too high rate would be rejected every time."""
SHORTEST_SPAN = 0.5
"""Seconds; shorter spans say nothing about the rate."""
CHARGE = 0.5
"""Tokens that a repeated rejection may have cost. Some providers charge for rejections, so retrying too early would never succeed."""
DENSE = 10.0
"""Seconds before a rejection whose admissions are counted as a burst."""
LONGEST_WAIT = 40.0
"""Maximum wait in seconds after a rejection without a hint; longer limits are the window model's job."""
UNSEEN = 0.3
"""Assumed tokens right after a rejection: somewhere between 0 and 1."""
FAR = -0.5
"""Level after a launch below which its admission disproves the estimate."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """A moment at which the bucket held less than one token."""

    at: float
    wait: float | None
    """Seconds until the next token, if the provider stated them."""
    again: bool = False
    """No call was admitted since the previous rejection."""


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
    """Tokens lost to a full bucket since the last launch."""
    at: float = 0.0
    rejections: deque[Rejection] = field(default_factory=lambda: deque(maxlen=12))
    times: deque[float] = field(default_factory=lambda: deque(maxlen=240))
    """Launch times of calls that were or may yet be admitted, oldest first."""
    bursts: deque[tuple[int, float]] = field(default_factory=lambda: deque(maxlen=4))
    """(admissions, seconds) of bursts before rejections. Admissions minus the refill estimate the depth."""
    least_depth: float = 1.0
    in_a_row: int = 0
    streak: int = 0

    def depth(self) -> float:
        """Tokens in a full bucket."""
        rate = self.rate or 0.0
        return max(self.least_depth, *(count - rate * span for count, span in self.bursts), 1.0)

    def wait(self, now: float) -> float:
        """Seconds until a call should find a token."""
        self.refill(now)
        if self.rate is None or self.level >= 1.0 - 1e-9:
            return 0.0
        return (1.0 - self.level) / self.rate

    def launch(self, now: float) -> bool:
        """Take a token. Returns True if the call waited for it."""
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
        """Return the token of a call that never arrived or was rejected."""
        with contextlib.suppress(ValueError):
            self.times.remove(launched)
        if self.rate is not None:
            self.level += 1.0

    def admit(self, launched: float, waited: bool, left: float) -> None:
        """Book an admission. There was a token, so a negative level after the launch (`left`) is corrected."""
        if not self.rejections or launched > self.rejections[-1].at:
            self.in_a_row = 0
        if self.rate is None:
            return
        if left < 0.0:
            self.level -= left
            waited = True
        if left < FAR and self.stated is None:
            self.rejections.clear()
            self.rate, self.measured, self.joined = min(FASTEST, 2 * self.rate), False, launched
            return
        floor = 0.0
        for rejection in self.rejections:
            span = launched - rejection.at
            if span > 1.0:
                floor = max(floor, (self.between(rejection.at, launched) - 1) / span)
        growth = 1.0
        if waited:
            self.streak += 1
            growth = FAST_GROWTH if not self.measured else 1.0 + CREEP * max(0, self.streak - STREAK)
        ceiling = self.stated if self.stated is not None else FASTEST
        self.rate = min(ceiling, max(floor, self.rate * growth))

    def reject(self, launched: float, wait: float | None, stated: float | None) -> None:
        """Book a rejection for the rate. `wait` (seconds) and `stated` (requests per second) are the provider's statements."""
        self.give_back(launched)
        self.streak = 0
        self.in_a_row += 1
        if stated is not None:
            self.learn_stated(launched, stated)
        self._lower(launched, wait)
        self._burst(launched)
        self.rejections.append(Rejection(launched, wait, self.in_a_row > 1))
        assert self.rate is not None
        self.lost = 0.0
        self.level = 1.0 - self.rate * wait if wait is not None else max(UNSEEN - (self.in_a_row - 1), 1.0 - LONGEST_WAIT * self.rate)

    def learn_stated(self, now: float, rate: float, remaining: int | None = None) -> None:
        """Adopt a rate that the provider stated, and how many requests are left now, if it said so."""
        self.refill(now)
        if self.stated is None or abs(self.stated - rate) > 0.01 * rate:
            self.stated = self.rate = max(SLOWEST, rate)
            self.measured = True
            self.rejections.clear()
        if remaining is not None:
            self.level = min(max(self.level, float(remaining)), remaining + 0.99)
            self.least_depth = max(self.least_depth, self.level)

    def between(self, moment: float, until: float) -> int:
        """Number of admissions launched in (moment, until]."""
        count = 0
        for time in reversed(self.times):
            if time <= moment:
                break
            count += time <= until
        return count

    def drop(self) -> None:
        """Forget a learned limit that is too old; keep a stated one."""
        if self.stated is None:
            self.rate, self.measured = None, False
            self.rejections.clear()
            self.bursts.clear()
            self.least_depth, self.in_a_row, self.streak = 1.0, 0, 0

    def clear(self, now: float) -> None:
        """Reset the counts after an outage or another long pause."""
        self.refill(now)
        self.rejections.clear()
        self.in_a_row = self.streak = 0
        self.level = max(self.level, 1.0)
        self.joined = now

    def forget(self, before: Bucket, now: float) -> None:
        """Restore the state of `before`: the rejections since then were about concurrency."""
        self.rate, self.stated, self.measured = before.rate, before.stated, before.measured
        self.rejections, self.bursts = before.rejections, before.bursts
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
                    self.rejections.clear()
                    self.joined = now
            if self.level < 1.0 <= level:
                self.ready = self.at + (1.0 - self.level) / self.rate
            self.level = min(depth, level)
        self.at = max(self.at, now)

    def _lower(self, launched: float, wait: float | None) -> None:
        """Lower the rate after a rejection; `wait` (seconds) is the provider's hint."""
        recent = [rejection for rejection in self.rejections if 0.0 < launched - rejection.at < MEMORY]
        bound = self._bound(launched, recent)
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

    def _bound(self, launched: float, recent: Sequence[Rejection]) -> float:
        """Highest rate that what was admitted up to this rejection allows, in requests per second; infinite if nothing tells.

        Spans begin at a recent rejection, or at a launch since the bucket was last full. Rejections in a row may have been charged.
        """
        bound, charged = math.inf, 0.0
        for one in reversed(recent):
            if launched - one.at >= SHORTEST_SPAN:
                bound = min(bound, (self.between(one.at, launched) + 1 + charged) / (launched - one.at))
            charged += CHARGE if one.again else 0.0
        for later, time in enumerate(reversed(self.times)):
            if time < self.joined or launched - time > MEMORY:
                break
            if launched - time >= SHORTEST_SPAN:
                bound = min(bound, (later + 1 + charged) / (launched - time))
        return bound

    def _rows(self, rejections: list[Rejection]) -> list[tuple[int, float]]:
        rows = []
        for one, other in pairwise(rejections):
            count = self.between(one.at, other.at)
            rows.append((count, other.at - one.at + (other.wait or 0.0) - (one.wait or 0.0)))
        return rows

    def _burst(self, launched: float) -> None:
        rate, best = self.rate or 0.0, (1, 0.0)
        for count, time in enumerate(reversed(self.times), start=1):
            if launched - time > DENSE or (self.rejections and time <= self.rejections[-1].at):
                break
            if count - rate * (launched - time) > best[0] - rate * best[1]:
                best = (count, launched - time)
        if not self.rejections or best[0] > 1:
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
