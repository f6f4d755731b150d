"""The one room that touches time, ids and randomness. Everybody else is handed a `Ports`; simulation hands in its own.

`now()` is wall-clock time (UTC seconds since the epoch) for what is stored and shown; `monotonic()` is for intervals within one
process life.
"""

from __future__ import annotations

import random
import secrets
import time
from typing import Protocol

_ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"


class Ports(Protocol):
    """Time, ids and randomness."""

    def now(self) -> float:
        """Wall-clock time, seconds since the epoch."""
        ...

    def monotonic(self) -> float:
        """Seconds on a clock that never goes back; only differences mean something."""
        ...

    def new_id(self) -> str:
        """A fresh unguessable id: 16 characters from a 30-letter alphabet, 78 bits, safe to read aloud."""
        ...

    def uniform(self, low: float, high: float) -> float:
        """A random number for jitter; never for secrets."""
        ...


class SystemPorts:
    """The real world."""

    def now(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()

    def new_id(self) -> str:
        return "".join(secrets.choice(_ALPHABET) for _ in range(16))

    def uniform(self, low: float, high: float) -> float:
        return random.uniform(low, high)
