"""After a start: what a dead process left behind. SQLite has one owner (the folder's lock), so whatever is `calling` now is an orphan."""

from __future__ import annotations

from dataclasses import dataclass

from bot import budgets
from bot.chat.views import Audience
from bot.domain.outcome import Billed, Outcome
from bot.domain.request_states import Answer, RequestEvent, RequestState
from bot.domain.requests import Attempt, Place, Request
from bot.ledger import attempt_rows, message_rows, request_rows
from bot.ledger.store import Tx
from bot.requests.accept import show


@dataclass(frozen=True, slots=True)
class Found:
    """What boot has to look at."""

    received: tuple[tuple[str, Place], ...]
    """Stored but not accepted: the adapter says whether the member waits for them."""
    interrupted: int
    messages: tuple[str, ...]
    """Messages whose last view was not shown for certain."""


def recover(tx: Tx) -> Found:
    """Answer every orphaned exchange with "interrupted": it may have been generated and blocked, so it is asked and never repeated."""
    orphans = request_rows.in_state(tx.connection, RequestState.CALLING)
    for request in orphans:
        interrupt(tx, request)
    _close_cancelled(tx)
    request_rows.extend_received(tx)
    received = request_rows.in_state(tx.connection, RequestState.RECEIVED)
    return Found(tuple((request.id, request.place) for request in received), len(orphans), tuple(message_rows.unsettled(tx.connection)))


def interrupt(tx: Tx, request: Request) -> None:
    """Answer one orphan. Its cost counts as spent, because it may have been billed."""
    attempt = attempt_rows.open_attempt_of(tx.connection, request.id)
    if attempt is not None:
        write_off(tx, attempt)
    request_rows.move(
        tx,
        request,
        RequestEvent.INTERRUPT,
        epoch=request.epoch + 1,
        answer=Answer.INTERRUPTED.value,
        answered_at=tx.now,
        failure=None,
    )
    show(tx, request)


def write_off(tx: Tx, attempt: Attempt) -> None:
    """Close an attempt whose outcome nobody will learn: booked as spent for community and operator, never for the member."""
    cost = attempt.reserved_micros
    if attempt_rows.close_attempt(tx, attempt.id, Outcome(billed=Billed.UNKNOWN), cost):
        budgets.settle(tx, attempt.periods, reserved=cost, wanted=attempt.wanted, cost=cost, delivered=0)
        request = request_rows.get(tx.connection, attempt.request_id)
        if request is not None:
            show_cost(tx, request)


def show_cost(tx: Tx, request: Request) -> None:
    """The moderators' card says what a case has cost: with each exchange of a request that belongs to one, it changes."""
    if request.case_id is not None:
        message_rows.bump(tx, f"case:{request.case_id}", Audience.MODERATORS)


def _close_cancelled(tx: Tx) -> None:
    """Exchanges whose request was answered (cancelled) while they ran and whose process died before it could write them down."""
    for attempt in attempt_rows.open_attempts(tx.connection):
        request = request_rows.get(tx.connection, attempt.request_id)
        if request is not None and request.state is RequestState.COLLECTING:
            continue
        write_off(tx, attempt)
