"""The operator's own limit on pictures per minute, in addition to the provider's."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

SPAN = 60.0


@dataclass(slots=True)
class Allowance:
    """Sliding-window limit on pictures per minute; no limit if `per_minute` is None."""

    per_minute: float | None
    asked: deque[tuple[float, int]] = field(default_factory=deque)

    def wait(self, now: float, pictures: int) -> float:
        """Seconds until this many more fit. A request for more than the whole limit waits for an empty minute."""
        if self.per_minute is None:
            return 0.0
        while self.asked and self.asked[0][0] <= now - SPAN:
            self.asked.popleft()
        over = sum(count for _, count in self.asked) + pictures - max(self.per_minute, pictures)
        for time, count in self.asked:
            if over <= 0:
                break
            over -= count
            if over <= 0:
                return time + SPAN - now
        return 0.0

    def take(self, now: float, pictures: int) -> None:
        """Book the pictures of a launch."""
        if self.per_minute is not None:
            self.asked.append((now, pictures))

    def give_back(self, launched: float) -> None:
        """Cancel the booking of a launch that was rejected or never sent."""
        for index, (time, _) in enumerate(self.asked):
            if time == launched:
                del self.asked[index]
                return
