"""Queries on grants, by which the leader's gate hands calls to workers, and verdicts, by which it learns their results."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from bot.ledger.process_rows import _LIVE_IDS, GATE, token_of
from bot.ledger.records import record
from bot.ledger.store import Tx
from bot.ledger.tables import grants


@dataclass(frozen=True, slots=True)
class StoredGrant:
    id: str
    request_id: str
    service: str
    token: int
    """Fencing token of the leader that made it."""
    number: int
    """`Grant.id` within the leader's gate."""
    timeout: float
    probe: bool
    granted_at: float
    owner: str
    """Process that it's assigned to; once taken, the process that took it."""
    taken: bool
    verdict: Mapping[str, Any] | None


def add(tx: Tx, rows: Iterable[StoredGrant]) -> None:
    for row in rows:
        tx.connection.execute(insert(grants).values(**dataclasses.asdict(row)))


def waiting(connection: Connection) -> Sequence[StoredGrant]:
    """Untaken grants, oldest first."""
    found = connection.execute(select(grants).where(grants.c.taken.is_(False)).order_by(grants.c.granted_at, grants.c.id))
    return [record(StoredGrant, row) for row in found]


def all_of(connection: Connection) -> Sequence[StoredGrant]:
    """All grants, oldest first."""
    return [record(StoredGrant, row) for row in connection.execute(select(grants).order_by(grants.c.granted_at, grants.c.id))]


def claim(tx: Tx, grant_id: str) -> bool:
    """Take a grant. Returns False if another process took it or a new leader has been elected."""
    current = token_of(tx.connection, GATE)
    mine = update(grants).where(grants.c.id == grant_id, grants.c.taken.is_(False), grants.c.token == current)
    return bool(tx.connection.execute(mine.values(taken=True, owner=tx.owner)).rowcount)


def give_verdict(tx: Tx, grant_id: str, verdict: Mapping[str, Any]) -> None:
    """Store the call's verdict for the leader."""
    tx.connection.execute(update(grants).where(grants.c.id == grant_id).values(verdict=dict(verdict)))


def remove(tx: Tx, ids: Iterable[str]) -> None:
    """Delete grants whose verdict the leader has read."""
    tx.connection.execute(delete(grants).where(grants.c.id.in_(list(ids))))


def withdraw(tx: Tx) -> None:
    """Delete the untaken grants of the previous leader."""
    tx.connection.execute(delete(grants).where(grants.c.taken.is_(False)))


def abandoned(connection: Connection) -> frozenset[str]:
    """Taken grants without a verdict whose process is dead."""
    lost = select(grants.c.id).where(grants.c.taken, grants.c.verdict.is_(None), grants.c.owner.not_in(_LIVE_IDS))
    return frozenset(connection.execute(lost).scalars())
