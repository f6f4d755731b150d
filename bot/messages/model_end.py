"""Operator notice that the configured image model will be shut down, repeated daily during the last two months."""

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
"""Days before the shutdown from which the notice is shown; doctor uses the same limit."""
_SAID = "model_ends_said"


async def look(ledger: Ledger, notices: Notices, model: Model) -> None:
    """Show or resolve the notice if necessary."""
    if model.shutdown_date is not None or KIND in notices.open:
        await ledger.write(lambda tx: remind(tx, notices, model, Catalogue.load().default_id))


def remind(tx: Tx, notices: Notices, model: Model, default: str) -> None:
    """Show the notice if it hasn't been shown today; resolve it if another model is configured."""
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
    """The shutdown date in words, with the time left."""
    left = (end - today).days
    key = "passed" if left < 0 else {0: "today", 1: "tomorrow"}.get(left, "days")
    return text(f"notice.ends_{key}", date=end, days=left)
