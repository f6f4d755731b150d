"""Small JSON values that must survive a restart, by key: the gate's learned limits, times of last runs."""

from __future__ import annotations

import hashlib
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select

from bot.domain.own_services import VAULT, is_own
from bot.ledger import vault_rows
from bot.ledger.records import find_one, replace_row
from bot.ledger.store import Tx
from bot.ledger.tables import memory

GATE = "gate:"
"""Key prefix of a gate's learned limits."""
_LONGEST = 120
"""Characters of a key, as in `tables.memory`."""
_RECALL = select(memory).where(memory.c.key == bindparam("key"))


def remember(tx: Tx, key: str, value: object) -> None:
    replace_row(tx.connection, memory, {"key": key}, {"value": value, "saved_at": tx.now})


def recall(connection: Connection, key: str) -> tuple[Any, float] | None:
    """A stored JSON value and the time when it was stored, or None."""
    return find_one(connection, _RECALL, lambda row: (row.value, float(row.saved_at)), {"key": key})


def forget(tx: Tx, key: str) -> None:
    tx.connection.execute(delete(memory).where(memory.c.key == key))


def keys(connection: Connection, prefix: str) -> Sequence[str]:
    """Sorted keys that begin with `prefix`, without the prefix."""
    found = connection.execute(select(memory.c.key).where(memory.c.key.startswith(prefix, autoescape=True)).order_by(memory.c.key))
    return [str(row.key).removeprefix(prefix) for row in found]


def remember_gate(tx: Tx, gate_key: str, learned: Mapping[str, object]) -> None:
    """Store a gate's learned limits, so that a restart doesn't have to learn them from rejections. A gate of a community's service outlives
    its key for a moment: nothing is stored then."""
    if _is_communitys(gate_key) and vault_rows.get(tx.connection, VAULT, gate_key, tx.now) is None:
        return
    remember(tx, _of_gate(gate_key), dict(learned))


def forget_own_gates(tx: Tx, kept: Container[str]) -> None:
    """Delete what the gates of communities' services had learned, except of those with these names."""
    for name in keys(tx.connection, GATE):
        if _is_communitys(name) and name not in kept:
            forget(tx, GATE + name)


def _is_communitys(gate_key: str) -> bool:
    """Whether a gate key is the name of a community's service; an operator's has a host, which may begin like one, and a `#`."""
    return is_own(gate_key) and "#" not in gate_key


@dataclass(frozen=True, slots=True)
class GateMemory:
    """What a gate had learned; nothing if no gate has stored anything."""

    learned: Mapping[str, Any] | None = None
    stored_at: float = 0.0

    def age(self, now: float) -> float:
        """Seconds since it was stored."""
        return 0.0 if self.learned is None else max(0.0, now - self.stored_at)


def recall_gate(connection: Connection, gate_key: str) -> GateMemory:
    kept = recall(connection, _of_gate(gate_key))
    return GateMemory() if kept is None else GateMemory(*kept)


def _of_gate(gate_key: str) -> str:
    """Key of a gate's memory; a host's name may be longer than a key."""
    key = GATE + gate_key
    return key if len(key) <= _LONGEST else GATE + hashlib.sha256(gate_key.encode()).hexdigest()


def salt(tx: Tx) -> str:
    """Salt for the member hashes sent to the service; created once."""
    known = recall(tx.connection, "salt")
    if known is not None:
        return str(known[0])
    made = tx.new_id() + tx.new_id()
    remember(tx, "salt", made)
    return made
