"""Rows as dataclasses, and statements that most query modules need."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Executable, Row, Table, func, select

from bot.domain.outcome import Picture
from bot.domain.requests import Place
from bot.ledger.dialect import upsert

T = TypeVar("T")
FILE = ("sha256", "format", "width", "height", "size")
"""Columns about a picture's file."""


def record(kind: type[T], row: Row[*tuple[Any, ...]], **other: Any) -> T:
    """A dataclass from the row's columns of the same names; `other` has the fields that no column holds as they are."""
    columns = row._mapping
    names = (one.name for one in dataclasses.fields(kind))  # type: ignore[arg-type]  # T is a dataclass
    return kind(**{name: columns[name] for name in names if name not in other}, **other)


def find_one(
    connection: Connection, query: Executable, read: Callable[[Row[Any]], T], values: Mapping[str, object] | None = None
) -> T | None:
    """The only row that a query finds, or None."""
    row = connection.execute(query, values).one_or_none()
    return None if row is None else read(row)


def count_rows(connection: Connection, *where: ColumnElement[bool]) -> int:
    return int(connection.execute(select(func.count()).where(*where)).scalar_one())


def replace_row(connection: Connection, table: Table, keys: Mapping[str, object], values: Mapping[str, object]) -> None:
    """Store a row, or replace these values of the row with the same keys."""
    statement = upsert(table).values({**keys, **values})
    connection.execute(statement.on_conflict_do_update(index_elements=list(keys), set_=values))


def place_columns(place: Place) -> dict[str, object]:
    """A place, as the tables that have one store it."""
    columns = {name: getattr(place, name) for name in ("platform", "community", "channel", "thread")}
    return {**columns, "reply": dict(place.reply)}


def file_columns(picture: Picture) -> dict[str, Any]:
    """What every table with a picture's file stores about it."""
    return {name: getattr(picture, name) for name in FILE}


def picture_file(row: Row[Any]) -> Picture:
    """A picture of which nothing but the file is stored."""
    return Picture(*(row._mapping[name] for name in FILE))
