"""Weekly message to operators: what the last seven days cost, where the month ends at this pace, and how requests ended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import structlog

from bot.domain.zones import zone_of
from bot.ledger import memory_rows
from bot.ledger.store import Tx
from bot.messages.notices import WEEKLY, Notices

log = structlog.get_logger()

_SAID = "weekly_said"


def week_of(now: float, zone: str) -> str:
    """The ISO week, such as 2026-W48, in a time zone."""
    year, week, _ = datetime.fromtimestamp(now, UTC).astimezone(zone_of(zone)).isocalendar()
    return f"{year}-W{week:02}"


def is_due(tx: Tx, zone: str) -> bool:
    """Whether a new week has begun since the last message. The first week only counts: there's nothing to report yet."""
    week, said = week_of(tx.now, zone), memory_rows.recall(tx.connection, _SAID)
    if said is not None and said[0] == week:
        return False
    memory_rows.remember(tx, _SAID, week)
    return said is not None


def report(tx: Tx, notices: Notices, zone: str, facts: Mapping[str, str]) -> None:
    """Show this week's message. Each week has its own."""
    log.info("weekly_report", **facts)
    notices.inform(tx, f"{WEEKLY}:{week_of(tx.now, zone)}", WEEKLY, facts)
