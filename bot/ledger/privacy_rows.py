"""Queries for deleting texts: closed cases whose texts are still stored, and everything that one person wrote or made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, exists, func, select, update

from bot.domain.case_states import WAITING
from bot.domain.request_states import RequestState
from bot.ledger import request_rows
from bot.ledger.case_rows import Step, as_step
from bot.ledger.records import record
from bot.ledger.store import Tx
from bot.ledger.tables import attachments, audit, batches, case_notes, cases, pictures, requests, rewrites
from bot.ledger.tables import picture_drafts as drafts

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
    """Its member asked for deletion."""


@dataclass(frozen=True, slots=True)
class EndedRequest:
    id: str
    case_id: str | None
    deleted: bool


@dataclass(frozen=True, slots=True)
class Counts:
    """Amounts stored about a person: requests with a prompt, pictures, cases with texts, drafts."""

    requests: int
    pictures: int
    attachments: int
    cases: int
    drafts: int = 0
    """Changed pictures that only they have seen."""
    batches: int = 0


def closed_with_texts(connection: Connection, limit: int = 1000) -> Sequence[ClosedCase]:
    """Closed cases with texts, earliest closed first. Cases with an unfinished request (an accepted wording being drawn) are excluded,
    because those words still have to be sent."""
    under_way = exists().where(requests.c.case_id == cases.c.id, request_rows.UNFINISHED_ROWS)
    rows = connection.execute(
        select(cases.c.id, cases.c.platform, cases.c.community, cases.c.closed_at, cases.c.forget)
        .where(cases.c.texts_removed.is_(False), cases.c.closed_at.is_not(None), _CLOSED, ~under_way)
        .order_by(cases.c.closed_at)
        .limit(limit)
    )
    return [record(ClosedCase, row) for row in rows]


def empty_wordings(tx: Tx, case_id: str) -> None:
    tx.connection.execute(update(rewrites).where(rewrites.c.case_id == case_id).values(prompt=""))
    tx.connection.execute(update(case_notes).where(case_notes.c.case_id == case_id).values(text=""))


def remove_names(tx: Tx, case_id: str, person: str) -> None:
    """Delete the member's name from their case and from what they wrote in it; their id stays."""
    tx.connection.execute(update(cases).where(cases.c.id == case_id).values(person_name=""))
    tx.connection.execute(update(case_notes).where(case_notes.c.case_id == case_id, case_notes.c.author == person).values(author_name=""))


def forget_reports_of(tx: Tx, platform: str, person: str) -> Sequence[str]:
    """Delete what somebody wrote when they reported other people's pictures. Returns the cases of these reports."""
    here = select(cases.c.id).where(cases.c.platform == platform)
    own = (case_notes.c.author == person) & (case_notes.c.kind == "report") & case_notes.c.case_id.in_(here)
    done = tx.connection.execute(update(case_notes).where(own).values(text="", author_name="").returning(case_notes.c.case_id))
    return [row.case_id for row in done]


def emptied_cases_of(connection: Connection, platform: str, person: str) -> Sequence[str]:
    """Ids of a person's cases whose texts are gone, but not their name."""
    signed = exists().where(case_notes.c.case_id == cases.c.id, case_notes.c.author == person, case_notes.c.author_name != "")
    named = (cases.c.person_name != "") | signed
    emptied = _own_cases(platform, person) & cases.c.texts_removed.is_(True)
    return [row.id for row in connection.execute(select(cases.c.id).where(emptied, named))]


def steps_by(connection: Connection, actor: str, event: str) -> Sequence[Step]:
    """Audit log entries in which somebody did this, unordered."""
    return [as_step(row) for row in connection.execute(select(audit).where(audit.c.actor == actor, audit.c.event == event))]


def live_of(connection: Connection, platform: str, person: str) -> Sequence[str]:
    own = _own_requests(platform, person)
    return [row.id for row in connection.execute(select(requests.c.id).where(own, request_rows.UNFINISHED_ROWS))]


def ended_of(connection: Connection, platform: str, person: str) -> Sequence[EndedRequest]:
    columns = select(requests.c.id, requests.c.case_id, requests.c.deleted)
    rows = connection.execute(columns.where(_own_requests(platform, person), requests.c.state.in_(_ENDED)))
    return [record(EndedRequest, row) for row in rows]


def waiting_cases_of(connection: Connection, platform: str, person: str) -> Sequence[str]:
    """Ids of a person's cases that aren't closed."""
    return [row.id for row in connection.execute(select(cases.c.id).where(_own_cases(platform, person), ~_CLOSED))]


def forget_cases_of(tx: Tx, platform: str, person: str) -> None:
    """Mark all of a person's cases: their texts are deleted as soon as they close."""
    tx.connection.execute(update(cases).where(_own_cases(platform, person)).values(forget=True, version=cases.c.version + 1))


def counts(connection: Connection, platform: str, person: str) -> Counts:
    """Amounts stored about a person on a platform."""
    own = _own_requests(platform, person)
    of_requests = select(func.count()).select_from(requests).where(own, requests.c.prompt != "")
    of_pictures = select(func.count()).select_from(pictures.join(requests, pictures.c.request_id == requests.c.id)).where(own)
    key = f"{platform}:{person}"
    of_attachments = select(func.count()).select_from(attachments).where(attachments.c.person == key)
    of_cases = select(func.count()).select_from(cases).where(_own_cases(platform, person), cases.c.texts_removed.is_(False))
    of_drafts = select(func.count()).select_from(drafts.join(requests, drafts.c.request_id == requests.c.id)).where(own)
    of_batches = select(func.count()).where(batches.c.platform == platform, batches.c.person == person, batches.c.title != "")
    counted = (of_requests, of_pictures, of_attachments, of_cases, of_drafts, of_batches)
    return Counts(*(int(connection.execute(one).scalar_one()) for one in counted))


def _own_requests(platform: str, person: str) -> ColumnElement[bool]:
    return (requests.c.platform == platform) & (requests.c.person == person)


def _own_cases(platform: str, person: str) -> ColumnElement[bool]:
    return (cases.c.platform == platform) & (cases.c.person == person)
