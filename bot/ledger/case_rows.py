"""Queries on moderation cases, their audit log, rewrites and notes.

Every state change goes through `move`, which checks the table in bot.domain. What a step means and who may take it is decided in
bot.moderation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from bot.domain.case_states import CASES, REVIEW, WAITING, WITHOUT_SERVICE, CaseEvent, CaseState, Standing
from bot.domain.requests import Person, Request
from bot.ledger import message_rows
from bot.ledger.records import count_rows, find_one, record
from bot.ledger.request_rows import requests_where
from bot.ledger.store import Tx
from bot.ledger.tables import audit, case_notes, cases, requests, rewrites

MACHINE = "imagine-bot"
"""Actor of steps without a person: the end of a lease, a reminder, an expiry."""

OTHER_PICTURE = "other_picture"
"""Audit log event that asks the member whether a picture used their new wording."""
TAKING = (CaseEvent.CLAIM.value, CaseEvent.TAKE_OVER.value)


@dataclass(frozen=True, slots=True)
class Case:
    """One row of the `cases` table."""

    id: str
    number: int
    """The number that people call it by; one counter for all communities, so it reveals nothing."""
    state: CaseState
    platform: str
    community: str
    """Community of the request; `dm:<person>` for direct messages."""
    person: Person
    request_id: str
    """The request whose block this case is about; the latest one if it was blocked again after a rewrite."""
    kind: str
    facts: Mapping[str, str]
    """Safe facts of the block: code, stage, categories, status, request_id."""
    opened_at: float
    waiting_since: float
    """When people were last asked to decide (opened, appealed, blocked again); reminders count from here."""
    due_at: float | None
    """When the timer must look at it next; None if nothing is due."""
    version: int
    expires_at: float
    holder: Person | None = None
    """The current or last holder of the lease in this step."""
    lease_until: float | None = None
    """End of the running lease; None if there is none."""
    asked: str | None = None
    """The open question to the member: the id of a rewrite, or `rephrase`; None if there is none."""
    shown_step: int | None = None
    """The audit log entry that the member's latest message is about."""
    decided_by: Person | None = None
    """The moderator of the last decision; kept during an appeal, which another moderator should decide."""
    closed_at: float | None = None
    reason: str | None = None
    """Reason of a denial: a key under `case.reason.` or the community's own words."""
    reminded: int = 0
    appeals: int = 0
    forget: bool = False
    """The member asked for deletion of their texts; done when the case closes."""
    texts_removed: bool = False


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A moderator's wording. The member accepts it by id, so the words can't be swapped afterwards."""

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
    """A person's text about a case. Kept outside the audit log, because notes are deleted eventually and the log isn't."""

    id: str
    kind: str
    """`comment`, `denial` or `appeal`."""
    author: Person
    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Step:
    """One audit log entry: who did what when, and with which effect. Contains ids and tokens, never prompts."""

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
    """Apply an event from the state table. Returns None if the case has changed since the caller read it. Raises UnknownTransition."""
    state = CASES.next(case.state, event)
    return _change(tx, case, state=state.value, **values)


def change(tx: Tx, case: Case, **values: object) -> Case | None:
    """Change values other than the state (holder, reminder count). Returns None if the case has changed since the caller read it."""
    return _change(tx, case, **values)


def _change(tx: Tx, case: Case, **values: object) -> Case | None:
    done = tx.connection.execute(
        update(cases).where(cases.c.id == case.id, cases.c.version == case.version).values(version=case.version + 1, **values)
    )
    return get(tx.connection, case.id) if done.rowcount else None


def get(connection: Connection, case_id: str) -> Case | None:
    return find_one(connection, select(cases).where(cases.c.id == case_id), as_case)


def by_number(connection: Connection, number: int) -> Case | None:
    return find_one(connection, select(cases).where(cases.c.number == number), as_case)


def standing(connection: Connection, case_id: str) -> Standing | None:
    found = connection.execute(select(cases.c.number, cases.c.state).where(cases.c.id == case_id)).one_or_none()
    return None if found is None else Standing(int(found.number), CaseState(found.state))


def waiting_of(connection: Connection, platform: str, community: str, person: str) -> Case | None:
    """The person's latest case about a block that still needs action in a community, or None."""
    own = (cases.c.platform == platform, cases.c.community == community, cases.c.person == person)
    waiting = (cases.c.kind.not_in(WITHOUT_SERVICE), cases.c.state.in_([state.value for state in WAITING]))
    latest = select(cases).where(*own, *waiting).order_by(cases.c.opened_at.desc(), cases.c.number.desc()).limit(1)
    return find_one(connection, latest, as_case)


