"""Numbers of the operators' dashboard, all from the ledger, so that it works without a metrics server."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from bot import budgets
from bot.gate.port import Snapshot
from bot.ledger import health_rows, memory_rows, notice_rows, statistics_rows
from bot.messages.notices import sentence, title
from bot.reports.failures import FailureReport, failure_report
from bot.reports.spending import Spending, spending
from bot.texts import paragraphs

SPANS = 24
"""Spans of time in a chart."""
PERCENTILES = (50, 95, 99)
OWNERS = 5
"""Maximum communities and members in the spending list."""


@dataclass(frozen=True, slots=True)
class OwnerSpent:
    """What one community spent today, against its budget."""

    owner: str
    spent: int
    limit: int | None


@dataclass(frozen=True, slots=True)
class OpenNotice:
    """A notice that is not resolved: what is wrong now."""

    title: str
    sentence: str
    """What it is, and what to do first."""
    count: int
    since: float


@dataclass(frozen=True, slots=True)
class Dashboard:
    """One look at the bot. Times are wall-clock seconds."""

    since: float
    until: float
    outcomes: Mapping[str, Sequence[int]]
    """Outcome -> requests in each span, most frequent outcome first."""
    failures: FailureReport
    latency: Mapping[int, Sequence[float | None]]
    """Percentile -> seconds in each span; None where nothing was drawn."""
    live: Mapping[str, int]
    """Requests in progress, by state."""
    spending: Spending
    owners: Sequence[OwnerSpent]
    cases_open: int
    cases_closed: Mapping[str, int]
    """Closed cases by outcome."""
    decision_median: float | None
    """Seconds from opening to closing; None if no case was closed."""
    decision_longest: float | None
    gates: Mapping[str, Snapshot] = field(default_factory=dict)
    """State of each image service's gate."""
    notices: Sequence[OpenNotice] = ()
    """Open notices, newest first."""

    def starts(self) -> list[float]:
        """When each span begins."""
        return [self.since + number * (self.until - self.since) / SPANS for number in range(SPANS)]


def dashboard(connection: Connection, now: float, seconds: float, limits: budgets.Limits, gates: Mapping[str, Snapshot]) -> Dashboard:
    """The numbers of the last `seconds`."""
    since = now - seconds
    counts: dict[str, list[int]] = {}
    for one in statistics_rows.outcomes(connection, since, now, SPANS):
        counts.setdefault(one.outcome, [0] * SPANS)[min(one.number, SPANS - 1)] += one.count
    salt = memory_rows.recall(connection, "salt")
    cases = statistics_rows.case_times(connection, since)
    times = [case.closed_at - case.opened_at for case in cases if case.closed_at is not None]
    day, _ = budgets.day_and_month(now, limits.zone)
    owners = statistics_rows.highest_spending(connection, budgets.COMMUNITY, day, OWNERS)
    return Dashboard(
        since=since,
        until=now,
        outcomes=dict(sorted(counts.items(), key=lambda item: -sum(item[1]))),
        failures=failure_report(connection, since, "" if salt is None else str(salt[0])),
        latency=_latency(connection, since, now),
        live=health_rows.live_by_state(connection),
        spending=spending(connection, now, limits.zone),
        owners=[OwnerSpent(owner, micros, limits.community_day) for owner, micros in owners],
        cases_open=sum(case.closed_at is None for case in cases),
        cases_closed=dict(Counter(case.state for case in cases if case.closed_at is not None).most_common()),
        decision_median=statistics.median(times) if times else None,
        decision_longest=max(times, default=None),
        gates=gates,
        notices=_open_notices(connection),
    )


def _open_notices(connection: Connection) -> list[OpenNotice]:
    found = [one for cause in notice_rows.open_causes(connection) if (one := notice_rows.get(connection, cause)) is not None]
    return [
        OpenNotice(title(one.kind), paragraphs(sentence(one.kind, one.facts))[0], one.count, one.first_at)
        for one in sorted(found, key=lambda one: -one.last_at)
    ]


def _latency(connection: Connection, since: float, now: float) -> dict[int, list[float | None]]:
    spans: list[list[float]] = [[] for _ in range(SPANS)]
    for opened_at, seconds in statistics_rows.latencies(connection, since):
        number = int((opened_at - since) / (now - since) * SPANS)
        if 0 <= number < SPANS:
            spans[number].append(seconds)
    return {percent: [percentile(sorted(one), percent) for one in spans] for percent in PERCENTILES}


def percentile(ordered: Sequence[float], percent: int) -> float | None:
    """The nearest-rank percentile of sorted values; None if there are none."""
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)] if ordered else None
