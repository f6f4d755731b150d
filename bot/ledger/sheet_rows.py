"""Queries on contact sheets: one numbered picture of all candidates of a request, as long as none of them is picked."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, select, update

from bot.domain.outcome import Picture
from bot.ledger.dialect import upsert
from bot.ledger.records import find_one
from bot.ledger.store import Tx
from bot.ledger.tables import contact_sheets as sheets


def want(tx: Tx, request_id: str) -> None:
    """Have a sheet made for a request; once."""
    row = {"request_id": request_id, "sha256": "", "width": 0, "height": 0, "size": 0, "made": False}
    tx.connection.execute(upsert(sheets).values(**row).on_conflict_do_nothing(index_elements=["request_id"]))


def to_make(connection: Connection) -> Sequence[str]:
    """Requests whose sheet isn't made yet."""
    return [row.request_id for row in connection.execute(select(sheets.c.request_id).where(sheets.c.made.is_(False)))]


def is_wanted(connection: Connection, request_id: str) -> bool:
    return connection.execute(select(sheets.c.made).where(sheets.c.request_id == request_id)).scalar() is False


def put(tx: Tx, request_id: str, picture: Picture) -> bool:
    """Record the file of a sheet before it's stored. Returns False if the sheet isn't wanted anymore."""
    values = {name: getattr(picture, name) for name in ("sha256", "width", "height", "size")}
    return bool(tx.connection.execute(update(sheets).where(sheets.c.request_id == request_id).values(**values)).rowcount)


def made(tx: Tx, request_id: str) -> bool:
    """Record that the file is stored. Returns False if the sheet isn't wanted anymore."""
    return bool(tx.connection.execute(update(sheets).where(sheets.c.request_id == request_id).values(made=True)).rowcount)


def of_request(connection: Connection, request_id: str) -> Picture | None:
    """A request's sheet; None if there's none, or if it isn't stored yet."""
    found = select(sheets).where(sheets.c.request_id == request_id, sheets.c.made.is_(True))
    return find_one(connection, found, lambda row: Picture(row.sha256, "jpeg", row.width, row.height, row.size))


def drop(tx: Tx, request_id: str) -> set[str]:
    """Remove a request's sheet. Returns the hash of its file."""
    gone = tx.connection.execute(delete(sheets).where(sheets.c.request_id == request_id).returning(sheets.c.sha256)).scalar()
    return {gone} if gone else set()


def uses(connection: Connection, hashes: Sequence[str]) -> set[str]:
    """The subset of these hashes that are sheets."""
    return {row.sha256 for row in connection.execute(select(sheets.c.sha256).where(sheets.c.sha256.in_(hashes)))}
