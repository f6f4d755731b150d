"""The weekly report to operators: decides whether one is due and fills it from the ledger."""

from __future__ import annotations

from collections import Counter

from bot.ledger import statistics_rows
from bot.ledger.store import Tx
from bot.messages import weekly
from bot.messages.notices import Notices
from bot.reports.spending import DAYS, spending
from bot.texts import text
from bot.texts.phrases import money

WEEK = DAYS * 86_400.0


def look(tx: Tx, notices: Notices, zone: str) -> None:
    """Report once a week, at the first sweep of a new one."""
    if not weekly.is_due(tx, zone):
        return
    spent = spending(tx.connection, tx.now, zone)
    ended: Counter[str] = Counter()
    for bucket in statistics_rows.outcomes(tx.connection, tx.now - WEEK, tx.now, 1):
        ended[bucket.outcome] += bucket.count
    facts = {
        "cost": text("notice.fact_cost_value", week=money(spent.week), pictures=spent.week_pictures, day=money(spent.per_day)),
        "pace": text("notice.fact_pace_value", month=money(spent.month), end=money(spent.month_end), last=spent.last_day),
        "requests": ", ".join(f"{count} {outcome}" for outcome, count in ended.most_common()) or "0",
    }
    reasons: Counter[str] = Counter()
    for one in statistics_rows.rejected_results(tx.connection, tx.now - WEEK):
        reasons[one.reason] += one.count
    if reasons:
        facts["rejected"] = ", ".join(f"{count} {reason}" for reason, count in reasons.most_common())
    weekly.report(tx, notices, zone, facts)
