"""How fast requests may follow each other: two models of the provider's limit learn side by side, and the one that fits is obeyed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.gate.bucket import Bucket
from bot.gate.forecast import Outlook
from bot.gate.window import Window


@dataclass(slots=True)
class RateModel:
    """Facade over the models; times in seconds."""

    bucket: Bucket = field(default_factory=Bucket)
    window: Window = field(default_factory=Window)

    @property
    def known(self) -> bool:
        """Whether a limit was met or named."""
        return self.bucket.rate is not None

    @property
    def rate(self) -> float | None:
        """Requests a second believed in."""
        if self.window.believed and self.window.limit is not None:
            return self.window.limit / 60.0
        return self.bucket.rate

    @property
    def burst(self) -> float | None:
        """Requests it should take within one second after a rest."""
        if self.window.believed and self.window.limit is not None:
            return float(self.window.limit)
        return None if self.bucket.rate is None else self.bucket.depth() + self.bucket.rate

    def wait(self, now: float) -> float:
        """Seconds until one more should be let in."""
        wait = self.bucket.wait(now)
        return self.window.wait(now) if self.window.believed else wait

    def launch(self, now: float) -> bool:
        """One goes out; True when it had to wait for its turn at the limit."""
        self.window.launch(now)
        return self.bucket.launch(now)

    def give_back(self, launched: float) -> None:
        """It never arrived."""
        self.window.give_back(launched)
        self.bucket.give_back(launched)

    def admit(self, launched: float, waited: bool, left: float) -> None:
        """It was let in."""
        self.window.admit(launched)
        self.bucket.admit(launched, waited, left)

    def refuse(self, launched: float, wait: float | None, told: float | None) -> None:
        """It was refused for the rate."""
        self.window.give_back(launched)
        self.bucket.refuse(launched, wait, told)
        self.window.refuse(launched, wait, told, self.bucket.rate)

    def hear(self, now: float, rate: float, remaining: int | None) -> None:
        """The provider named its limit."""
        self.bucket.hear(now, rate, remaining)

    def forget(self, before: RateModel, now: float) -> None:
        """The refusals since `before` were for something else."""
        self.bucket.forget(before.bucket, now)
        self.window.limit, self.window.believed = before.window.limit, before.window.believed

    def outlook(self, now: float, start: float, gap: float, places: int, ends: Sequence[float], service: float) -> Outlook:
        """For the forecast."""
        bucket = self.bucket
        bucket.refill(now)
        if self.window.believed and self.window.limit is not None:
            self.window.count(now)
            minute, limit = list(self.window.times), self.window.limit
            return Outlook(now, start, gap, places, ends, service, self.rate, minute=minute, per_minute=limit)
        return Outlook(now, start, gap, places, ends, service, bucket.rate, bucket.level, bucket.depth())

    def clear(self, now: float) -> None:
        """After a long stop."""
        self.bucket.clear(now)
