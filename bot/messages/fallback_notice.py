"""Operator notice that another service draws instead of the configured one: when it begins, once a day while it lasts, and when it ends."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.ledger.store import Tx
from bot.messages.notices import Notices

KIND = "fallback"
LASTING = "fallback_lasts"


def begun(tx: Tx, notices: Notices, shown: str) -> None:
    """A call goes to a fallback, whose name for people is `shown`. The first one opens the notice; the first on each later day is a new
    message, because an edited one goes unseen."""
    opened = [cause for cause in notices.open if cause.startswith(f"{KIND}:")]
    today = datetime.fromtimestamp(tx.now, UTC).date().isoformat()
    cause = f"{KIND}:{today}"
    if cause not in opened:
        notices.report(tx, cause, LASTING if opened else KIND, {"service": shown})


def ended(tx: Tx, notices: Notices) -> None:
    """The configured service draws again."""
    for cause in [one for one in notices.open if one.startswith(f"{KIND}:")]:
        notices.resolve(tx, cause)
