"""The only place that moves a case: table, lease, audit log, timer and messages change together in one transaction."""

from __future__ import annotations

from collections.abc import Mapping

from bot.chat.views import Audience
from bot.domain.case_states import CASES, WITHOUT_SERVICE, CaseEvent, CaseState
from bot.domain.requests import Person, Place
from bot.ledger import case_rows, message_rows, request_rows
from bot.ledger.case_rows import Case
from bot.ledger.store import Tx
from bot.moderation.card import was_blocked
from bot.moderation.timeouts import next_look

ABOUT = "about"
"""Audit log fact: the request that a step was about. The case itself moves on to the latest one when another wording is blocked."""


def step(
    tx: Tx,
    case: Case,
    event: CaseEvent,
    actor: Person,
    facts: Mapping[str, object] | None = None,
    values: Mapping[str, object] | None = None,
    *,
    notify: bool = False,
) -> Case | None:
    """Apply an event and record it; None if the case has already moved. `notify` creates a message to the member about this step."""
    changes = dict(values or {})
    if CASES.next(case.state, event) is not CaseState.CLAIMED:
        changes.update(holder=None, holder_name=None, lease_until=None)
    moved = case_rows.move(tx, case, event, **changes)
    if moved is None:
        return None
    known = {"from": case.state.value, ABOUT: case.request_id, **(facts or {})}
    line = case_rows.write_audit(tx, case.id, case.community, actor, event.value, facts=known)
    if moved.shown_step is not None:
        message_rows.bump(tx, f"step:{moved.shown_step}")
    if case.appeals:
        for earlier in case_rows.audit_log(tx.connection, case.id):
            message_rows.bump(tx, f"step:{earlier.seq}")  # the denial says whether somebody looks at it again
    for reminder in case_rows.reminders(tx.connection, case.id):
        message_rows.bump(tx, f"step:{reminder}")
        message_rows.bump(tx, f"reminder:{reminder}")
    if notify:
        moved = notify_member(tx, moved, line)
    if moved.state is not case.state:
        show_requests(tx, moved)
    return settle(tx, moved)


def unnamed(person: str) -> Person:
    """A person without a name. The audit log is kept forever and names only moderators."""
    return Person(person)


def settle(tx: Tx, case: Case) -> Case:
    """After any change: set the timer and update the card."""
    due = next_look(case)
    if due != case.due_at:
        changed = case_rows.change(tx, case, due_at=due)
        assert changed is not None
        case = changed
    if due is not None:
        tx.wake("case", case.id, due)
    message_rows.bump(tx, f"case:{case.id}", Audience.MODERATORS)
    return case


def notify_member(tx: Tx, case: Case, line: int, *, keep: bool = False) -> Case:
    """Create a message to the member about one audit log entry, at the request's place. With `keep`, the earlier question stays the latest
    one that updates with the case."""
    request = request_rows.get(tx.connection, case.request_id)
    if request is None:
        return case
    message_rows.want(tx, f"step:{line}", Audience.MEMBER, request.place, case.person.id)
    if keep:
        return case
    changed = case_rows.change(tx, case, shown_step=line)
    assert changed is not None
    return changed


def show_requests(tx: Tx, case: Case) -> None:
    """Update the messages of the blocked requests with the state of their case."""
    if case.kind in WITHOUT_SERVICE:
        message_rows.bump(tx, f"request:{case.request_id}")
    for request in case_rows.requests_of(tx.connection, case.id):
        if was_blocked(request):
            message_rows.bump(tx, f"request:{request.id}")


def show_card(tx: Tx, case_id: str, place: Place) -> None:
    """Update the moderators' card, creating it if there is none."""
    message_rows.want(tx, f"case:{case_id}", Audience.MODERATORS, place)
