"""Operators' notice that the configured image model will be shut down, once a day from two months before."""

from __future__ import annotations

from datetime import UTC, date, datetime

from bot.catalogue.load import Catalogue
from bot.catalogue.model import Model
from bot.ledger import memory_rows
from bot.ledger.store import Ledger, Tx
from bot.messages.notices import Notices
from bot.texts import text

KIND = "model_ends"
NOTICE_DAYS = 60
"""Days before the shutdown from which it is said; doctor says it from the same day."""
_SAID = "model_ends_said"


async def look(ledger: Ledger, notices: Notices, model: Model) -> None:
    """Remind, or solve the notice, where there is something to do."""
    if model.shutdown_date is not None or KIND in notices.open:
        await ledger.write(lambda tx: remind(tx, notices, model, Catalogue.load().default_id))


def remind(tx: Tx, notices: Notices, model: Model, default: str) -> None:
    """Say it when today has not been said yet; solve the notice when another model is configured."""
    today = datetime.fromtimestamp(tx.now, UTC).date()
    end = model.shutdown_date
    if end is None or (end - today).days > NOTICE_DAYS:
        notices.resolve(tx, KIND)
        return
    said = memory_rows.recall(tx.connection, _SAID)
    mark = [model.id, today.isoformat()]
    if said is None or said[0] != mark:
        notices.report(tx, KIND, KIND, {"model": model.id, "ends": when(end, today), "instead": model.replacement or default})
        memory_rows.remember(tx, _SAID, mark)


def when(end: date, today: date) -> str:
    """The day, and how far away it is."""
    left = (end - today).days
    key = "passed" if left < 0 else {0: "today", 1: "tomorrow"}.get(left, "days")
    return text(f"notice.ends_{key}", date=end, days=left)
