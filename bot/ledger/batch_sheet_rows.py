"""Queries on the contact sheets of batches: one numbered picture of up to twenty drafts."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, select

from bot.domain.outcome import Picture
from bot.ledger.records import file_columns, find_one, picture_file, replace_row
from bot.ledger.store import Tx
from bot.ledger.tables import batch_sheets as sheets

DUE, FINALS = "batch-sheets:", "batch-finals:"
"""Prefixes of memory keys: a batch whose sheets aren't made yet, and which finished pictures one of its messages shows."""


def put(tx: Tx, batch_id: str, page: int, content: str, picture: Picture) -> set[str]:
    """Record a sheet whose file is stored; `content` says what is on it. Returns the hash of the sheet that it replaces."""
    before = of_page(tx.connection, batch_id, page)
    replace_row(tx.connection, sheets, {"batch_id": batch_id, "page": page}, {**file_columns(picture), "content": content})
    return set() if before is None or before.sha256 == picture.sha256 else {before.sha256}


def of_page(connection: Connection, batch_id: str, page: int) -> Picture | None:
    """The sheet of a page, counted from 1; None if it isn't made yet."""
    return find_one(connection, select(sheets).where(sheets.c.batch_id == batch_id, sheets.c.page == page), picture_file)


def contents(connection: Connection, batch_id: str) -> dict[int, str]:
    rows = connection.execute(select(sheets.c.page, sheets.c.content).where(sheets.c.batch_id == batch_id))
    return {row.page: row.content for row in rows}


def drop(tx: Tx, batch_id: str) -> set[str]:
    """Remove a batch's sheets. Returns the hashes of their files."""
    gone = tx.connection.execute(delete(sheets).where(sheets.c.batch_id == batch_id).returning(sheets.c.sha256))
    return {row.sha256 for row in gone}


def uses(connection: Connection, hashes: Sequence[str]) -> set[str]:
    """The subset of these hashes that are sheets."""
    return {row.sha256 for row in connection.execute(select(sheets.c.sha256).where(sheets.c.sha256.in_(hashes)))}
