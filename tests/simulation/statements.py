"""One dialect and one cache of compiled statements for all lives of all runs: the same SQL would be compiled four times per life otherwise.

Nothing of a connection is shared; a statement's SQL depends on its shape alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from sqlalchemy import Engine, create_engine

import bot.ledger.sqlite

_FIRST: list[Engine] = []
CACHED = 2000
"""Statements; the engines' own cache holds 500."""


def _engine(*args: Any, **options: Any) -> Engine:
    engine = create_engine(*args, **{**options, "query_cache_size": CACHED})
    if not _FIRST:
        _FIRST.append(engine)
    engine.dialect = engine.pool._dialect = _FIRST[0].dialect
    engine._compiled_cache = _FIRST[0]._compiled_cache
    return engine


@contextmanager
def compiled_once() -> Iterator[None]:
    """While the block lasts, the ledger's engines share what they compile."""
    with patch.object(bot.ledger.sqlite, "create_engine", _engine):
        yield
