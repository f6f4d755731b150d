"""Small JSON values that a restart must not lose, each under a key: what the gate has learned, when something was last done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert as upsert

from bot.ledger.store import Tx
from bot.ledger.tables import memory

GATE = "gate:"
"""Before the key of a gate; its value is what that gate has learned."""


def remember(tx: Tx, key: str, value: object) -> None:
    """Keep a small JSON value."""
    statement = upsert(memory).values(key=key, value=value, saved_at=tx.now)
    tx.connection.execute(statement.on_conflict_do_update(index_elements=["key"], set_={"value": value, "saved_at": tx.now}))


def recall(connection: Connection, key: str) -> tuple[Any, float] | None:
    """A small JSON value with the time at which it was kept."""
    row = connection.execute(select(memory).where(memory.c.key == key)).one_or_none()
    return None if row is None else (row.value, float(row.saved_at))


def forget(tx: Tx, key: str) -> None:
    """Drop a value; nothing happens where there is none."""
    tx.connection.execute(delete(memory).where(memory.c.key == key))


def keys(connection: Connection, prefix: str) -> Sequence[str]:
    """The keys that begin with `prefix`, in order, without it."""
    found = connection.execute(select(memory.c.key).where(memory.c.key.startswith(prefix, autoescape=True)).order_by(memory.c.key))
    return [str(row.key).removeprefix(prefix) for row in found]


def remember_gate(tx: Tx, gate_key: str, learned: Mapping[str, object]) -> None:
    """Keep what a gate has learned, so that a restart does not learn it by rejections."""
    remember(tx, GATE + gate_key, dict(learned))


def recall_gate(connection: Connection, gate_key: str) -> tuple[Any, float] | None:
    """What a gate had learned, with the time at which it was kept."""
    return recall(connection, GATE + gate_key)


def salt(tx: Tx) -> str:
    """What members' ids are hashed with for the service; made once."""
    known = recall(tx.connection, "salt")
    if known is not None:
        return str(known[0])
    made = tx.new_id() + tx.new_id()
    remember(tx, "salt", made)
    return made
