"""Deliveries of one command, press or mention that came before: what is only said, not stored, must be said once, too.

Lives as long as the process. What changes something is also recognised by the ledger, after any restart.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

REMEMBERED = 5000
"""Events kept; the newest ones."""


@dataclass(slots=True)
class Deduplicator:
    """Keys of the events that were taken."""

    _taken: OrderedDict[str, None] = field(default_factory=OrderedDict)

    def first(self, key: str) -> bool:
        """Take an event; False when it was taken before."""
        if key in self._taken:
            return False
        self._taken[key] = None
        if len(self._taken) > REMEMBERED:
            self._taken.popitem(last=False)
        return True

    def forget(self, key: str) -> None:
        """It was refused, so it may come again."""
        self._taken.pop(key, None)
