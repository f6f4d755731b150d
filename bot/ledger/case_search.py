"""Search for the operator's commands: cases and audit log entries that match a filter, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, select

from bot.domain.case_states import WAITING
from bot.ledger.case_rows import Case, Step, as_case, as_step
from bot.ledger.tables import audit, cases

GROUPS = ("waiting", "closed")
"""Groups of states that a filter accepts besides single states."""


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Filter for cases; None matches everything."""

    state: str | None = None
    """A value of `CaseState`, or one of GROUPS."""
    kind: str | None = None
    person: str | None = None
    decided_by: str | None = None
    community: str | None = None
    platform: str | None = None
    since: float | None = None
    """Wall-clock time; only cases opened since then."""


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Filter for audit log entries; None matches everything."""

    outcome: str | None = None
    actor: str | None = None
    community: str | None = None
    since: float | None = None
    """Wall-clock time; only steps since then."""


def matching(connection: Connection, wanted: CaseFilter, limit: int) -> Sequence[Case]:
    named = ((name, getattr(wanted, name)) for name in ("kind", "person", "decided_by", "community", "platform"))
    where: list[ColumnElement[bool]] = [cases.c[name] == value for name, value in named if value is not None]
    if wanted.state is not None:
        waiting = cases.c.state.in_([one.value for one in WAITING])
        where.append({"waiting": waiting, "closed": ~waiting}.get(wanted.state, cases.c.state == wanted.state))
    if wanted.since is not None:
        where.append(cases.c.opened_at >= wanted.since)
    return [as_case(row) for row in connection.execute(select(cases).where(*where).order_by(cases.c.number.desc()).limit(limit))]


def steps(connection: Connection, wanted: AuditFilter, limit: int) -> Sequence[Step]:
    """Matching audit log entries, newest first."""
    named = ((name, getattr(wanted, name)) for name in ("outcome", "actor", "community"))
    where: list[ColumnElement[bool]] = [audit.c[name] == value for name, value in named if value is not None]
    if wanted.since is not None:
        where.append(audit.c.at >= wanted.since)
    return [as_step(row) for row in connection.execute(select(audit).where(*where).order_by(audit.c.seq.desc()).limit(limit))]
