"""Process clock whose wall-clock time doesn't jump when the system clock is stepped.

Waits and deadlines keep their length whatever happens to the machine's clock (NTP after boot, a person, a suspended virtual machine). Time
advances with the monotonic clock. When a step is detected, `bot.ledger.clock_rows.shift` moves every stored future time by the same amount,
and `adopt` corrects the process's time in that transaction.
"""

from __future__ import annotations

from bot.ports import Ports

TOLERATED = 1.0
"""Allowed difference in seconds. Smaller steps and NTP's gradual corrections are adopted once they add up to this."""


class SteadyPorts:
    """Ports whose `now()` advances evenly from the wall-clock time at creation."""

    def __init__(self, ports: Ports) -> None:
        self.wall = ports
        self._ahead = ports.now() - ports.monotonic()

    def now(self) -> float:
        return self.wall.monotonic() + self._ahead

    def step(self) -> float:
        """Seconds by which the wall clock has moved ahead since the last `adopt`; 0 within the tolerance."""
        seconds = self.wall.now() - self.now()
        return seconds if abs(seconds) >= TOLERATED else 0.0

    def adopt(self, seconds: float) -> None:
        """Move the process's time forward by this many seconds."""
        self._ahead += seconds

    def monotonic(self) -> float:
        return self.wall.monotonic()

    def new_id(self) -> str:
        return self.wall.new_id()

    def uniform(self, low: float, high: float) -> float:
        return self.wall.uniform(low, high)
