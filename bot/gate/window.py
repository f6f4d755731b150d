"""Sliding window model: at most `limit` requests in any minute. After a burst, none is admitted until its first one is a minute old."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

SPAN = 60.0
CLOSE = 1.3
"""Seconds by which a hint may differ from this model's prediction: providers round up to whole seconds."""
LONG = 10.0
"""Seconds; a shorter matching hint may be coincidence."""


@dataclass(slots=True)
class Window:
    """Believed once a rejection fits it exactly, until an admission disproves it."""

    times: deque[float] = field(default_factory=lambda: deque(maxlen=2000))
    """Launch times of calls that were or may have been admitted, oldest first."""
    limit: int | None = None
    believed: bool = False
    named: bool = False
    """The provider stated exactly this limit, so it isn't forgotten."""
    fitting: deque[float] = field(default_factory=lambda: deque(maxlen=8))
    """Launch times of silent rejections at exactly this count."""

    def count(self, now: float) -> int:
        """Admissions in the last minute."""
        while self.times and self.times[0] <= now - SPAN:
            self.times.popleft()
        return len(self.times)

    def wait(self, now: float) -> float:
        """Seconds until the next call fits."""
        count = self.count(now)
        if self.limit is None or count < self.limit:
            return 0.0
        return max(0.0, self.times[count - self.limit] + SPAN - now)

    def drop(self) -> None:
        """Forget a learned limit that is too old; keep a stated one."""
        if not self.named:
            self._reset()

    def _reset(self, limit: int | None = None) -> None:
        self.limit, self.believed, self.named = limit, False, False
        self.fitting.clear()

    def launch(self, now: float) -> None:
        self.times.append(now)

    def give_back(self, launched: float) -> None:
        """Cancel a launch that was rejected or never arrived."""
        try:
            self.times.remove(launched)
        except ValueError:
            return

    def admit(self, launched: float) -> None:
        """Book an admission. More of them in a minute than the limit disprove it."""
        if self.limit is not None and sum(1 for time in self.times if launched - SPAN < time <= launched) > self.limit:
            self._reset()

    def reject(self, launched: float, wait: float | None, stated: float | None, bucket_rate: float | None) -> None:
        """Book a rejection for the rate; its launch is already cancelled. `bucket_rate`: the bucket model's estimate per second."""
        count = self.count(launched)
        if count == 0:
            self._reset()
            return
        if self.limit is None or count < self.limit:
            self._reset(count)
        if count != self.limit:
            return
        if stated is not None:
            self.named = round(stated * SPAN) == count
            self.believed = self.believed or self.named
        elif wait is not None:
            fits = abs(self.times[0] + SPAN - launched - wait) < CLOSE
            self.believed = fits and (self.believed or wait >= LONG)
        else:
            self.fitting.append(launched)
            long = len(self.fitting) >= 3 and launched - self.fitting[0] >= LONG
            self.believed = self.believed or (long and count >= 3 and bucket_rate is not None and bucket_rate < 0.7 * count / SPAN)
