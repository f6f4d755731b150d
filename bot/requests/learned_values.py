"""What the bot has learned about a model at a service, for a week: services change, so older results are tried again."""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from bot.ledger import memory_rows
from bot.ledger.store import Tx

LEARNED_FOR = 7 * 86400.0


class Learned(StrEnum):
    """What was learned; stored as part of the key."""

    PER_CALL = "per_call"
    LEFT_OUT = "left_out"


def recall(connection: Connection, what: Learned, service: str, model: str, now: float) -> Any | None:
    """The stored value; None if nothing was learned within the last week."""
    kept = memory_rows.recall(connection, _key(what, service, model))
    return None if kept is None or now - kept[1] >= LEARNED_FOR else kept[0]


def remember(tx: Tx, what: Learned, service: str, model: str, value: object) -> None:
    memory_rows.remember(tx, _key(what, service, model), value)


def _key(what: Learned, service: str, model: str) -> str:
    return f"{what}:" + hashlib.sha256(f"{service}\n{model}".encode()).hexdigest()[:32]
