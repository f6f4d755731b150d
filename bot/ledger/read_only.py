"""Read-only access to a ledger for commands beside a running bot. Readers take no lock that would delay a writer."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Select, create_engine, func, literal_column, select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import StaticPool

from bot.domain.failure import UNSURE
from bot.ledger.dialect import json_float, json_text
from bot.ledger.files import connect
from bot.ledger.server import LedgerServer, Where
from bot.ledger.store import LedgerProblem, explain
from bot.ledger.tables import attempts, cases, pictures, spend
from bot.ledger.tables import requests as _r
from bot.texts import text

T = TypeVar("T")
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RequestFilter:
    """Filter for requests; None matches everything."""

    state: str | None = None
    answer: str | None = None
    kind: str | None = None
    """Kind of the last failure."""
    unsure: bool = False
    """Only requests whose last failure was recognised with less than an even chance."""
    person: str | None = None
    community: str | None = None
    platform: str | None = None
    since: float | None = None
    """Wall-clock time; only requests submitted since then."""


def look(where: Where, fn: Callable[[Connection], T]) -> T:
    """Run `fn` on a consistent snapshot of the ledger. Raises LedgerProblem with a complete sentence."""
    if isinstance(where, LedgerServer):
        from bot.ledger.postgres import look_at_server  # imported here so that only those who use it pay for it

        return look_at_server(where, fn)
    engine = create_engine("sqlite://", creator=lambda: connect(where, read_only=True), poolclass=StaticPool)
    try:
        with engine.connect() as connection:
            connection.execute(select(cases.c.number).limit(1))
            return fn(connection)
    except DatabaseError as error:
        raise _problem(error.orig, where) from error
    finally:
        engine.dispose()


_MADE = (
    select(func.count())
    .select_from(pictures)
    .where(pictures.c.request_id == _r.c.id, pictures.c.change.is_(None))
    .scalar_subquery()
    .label("pictures")
)
"""Without those that were changed here."""
_COST = select(func.coalesce(func.sum(attempts.c.cost), 0)).where(attempts.c.request_id == _r.c.id).scalar_subquery()


def is_there(where: Where) -> bool:
    """Whether there is a ledger to look into. A server is asked when it's looked into."""
    return isinstance(where, LedgerServer) or where.exists()


def requests(where: Where, wanted: RequestFilter, limit: int) -> Sequence[Row]:
    """Matching requests, newest first, with their cost and number of pictures, without those that were changed here."""
    kind = json_text(_r.c.failure, "kind")
    columns = (
        (_r.c.state, wanted.state),
        (_r.c.answer, wanted.answer),
        (_r.c.platform, wanted.platform),
        (_r.c.community, wanted.community),
        (_r.c.person, wanted.person),
        (kind, wanted.kind),
    )
    matching = [column == value for column, value in columns if value is not None]
    if wanted.unsure:
        matching.append(json_float(_r.c.failure, "confidence") < UNSURE)
    if wanted.since is not None:
        matching.append(_r.c.created_at >= wanted.since)
    shown = ("platform", "community", "person", "person_name", "model", "size", "quality", "count", "private", "attempts", "unbilled_tries")
    found = select(
        *(_r.c.id, _r.c.created_at, _r.c.state, _r.c.answer, kind.label("failure"), json_text(_r.c.refusal, "reason").label("refusal")),
        *(_r.c[name].label(name) for name in (*shown, "answered_at", "parent", "prompt")),
        *(_COST.label("cost_micros"), _MADE),
    )
    return _rows(where, found.where(*matching).order_by(_r.c.created_at.desc(), _r.c.id).limit(limit))


def spending(where: Where, scope: str, limit: int, *, months: bool) -> Sequence[Row]:
    """Amounts spent and reserved in a scope, by day or month, newest first."""
    c = spend.c
    period = func.substr(c.period, literal_column("2")).label("period")
    found = select(period, c.owner, c.spent.label("spent_micros"), c.reserved.label("reserved_micros"), c.pictures)
    some = (c.spent != 0) | (c.reserved != 0) | (c.pictures != 0)
    matching = found.where(c.scope == scope, c.period.like("m%" if months else "d%"), some)
    return _rows(where, matching.order_by(c.period.desc(), c.spent.desc(), c.owner).limit(limit))


def request_by_any_id(where: Where, asked: str) -> Row | None:
    """A request by its own id, or by the image service's id of one of its attempts: the whole row, and its number of pictures, as above."""
    known = select(attempts.c.request_id).where(attempts.c.provider_request_id == asked)
    return next(iter(_rows(where, select(_r, _MADE).where((_r.c.id == asked) | _r.c.id.in_(known)))), None)


def attempts_of(where: Where, request_id: str) -> Sequence[Row]:
    """A request's attempt rows, oldest first, with the number of pictures of each."""
    brought = select(func.count()).select_from(pictures).where(pictures.c.attempt_id == attempts.c.id).scalar_subquery().label("pictures")
    return _rows(where, select(attempts, brought).where(attempts.c.request_id == request_id).order_by(attempts.c.number))


def count_if_sound(file: Path) -> int:
    """Number of requests in a copy that passes SQLite's integrity check. Raises sqlite3.DatabaseError otherwise."""
    connection = connect(file, read_only=True)
    try:
        if connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise sqlite3.DatabaseError
        return int(connection.execute("SELECT count(*) FROM requests").fetchone()[0])
    finally:
        connection.close()


def picture_hashes(where: Where) -> set[str]:
    """Hashes of all pictures that some request shows."""
    return {row["sha256"] for row in _rows(where, select(pictures.c.sha256).distinct())}


def take_write_lock(file: Path, timeout: float) -> None:
    """Begin a write transaction and roll it back. A running bot holds that lock for milliseconds; anything longer delays the bot. Raises
    sqlite3.DatabaseError."""
    connection = sqlite3.connect(file, timeout=timeout, isolation_level=None)
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    finally:
        connection.close()


def _rows(where: Where, found: Select[Any]) -> Sequence[Row]:
    return look(where, lambda connection: [dict(row) for row in connection.execute(found).mappings()])


def _problem(error: BaseException | None, file: Path) -> LedgerProblem:
    empty = "no such table" in str(error)
    return LedgerProblem(text("operator.database_empty", file=file) if empty else explain(error, file))
