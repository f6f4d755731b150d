"""Deduplication of repeated deliveries: what is only said, not stored, must be said once, too.

Lives as long as the process. What changes something is also recognised by the ledger, after any restart.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field

from cachetools import FIFOCache

REMEMBERED = 5000
"""Events kept; the newest ones."""


@dataclass(slots=True)
class Deduplicator:
    """Keys of the events that were taken."""

    _taken: FIFOCache[Hashable, None] = field(default_factory=lambda: FIFOCache(REMEMBERED))

    def first(self, key: Hashable) -> bool:
        """Take an event; False when it was taken before."""
        if key in self._taken:
            return False
        self._taken[key] = None
        return True

    def forget(self, key: Hashable) -> None:
        """It was refused, so it may come again."""
        self._taken.pop(key, None)
