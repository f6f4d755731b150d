"""What a process does. One process does everything, unless several share a ledger on a server."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class ProcessRole(StrEnum):
    CHAT = "chat"
    """Holds the connections to the platforms and sends messages."""
    WORK = "work"
    """Makes the calls of the image service, and decodes pictures."""
    GATE = "gate"
    """May be elected to decide which call starts next. Only one process at a time does."""


ALL = frozenset(ProcessRole)


def written(roles: Iterable[ProcessRole]) -> str:
    """As they are stored and typed, in a fixed order."""
    kept = set(roles)
    return ",".join(role.value for role in ProcessRole if role in kept)


def read(value: str) -> frozenset[ProcessRole]:
    """The roles in a comma-separated list. Raises ValueError with the name that is none."""
    return frozenset(ProcessRole(part) for one in value.split(",") if (part := one.strip().lower()))
