"""Queries on rejected results: the reason, and what the person added in words."""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from bot.domain.rejections import Rejected, RejectionReason
from bot.ledger.dialect import upsert
from bot.ledger.store import Tx
from bot.ledger.tables import rejections


def put(tx: Tx, request_id: str, rejection: Rejected) -> None:
    """Record why a result was rejected; the latest reason counts."""
    values = {"reason": rejection.reason.value, "words": rejection.words, "at": tx.now}
    made = upsert(rejections).values(request_id=request_id, **values)
    tx.connection.execute(made.on_conflict_do_update(index_elements=["request_id"], set_=values))


def of_request(connection: Connection, request_id: str) -> Rejected | None:
    """Why a result was rejected; None if it wasn't."""
    row = connection.execute(select(rejections).where(rejections.c.request_id == request_id)).one_or_none()
    return None if row is None else Rejected(RejectionReason(row.reason), row.words)


def forget_words(tx: Tx, request_id: str) -> None:
    """Delete the words; the reason stays and is counted."""
    tx.connection.execute(update(rejections).where(rejections.c.request_id == request_id, rejections.c.words != "").values(words=""))
