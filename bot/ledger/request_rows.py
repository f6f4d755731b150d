"""Queries on requests. Every state change goes through `move`, which checks the table in bot.domain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, func, literal_column, or_, select, update

from bot.domain.failure import Failure
from bot.domain.refusal import Refusal
from bot.domain.request_states import REQUESTS, Answer, RequestEvent, RequestState
from bot.domain.requests import COMMAND, Lane, Lineage, Origin, Person, Place, Request, Submission
from bot.ledger.codec import failure_from_json, failure_to_json, refusal_from_json, refusal_to_json
from bot.ledger.dialect import json_length, json_number, json_text, json_truth, upsert
from bot.ledger.records import find_one, place_columns, record
from bot.ledger.store import Tx
from bot.ledger.tables import requests

UNFINISHED_ROWS: ColumnElement[bool] = literal_column("state NOT IN ('answered', 'refused')")
"""Worded exactly as in the partial indexes, so that SQLite uses them."""
# Hot statements are built once: building and hashing one again costs more than SQLite's work on it.
_INSERT = upsert(requests).on_conflict_do_nothing(index_elements=["event_key"])
_ONE = select(requests).where(requests.c.id == bindparam("id"))
_TYPED = select(requests.c.typed).where(requests.c.id == bindparam("id"))
# These set the columns that they're executed with.
_MARK = update(requests).where(requests.c.id == bindparam("of"))
_MOVE = _MARK.where(requests.c.state == bindparam("read_state"), requests.c.epoch == bindparam("read_epoch"))
_UNFINISHED_OF = (
    select(func.count())
    .select_from(requests)
    .where(
        requests.c.platform == bindparam("platform"),
        requests.c.person == bindparam("person"),
        requests.c.lane == Lane.INTERACTIVE.value,
        UNFINISHED_ROWS,
    )
)
_DUE = (
    select(requests)
    .where(requests.c.state == bindparam("state"), requests.c.due_at <= bindparam("now"), UNFINISHED_ROWS)
    .order_by(requests.c.due_at, requests.c.id)
    .limit(bindparam("limit"))
)
_R = requests.c
_QUEUE = (
    select(
        *(_R.id, _R.platform, _R.person, _R.community, _R.lane, _R.created_at, _R["count"], _R.attempts, _R.unbilled_tries),
        *(func.coalesce(_R.service, ""), _R.model, json_text(_R.failure, "kind")),
        *(json_length(_R.typed, "references"), json_number(_R.typed, "settled")),
        *(json_text(_R.typed, "mask"), json_truth(_R.typed, "option_refused")),
    )
    .where(_R.state == RequestState.QUEUED.value, _R.due_at <= bindparam("now"), UNFINISHED_ROWS)
    .order_by(_R.due_at, _R.id)
    .limit(bindparam("limit"))
)
_OVERDUE = select(requests).where(UNFINISHED_ROWS, requests.c.deadline_at <= bindparam("now"))

UNFINISHED = (RequestState.RECEIVED, RequestState.AWAITING_MEMBER, RequestState.QUEUED, RequestState.CALLING, RequestState.COLLECTING)


def insert_received(
    tx: Tx,
    request_id: str,
    event_key: str,
    submission: Submission,
    *,
    deadline_at: float,
    lineage: Lineage = COMMAND,
    unreadable: bool = False,
) -> str | None:
    """Store a submission. Returns None, or the id of the request that this event created before."""
    row = {
        "id": request_id,
        "event_key": event_key,
        "state": RequestState.RECEIVED.value,
        **place_columns(submission.place),
        "person": submission.person.id,
        "person_name": submission.person.name[:120],
        "prompt": submission.prompt,
        "fingerprint": "",
        "typed": _typed(submission) | ({"unreadable": True} if unreadable else {}),
        **dict.fromkeys(("model", "size", "quality"), ""),
        "count": 0,
        "private": submission.private,
        "created_at": tx.now,
        "due_at": tx.now,
        "deadline_at": deadline_at,
        "origin": lineage.origin.value,
        "parent": lineage.parent,
        "case_id": lineage.case_id,
        "lane": submission.lane.value,
        "service": submission.service or None,
        "epoch": 0,
        "attempts": 0,
        "unbilled_tries": 0,
        "published": False,
        "deleted": False,
        "template": submission.template[:60] or None,
    }
    if tx.connection.execute(_INSERT, row).rowcount:
        return None
    return str(tx.connection.execute(select(requests.c.id).where(requests.c.event_key == event_key)).scalar_one())


def _typed(submission: Submission) -> dict[str, object]:
    typed: dict[str, object] = {"size": submission.size, "quality": submission.quality, "count": submission.count}
    if submission.model:
        typed["model"] = submission.model
    if submission.inline:
        typed["inline"] = True
    if submission.references:
        typed["references"] = list(submission.references)
    given = {"batch": submission.batch, "tag": submission.tag, "caption": submission.caption}
    marks = {"consent": submission.consent, "candidates": submission.candidates}
    typed |= {name: value for name, value in given.items() if value}
    return typed | {name: True for name, marked in marks.items() if marked}


def annotate(tx: Tx, request_id: str, **values: object) -> None:
    """Add to what is stored beside the options: `references`, `mask`, `consent`, `per_call`, `picked`, `caption`, `caption_problem`."""
    typed = {**tx.connection.execute(_TYPED, {"id": request_id}).scalar_one(), **values}
    tx.connection.execute(_MARK, {"of": request_id, "typed": typed})


def settle_part(tx: Tx, request: Request, pictures: int, failure: Failure | None) -> None:
    """Record that a part which asked for so many pictures is finished, and why it brought fewer. The first such reason stays."""
    values: dict[str, object] = {"settled": request.settled + pictures}
    if failure is not None and request.part_failure is None:
        values["part_failure"] = failure_to_json(failure)
    annotate(tx, request.id, **values)


def leave_out(tx: Tx, request_id: str, options: Iterable[str], *, refused: bool = False) -> None:
    """Record which options the call omits, and whether that's because the service refused one."""
    annotate(tx, request_id, left_out=sorted(options), **({"option_refused": True} if refused else {}))


