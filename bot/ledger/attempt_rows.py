"""Queries on attempts: written before the call, closed by what the provider said, found again after a crash."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, null, select, update

from bot.domain.outcome import Billed, Outcome, Pending
from bot.domain.requests import Attempt
from bot.ledger.codec import evidence_from_json, evidence_to_json
from bot.ledger.store import Tx
from bot.ledger.tables import attempts

_INSERT_ATTEMPT = insert(attempts)
_ATTEMPT = select(attempts).where(attempts.c.id == bindparam("id"))


def add_attempt(tx: Tx, attempt: Attempt) -> None:
    """Write an attempt before its call."""
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
    }
    tx.connection.execute(_INSERT_ATTEMPT, row)


def close_attempt(tx: Tx, attempt_id: str, outcome: Outcome, cost: int) -> bool:
    """Write what the provider said. Never fenced: a late verdict counts. False when it was closed before (then nothing is written)."""
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


def note_task(tx: Tx, attempt_id: str, pending: Pending) -> None:
    """Remember the provider's task so that it is polled, never submitted again."""
    tx.connection.execute(
        update(attempts).where(attempts.c.id == attempt_id).values(task_id=pending.task_id[:200], poll_url=pending.poll_url)
    )


def note_evidence(tx: Tx, attempt_id: str, outcome: Outcome) -> None:
    """Keep what the provider said while its task goes on."""
    evidence = None if outcome.shortfall is None else evidence_to_json(outcome.shortfall)
    tx.connection.execute(update(attempts).where(attempts.c.id == attempt_id).values(evidence=evidence))


def open_attempt_of(connection: Connection, request_id: str) -> Attempt | None:
    """The one attempt that has not been closed."""
    row = connection.execute(
        select(attempts)
        .where(attempts.c.request_id == request_id, attempts.c.closed_at.is_(None))
        .order_by(attempts.c.number.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else _attempt(row)


def open_attempts(connection: Connection) -> Sequence[Attempt]:
    """All attempts that have not been closed."""
    return [_attempt(row) for row in connection.execute(select(attempts).where(attempts.c.closed_at.is_(None)))]


def attempt_by_id(connection: Connection, attempt_id: str) -> Attempt:
    """One attempt; it exists."""
    return _attempt(connection.execute(_ATTEMPT, {"id": attempt_id}).one())


def attempted_at(connection: Connection, at: float, *, slack: float, longest: float) -> bool:
    """Whether an attempt was under way at that time, give or take `slack` seconds; none is looked for that took longer than `longest`."""
    opened, closed = attempts.c.opened_at, attempts.c.closed_at
    under_way = select(attempts.c.id).where(opened.between(at - longest, at + slack), closed.is_(None) | (closed >= at - slack))
    return connection.execute(under_way.order_by(opened.desc()).limit(1)).first() is not None


def cost_of(connection: Connection, request_ids: Sequence[str]) -> int:
    """What the exchanges of these requests cost together, in micros."""
    return int(
        connection.execute(select(func.coalesce(func.sum(attempts.c.cost), 0)).where(attempts.c.request_id.in_(request_ids))).scalar_one()
    )


def oldest_attempt(connection: Connection) -> float | None:
    """When the first attempt of all was opened; None before there is one."""
    oldest = connection.execute(select(func.min(attempts.c.opened_at))).scalar()
    return None if oldest is None else float(oldest)


def remove_evidence(tx: Tx, *, after: float, until: float) -> None:
    """Empty what the service said in attempts that were opened within this time."""
    tx.connection.execute(update(attempts).where(attempts.c.opened_at > after, attempts.c.opened_at <= until).values(evidence=null()))


def remove_evidence_of(tx: Tx, request_id: str) -> None:
    """Empty what the service said about a request: it may echo the prompt."""
    tx.connection.execute(update(attempts).where(attempts.c.request_id == request_id).values(evidence=None))


def _attempt(row: Row[Any]) -> Attempt:
    return Attempt(
        id=row.id,
        request_id=row.request_id,
        number=row.number,
        epoch=row.epoch,
        opened_at=row.opened_at,
        wanted=row.wanted,
        reserved_micros=row.reserved,
        closed_at=row.closed_at,
        billed=None if row.billed is None else Billed(row.billed),
        cost_micros=row.cost,
        task_id=row.task_id,
        poll_url=row.poll_url,
        provider_request_id=row.provider_request_id,
        status=row.status,
        periods=tuple((scope, owner, period) for scope, owner, period in row.periods),
        evidence=evidence_from_json(row.evidence) if row.evidence else None,
    )
