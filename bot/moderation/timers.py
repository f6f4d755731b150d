"""Time-based transitions of a case: end of a lease, reminders, expiry. Time never approves anything."""

from __future__ import annotations

from bot.chat.views import Audience
from bot.domain.case_states import WAITING, CaseEvent, CaseState
from bot.domain.requests import Person
from bot.ledger import case_rows, message_rows
from bot.ledger.case_rows import MACHINE, Case
from bot.ledger.store import Tx
from bot.moderation.routing import HomeOf, card_place
from bot.moderation.timeouts import CLOCK_ERROR, LEASE, REMINDERS, next_look
from bot.moderation.transitions import ABOUT, notify_member, settle, step

CLOCK = Person(MACHINE, MACHINE)
"""Actor of transitions that time caused."""


def catch_up(tx: Tx, case: Case) -> Case:
    """The case in its current state, after ending an expired lease and expiring an undecided case."""
    if case.state is CaseState.CLAIMED and case.lease_until is not None and not 0 < case.lease_until - tx.now <= LEASE + CLOCK_ERROR:
        facts = {"holder": case.holder and case.holder.id}
        case = step(tx, case, CaseEvent.LEASE_END, CLOCK, facts) or case
    if case.state in WAITING and case.state is not CaseState.CLAIMED and case.expires_at <= tx.now:
        case = step(tx, case, CaseEvent.EXPIRE, CLOCK, values={"closed_at": tx.now, "asked": None}, notify=True) or case
    return case


def fire(tx: Tx, case_id: str, home: HomeOf) -> None:
    """Apply the due transitions of a case and set its next timer. Idempotent."""
    case = case_rows.get(tx.connection, case_id)
    if case is None:
        return
    case = catch_up(tx, case)
    passed = sum(1 for after in REMINDERS if case.waiting_since + after <= tx.now)
    if case.state in WAITING and case.reminded < passed:
        case = _remind(tx, case, passed, home)
    due = next_look(case)
    if due != case.due_at:
        settle(tx, case)
    elif due is not None and due > tx.now:
        tx.wake("case", case.id, due)


def _remind(tx: Tx, case: Case, number: int, home: HomeOf) -> Case:
    """Remind the people being waited for, once per mark, also after downtime."""
    changed = case_rows.change(tx, case, reminded=number)
    assert changed is not None
    hours = int(REMINDERS[number - 1] // 3600)
    facts = {"hours": hours, "state": case.state.value, ABOUT: case.request_id}
    line = case_rows.write_audit(tx, case.id, case.community, CLOCK, "remind", facts=facts)
    if changed.state is CaseState.WITH_MEMBER:
        return settle(tx, notify_member(tx, changed, line, keep=True))
    place = card_place(tx.connection, case.kind, case.platform, case.community, home)
    if place is not None:
        message_rows.want(tx, f"reminder:{line}", Audience.MODERATORS, place)
    return settle(tx, changed)
