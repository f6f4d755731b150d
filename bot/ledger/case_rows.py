"""Queries on moderation cases, their audit trail, rewrites and notes. Every change of state goes through `move`, which asks the table in
bot.domain; what a step means and who may take it is bot.moderation's business."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from bot.domain.case_states import CASES, WAITING, CaseEvent, CaseState, Standing
from bot.domain.requests import Person, Request
from bot.ledger import message_rows
from bot.ledger.request_rows import requests_where
from bot.ledger.store import Tx
from bot.ledger.tables import audit, case_notes, cases, requests, rewrites

MACHINE = "imagine-bot"
"""The actor of steps that no person took: a lease that ended, a reminder, an expiry."""

OTHER_PICTURE = "other_picture"
"""The line of the trail that asks the member whether a picture was their rewording."""
TAKING = (CaseEvent.CLAIM.value, CaseEvent.TAKE_OVER.value)


@dataclass(frozen=True, slots=True)
class Case:
    """One row of the ledger's `cases`."""

    id: str
    number: int
    """What people call it; one counter for all communities, so it says nothing about anybody."""
    state: CaseState
    platform: str
    community: str
    """Where the request was made; `dm:<person>` for direct messages."""
    person: Person
    request_id: str
    """The request whose block this case is about; the newest one when it was blocked again after a rewrite."""
    kind: str
    facts: Mapping[str, str]
    """Safe facts of the block: code, stage, categories, status, request_id."""
    opened_at: float
    waiting_since: float
    """When people were last asked to decide (opened, appealed, blocked again); reminders count from here."""
    due_at: float | None
    """When the timer must look at it next; None when nothing is due any more."""
    version: int
    expires_at: float
    holder: Person | None = None
    """Who holds, or held, the lease of the step under way."""
    lease_until: float | None = None
    """End of a running lease; None when none runs."""
    asked: str | None = None
    """What the member is asked: the id of a rewrite, or `rephrase`; None when nothing."""
    told: int | None = None
    """The trail's line that the member's newest message is about."""
    decided_by: Person | None = None
    """The moderator of the last decision; kept through an appeal, which another one shall decide."""
    closed_at: float | None = None
    reason: str | None = None
    """Of a denial: a key under `case.reason.` or the community's own words."""
    reminded: int = 0
    appeals: int = 0
    forget: bool = False
    """The member asked for their texts to be removed: done as soon as the case is closed."""
    texts_removed: bool = False


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A moderator's wording. The member accepts its id, so nobody can swap the words afterwards."""

    id: str
    case_id: str
    prompt: str
    fingerprint: str
    author: Person
    written_at: float
    answer: str | None = None
    """`accepted`, `declined`, or None while open."""


