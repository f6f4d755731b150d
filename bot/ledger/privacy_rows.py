"""Queries for the removal of texts: closed cases whose texts are still stored, and everything that one person wrote or made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, exists, func, select, update

from bot.domain.case_states import WAITING
from bot.domain.request_states import RequestState
from bot.ledger import request_rows
from bot.ledger.case_rows import Step, as_step
from bot.ledger.store import Tx
from bot.ledger.tables import audit, case_notes, cases, pictures, requests, rewrites

_CLOSED = cases.c.state.not_in([state.value for state in WAITING])
_ENDED = (RequestState.ANSWERED.value, RequestState.REFUSED.value)


@dataclass(frozen=True, slots=True)
class ClosedCase:
    """A closed case whose texts are still stored."""

    id: str
    platform: str
    community: str
    closed_at: float
    forget: bool
    """Its member asked for the removal."""


@dataclass(frozen=True, slots=True)
class EndedRequest:
    """A request that is answered or refused."""

    id: str
    case_id: str | None
    deleted: bool


@dataclass(frozen=True, slots=True)
class Counts:
    """How much is stored about somebody: requests with a prompt, pictures, cases with texts."""

    requests: int
    pictures: int
    cases: int


def closed_with_texts(connection: Connection, limit: int = 1000) -> Sequence[ClosedCase]:
    """Closed cases with texts, the longest closed first. A case that has a request under way (an accepted wording that is drawn) is left
    out: those words are still to be sent."""
    under_way = exists().where(requests.c.case_id == cases.c.id, request_rows.LIVE_ROWS)
    rows = connection.execute(
        select(cases.c.id, cases.c.platform, cases.c.community, cases.c.closed_at, cases.c.forget)
        .where(cases.c.texts_removed.is_(False), cases.c.closed_at.is_not(None), _CLOSED, ~under_way)
        .order_by(cases.c.closed_at)
        .limit(limit)
    )
    return [ClosedCase(row.id, row.platform, row.community, row.closed_at, row.forget) for row in rows]


def empty_wordings(tx: Tx, case_id: str) -> None:
    """Empty the rewrites and notes of a case."""
    tx.connection.execute(update(rewrites).where(rewrites.c.case_id == case_id).values(prompt=""))
    tx.connection.execute(update(case_notes).where(case_notes.c.case_id == case_id).values(text=""))


def steps_by(connection: Connection, actor: str, event: str) -> Sequence[Step]:
    """Lines of the audit trail in which somebody did this, in no order."""
    return [as_step(row) for row in connection.execute(select(audit).where(audit.c.actor == actor, audit.c.event == event))]


def live_of(connection: Connection, platform: str, person: str) -> Sequence[str]:
    """Ids of somebody's requests that are under way."""
    own = _own_requests(platform, person)
    return [row.id for row in connection.execute(select(requests.c.id).where(own, request_rows.LIVE_ROWS))]


def ended_of(connection: Connection, platform: str, person: str) -> Sequence[EndedRequest]:
    """Somebody's requests that have ended."""
    columns = select(requests.c.id, requests.c.case_id, requests.c.deleted)
    rows = connection.execute(columns.where(_own_requests(platform, person), requests.c.state.in_(_ENDED)))
    return [EndedRequest(row.id, row.case_id, row.deleted) for row in rows]


def waiting_cases_of(connection: Connection, platform: str, person: str) -> Sequence[str]:
    """Ids of somebody's cases that are not closed."""
    return [row.id for row in connection.execute(select(cases.c.id).where(_own_cases(platform, person), ~_CLOSED))]


def forget_cases_of(tx: Tx, platform: str, person: str) -> None:
    """Mark all of somebody's cases: their texts go as soon as they are closed."""
    tx.connection.execute(update(cases).where(_own_cases(platform, person)).values(forget=True, version=cases.c.version + 1))


def counts(connection: Connection, platform: str, person: str) -> Counts:
    """How much is stored about somebody on a platform."""
    own = _own_requests(platform, person)
    of_requests = select(func.count()).select_from(requests).where(own, requests.c.prompt != "")
    of_pictures = select(func.count()).select_from(pictures.join(requests, pictures.c.request_id == requests.c.id)).where(own)
    of_cases = select(func.count()).select_from(cases).where(_own_cases(platform, person), cases.c.texts_removed.is_(False))
    return Counts(*(int(connection.execute(one).scalar_one()) for one in (of_requests, of_pictures, of_cases)))


def _own_requests(platform: str, person: str) -> ColumnElement[bool]:
    return (requests.c.platform == platform) & (requests.c.person == person)


def _own_cases(platform: str, person: str) -> ColumnElement[bool]:
    return (cases.c.platform == platform) & (cases.c.person == person)
