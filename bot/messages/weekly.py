"""Weekly message to operators: what the last seven days cost, where the month ends at this pace, and how requests ended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from bot.chat.views import Fact
from bot.domain.zones import zone_of
from bot.ledger import memory_rows
from bot.ledger.store import Tx
from bot.texts import has, text
from bot.texts.phrases import listed, money

_SAID = "weekly_said"
ENDED, REJECTED = "ended:", "rejected:"
"""Beginnings of stored facts: how many requests ended in a way, and how many results were rejected for a reason."""


def facts_in_words(facts: Mapping[str, str]) -> tuple[Fact, ...]:
    """The week's numbers for people; those of versions that stored words are shown as they were."""
    if "week" not in facts:
        return tuple(Fact(text(f"notice.fact_{name}"), str(value)) for name, value in facts.items())
    spent = {name: money(int(facts[name])) for name in ("week", "day", "month", "end")}
    found = {
        "cost": text("notice.fact_cost_value", pictures=int(facts["pictures"]), **spent),
        "pace": text("notice.fact_pace_value", last=facts["last"], **spent),
        "requests": _counts_in_words(facts, ENDED, "web.dashboard.outcome_") or "0",
        "rejected": _counts_in_words(facts, REJECTED, "rejected.reason_"),
    }
    return tuple(Fact(text(f"notice.fact_{name}"), words) for name, words in found.items() if words)


def _counts_in_words(facts: Mapping[str, str], beginning: str, words: str) -> str:
    """ "12 pictures and 3 blocked", the most frequent first."""
    counts = {name.removeprefix(beginning): int(count) for name, count in facts.items() if name.startswith(beginning)}
    named = {name: text(words + name) if has(words + name) else name.replace("_", " ") for name in counts}
    most = sorted(counts, key=lambda name: -counts[name])
    return listed([text("notice.counted", count=counts[name], what=named[name]) for name in most], len(most))


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
