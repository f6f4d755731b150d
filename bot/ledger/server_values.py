"""Values on their way to and from PostgreSQL, which rejects some that SQLite stores: NUL in texts, NaN and infinity in JSON.

What comes back has Python's own types: sums are `numeric` on the server, and whole numbers or floats here.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.adapt import Loader
from psycopg.types.json import set_json_dumps
from psycopg.types.string import StrDumper

_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")
"""NUL as JSON spells it; an even number of backslashes before it are backslashes of their own."""


class _Text(StrDumper):
    def dump(self, obj: str) -> Any:
        return super().dump(storable_text(obj))


class _Number(Loader):
    def load(self, data: Any) -> int | float:
        found = bytes(data).decode()
        return int(found) if found.lstrip("-").isdigit() else float(found)


class QuietCursor(psycopg.Cursor[Any]):
    """Errors without their details: these quote the whole row, which may hold a prompt, and end up in a log's traceback."""

    def execute(self, *args: Any, **kw: Any) -> Any:
        with _quiet():
            return super().execute(*args, **kw)

    def executemany(self, *args: Any, **kw: Any) -> None:
        with _quiet():
            super().executemany(*args, **kw)


@contextmanager
def _quiet() -> Iterator[None]:
    try:
        yield
    except psycopg.Error as error:
        error.args = tuple(str(one).partition("\n")[0] for one in error.args)
        raise


def adapt(connection: psycopg.Connection[Any]) -> None:
    """Use these conversions on a connection."""
    connection.adapters.register_dumper(str, _Text)
    connection.adapters.register_loader("numeric", _Number)
    set_json_dumps(dumps, connection)


def dumps(value: Any) -> str:
    """JSON that PostgreSQL takes. Python writes NaN and infinity as words of its own; they become null, as NUL becomes U+FFFD."""
    try:
        found = json.dumps(value, allow_nan=False)
    except ValueError:
        found = json.dumps(_finite(value))
    return _NUL.sub(r"\1\\ufffd", found)


def storable_text(value: str) -> str:
    return value.replace("\0", "\ufffd")


def storable_json(written: str) -> str:
    """JSON text as it is, if PostgreSQL takes it and can read it."""
    doubtful = _NUL.search(written) or "NaN" in written or "Infinity" in written
    return dumps(json.loads(written)) if doubtful else written


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(one) for key, one in value.items()}
    return [_finite(one) for one in value] if isinstance(value, list | tuple) else value
