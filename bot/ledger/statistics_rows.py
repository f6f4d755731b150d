"""Queries for reports: requests and failures over time, latencies, cases, spending. Counts and times only; no query returns a text.

What is drawn at communities' own services counts nowhere but in their cases: an operator can mend nothing there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Float, case, cast, func, select

from bot.domain.request_states import Answer
from bot.domain.requests import Origin
from bot.ledger.dialect import json_text, json_truth
from bot.ledger.own_rows import OPERATORS
from bot.ledger.tables import attempts, cases, requests, spend
from bot.ledger.tables import rejections as rejected

_KIND = json_text(requests.c.failure, "kind")
MOST_LATENCIES = 20_000
_OUTCOME = func.coalesce(requests.c.answer, requests.c.state)


@dataclass(frozen=True, slots=True)
class OutcomeCount:
    """Number of requests that ended one way in one span of time."""

    number: int
    """Of the span, counted from the beginning of the window."""
    outcome: str
    count: int


@dataclass(frozen=True, slots=True)
class FailureCount:
    """Requests that met one kind of failure with one model, size and template."""

    kind: str
    model: str
    size: str
    template: str
    """How the request came about: a command, a retry, a rewording, ..."""
    count: int
    pictures: int
    """Of these, how many got pictures all the same."""


@dataclass(frozen=True, slots=True)
class RejectionCount:
    """Results that people rejected for one reason, with one model, size and template."""

    reason: str
    model: str
    size: str
    template: str
    """Name of the community's template, or how the request came about without one."""
    count: int
    picked: int
    """Of these, after how many a candidate was picked."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """What was tried after a failure of one kind, and how often it worked."""

    kind: str
    origin: str
    count: int
    worked: int


@dataclass(frozen=True, slots=True)
class CaseTime:
    """A case's times, for the time to a decision."""

    kind: str
    state: str
    reason: str
    opened_at: float
    closed_at: float | None


def outcomes(connection: Connection, since: float, until: float, spans: int) -> Sequence[OutcomeCount]:
    """Requests by outcome in equal spans of time, by the time of their submission."""
    length = (until - since) / spans
    number = func.floor((requests.c.created_at - since) / length)
    rows = connection.execute(
        select(number, _OUTCOME, func.count())
        .where(requests.c.created_at >= since, requests.c.created_at < until, OPERATORS)
        .group_by(number, _OUTCOME)
    )
    return [OutcomeCount(int(row[0]), row[1], row[2]) for row in rows]


def failures(connection: Connection, since: float) -> Sequence[FailureCount]:
    """Failures by kind, model, size and template, most frequent first."""
    count, pictures = func.count(), func.sum(case((requests.c.answer == Answer.PICTURES.value, 1), else_=0))
    rows = connection.execute(
        select(_KIND, requests.c.model, requests.c.size, requests.c.origin, count, pictures)
        .where(requests.c.created_at >= since, _KIND.is_not(None), OPERATORS)
        .group_by(_KIND, requests.c.model, requests.c.size, requests.c.origin)
        .order_by(count.desc(), _KIND)
    )
    return [FailureCount(*row) for row in rows]


def rejected_results(connection: Connection, since: float) -> Sequence[RejectionCount]:
    """Rejected results by reason, model, size and template, most frequent first."""
    child = requests.alias()
    better = (child.c.parent == requests.c.id) & json_truth(child.c.typed, "picked")
    count, picked = func.count(), func.sum(case((select(child.c.id).where(better).exists(), 1), else_=0))
    template = func.coalesce(requests.c.template, requests.c.origin)
    columns = (rejected.c.reason, requests.c.model, requests.c.size, template)
    rows = connection.execute(
        select(*columns, count, picked)
        .select_from(rejected.join(requests, requests.c.id == rejected.c.request_id))
        .where(rejected.c.at >= since, OPERATORS)
        .group_by(*columns)
        .order_by(count.desc(), *columns)
    )
    return [RejectionCount(*row) for row in rows]


