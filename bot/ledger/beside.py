"""Books of calls that a command makes beside a running bot: one short transaction on the ledger's file, without owning it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import StaticPool

from bot.domain.requests import Period
from bot.ledger import spend_rows
from bot.ledger.files import connect
from bot.ledger.store import LedgerProblem, explain

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
