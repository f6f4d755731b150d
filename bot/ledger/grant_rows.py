"""Queries on grants: calls that the elected gate lets start, on their way to the process that makes them, and back with the verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from bot.ledger.process_rows import _LIVE_IDS, GATE, token_of
from bot.ledger.store import Tx
from bot.ledger.tables import grants


@dataclass(frozen=True, slots=True)
class StoredGrant:
    """One grant."""

    id: str
    request_id: str
    service: str
    token: int
    """Fencing token of the gate that gave it."""
    number: int
    """The gate's own number."""
    timeout: float
    probe: bool
    granted_at: float
    owner: str
    """The process that it's meant for, or that took it."""
    taken: bool
    verdict: Mapping[str, Any] | None


def add(tx: Tx, rows: Iterable[StoredGrant]) -> None:
    """Hand out grants."""
    for row in rows:
        values = {name: getattr(row, name) for name in StoredGrant.__dataclass_fields__}
        tx.connection.execute(insert(grants).values(**values))


def waiting(connection: Connection) -> Sequence[StoredGrant]:
    """Grants that nobody has taken, oldest first."""
    found = connection.execute(select(grants).where(grants.c.taken.is_(False)).order_by(grants.c.granted_at, grants.c.id))
    return [_row(row) for row in found]


def all_of(connection: Connection) -> Sequence[StoredGrant]:
    """All grants, oldest first."""
    return [_row(row) for row in connection.execute(select(grants).order_by(grants.c.granted_at, grants.c.id))]


def claim(tx: Tx, grant_id: str) -> bool:
    """Take a grant, unless somebody was faster or its gate was replaced."""
    current = token_of(tx.connection, GATE)
    mine = update(grants).where(grants.c.id == grant_id, grants.c.taken.is_(False), grants.c.token == current)
    return bool(tx.connection.execute(mine.values(taken=True, owner=tx.owner)).rowcount)


def give_verdict(tx: Tx, grant_id: str, verdict: Mapping[str, Any]) -> None:
    """What the gate learns from the call."""
    tx.connection.execute(update(grants).where(grants.c.id == grant_id).values(verdict=dict(verdict)))


def remove(tx: Tx, ids: Iterable[str]) -> None:
    """The gate knows what it wanted to know."""
    tx.connection.execute(delete(grants).where(grants.c.id.in_(list(ids))))


def withdraw(tx: Tx) -> None:
    """Remove what another gate granted and nobody took."""
    tx.connection.execute(delete(grants).where(grants.c.taken.is_(False)))


def abandoned(connection: Connection) -> frozenset[str]:
    """Grants taken by a process that is gone, without a verdict."""
    lost = select(grants.c.id).where(grants.c.taken, grants.c.verdict.is_(None), grants.c.owner.not_in(_LIVE_IDS))
    return frozenset(connection.execute(lost).scalars())


def _row(row: Any) -> StoredGrant:
    return StoredGrant(**{name: row._mapping[name] for name in StoredGrant.__dataclass_fields__})
