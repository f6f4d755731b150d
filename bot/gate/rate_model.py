"""Rate limit model: a token bucket and a sliding window learn side by side, and the gate obeys the one that fits."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.gate.bucket import Bucket
from bot.gate.forecast import Outlook
from bot.gate.limit_trust import LimitTrust
from bot.gate.window import Window

SLACK, MOST_SLACK = 0.25, 1.0
"""A test has to be earlier than the limit allows by this share of the time between two tokens, at most this many seconds. Otherwise it
waits."""


@dataclass(slots=True)
class RateModel:
    """Facade over bucket, window and trust; times in seconds."""

    bucket: Bucket = field(default_factory=Bucket)
    window: Window = field(default_factory=Window)
    trust: LimitTrust = field(default_factory=LimitTrust)

    @property
    def known(self) -> bool:
        """Whether a limit was met or stated."""
        return self.bucket.rate is not None

    @property
    def rate(self) -> float | None:
        """Assumed requests per second."""
        if self.window.believed and self.window.limit is not None:
            return self.window.limit / 60.0
        return self.bucket.rate

    @property
    def per_minute(self) -> float:
        """The same per minute, for the log; 0 while no limit is known."""
        return round((self.rate or 0.0) * 60, 1)

    @property
    def burst(self) -> float | None:
        """Requests that the provider should accept within a second after idling; None if no limit is known."""
        if self.window.believed and self.window.limit is not None:
            return float(self.window.limit)
        return None if self.bucket.rate is None else self.bucket.depth() + self.bucket.rate

    def tick(self, now: float) -> bool:
        """Forget a learned limit that is too old. Returns True if it was forgotten now."""
        if not self.trust.old(now):
            return False
        self.bucket.drop()
        self.window.drop()
        self.trust.longest, self.trust.confirmed, self.trust.bare = math.inf, False, 0
        return True

    def wait(self, now: float) -> float:
        """Seconds until the next call should be admitted."""
        wait = self._believed(now)
        if self.bucket.stated is not None or self.rate is None:
            return wait
        held = max(0.0, self.trust.until - now)
        return held if wait > held + min(MOST_SLACK, SLACK / self.rate) else wait

    def _believed(self, now: float) -> float:
        wait = self.bucket.wait(now)
        return self.window.wait(now) if self.window.believed else wait

    def launch(self, now: float) -> bool:
        """Book a launch. Returns True if it waited for the limit."""
        self.trust.launch(now, test=self._believed(now) > 1e-6 and self.bucket.in_a_row == 0)
        self.window.launch(now)
        return self.bucket.launch(now)

    def give_back(self, launched: float) -> None:
        """Cancel a launch that never arrived."""
        self.window.give_back(launched)
        self.bucket.give_back(launched)

    def admit(self, launched: float, waited: bool, left: float) -> None:
        self.window.admit(launched)
        self.bucket.admit(launched, waited, left)
        self.trust.admit(launched)

    def reject(self, launched: float, wait: float | None, stated: float | None) -> None:
        self.window.give_back(launched)
        self.bucket.reject(launched, wait, stated)
        self.window.reject(launched, wait, stated, self.bucket.rate)
        self.trust.reject(launched, wait, self.window.count(launched))

    def learn_stated(self, now: float, rate: float, remaining: int | None) -> None:
        """Adopt a limit that the provider stated."""
        self.bucket.learn_stated(now, rate, remaining)

    def forget(self, before: RateModel, now: float) -> None:
        """Restore the state of `before`: the rejections since then were about concurrency."""
        self.bucket.forget(before.bucket, now)
        self.window.limit, self.window.believed, self.window.named = before.window.limit, before.window.believed, before.window.named
        self.trust.longest, self.trust.confirmed, self.trust.bare = before.trust.longest, before.trust.confirmed, 0

    def outlook(self, now: float, start: float, gap: float, places: int, ends: Sequence[float], service: float) -> Outlook:
        """Input of the forecast."""
        bucket = self.bucket
        bucket.refill(now)
        if self.window.believed and self.window.limit is not None:
            self.window.count(now)
            minute, limit = list(self.window.times), self.window.limit
            return Outlook(now, start, gap, places, ends, service, self.rate, minute=minute, per_minute=limit)
        if bucket.rate is None or bucket.stated is not None:
            return Outlook(now, start, gap, places, ends, service, bucket.rate, bucket.level, bucket.depth())
        level = max(bucket.level, 1.0 - bucket.rate * self.wait(now))
        return Outlook(now, start, gap, places, ends, service, max(bucket.rate, 1.0 / self.trust.longest), level, bucket.depth())

    def clear(self, now: float) -> None:
        """Reset the counts after a long pause."""
        self.bucket.clear(now)
