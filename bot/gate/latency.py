"""Latency of successful calls, for timeouts and forecasts."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

FIRST_TIMEOUT = 120.0
ENOUGH = 5


def quantile(values: list[float], share: float) -> float:
    """Quantile of sorted values: the value below which this share lies."""
    return values[min(len(values) - 1, int(share * len(values)))]


@dataclass(slots=True)
class Latency:
    """Durations of the latest successes, in seconds."""

    cap: float
    samples: deque[float] = field(default_factory=lambda: deque(maxlen=100))

    def add(self, seconds: float) -> None:
        self.samples.append(seconds)

    def p(self, share: float) -> float | None:
        """A quantile; None before the first success."""
        return quantile(sorted(self.samples), share) if self.samples else None

    def timeout(self) -> float:
        """max(60, 2.5 p95 + 10) seconds, at most `cap`: timing out a picture that was about to arrive costs both the money and the
        picture."""
        if len(self.samples) < ENOUGH:
            return min(FIRST_TIMEOUT, self.cap)
        return min(self.cap, max(60.0, 2.5 * quantile(sorted(self.samples), 0.95) + 10.0))