def get(connection: Connection, request_id: str) -> Request | None:
    return find_one(connection, _ONE, _request, {"id": request_id})


def move(tx: Tx, request: Request, event: RequestEvent, **values: object) -> bool:
    """Apply an event from the state table. Returns False if state or epoch have changed since the caller read them. Raises
    UnknownTransition."""
    read = {"of": request.id, "read_state": request.state.value, "read_epoch": request.epoch}
    changed = {"state": REQUESTS.next(request.state, event).value, **_stored(values)}
    return bool(tx.connection.execute(_MOVE, {**read, **changed}).rowcount)


def mark(tx: Tx, request_id: str, **values: object) -> None:
    """Change values other than the state: published, deleted, texts removed for privacy."""
    tx.connection.execute(_MARK, {"of": request_id, **_stored(values)})


def due(connection: Connection, state: RequestState, now: float, limit: int = 2000) -> Sequence[Request]:
    """Due rows of one live state, oldest first."""
    rows = connection.execute(_DUE, {"state": state.value, "now": now, "limit": limit})
    return [_request(row) for row in rows]


def due_later(connection: Connection, now: float) -> Mapping[str, float]:
    """When each request that waits for a later call or poll is due, by id."""
    waits = requests.c.state.in_((RequestState.QUEUED.value, RequestState.COLLECTING.value))
    found = connection.execute(select(requests.c.id, requests.c.due_at).where(waits, requests.c.due_at > now, UNFINISHED_ROWS))
    return {row.id: row.due_at for row in found}


@dataclass(frozen=True, slots=True)
class Queued:
    """The columns of a queued row that scheduling needs."""

    id: str
    person: str
    community: str
    lane: str
    created_at: float
    count: int
    attempts: int
    unbilled_tries: int
    service: str
    model: str = ""
    failure: str | None = None
    """Kind of its last failure."""
    references: int | None = None
    """Number of attached pictures."""
    settled: int | None = None
    """Pictures that its finished parts asked for."""
    mask: str | None = None
    """SHA-256 of the mask."""
    option_refused: bool | None = None
    """Whether a service refused one of its options."""


def queue(connection: Connection, now: float, limit: int = 5000) -> Sequence[Queued]:
    """Due queued rows, oldest first. Few columns, because the scheduler reads this after every change of the queue."""
    rows = connection.execute(_QUEUE, {"now": now, "limit": limit}).all()
    return [Queued(row[0], f"{row[1]}:{row[2]}", f"{row[1]}:{row[3]}", *row[4:]) for row in rows]


def of_event(connection: Connection, event_key: str) -> str | None:
    """Id of the request that an event made; None if it made none."""
    return connection.execute(select(requests.c.id).where(requests.c.event_key == event_key)).scalar()


def unfinished_count(connection: Connection, platform: str, person: str) -> int:
    """Number of a person's unfinished requests, without those of batches."""
    return int(connection.execute(_UNFINISHED_OF, {"platform": platform, "person": person}).scalar_one())


