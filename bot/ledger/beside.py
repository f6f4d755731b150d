"""Short transactions that a command makes beside a running bot, without owning the ledger."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from typing import TypeVar

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import StaticPool

from bot.domain.requests import Period
from bot.ledger import spend_rows
from bot.ledger.files import connect
from bot.ledger.server import LedgerServer, Where
from bot.ledger.store import LedgerProblem, Tx, explain

T = TypeVar("T")

WITHIN = 10.0
"""Seconds to wait for another writer."""


def book(where: Where, rows: Sequence[Period], *, micros: int, pictures: int) -> None:
    """Add to the spent amounts in these rows; negative amounts correct them. Raises LedgerProblem."""
    _change(where, lambda connection: spend_rows.add_on(connection, rows, reserved=0, spent=micros, pictures=pictures))


def write(where: Where, now: float, new_id: Callable[[], str], fn: Callable[[Tx], T]) -> T:
    """Run `fn` in a write transaction. Its wake-ups are lost: the owner finds what changed when it looks. Raises LedgerProblem."""
    return _change(where, lambda connection: fn(Tx(connection, now, new_id)))


def _change(where: Where, fn: Callable[[Connection], T]) -> T:
    if isinstance(where, LedgerServer):
        from bot.ledger.postgres import change_beside  # imported here so that only those who use it pay for it

        return change_beside(where, fn)

    def opened() -> sqlite3.Connection:
        raw = connect(where, timeout=WITHIN)
        raw.isolation_level = None
        raw.execute("PRAGMA synchronous=FULL")
        return raw

    engine = create_engine("sqlite://", creator=opened, poolclass=StaticPool)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    try:
        with engine.begin() as connection:
            return fn(connection)
    except DatabaseError as error:
        raise LedgerProblem(explain(error.orig, where)) from error
    finally:
        engine.dispose()
