"""Queries for health checks and metrics: the oldest due request, queue lengths, answers since a time, the latest exchange, spending.

`own`: at communities' own services, which are counted apart, because an operator can mend nothing there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from bot.domain.request_states import RequestState
from bot.ledger.own_rows import OPERATORS
from bot.ledger.request_rows import UNFINISHED_ROWS
from bot.ledger.tables import attempts, requests, spend

_DUE_STATES = (RequestState.QUEUED.value, RequestState.CALLING.value, RequestState.COLLECTING.value)
LONGEST_LIFE = 3 * 86400.0
"""Seconds. A request submitted longer ago isn't answered anymore, so that one index is enough to find new answers."""


@dataclass(frozen=True, slots=True)
class Due:
    """An unfinished request whose turn has come."""

    id: str
    service: str
    state: str
    due_at: float
    deadline_at: float


@dataclass(frozen=True, slots=True)
class EndedCount:
    """Number of requests of one platform that ended one way."""

    platform: str
    outcome: str
    """An answer, or `refused`."""
    count: int
    own: bool = False


def oldest_due(connection: Connection, now: float, limit: int = 50, *, own: bool = False) -> Sequence[Due]:
    """Live requests that are due or being drawn, oldest first."""
    found = (
        select(requests.c.id, requests.c.service, requests.c.state, requests.c.due_at, requests.c.deadline_at)
        .where(requests.c.state.in_(_DUE_STATES), requests.c.due_at <= now, UNFINISHED_ROWS, ~OPERATORS if own else OPERATORS)
        .order_by(requests.c.due_at, requests.c.id)
        .limit(limit)
    )
    return [Due(row.id, row.service or "", row.state, row.due_at, row.deadline_at) for row in connection.execute(found)]


def live_by_state(connection: Connection) -> Mapping[str, int]:
    """Number of unfinished requests in each state."""
    rows = connection.execute(select(requests.c.state, func.count()).where(UNFINISHED_ROWS, OPERATORS).group_by(requests.c.state))
    return {row[0]: row[1] for row in rows}


def ended_between(connection: Connection, after: float, until: float) -> Sequence[EndedCount]:
    """Requests that ended after one time and not after the other, by platform and outcome."""
    outcome = func.coalesce(requests.c.answer, requests.c.state)
    rows = connection.execute(
        select(requests.c.platform, outcome, func.count(), OPERATORS.label("operators"))
        .where(requests.c.created_at > after - LONGEST_LIFE, requests.c.answered_at > after, requests.c.answered_at <= until)
        .group_by(requests.c.platform, outcome, OPERATORS)
    )
    return [EndedCount(row[0], row[1], row[2], own=not row[3]) for row in rows]


def latest_exchange(connection: Connection) -> float | None:
    """When the latest call to an image service ended; None if none has."""
    done = select(attempts.c.closed_at).join(requests, attempts.c.request_id == requests.c.id)
    done = done.where(attempts.c.closed_at.is_not(None), OPERATORS)
    row = connection.execute(done.order_by(attempts.c.opened_at.desc()).limit(1)).first()
    return None if row is None else float(row[0])


def spent_in(connection: Connection, scope: str, periods: Sequence[str]) -> Mapping[str, int]:
    """Micros spent by all owners of a scope in each of these periods."""
    rows = connection.execute(
        select(spend.c.period, func.sum(spend.c.spent)).where(spend.c.scope == scope, spend.c.period.in_(periods)).group_by(spend.c.period)
    )
    return {row[0]: int(row[1]) for row in rows}
