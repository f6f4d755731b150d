"""Where SQLite and PostgreSQL differ, so that tables and queries are written once: upserts, JSON, triggers, partial indexes.

Statements are built at import, before it's known which database runs them; they get that database's words when they're compiled. Importing
SQLAlchemy's PostgreSQL dialect takes a tenth of a second, so only `bot.ledger.postgres` does.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Table, event, func
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.sqlite.dml import OnConflictDoNothing, OnConflictDoUpdate
from sqlalchemy.schema import DDL
from sqlalchemy.sql.elements import KeyedColumnElement

POSTGRESQL = "postgresql"
POSTGRESQL_WHERE = "postgresql_where"
"""Key in `Index.info`: the condition of a partial index in PostgreSQL's words, where SQLite's are no SQL for it (`settled = 0`). All other
partial indexes say `sqlite_where=` only, and `bot.ledger.postgres` reads that."""


class _Nothing(OnConflictDoNothing):
    inherit_cache = True
    constraint_target = None
    """PostgreSQL's own clause can name a constraint, and its compiler asks for it. Otherwise both clauses have the same parts."""


class _Update(OnConflictDoUpdate):
    inherit_cache = True
    constraint_target = None


class Upsert(sqlite.Insert):
    """INSERT … ON CONFLICT for both databases."""

    inherit_cache = True

    def on_conflict_do_nothing(self, index_elements: Any = None, index_where: Any = None) -> Upsert:
        """Keep a row that has these keys."""
        return self.ext(_Nothing(index_elements, index_where))

    def on_conflict_do_update(self, index_elements: Any = None, index_where: Any = None, set_: Any = None, where: Any = None) -> Upsert:
        """Change a row that has these keys."""
        return self.ext(_Update(index_elements, index_where, set_, where))


def upsert(table: Table) -> Upsert:
    """An insert that may say what happens if a row with the same keys exists. Its result's `rowcount` says whether it did anything:
    SQLAlchemy keeps that for updates only, and psycopg's closed cursor answers -1, which is true."""
    return Upsert(table).execution_options(preserve_rowcount=True)


def json_text(column: KeyedColumnElement[Any], key: str) -> ColumnElement[str]:
    """A value in a JSON object, as text; NULL if it's missing."""
    found: ColumnElement[str] = column[key].as_string()
    return found


def json_number(column: KeyedColumnElement[Any], key: str) -> ColumnElement[int]:
    """A whole number in a JSON object; NULL if it's missing."""
    found: ColumnElement[int] = column[key].as_integer()
    return found


def json_float(column: KeyedColumnElement[Any], key: str) -> ColumnElement[float]:
    """A number in a JSON object; NULL if it's missing."""
    found: ColumnElement[float] = column[key].as_float()
    return found


def json_truth(column: KeyedColumnElement[Any], key: str) -> ColumnElement[bool]:
    """A boolean in a JSON object; NULL if it's missing."""
    found: ColumnElement[bool] = column[key].as_boolean()
    return found


def json_length(column: KeyedColumnElement[Any], key: str) -> ColumnElement[int]:
    """Number of elements of a list in a JSON object; 0 or NULL if it's missing."""
    return func.json_array_length(column[key])


def append_only(table: Table, *, sentence: str) -> None:
    """Triggers that reject changes of this table's rows."""
    create = f"CREATE TRIGGER {table.name}_no_{{verb}} BEFORE {{VERB}} ON {table.name}"
    function = f"{table.name}_append_only"
    body = f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{sentence}'; END $$"
    _after_create(table, body, POSTGRESQL)
    for verb in ("UPDATE", "DELETE"):
        made = create.format(verb=verb.lower(), VERB=verb)
        _after_create(table, f"{made} BEGIN SELECT RAISE(ABORT, '{sentence}'); END", "sqlite")
        _after_create(table, f"{made} FOR EACH ROW EXECUTE FUNCTION {function}()", POSTGRESQL)


def _after_create(table: Table, statement: str, dialect: str) -> None:
    event.listen(table, "after_create", DDL(statement).execute_if(dialect=dialect))  # type: ignore[no-untyped-call]
