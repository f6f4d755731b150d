"""Ports for time, ids and randomness. All other code receives a `Ports`; the simulation passes its own.

`now()` is wall-clock time (seconds since the epoch, UTC) for stored and displayed times; `monotonic()` measures intervals within one
process.
"""

from __future__ import annotations

import random
import secrets
import time
from typing import Protocol

_ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"
_LENGTH = 16
_IDS = len(_ALPHABET) ** _LENGTH


class Ports(Protocol):
    """Time, ids and randomness."""

    def now(self) -> float:
        """Wall-clock time, seconds since the epoch."""
        ...

    def monotonic(self) -> float:
        """Seconds on a clock that never goes back; only differences are meaningful."""
        ...

    def new_id(self) -> str:
        """A new unguessable id: 16 characters from a 30-letter alphabet (78 bits), safe to read aloud."""
        ...

    def uniform(self, low: float, high: float) -> float:
        """A random number for jitter; not for secrets."""
        ...


class SystemPorts:
    """System clock, secrets and random numbers."""

    def now(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()

    def new_id(self) -> str:
        number = secrets.randbelow(_IDS)  # one question to the system instead of sixteen
        letters = []
        for _ in range(_LENGTH):
            number, digit = divmod(number, len(_ALPHABET))
            letters.append(_ALPHABET[digit])
        return "".join(letters)

    def uniform(self, low: float, high: float) -> float:
        return random.uniform(low, high)
