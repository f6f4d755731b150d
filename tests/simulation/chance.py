"""Seeded decisions: one independent random source per site and counter, so that one more draw here never changes a draw there."""

from __future__ import annotations

from random import Random


class Chance:
    """All randomness of one run. Asked twice for the same site and counter it gives the same numbers."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._counters: dict[str, int] = {}

    def at(self, site: str, counter: int | str = 0) -> Random:
        """The source for the `counter`-th decision at a site."""
        return Random(f"{self.seed}:{site}:{counter}")

    def next(self, site: str) -> Random:
        """The source for the next decision at a site."""
        number = self._counters[site] = self._counters.get(site, 0) + 1
        return self.at(site, number)