@dataclass(frozen=True, slots=True)
class Note:
    """Words of people about a case: kept beside the audit trail, because they are removed in time and the trail is not."""

    id: str
    kind: str
    """`comment`, `denial` or `appeal`."""
    author: Person
    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the audit trail: who did what when, with which effect. Ids and tokens, never prompts."""

    seq: int
    at: float
    case_id: str
    community: str
    actor: str
    actor_name: str
    event: str
    outcome: str
    """`done`, `refused` (not allowed), `stale` (too late or repeated) or `forged` (no such row)."""
    facts: Mapping[str, Any] = field(default_factory=dict)


def open_new(tx: Tx, request: Request, kind: str, facts: Mapping[str, str], *, due_at: float, expires_at: float) -> Case:
    """Write a new case about a blocked request."""
    identity = tx.new_id()
    tx.connection.execute(
        insert(cases).values(
            id=identity,
            state=CaseState.OPEN.value,
            platform=request.place.platform,
            community=request.place.community,
            person=request.person.id,
            person_name=request.person.name[:120],
            request_id=request.id,
            kind=kind,
            facts=dict(facts),
            opened_at=tx.now,
            waiting_since=tx.now,
            due_at=due_at,
            version=1,
            expires_at=expires_at,
            reminded=0,
            appeals=0,
            forget=False,
            texts_removed=False,
        )
    )
    made = get(tx.connection, identity)
    assert made is not None
    return made


def move(tx: Tx, case: Case, event: CaseEvent, **values: object) -> Case | None:
    """Move a case along the table; None when it is no longer what the caller saw. Raises UnknownTransition."""
    state = CASES.next(case.state, event)
    return _change(tx, case, state=state.value, **values)


def change(tx: Tx, case: Case, **values: object) -> Case | None:
    """Change what is no state (the lease's holder, the reminder count); None when the case is no longer what the caller saw."""
    return _change(tx, case, **values)


def _change(tx: Tx, case: Case, **values: object) -> Case | None:
    done = tx.connection.execute(
        update(cases).where(cases.c.id == case.id, cases.c.version == case.version).values(version=case.version + 1, **values)
    )
    return get(tx.connection, case.id) if done.rowcount else None


def get(connection: Connection, case_id: str) -> Case | None:
    """One case, or None."""
    row = connection.execute(select(cases).where(cases.c.id == case_id)).one_or_none()
    return None if row is None else as_case(row)


def by_number(connection: Connection, number: int) -> Case | None:
    """One case by what people call it."""
    row = connection.execute(select(cases).where(cases.c.number == number)).one_or_none()
    return None if row is None else as_case(row)


def standing(connection: Connection, case_id: str) -> Standing | None:
    """What people call a case, and where it stands."""
    found = connection.execute(select(cases.c.number, cases.c.state).where(cases.c.id == case_id)).one_or_none()
    return None if found is None else Standing(int(found.number), CaseState(found.state))


def waiting_of(connection: Connection, platform: str, community: str, person: str) -> Case | None:
    """Somebody's newest case in a community in which something is still to be done."""
    row = connection.execute(
        select(cases)
        .where(
            cases.c.platform == platform,
            cases.c.community == community,
            cases.c.person == person,
            cases.c.state.in_([state.value for state in WAITING]),
        )
        .order_by(cases.c.opened_at.desc(), cases.c.number.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else as_case(row)


def due(connection: Connection, now: float, limit: int = 500) -> Sequence[Case]:
    """Cases whose timer has come, most overdue first."""
    rows = connection.execute(
        select(cases).where(cases.c.due_at.is_not(None), cases.c.due_at <= now).order_by(cases.c.due_at, cases.c.number).limit(limit)
    )
    return [as_case(row) for row in rows]


def earlier(connection: Connection, case: Case) -> int:
    """How many cases the member had in this community before this one."""
    return int(
        connection.execute(
            select(func.count())
            .select_from(cases)
            .where(
                cases.c.platform == case.platform,
                cases.c.community == case.community,
                cases.c.person == case.person.id,
                cases.c.number < case.number,
            )
        ).scalar_one()
    )


def requests_of(connection: Connection, case_id: str) -> Sequence[Request]:
    """Every request that belongs to a case, oldest first."""
    return requests_where(connection, requests.c.case_id == case_id)


def write_audit(
    tx: Tx, case_id: str, community: str, actor: Person, event: str, outcome: str = "done", facts: Mapping[str, object] | None = None
) -> int:
    """Append a line to the trail; returns its number."""
    done = tx.connection.execute(
        insert(audit)
        .values(
            at=tx.now,
            case_id=case_id[:32],
            community=community[:64],
            actor=actor.id[:64],
            actor_name=actor.name[:120],
            event=event[:32],
            outcome=outcome,
            facts=dict(facts or {}),
        )
        .returning(audit.c.seq)
    )
    return int(done.scalar_one())


def trail(connection: Connection, case_id: str) -> Sequence[Step]:
    """The audit trail of a case, oldest first."""
    return [as_step(row) for row in connection.execute(select(audit).where(audit.c.case_id == case_id).order_by(audit.c.seq))]


def step(connection: Connection, seq: int) -> Step | None:
    """One line of the trail."""
    row = connection.execute(select(audit).where(audit.c.seq == seq)).one_or_none()
    return None if row is None else as_step(row)


def reminders(connection: Connection, case_id: str) -> Sequence[int]:
    """Lines of a case's trail with which somebody was reminded or asked beside its newest question."""
    beside = audit.c.event.in_(["remind", OTHER_PICTURE])
    return [row.seq for row in connection.execute(select(audit.c.seq).where(audit.c.case_id == case_id, beside))]


def ask_again_about_pictures(tx: Tx, platform: str, person: str) -> None:
    """One of somebody's pictures is deleted: the questions whether it was their rewording, which quote it, follow."""
    asked = select(audit.c.seq).join(cases, cases.c.id == audit.c.case_id)
    mine = (cases.c.platform == platform) & (cases.c.person == person) & cases.c.state.in_([one.value for one in WAITING])
    for row in tx.connection.execute(asked.where(mine, audit.c.event == OTHER_PICTURE)).all():
        message_rows.bump(tx, f"step:{row.seq}")


def count_steps(connection: Connection, community: str, actor: str, events: Iterable[str], since: float) -> int:
    """How often somebody did something in a community since a time."""
    return int(
        connection.execute(
            select(func.count())
            .select_from(audit)
            .where(audit.c.community == community, audit.c.actor == actor, audit.c.at > since, audit.c.event.in_(list(events)))
        ).scalar_one()
    )


def moderators_of(connection: Connection, community: str, limit: int = 5) -> Sequence[str]:
    """Who took cases of a community before, the most recent first."""
    newest = func.max(audit.c.at)
    rows = connection.execute(
        select(audit.c.actor)
        .where(audit.c.community == community, audit.c.outcome == "done", audit.c.event.in_(TAKING))
        .group_by(audit.c.actor)
        .order_by(newest.desc())
        .limit(limit)
    )
    return [row.actor for row in rows]


def add_rewrite(tx: Tx, case_id: str, prompt: str, fingerprint: str, author: Person) -> Rewrite:
    """Store a moderator's wording."""
    made = Rewrite(tx.new_id(), case_id, prompt, fingerprint, author, tx.now)
    tx.connection.execute(
        insert(rewrites).values(
            id=made.id,
            case_id=case_id,
            prompt=prompt,
            fingerprint=fingerprint,
            author=author.id,
            author_name=author.name[:120],
            written_at=tx.now,
        )
    )
    return made


def rewrite(connection: Connection, rewrite_id: str) -> Rewrite | None:
    """One rewrite, or None."""
    row = connection.execute(select(rewrites).where(rewrites.c.id == rewrite_id)).one_or_none()
    return None if row is None else _rewrite(row)


def rewrites_of(connection: Connection, case_id: str) -> Sequence[Rewrite]:
    """All rewrites of a case, oldest first."""
    return [
        _rewrite(row)
        for row in connection.execute(select(rewrites).where(rewrites.c.case_id == case_id).order_by(rewrites.c.written_at, rewrites.c.id))
    ]


def answer_rewrite(tx: Tx, rewrite_id: str, answer: str) -> bool:
    """The member's word; False when it was given before."""
    done = tx.connection.execute(
        update(rewrites).where(rewrites.c.id == rewrite_id, rewrites.c.answer.is_(None)).values(answer=answer, answered_at=tx.now)
    )
    return bool(done.rowcount)


def add_note(tx: Tx, case_id: str, kind: str, author: Person, text: str) -> str:
    """Keep somebody's words about a case; returns the note's id for the trail."""
    identity = tx.new_id()
    tx.connection.execute(
        insert(case_notes).values(
            id=identity, case_id=case_id, kind=kind, author=author.id, author_name=author.name[:120], at=tx.now, text=text
        )
    )
    return identity


def notes_of(connection: Connection, case_id: str) -> Sequence[Note]:
    """People's words about a case, oldest first."""
    rows = connection.execute(select(case_notes).where(case_notes.c.case_id == case_id).order_by(case_notes.c.at, case_notes.c.id))
    return [Note(row.id, row.kind, Person(row.author, row.author_name), row.at, row.text) for row in rows]


def as_case(row: Row[Any]) -> Case:
    """The dataclass of a case's row."""
    return Case(
        id=row.id,
        number=row.number,
        state=CaseState(row.state),
        platform=row.platform,
        community=row.community,
        person=Person(row.person, row.person_name),
        request_id=row.request_id,
        kind=row.kind,
        facts=row.facts,
        opened_at=row.opened_at,
        waiting_since=row.waiting_since,
        due_at=row.due_at,
        version=row.version,
        expires_at=row.expires_at,
        holder=None if row.holder is None else Person(row.holder, row.holder_name or ""),
        lease_until=row.lease_until,
        asked=row.asked,
        told=row.told,
        decided_by=None if row.decided_by is None else Person(row.decided_by, row.decided_name or ""),
        closed_at=row.closed_at,
        reason=row.reason,
        reminded=row.reminded,
        appeals=row.appeals,
        forget=row.forget,
        texts_removed=row.texts_removed,
    )


def as_step(row: Row[Any]) -> Step:
    """The dataclass of a line of the trail."""
    return Step(row.seq, row.at, row.case_id, row.community, row.actor, row.actor_name, row.event, row.outcome, row.facts)


def _rewrite(row: Row[Any]) -> Rewrite:
    return Rewrite(row.id, row.case_id, row.prompt, row.fingerprint, Person(row.author, row.author_name), row.written_at, row.answer)