def due(connection: Connection, now: float, limit: int = 500) -> Sequence[Case]:
    """Cases whose timer is due, most overdue first."""
    rows = connection.execute(
        select(cases).where(cases.c.due_at.is_not(None), cases.c.due_at <= now).order_by(cases.c.due_at, cases.c.number).limit(limit)
    )
    return [as_case(row) for row in rows]


def earlier(connection: Connection, case: Case) -> int:
    """Number of the member's earlier cases in this community."""
    own = (cases.c.platform == case.platform, cases.c.community == case.community, cases.c.person == case.person.id)
    return count_rows(connection, *own, cases.c.number < case.number, cases.c.kind != REVIEW)


def requests_of(connection: Connection, case_id: str) -> Sequence[Request]:
    return requests_where(connection, requests.c.case_id == case_id)


def write_audit(
    tx: Tx, case_id: str, community: str, actor: Person, event: str, outcome: str = "done", facts: Mapping[str, object] | None = None
) -> int:
    """Append an audit log entry. Returns its number."""
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


def audit_log(connection: Connection, case_id: str) -> Sequence[Step]:
    """A case's audit log, oldest first."""
    return [as_step(row) for row in connection.execute(select(audit).where(audit.c.case_id == case_id).order_by(audit.c.seq))]


def step(connection: Connection, seq: int) -> Step | None:
    """An audit log entry by number, or None."""
    return find_one(connection, select(audit).where(audit.c.seq == seq), as_step)


def reminders(connection: Connection, case_id: str) -> Sequence[int]:
    """Audit log entries that sent a reminder or a question other than the latest one."""
    beside = audit.c.event.in_(["remind", OTHER_PICTURE])
    return [row.seq for row in connection.execute(select(audit.c.seq).where(audit.c.case_id == case_id, beside))]


def ask_again_about_pictures(tx: Tx, platform: str, person: str) -> None:
    """Update the questions that quote a deleted picture of this person."""
    asked = select(audit.c.seq).join(cases, cases.c.id == audit.c.case_id)
    mine = (cases.c.platform == platform) & (cases.c.person == person) & cases.c.state.in_([one.value for one in WAITING])
    for row in tx.connection.execute(asked.where(mine, audit.c.event == OTHER_PICTURE)).all():
        message_rows.bump(tx, f"step:{row.seq}")


def count_steps(connection: Connection, community: str, actor: str, events: Iterable[str], since: float) -> int:
    """How often a person did something in a community since a time."""
    own = (audit.c.community == community, audit.c.actor == actor)
    return count_rows(connection, *own, audit.c.at > since, audit.c.event.in_(list(events)))


def moderators_of(connection: Connection, community: str, limit: int = 5) -> Sequence[str]:
    """Moderators who handled cases of a community, most recent first."""
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
    """Insert a moderator's wording."""
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
    return find_one(connection, select(rewrites).where(rewrites.c.id == rewrite_id), _rewrite)


def rewrites_of(connection: Connection, case_id: str) -> Sequence[Rewrite]:
    """All rewrites of a case, oldest first."""
    own = select(rewrites).where(rewrites.c.case_id == case_id).order_by(rewrites.c.written_at, rewrites.c.id)
    return [_rewrite(row) for row in connection.execute(own)]


def answer_rewrite(tx: Tx, rewrite_id: str, answer: str) -> bool:
    """Record the member's answer. Returns False if it was answered before."""
    done = tx.connection.execute(
        update(rewrites).where(rewrites.c.id == rewrite_id, rewrites.c.answer.is_(None)).values(answer=answer, answered_at=tx.now)
    )
    return bool(done.rowcount)


def add_note(tx: Tx, case_id: str, kind: str, author: Person, text: str) -> str:
    """Store a note about a case. Returns its id for the audit log."""
    identity = tx.new_id()
    tx.connection.execute(
        insert(case_notes).values(
            id=identity, case_id=case_id, kind=kind, author=author.id, author_name=author.name[:120], at=tx.now, text=text
        )
    )
    return identity


def notes_of(connection: Connection, case_id: str) -> Sequence[Note]:
    """Notes about a case, oldest first."""
    rows = connection.execute(select(case_notes).where(case_notes.c.case_id == case_id).order_by(case_notes.c.at, case_notes.c.id))
    return [Note(row.id, row.kind, Person(row.author, row.author_name), row.at, row.text) for row in rows]


def as_case(row: Row[Any]) -> Case:
    return record(
        Case,
        row,
        state=CaseState(row.state),
        person=Person(row.person, row.person_name),
        holder=None if row.holder is None else Person(row.holder, row.holder_name or ""),
        decided_by=None if row.decided_by is None else Person(row.decided_by, row.decided_name or ""),
    )


def as_step(row: Row[Any]) -> Step:
    """Convert an audit log row to a Step."""
    return record(Step, row)


def _rewrite(row: Row[Any]) -> Rewrite:
    return record(Rewrite, row, author=Person(row.author, row.author_name))
