"""Rate limit model: two models of the provider's limit learn side by side, and the one that fits is obeyed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.gate.bucket import Bucket
from bot.gate.forecast import Outlook
from bot.gate.limit_trust import LimitTrust
from bot.gate.window import Window

SLACK, MOST_SLACK = 0.25, 1.0
"""Share of the time between two tokens, and seconds: an earlier request would be no test of the limit, so it waits."""


@dataclass(slots=True)
class RateModel:
    """Facade over both models; times in seconds."""

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
        """Requests that it should accept within one second after a rest."""
        if self.window.believed and self.window.limit is not None:
            return float(self.window.limit)
        return None if self.bucket.rate is None else self.bucket.depth() + self.bucket.rate

    def tick(self, now: float) -> bool:
        """Time has passed. Returns True if what was learned is too old to trust."""
        if not self.trust.old(now):
            return False
        self.bucket.drop()
        self.window.drop()
        self.trust.longest, self.trust.confirmed, self.trust.bare = math.inf, False, 0
        return True

    def wait(self, now: float) -> float:
        """Seconds until one more should be admitted."""
        wait = self._believed(now)
        if self.bucket.stated is not None or self.rate is None:
            return wait
        held = max(0.0, self.trust.until - now)
        return held if wait > held + min(MOST_SLACK, SLACK / self.rate) else wait

    def _believed(self, now: float) -> float:
        """The wait according to the model that fits."""
        wait = self.bucket.wait(now)
        return self.window.wait(now) if self.window.believed else wait

    def launch(self, now: float) -> bool:
        """A request starts. Returns True if it had to wait for the limit."""
        self.trust.launch(now, test=self._believed(now) > 1e-6 and self.bucket.in_a_row == 0)
        self.window.launch(now)
        return self.bucket.launch(now)

    def give_back(self, launched: float) -> None:
        """The request never arrived."""
        self.window.give_back(launched)
        self.bucket.give_back(launched)

    def admit(self, launched: float, waited: bool, left: float) -> None:
        """The request was admitted."""
        self.window.admit(launched)
        self.bucket.admit(launched, waited, left)
        self.trust.admit(launched)

    def refuse(self, launched: float, wait: float | None, stated: float | None) -> None:
        """The request was rejected for its rate."""
        self.window.give_back(launched)
        self.bucket.refuse(launched, wait, stated)
        self.window.refuse(launched, wait, stated, self.bucket.rate)
        self.trust.refuse(launched, wait, self.window.count(launched))

    def learn_stated(self, now: float, rate: float, remaining: int | None) -> None:
        """The provider stated its limit."""
        self.bucket.learn_stated(now, rate, remaining)

    def forget(self, before: RateModel, now: float) -> None:
        """Undo rejections since `before`, which were for another reason."""
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
        """After a long stop."""
        self.bucket.clear(now)
