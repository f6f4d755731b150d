"""Queries on operator notices: one row per cause, counted, kept after it's resolved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, case, select, update

from bot.ledger.dialect import upsert
from bot.ledger.records import find_one, record
from bot.ledger.store import Tx
from bot.ledger.tables import notices


@dataclass(frozen=True, slots=True)
class Notice:
    cause: str
    kind: str
    count: int
    """Reports since it was opened."""
    first_at: float
    last_at: float
    resolved_at: float | None
    """None while it's open."""
    facts: Mapping[str, str]


def report(tx: Tx, cause: str, kind: str, facts: Mapping[str, str]) -> None:
    """Count a cause. A resolved one reopens, starting at one."""
    statement = upsert(notices).values(
        cause=cause, kind=kind, count=1, first_at=tx.now, last_at=tx.now, resolved_at=None, facts=dict(facts)
    )
    reopened = notices.c.resolved_at.is_not(None)
    tx.connection.execute(
        statement.on_conflict_do_update(
            index_elements=["cause"],
            set_={
                "count": case((reopened, 1), else_=notices.c.count + 1),
                "first_at": case((reopened, tx.now), else_=notices.c.first_at),
                "last_at": tx.now,
                "resolved_at": None,
                "facts": dict(facts),
                "kind": kind,
            },
        )
    )


def resolve(tx: Tx, cause: str) -> bool:
    """Mark a cause as resolved. Returns False if it wasn't open."""
    return bool(
        tx.connection.execute(
            update(notices).where(notices.c.cause == cause, notices.c.resolved_at.is_(None)).values(resolved_at=tx.now)
        ).rowcount
    )


def change(tx: Tx, cause: str, facts: Mapping[str, str]) -> None:
    """Replace the facts of a cause without counting it."""
    tx.connection.execute(update(notices).where(notices.c.cause == cause).values(facts=dict(facts)))


def get(connection: Connection, cause: str) -> Notice | None:
    return find_one(connection, select(notices).where(notices.c.cause == cause), _notice)


def _notice(row: Row[Any]) -> Notice:
    return record(Notice, row)


def open_causes(connection: Connection) -> Sequence[str]:
    return [row.cause for row in connection.execute(select(notices.c.cause).where(notices.c.resolved_at.is_(None)))]


def open_ones(connection: Connection) -> Sequence[Notice]:
    """Notices that aren't resolved, the longest open first."""
    found = select(notices).where(notices.c.resolved_at.is_(None)).order_by(notices.c.first_at, notices.c.cause)
    return [_notice(row) for row in connection.execute(found)]
