"""How a provider limits: a token bucket, a sliding or a fixed minute; refused requests may cost tokens, the rate may change meanwhile."""

from __future__ import annotations

import collections
import math
from typing import Any

Scenario = dict[str, Any]


class Limiter:
    """Scenario time in seconds, rates per minute."""

    def __init__(self, scenario: Scenario) -> None:
        self.limit = scenario["limit"]
        self.kind, self.burst = self.limit.get("kind", "bucket"), self.limit["burst"]
        self.level, self.last = float(self.burst), 0.0
        self.log: collections.deque[float] = collections.deque()
        self.reject_cost = self.limit.get("reject_cost", 0.0)
        self.floor = -float(self.limit.get("reject_floor", self.burst))

    def rpm(self, t: float) -> float:
        """Requests a minute allowed at this time."""
        rate = self.limit["rpm"]
        for change in self.limit.get("changes", ()):
            if t >= change["at"]:
                rate = change["rpm"]
        return float(rate)

    def wait(self, t: float) -> float:
        """Seconds until a request can be admitted (0: now)."""
        self._advance(t)
        if self.kind == "bucket":
            return 0.0 if self.level >= 1 - 1e-9 else (1 - self.level) * 60 / self.rpm(t)
        over = len(self.log) - int(self.rpm(t))
        if over < 0:
            return 0.0
        if self.kind == "fixed":
            return 60 - t % 60
        return max(0.0, self.log[over] + 60 - t)

    def take(self, t: float) -> None:
        """Admit one."""
        if self.kind == "bucket":
            self.level -= 1
        else:
            self.log.append(t)

    def reject(self, t: float) -> None:
        """Refuse one."""
        if self.kind == "bucket" and self.reject_cost:
            self.level = max(self.floor, self.level - self.reject_cost)

    def headers(self, t: float) -> dict[str, str]:
        """As OpenAI sends them."""
        self._advance(t)
        if self.kind == "bucket":
            left, reset = max(0, int(self.level)), (self.burst - self.level) * 60 / self.rpm(t)
        else:
            left = max(0, int(self.rpm(t)) - len(self.log))
            reset = (self.log[-1] + 60 - t) if self.log else 0.0
        return {
            "x-ratelimit-limit-requests": str(int(self.rpm(t))),
            "x-ratelimit-remaining-requests": str(left),
            "x-ratelimit-reset-requests": duration(reset),
        }

    def _advance(self, t: float) -> None:
        if self.kind == "bucket":
            for cut in [c["at"] for c in self.limit.get("changes", ()) if self.last < c["at"] < t] + [t]:
                self.level = min(self.burst, self.level + (cut - self.last) * self.rpm(self.last) / 60)
                self.last = cut
        elif self.kind == "fixed":
            while self.log and self.log[0] < t - t % 60:
                self.log.popleft()
        else:
            while self.log and self.log[0] <= t - 60:
                self.log.popleft()


def duration(seconds: float) -> str:
    """`820ms`, `3.2s`, `1m4.5s`."""
    if seconds < 1:
        return f"{math.ceil(seconds * 1000)}ms"
    return f"{int(seconds // 60)}m{seconds % 60:.3g}s" if seconds >= 60 else f"{seconds:.3g}s"
