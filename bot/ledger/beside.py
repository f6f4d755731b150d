"""Short transactions that a command makes beside a running bot, on the ledger's file, without owning it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from sqlalchemy import create_engine, event
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import StaticPool

from bot.domain.requests import Period
from bot.ledger import spend_rows
from bot.ledger.files import connect
from bot.ledger.store import LedgerProblem, Tx, explain

T = TypeVar("T")

WITHIN = 10.0
"""Seconds to wait for another writer."""


def book(file: Path, rows: Sequence[Period], *, micros: int, pictures: int) -> None:
    """Add to the spent amounts in these rows; negative amounts correct them. Raises LedgerProblem."""
    engine = create_engine("sqlite://", creator=lambda: connect(file, timeout=WITHIN), poolclass=StaticPool)
    try:
        with engine.begin() as connection:
            spend_rows.add_on(connection, rows, reserved=0, spent=micros, pictures=pictures)
    except DatabaseError as error:
        raise LedgerProblem(explain(error.orig, file)) from error
    finally:
        engine.dispose()


def write(file: Path, now: float, new_id: Callable[[], str], fn: Callable[[Tx], T]) -> T:
    """Run `fn` in a write transaction. Its wake-ups are lost: the owner finds what changed when it looks. Raises LedgerProblem."""

    def opened() -> sqlite3.Connection:
        raw = connect(file, timeout=WITHIN)
        raw.isolation_level = None
        raw.execute("PRAGMA synchronous=FULL")
        return raw

    engine = create_engine("sqlite://", creator=opened, poolclass=StaticPool)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    try:
        with engine.begin() as connection:
            return fn(Tx(connection, now, new_id))
    except DatabaseError as error:
        raise LedgerProblem(explain(error.orig, file)) from error
    finally:
        engine.dispose()
