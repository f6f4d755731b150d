"""Copying a SQLite ledger to a PostgreSQL server: every row, compared with what arrived, in one transaction that commits all or nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    String,
    Table,
    Text,
    bindparam,
    cast,
    collate,
    create_engine,
    func,
    insert,
    select,
    type_coerce,
)
from sqlalchemy import text as sql
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import StaticPool

from bot.ledger import files, migrate, migrate_server
from bot.ledger.dialect import POSTGRESQL
from bot.ledger.postgres import Ownership, engine_for
from bot.ledger.problems import LedgerProblem
from bot.ledger.server import LedgerServer
from bot.ledger.server_errors import explain as explain_server
from bot.ledger.server_values import storable_json, storable_text
from bot.ledger.sqlite import explain
from bot.ledger.tables import metadata
from bot.texts import text

BATCH = 1000
Values = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Moved:
    rows: int
    tables: int
    changed: int
    """Rows with a character or number that PostgreSQL can't store, which was replaced."""


def to_server(source: Path, server: LedgerServer, name: str) -> Moved:
    """Copy and compare. The caller holds the lock of the source, which isn't changed. Raises LedgerProblem; then the server has nothing."""
    files.examine(source, LedgerProblem)
    if migrate.current(source) != migrate.HEAD:
        raise LedgerProblem(text("operator.move_old_schema", file=source))
    old = create_engine("sqlite://", creator=lambda: files.connect(source, read_only=True), poolclass=StaticPool)
    new = engine_for(server, name=name, ready=Ownership(server).take)
    try:
        with old.connect() as here, new.begin() as there:
            _prepare(there, server)
            moved = [_copy(table, here, there, server) for table in metadata.sorted_tables]
            for table in metadata.sorted_tables:
                _continue_counting(table, there)
        return Moved(sum(rows for rows, _ in moved), len(moved), sum(changed for _, changed in moved))
    except DatabaseError as error:
        at_source = isinstance(error.orig, sqlite3.Error)
        raise LedgerProblem(explain(error.orig, source) if at_source else explain_server(error.orig, server)) from error
    finally:
        old.dispose()
        new.dispose()


def _prepare(there: Connection, server: LedgerServer) -> None:
    """Empty tables of today's schema; an occupied database is refused."""
    migrate_server.check(there, server)
    revision = migrate_server.current(there)
    if revision is None:
        migrate_server.create(there)
        return
    used = revision != migrate.HEAD or any(there.execute(select(table).limit(1)).first() for table in metadata.sorted_tables)
    if used:
        raise LedgerProblem(text("operator.move_occupied", server=server))


def _copy(table: Table, here: Connection, there: Connection, server: LedgerServer) -> tuple[int, int]:
    """Copy a table, then compare it row by row in the order of its key. Returns the numbers of rows and of those that were changed."""
    rows = changed = 0
    put = insert(table).values({column.key: _arriving(column) for column in table.columns})
    for batch in _batches(here, table):
        values = [_fitting(table, row) for row in batch]
        there.execute(put, [{f"v_{number}": value for number, value in enumerate(row)} for row in values])
        rows += len(values)
        changed += sum(one != row for one, row in zip(values, batch, strict=True))
    sent = (_fitting(table, row) for batch in _batches(here, table) for row in batch)
    arrived = (row for batch in _batches(there, table) for row in batch)
    if any(one != other for one, other in zip_longest(sent, arrived)):
        raise LedgerProblem(text("operator.move_differs", server=server, table=table.name))
    return rows, changed


def _batches(connection: Connection, table: Table) -> Iterator[Sequence[Values]]:
    """All rows in the order of their key, by bytes as SQLite sorts them. JSON stays text: decoding it could hide a difference."""
    server = connection.dialect.name == POSTGRESQL
    columns = [_as_text(column, server) for column in table.columns]
    order = [collate(key, "C") if server and isinstance(key.type, String) else key for key in table.primary_key.columns]
    found = connection.execute(select(*columns).order_by(*order).execution_options(yield_per=BATCH))
    for batch in found.partitions():
        yield [tuple(row) for row in batch]


def _as_text(column: Column[Any], server: bool) -> ColumnElement[Any]:
    if not isinstance(column.type, JSON):
        return column
    return cast(column, Text) if server else type_coerce(column, Text)


def _arriving(column: Column[Any]) -> ColumnElement[Any]:
    number = list(column.table.columns).index(column)
    if isinstance(column.type, JSON):
        return cast(bindparam(f"v_{number}", type_=Text), JSON)
    return bindparam(f"v_{number}", type_=column.type)


def _fitting(table: Table, row: Values) -> Values:
    """The row as PostgreSQL can store it."""
    return tuple(_fit(column, value) for column, value in zip(table.columns, row, strict=True))


def _fit(column: Column[Any], value: object) -> object:
    if not isinstance(value, str):
        return value
    return storable_json(value) if isinstance(column.type, JSON) else storable_text(value)


def _continue_counting(table: Table, there: Connection) -> None:
    """New cases and steps get numbers after the copied ones."""
    for column in table.primary_key.columns:
        if column is table.autoincrement_column:
            last = there.execute(select(func.max(column))).scalar()
            if last is not None:
                there.execute(
                    sql("SELECT setval(pg_get_serial_sequence(:table, :column), :last)"),
                    {"table": table.name, "column": column.name, "last": last},
                )
