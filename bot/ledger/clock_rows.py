"""Adjustment of stored times after a change of the system clock: shifted while the process runs, bounded at the next start.

The ledger stores wall-clock times. Past events keep their times; pending waits keep their length.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy import ColumnElement, Table, case, func, select, update
from sqlalchemy.sql.elements import KeyedColumnElement

from bot.domain.case_states import CaseState
from bot.domain.request_states import RequestState
from bot.domain.requests import Lane
from bot.ledger import case_rows, message_rows
from bot.ledger.block_rows import BY_COOL_DOWN, show_cards
from bot.ledger.store import Ledger, Tx
from bot.ledger.tables import attempts, blocked_members, blocked_prompts, cases, memory, requests
from bot.ports.steady import SteadyPorts

log = structlog.get_logger()

RECENT = 86400.0
"""Seconds. Values remembered longer ago aren't shifted."""
_LIVE = requests.c.state.not_in([RequestState.ANSWERED.value, RequestState.REFUSED.value])
_CLOSED = [state.value for state in CaseState if state.value.startswith("closed")]
_OPEN = cases.c.state.not_in(_CLOSED)


async def follow(ledger: Ledger, ports: SteadyPorts) -> bool:
    """Adopt changes of the system clock since the last call: shift stored times and the process's time in one transaction. Returns whether
    there was a change."""
    seconds, adopted = ports.step(), False

    def step(tx: Tx) -> None:
        nonlocal adopted
        shift(tx, seconds)
        if not adopted:
            adopted = True
            ports.adopt(seconds)

    if not seconds:
        return False
    log.warning("wall_clock_set", seconds=round(seconds, 3))
    try:
        await ledger.write(step)
    except BaseException:
        if adopted:
            ports.adopt(-seconds)
        raise
    return True


def shift(tx: Tx, by: float) -> None:
    """Shift all pending times, and times that waits are counted from, by `by` seconds (positive: the clock was set forward). Messages that
    show such times are rendered again."""
    moved = _ids(tx, requests, _LIVE), _ids(tx, cases, _OPEN)
    _move(tx, requests, _LIVE, by, requests.c.created_at, requests.c.due_at, requests.c.deadline_at)
    _move(tx, attempts, attempts.c.closed_at.is_(None), by, attempts.c.opened_at)
    _move(tx, cases, _OPEN, by, cases.c.opened_at, cases.c.waiting_since, cases.c.due_at, cases.c.lease_until, cases.c.expires_at)
    _move(tx, blocked_prompts, blocked_prompts.c.until > tx.now, by, blocked_prompts.c.until)
    _move_pauses(tx, blocked_members.c.until > tx.now, blocked_members.c.until + by)
    _move(tx, memory, memory.c.saved_at > tx.now - RECENT, by, memory.c.saved_at)
    _show(tx, *moved)


def _ids(tx: Tx, table: Table, which: ColumnElement[bool]) -> Sequence[str]:
    return tx.connection.execute(select(table.c.id).where(which)).scalars().all()


def _show(tx: Tx, live: Iterable[str], waiting: Iterable[str]) -> None:
    """Render every message again that says when something ends: requests and questions, cards, members' questions, reminders."""
    subjects = [f"{kind}:{one}" for one in live for kind in ("request", "question")]
    for case_id in waiting:
        shown_step = tx.connection.execute(select(cases.c.shown_step).where(cases.c.id == case_id)).scalar_one()
        beside = case_rows.reminders(tx.connection, case_id)
        subjects += [f"case:{case_id}", *(f"step:{one}" for one in (shown_step, *beside)), *(f"reminder:{one}" for one in beside)]
    for subject in subjects:
        message_rows.bump(tx, subject)


def _move(tx: Tx, table: Table, which: ColumnElement[bool], by: float, *columns: KeyedColumnElement[float]) -> None:
    tx.connection.execute(update(table).where(which).values({column: column + by for column in columns}))


@dataclass(frozen=True, slots=True)
class Longest:
    """Maximum length in seconds of each wait whose beginning isn't stored."""

    request: float
    """Until a request's deadline, unless it's part of a batch."""
    question: float
    """Until a question to the member closes."""
    block_memory: float
    lease: float
    cool_down: float
    pause: float
    """Of a member, by a moderator."""


def bound(tx: Tx, longest: Longest) -> None:
    """After a start: no wait lasts longer from now than it was originally set for, even if the clock was set back while no process was
    running."""
    now = tx.now
    last = select(func.max(func.coalesce(attempts.c.closed_at, attempts.c.opened_at))).where(attempts.c.request_id == requests.c.id)
    since = func.coalesce(last.scalar_subquery(), requests.c.due_at)  # what was never sent is due at once
    ahead = _LIVE & ((requests.c.created_at > now) | (func.coalesce(last.scalar_subquery(), requests.c.created_at) > now))
    agreed = case(
        (requests.c.state == RequestState.AWAITING_MEMBER.value, longest.question),
        (requests.c.lane == Lane.BATCH.value, requests.c.deadline_at - requests.c.created_at),
        else_=longest.request,  # not since its creation: an answered question gave it its whole time again
    )
    tx.connection.execute(
        update(requests)
        .where(ahead)
        .values(
            due_at=_least(requests.c.due_at, now + _positive(requests.c.due_at - since)),
            deadline_at=_least(requests.c.deadline_at, now + _positive(agreed)),
        )
    )
    late = _OPEN & (cases.c.waiting_since > now)
    _show(tx, _ids(tx, requests, ahead), _ids(tx, cases, late | (cases.c.lease_until > now + longest.lease)))
    tx.connection.execute(
        update(cases)
        .where(late)
        .values(
            waiting_since=now,
            due_at=_least(cases.c.due_at, now + _positive(cases.c.due_at - cases.c.waiting_since)),
            expires_at=_least(cases.c.expires_at, now + _positive(cases.c.expires_at - cases.c.waiting_since)),
        )
    )
    until, automatic = blocked_members.c.until, blocked_members.c.by == BY_COOL_DOWN
    _at_most(tx, cases, cases.c.lease_until, now + longest.lease)
    _at_most(tx, blocked_prompts, blocked_prompts.c.until, now + longest.block_memory)
    _move_pauses(tx, automatic & (until > now + longest.cool_down), now + longest.cool_down)
    _move_pauses(tx, until > now + longest.pause, now + longest.pause)
    tx.connection.execute(update(memory).where(memory.c.saved_at > now).values(saved_at=now))


def _move_pauses(tx: Tx, which: ColumnElement[bool], until: ColumnElement[float] | float) -> None:
    """Change the end of these members' pauses, and what their cards say about it."""
    moved = update(blocked_members).where(which).values(until=until).returning(blocked_members.c.community, blocked_members.c.person)
    for community, person in tx.connection.execute(moved).all():
        show_cards(tx, community, person)


def _at_most(tx: Tx, table: Table, column: KeyedColumnElement[float], most: float) -> None:
    tx.connection.execute(update(table).where(column > most).values({column: most}))


def _least(one: ColumnElement[float] | KeyedColumnElement[float], other: ColumnElement[float]) -> ColumnElement[float]:
    return case((one > other, other), else_=one)


def _positive(value: ColumnElement[float]) -> ColumnElement[float]:
    return case((value > 0, value), else_=0.0)
