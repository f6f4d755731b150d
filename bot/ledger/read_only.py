"""Read-only access to a ledger file for commands beside a running bot. WAL readers take no lock that would delay a writer."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, create_engine, select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import StaticPool

from bot.domain.failure import UNSURE
from bot.ledger.files import connect
from bot.ledger.store import LedgerProblem, explain
from bot.ledger.tables import cases
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


def look(file: Path, fn: Callable[[Connection], T]) -> T:
    """Run `fn` on a consistent snapshot of the ledger. Raises LedgerProblem with a complete sentence."""
    engine = create_engine("sqlite://", creator=lambda: connect(file, read_only=True), poolclass=StaticPool)
    try:
        with engine.connect() as connection:
            connection.execute(select(cases.c.number).limit(1))
            return fn(connection)
    except DatabaseError as error:
        raise _problem(error.orig, file) from error
    finally:
        engine.dispose()


def requests(file: Path, wanted: RequestFilter, limit: int) -> Sequence[Row]:
    """Matching requests, newest first, with their cost and number of pictures, without those that were changed here."""
    columns = (
        ("state", wanted.state),
        ("answer", wanted.answer),
        ("platform", wanted.platform),
        ("community", wanted.community),
        ("person", wanted.person),
        ("json_extract(failure, '$.kind')", wanted.kind),
    )
    where = [f"{column} = ?" for column, value in columns if value is not None]
    values: list[object] = [value for _, value in columns if value is not None]
    if wanted.unsure:
        where.append(f"json_extract(failure, '$.confidence') < {UNSURE}")
    if wanted.since is not None:
        where.append("created_at >= ?")
        values.append(wanted.since)
    # Columns and clauses are constants of this file; values are bound.
    sql = (
        "SELECT id, created_at, state, answer, json_extract(failure, '$.kind') AS failure,"  # noqa: S608
        " json_extract(refusal, '$.reason') AS refusal, platform, community, person, person_name, model,"
        " size, quality, count, private, attempts, rate_answers, answered_at, parent, prompt,"
        " (SELECT coalesce(sum(cost), 0) FROM attempts WHERE request_id = requests.id) AS cost_micros,"
        " (SELECT count(*) FROM pictures WHERE request_id = requests.id AND change IS NULL) AS pictures"
        f" FROM requests WHERE {' AND '.join(where) or '1'} ORDER BY created_at DESC, id LIMIT ?"
    )
    return _rows(file, sql, [*values, limit])


def spending(file: Path, scope: str, limit: int, *, months: bool) -> Sequence[Row]:
    """Amounts spent and reserved in a scope, by day or month, newest first."""
    sql = (
        "SELECT substr(period, 2) AS period, owner, spent AS spent_micros, reserved AS reserved_micros, pictures FROM spend"
        " WHERE scope = ? AND period LIKE ? AND (spent <> 0 OR reserved <> 0 OR pictures <> 0)"
        " ORDER BY period DESC, spent DESC, owner LIMIT ?"
    )
    return _rows(file, sql, [scope, "m%" if months else "d%", limit])


def request_by_any_id(file: Path, asked: str) -> Row | None:
    """A request by its own id, or by the image service's id of one of its attempts: the whole row, and its number of pictures, as above."""
    sql = (
        "SELECT *, (SELECT count(*) FROM pictures WHERE request_id = requests.id AND change IS NULL) AS pictures FROM requests"
        " WHERE id = ? OR id IN (SELECT request_id FROM attempts WHERE provider_request_id = ?)"
    )
    return next(iter(_rows(file, sql, [asked, asked])), None)


def attempts_of(file: Path, request_id: str) -> Sequence[Row]:
    """A request's attempt rows, oldest first, with the number of pictures of each."""
    sql = (
        "SELECT *, (SELECT count(*) FROM pictures WHERE attempt_id = attempts.id) AS pictures FROM attempts"
        " WHERE request_id = ? ORDER BY number"
    )
    return _rows(file, sql, [request_id])


def count_if_sound(file: Path) -> int:
    """Number of requests in a copy that passes SQLite's integrity check. Raises sqlite3.DatabaseError otherwise."""
    connection = connect(file, read_only=True)
    try:
        if connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise sqlite3.DatabaseError
        return int(connection.execute("SELECT count(*) FROM requests").fetchone()[0])
    finally:
        connection.close()


def picture_hashes(file: Path) -> set[str]:
    """Hashes of all pictures that some request shows."""
    return {row["sha256"] for row in _rows(file, "SELECT DISTINCT sha256 FROM pictures", [])}


def take_write_lock(file: Path, timeout: float) -> None:
    """Begin a write transaction and roll it back. A running bot holds that lock for milliseconds; anything longer delays the bot. Raises
    sqlite3.DatabaseError."""
    connection = sqlite3.connect(file, timeout=timeout, isolation_level=None)
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    finally:
        connection.close()


def _rows(file: Path, sql: str, values: Sequence[object]) -> Sequence[Row]:
    try:
        connection = connect(file, read_only=True)
        try:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(sql, values)]
        finally:
            connection.close()
    except sqlite3.DatabaseError as error:
        raise _problem(error, file) from error


def _problem(error: BaseException | None, file: Path) -> LedgerProblem:
    empty = "no such table" in str(error)
    return LedgerProblem(text("operator.database_empty", file=file) if empty else explain(error, file))
