"""Deduplication of button presses and forms: the ids of the events that were handled."""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.dialects.sqlite import insert as upsert

from bot.ledger.store import Tx
from bot.ledger.tables import acts


def first_time(tx: Tx, event_key: str) -> bool:
    """Whether this press or form was not seen before; remembers it."""
    return bool(
        tx.connection.execute(
            upsert(acts).values(event_key=event_key, at=tx.now).on_conflict_do_nothing(index_elements=["event_key"])
        ).rowcount
    )


def remove(tx: Tx, *, before: float) -> None:
    """Forget the ids of events that were handled before this time."""
    tx.connection.execute(delete(acts).where(acts.c.at < before))