def latest_before(connection: Connection, request: Request, since: float) -> float | None:
    """When the same person's latest other request before this one in its community was made, if after `since`. What a batch makes, what was
    refused and what ended without a picture doesn't count."""
    earlier = or_(requests.c.created_at < request.created_at, and_(requests.c.created_at == request.created_at, requests.c.id < request.id))
    found = select(func.max(requests.c.created_at)).where(
        requests.c.platform == request.place.platform,
        requests.c.person == request.person.id,
        requests.c.community == request.place.community,
        requests.c.created_at > since,
        requests.c.lane == Lane.INTERACTIVE.value,
        or_(UNFINISHED_ROWS, requests.c.answer == Answer.PICTURES.value),
        earlier,
    )
    value = connection.execute(found).scalar()
    return None if value is None else float(value)


def overdue(connection: Connection, now: float) -> Sequence[Request]:
    """Live requests past their deadline."""
    return [_request(row) for row in connection.execute(_OVERDUE, {"now": now})]


def in_state(connection: Connection, state: RequestState) -> Sequence[Request]:
    return due(connection, state, now=float("inf"), limit=1_000_000)


def unfinished_child(connection: Connection, parent: str, person: str, origin: Origin, since: float) -> str | None:
    """A request made the same way from the same parent by the same person, if it's unfinished or younger than `since`: the second half of a
    double click."""
    return connection.execute(
        select(requests.c.id)
        .where(
            requests.c.parent == parent,
            requests.c.person == person,
            requests.c.origin == origin.value,
            requests.c.state.in_([state.value for state in UNFINISHED]) | (requests.c.created_at >= since),
        )
        .limit(1)
    ).scalar()


def of_person(connection: Connection, platform: str, person: str, limit: int = 10) -> Sequence[Request]:
    """A person's latest requests, newest first, without deleted ones and those of batches."""
    rows = connection.execute(
        select(requests)
        .where(requests.c.platform == platform, requests.c.person == person, requests.c.deleted.is_(False))
        .where(requests.c.lane == Lane.INTERACTIVE.value)
        .order_by(requests.c.created_at.desc(), requests.c.id)
        .limit(limit)
    )
    return [_request(row) for row in rows]


def children(connection: Connection, parents: Sequence[str], origins: Sequence[Origin]) -> Sequence[Request]:
    """Requests made from one of these in one of these ways, oldest first."""
    return requests_where(connection, requests.c.parent.in_(parents) & requests.c.origin.in_([origin.value for origin in origins]))


def extend_received(tx: Tx) -> None:
    """Extend commands that wait for their acknowledgement by the time in which no process could ask the platform."""
    left = tx.now + requests.c.deadline_at - requests.c.created_at
    late = (requests.c.state == RequestState.RECEIVED.value) & (requests.c.deadline_at < left) & UNFINISHED_ROWS
    tx.connection.execute(update(requests).where(late).values(deadline_at=left))


def requests_where(connection: Connection, condition: ColumnElement[bool]) -> Sequence[Request]:
    """Requests matching another query module's condition, oldest first."""
    return [_request(row) for row in connection.execute(select(requests).where(condition).order_by(requests.c.created_at, requests.c.id))]


def _stored(values: Mapping[str, object]) -> dict[str, object]:
    """Typed values as the columns hold them."""
    return {name: _column(value) for name, value in values.items()}


def _column(value: object) -> object:
    if isinstance(value, Failure):
        return failure_to_json(value)
    return refusal_to_json(value) if isinstance(value, Refusal) else value


def _request(row: Row[Any]) -> Request:
    typed = row.typed
    return record(
        Request,
        row,
        state=RequestState(row.state),
        person=Person(row.person, row.person_name),
        place=record(Place, row),
        origin=Origin(row.origin),
        lane=Lane(row.lane),
        answer=None if row.answer is None else Answer(row.answer),
        failure=None if row.failure is None else failure_from_json(row.failure),
        refusal=None if row.refusal is None else refusal_from_json(row.refusal),
        left_out=frozenset(typed.get("left_out", ())),
        option_refused=bool(typed.get("option_refused")),
        references=tuple(typed.get("references", ())),
        mask=typed.get("mask", ""),
        reported=typed.get("reported", ""),
        consent=bool(typed.get("consent")),
        settled=typed.get("settled", 0),
        per_call=typed.get("per_call", 0),
        applied=typed.get("applied", {}),
        part_failure=failure_from_json(typed["part_failure"]) if "part_failure" in typed else None,
        caption=typed.get("caption") or "",
        caption_problem=tuple(typed.get("caption_problem", ("", ""))),
        review=typed.get("review", ""),
        candidates=bool(typed.get("candidates")),
        picked=bool(typed.get("picked")),
        service=row.service or "",
        template=row.template or "",
        batch=typed.get("batch", ""),
        tag=typed.get("tag", ""),
    )