def attempts_by_model(connection: Connection, since: float) -> dict[str, int]:
    """Number of requests for each model, failed or not."""
    rows = connection.execute(
        select(requests.c.model, func.count())
        .where(requests.c.created_at >= since, requests.c.model != "", OPERATORS)
        .group_by(requests.c.model)
    )
    return {row[0]: row[1] for row in rows}


def remedies(connection: Connection, since: float) -> Sequence[Remedy]:
    """What people did after a failure, and how often the next request got pictures."""
    child = requests.alias()
    kind, worked = _KIND, func.sum(case((child.c.answer == Answer.PICTURES.value, 1), else_=0))
    rows = connection.execute(
        select(kind, child.c.origin, func.count(), worked)
        .select_from(requests.join(child, child.c.parent == requests.c.id))
        .where(requests.c.created_at >= since, kind.is_not(None), child.c.origin != Origin.AGAIN.value, OPERATORS)
        .group_by(kind, child.c.origin)
        .order_by(func.count().desc())
    )
    return [Remedy(*row) for row in rows]


def rejections(connection: Connection, since: float) -> Sequence[tuple[str, int]]:
    """Requests turned down before anything was sent, by reason."""
    reason = json_text(requests.c.refusal, "reason")
    rows = connection.execute(
        select(reason, func.count())
        .where(requests.c.created_at >= since, requests.c.state == "refused", reason.is_not(None), OPERATORS)
        .group_by(reason)
        .order_by(func.count().desc())
    )
    return [(row[0], row[1]) for row in rows]


def blocked_wordings(connection: Connection, since: float, *, blocked: bool) -> Iterator[tuple[str, str]]:
    """(member, prompt) of requests that were blocked, or of those that got pictures. For counting words; never shown."""
    wanted = requests.c.answer == (Answer.BLOCKED if blocked else Answer.PICTURES).value
    rows = connection.execute(
        select(requests.c.platform, requests.c.person, requests.c.prompt).where(
            requests.c.created_at >= since, wanted, requests.c.prompt != "", OPERATORS
        )
    )
    yield from ((f"{row[0]}:{row[1]}", row[2]) for row in rows)


def latencies(connection: Connection, since: float) -> Sequence[tuple[float, float]]:
    """(opened at, seconds) of the latest calls that were answered with status 200, oldest first."""
    rows = connection.execute(
        select(attempts.c.opened_at, cast(attempts.c.latency, Float))
        .join(requests, attempts.c.request_id == requests.c.id)
        .where(attempts.c.opened_at >= since, attempts.c.latency.is_not(None), attempts.c.status == 200, OPERATORS)
        .order_by(attempts.c.opened_at.desc())
        .limit(MOST_LATENCIES)
    )
    return [(row[0], row[1]) for row in rows][::-1]


def case_times(connection: Connection, since: float) -> Sequence[CaseTime]:
    """Cases opened since a time, oldest first."""
    columns = (cases.c.kind, cases.c.state, func.coalesce(cases.c.reason, ""), cases.c.opened_at, cases.c.closed_at)
    rows = connection.execute(select(*columns).where(cases.c.opened_at >= since).order_by(cases.c.opened_at))
    return [CaseTime(*row) for row in rows]


def spent_per_period(connection: Connection, scope: str, periods: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Micros and pictures of all owners of a scope in each of these periods."""
    rows = connection.execute(
        select(spend.c.period, func.sum(spend.c.spent), func.sum(spend.c.pictures))
        .where(spend.c.scope == scope, spend.c.period.in_(periods))
        .group_by(spend.c.period)
    )
    return {row[0]: (int(row[1]), int(row[2])) for row in rows}


def highest_spending(connection: Connection, scope: str, period: str, limit: int) -> Sequence[tuple[str, int]]:
    """(owner, micros reserved and spent) of those who spent most in a period."""
    amount = spend.c.spent + spend.c.reserved
    rows = connection.execute(
        select(spend.c.owner, amount).where(spend.c.scope == scope, spend.c.period == period).order_by(amount.desc()).limit(limit)
    )
    return [(row[0], int(row[1])) for row in rows]
