"""Deduplication of repeated deliveries within a process, for answers that aren't stored.

For changes, the ledger deduplicates across restarts.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field

from cachetools import FIFOCache

CACHE_SIZE = 5000
"""Maximum number of events to keep; the latest ones."""


@dataclass(slots=True)
class Deduplicator:
    """Keys of handled events."""

    _taken: FIFOCache[Hashable, None] = field(default_factory=lambda: FIFOCache(CACHE_SIZE))

    def first(self, key: Hashable) -> bool:
        """Handle an event. Returns False if it was handled before."""
        if key in self._taken:
            return False
        self._taken[key] = None
        return True

    def forget(self, key: Hashable) -> None:
        """Forget an event that was rejected, so that it may come again."""
        self._taken.pop(key, None)
