"""A process's own clock: wall-clock times that a step of the wall clock does not change.

Whatever is done to the machine's clock (NTP after a boot, a person, a virtual machine that slept), a wait and a deadline last as long as
was said. The process's time goes on by the monotonic clock; once the step has been seen, `bot.ledger.clock_rows.shift` moves every stored
time that is still ahead by the same amount, and `adopt` makes the process's time right again in that very transaction.
"""

from __future__ import annotations

from bot.ports import Ports

TOLERATED = 1.0
"""Seconds by which the two may differ; smaller steps, and the slow corrections of NTP, are taken when they have come to this."""


class SteadyPorts:
    """Ports whose `now()` runs evenly from the wall-clock time at which it was made."""

    def __init__(self, ports: Ports) -> None:
        self.wall = ports
        self._ahead = ports.now() - ports.monotonic()

    def now(self) -> float:
        return self.wall.monotonic() + self._ahead

    def step(self) -> float:
        """Seconds by which the wall clock was put forward since it was last adopted; 0 within what is tolerated."""
        seconds = self.wall.now() - self.now()
        return seconds if abs(seconds) >= TOLERATED else 0.0

    def adopt(self, seconds: float) -> None:
        """Go on with a time that is this much later."""
        self._ahead += seconds

    def monotonic(self) -> float:
        return self.wall.monotonic()

    def new_id(self) -> str:
        return self.wall.new_id()

    def uniform(self, low: float, high: float) -> float:
        return self.wall.uniform(low, high)
