"""The weekly report to operators: decides whether one is due and fills it from the ledger."""

from __future__ import annotations

from collections import Counter

import structlog

from bot.ledger import statistics_rows
from bot.ledger.store import Tx
from bot.messages import weekly
from bot.messages.notices import WEEKLY, Notices
from bot.reports.spending import DAYS, spending

log = structlog.get_logger()

WEEK = DAYS * 86_400.0


def look(tx: Tx, notices: Notices, zone: str) -> None:
    """Report once a week, at the first sweep of a new one."""
    if not weekly.is_due(tx, zone):
        return
    spent = spending(tx.connection, tx.now, zone)
    ended: Counter[str] = Counter()
    for bucket in statistics_rows.outcomes(tx.connection, tx.now - WEEK, tx.now, 1):
        ended[bucket.outcome] += bucket.count
    sums = {"week": spent.week, "pictures": spent.week_pictures, "day": spent.per_day, "month": spent.month, "end": spent.month_end}
    reasons: Counter[str] = Counter()
    for one in statistics_rows.rejected_results(tx.connection, tx.now - WEEK):
        reasons[one.reason] += one.count
    facts = {name: str(value) for name, value in sums.items()} | {"last": spent.last_day}
    facts |= {weekly.ENDED + outcome: str(count) for outcome, count in ended.items()}
    facts |= {weekly.REJECTED + reason: str(count) for reason, count in reasons.items()}
    log.info("weekly_report", **facts)
    notices.inform(tx, f"{WEEKLY}:{weekly.week_of(tx.now, zone)}", WEEKLY, facts)
