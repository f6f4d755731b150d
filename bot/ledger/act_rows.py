"""Deduplication of button presses and forms, by event key."""

from __future__ import annotations

from sqlalchemy import delete

from bot.ledger.dialect import upsert
from bot.ledger.store import Tx
from bot.ledger.tables import acts


def claim_act(tx: Tx, event_key: str) -> bool:
    """Record this press or form as handled. Returns False if it already was."""
    return bool(
        tx.connection.execute(
            upsert(acts).values(event_key=event_key, at=tx.now).on_conflict_do_nothing(index_elements=["event_key"])
        ).rowcount
    )


def remove(tx: Tx, *, before: float) -> None:
    """Delete the ids of events handled before this time."""
    tx.connection.execute(delete(acts).where(acts.c.at < before))
