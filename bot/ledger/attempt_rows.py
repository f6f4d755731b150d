"""Queries on attempts: written before the call, closed with its outcome, recovered after a crash."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, null, select, update

from bot.domain.outcome import Billed, Outcome, Pending
from bot.domain.request_states import RequestState
from bot.domain.requests import Attempt
from bot.ledger.codec import evidence_from_json, evidence_to_json
from bot.ledger.records import find_one, record
from bot.ledger.store import Tx
from bot.ledger.tables import attempts, requests

_INSERT_ATTEMPT = insert(attempts)
_LATEST_NUMBER = select(func.max(attempts.c.number)).where(attempts.c.request_id == bindparam("request_id"))
_ATTEMPT = select(attempts).where(attempts.c.id == bindparam("id"))


def add_attempt(tx: Tx, attempt: Attempt) -> None:
    row = {
        "id": attempt.id,
        "request_id": attempt.request_id,
        "number": attempt.number,
        "epoch": attempt.epoch,
        "opened_at": attempt.opened_at,
        "wanted": attempt.wanted,
        "reserved": attempt.reserved_micros,
        "periods": [list(period) for period in attempt.periods],
        "cost": 0,
        "owner": tx.owner,
    }
    tx.connection.execute(_INSERT_ATTEMPT, row)


def close_attempt(tx: Tx, attempt_id: str, outcome: Outcome, cost: int) -> bool:
    """Record the outcome. Never fenced: a late verdict counts. Returns False, without writing, if it was closed before."""
    evidence = None if outcome.shortfall is None else evidence_to_json(outcome.shortfall)
    return bool(
        tx.connection.execute(
            update(attempts)
            .where(attempts.c.id == attempt_id, attempts.c.closed_at.is_(None))
            .values(
                closed_at=tx.now,
                billed=outcome.billed.value,
                cost=cost,
                provider_request_id=(outcome.provider_request_id or None) and outcome.provider_request_id[:120],
                status=outcome.status,
                latency=outcome.latency,
                evidence=evidence,
            )
        ).rowcount
    )


def note_task(tx: Tx, attempt_id: str, pending: Pending, cost: int | None = None) -> None:
    """Store the provider's task, so that it's polled and never submitted again, and the cost in micros if the provider stated it."""
    values: dict[str, object] = {"task_id": pending.task_id[:200], "poll_url": pending.poll_url}
    if cost is not None:
        values["cost"] = cost
    if pending.handed_to:
        values["handed_to"] = pending.handed_to
    tx.connection.execute(update(attempts).where(attempts.c.id == attempt_id).values(**values))


def note_evidence(tx: Tx, attempt_id: str, outcome: Outcome) -> None:
    """Store the provider's evidence while its task continues."""
    evidence = None if outcome.shortfall is None else evidence_to_json(outcome.shortfall)
    tx.connection.execute(update(attempts).where(attempts.c.id == attempt_id).values(evidence=evidence))


def open_attempt_of(connection: Connection, request_id: str) -> Attempt | None:
    own = select(attempts).where(attempts.c.request_id == request_id, attempts.c.closed_at.is_(None))
    return find_one(connection, own.order_by(attempts.c.number.desc()).limit(1), _attempt)


def handed_elsewhere(connection: Connection, gate_key: str) -> frozenset[str]:
    """Requests whose half-price task was handed in at another service than the one of this gate key, with whichever key."""
    here = f"{gate_key.partition('#')[0]}#"
    found = (
        select(attempts.c.request_id)
        .join(requests, attempts.c.request_id == requests.c.id)
        .where(requests.c.state == RequestState.COLLECTING.value, attempts.c.closed_at.is_(None))
        .where(attempts.c.handed_to.is_not(None), ~attempts.c.handed_to.startswith(here, autoescape=True))
    )
    return frozenset(connection.execute(found).scalars())


def open_attempts(connection: Connection) -> Sequence[Attempt]:
    return [_attempt(row) for row in connection.execute(select(attempts).where(attempts.c.closed_at.is_(None)))]


def next_number(connection: Connection, request_id: str) -> int:
    latest = connection.execute(_LATEST_NUMBER, {"request_id": request_id}).scalar()
    return 1 + int(latest or 0)


def attempt_by_id(connection: Connection, attempt_id: str) -> Attempt:
    return _attempt(connection.execute(_ATTEMPT, {"id": attempt_id}).one())


def of_request(connection: Connection, request_id: str) -> Sequence[Attempt]:
    """The attempts of a request, oldest first."""
    rows = connection.execute(select(attempts).where(attempts.c.request_id == request_id).order_by(attempts.c.number))
    return [_attempt(row) for row in rows]


def attempted_at(connection: Connection, at: float, *, slack: float, longest: float) -> bool:
    """Whether an attempt was in progress at that time, within `slack` seconds; ignores attempts longer than `longest`."""
    opened, closed = attempts.c.opened_at, attempts.c.closed_at
    under_way = select(attempts.c.id).where(opened.between(at - longest, at + slack), closed.is_(None) | (closed >= at - slack))
    return connection.execute(under_way.order_by(opened.desc()).limit(1)).first() is not None


def cost_of(connection: Connection, request_ids: Sequence[str]) -> int:
    """Total cost of the calls of these requests, in micros."""
    return int(
        connection.execute(select(func.coalesce(func.sum(attempts.c.cost), 0)).where(attempts.c.request_id.in_(request_ids))).scalar_one()
    )


def oldest_attempt(connection: Connection) -> float | None:
    """When the first attempt was opened; None if there is none."""
    oldest = connection.execute(select(func.min(attempts.c.opened_at))).scalar()
    return None if oldest is None else float(oldest)


def remove_evidence(tx: Tx, *, since: float, until: float) -> None:
    """Delete the provider's raw answers of attempts opened in this period."""
    tx.connection.execute(update(attempts).where(attempts.c.opened_at >= since, attempts.c.opened_at <= until).values(evidence=null()))


def remove_evidence_of(tx: Tx, request_id: str) -> None:
    """Delete the provider's raw answers about a request, which may echo the prompt."""
    tx.connection.execute(update(attempts).where(attempts.c.request_id == request_id).values(evidence=None))


def _attempt(row: Row[Any]) -> Attempt:
    return record(
        Attempt,
        row,
        reserved_micros=row.reserved,
        billed=None if row.billed is None else Billed(row.billed),
        cost_micros=row.cost,
        handed_to=row.handed_to or "",
        periods=tuple((scope, owner, period) for scope, owner, period in row.periods),
        evidence=evidence_from_json(row.evidence) if row.evidence else None,
    )
