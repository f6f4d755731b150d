"""Queries on notices to operators: one row per cause, counted, and kept when it is resolved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, case, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from bot.ledger.store import Tx
from bot.ledger.tables import notices


@dataclass(frozen=True, slots=True)
class Notice:
    """One row of the ledger's `notices`."""

    cause: str
    kind: str
    count: int
    """How often it was reported since it was opened."""
    first_at: float
    last_at: float
    resolved_at: float | None
    """None while it is open."""
    facts: Mapping[str, str]


def report(tx: Tx, cause: str, kind: str, facts: Mapping[str, str]) -> None:
    """Count a cause; a resolved one opens again from one."""
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
    """Mark a cause as gone; False when it was not open."""
    return bool(
        tx.connection.execute(
            update(notices).where(notices.c.cause == cause, notices.c.resolved_at.is_(None)).values(resolved_at=tx.now)
        ).rowcount
    )


def change(tx: Tx, cause: str, facts: Mapping[str, str]) -> None:
    """Replace what is known of a cause, without counting it again."""
    tx.connection.execute(update(notices).where(notices.c.cause == cause).values(facts=dict(facts)))


def get(connection: Connection, cause: str) -> Notice | None:
    """One notice, or None."""
    row = connection.execute(select(notices).where(notices.c.cause == cause)).one_or_none()
    if row is None:
        return None
    count = int(row._mapping["count"])  # `row.count` is the tuple's method
    return Notice(row.cause, row.kind, count, row.first_at, row.last_at, row.resolved_at, row.facts)


def open_causes(connection: Connection) -> Sequence[str]:
    """Causes that are not resolved."""
    return [row.cause for row in connection.execute(select(notices.c.cause).where(notices.c.resolved_at.is_(None)))]
