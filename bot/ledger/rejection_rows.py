"""Queries on rejected results: the reason, and what the person added in words."""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from bot.domain.rejections import Rejected, RejectionReason
from bot.ledger.records import find_one, replace_row
from bot.ledger.store import Tx
from bot.ledger.tables import rejections


def put(tx: Tx, request_id: str, rejection: Rejected) -> None:
    """Record why a result was rejected; the latest reason counts."""
    values = {"reason": rejection.reason.value, "words": rejection.words, "at": tx.now}
    replace_row(tx.connection, rejections, {"request_id": request_id}, values)


def of_request(connection: Connection, request_id: str) -> Rejected | None:
    """Why a result was rejected; None if it wasn't."""
    found = select(rejections).where(rejections.c.request_id == request_id)
    return find_one(connection, found, lambda row: Rejected(RejectionReason(row.reason), row.words))


def forget_words(tx: Tx, request_id: str) -> None:
    """Delete the words; the reason stays and is counted."""
    tx.connection.execute(update(rejections).where(rejections.c.request_id == request_id, rejections.c.words != "").values(words=""))
