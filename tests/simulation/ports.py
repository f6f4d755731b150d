"""The simulated twin of `bot.ports`: virtual time with a wall clock that may jump, and ids and jitter from the seed."""

from __future__ import annotations

from random import Random

from tests.simulation.loop import SimLoop

EPOCH = 1_800_000_000.0
"""2027-01-15 08:00 UTC: far from the ends of its day and month."""
_ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"


class Clock:
    """The machine's wall clock: it outlives the process, and it can be set."""

    def __init__(self, loop: SimLoop) -> None:
        self._loop = loop
        self.skew = 0.0

    def now(self) -> float:
        return EPOCH + self._loop.time() + self.skew


class SimPorts:
    """Implements bot.ports.Ports for one life."""

    def __init__(self, loop: SimLoop, clock: Clock, chance: Random) -> None:
        self._loop, self._clock, self._chance = loop, clock, chance
        self._born = loop.time()

    def now(self) -> float:
        return self._clock.now()

    def monotonic(self) -> float:
        return self._loop.time() - self._born

    def new_id(self) -> str:
        return "".join(self._chance.choice(_ALPHABET) for _ in range(16))

    def uniform(self, low: float, high: float) -> float:
        return self._chance.uniform(low, high)
