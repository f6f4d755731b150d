"""Recovery after a killed process. A SQLite ledger has one owner (the folder's lock), so at start every `calling` row is orphaned."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from bot.domain.outcome import SUBMITTED
from bot.domain.request_states import Answer, RequestEvent, RequestState
from bot.domain.requests import Place, Request
from bot.ledger import attempt_rows, message_rows, request_rows
from bot.ledger.store import Tx
from bot.requests.books import write_off
from bot.requests.transitions import break_off, collect


@dataclass(frozen=True, slots=True)
class Recovered:
    """What the last process left unfinished."""

    received: tuple[tuple[str, Place], ...]
    """Commands that were stored but not accepted; the adapter knows whether the member saw an acknowledgement."""
    interrupted: int
    messages: tuple[str, ...]
    """Ids of messages whose latest view isn't confirmed."""


def recover(tx: Tx) -> Recovered:
    """Answer every orphaned call as interrupted. It may have been generated, billed or blocked, so it's never repeated automatically: the
    member has Retry. A task whose name wasn't stored yet is looked up at its service instead. Requests that wait for a later time are woken
    at that time."""
    interrupted = sum(interrupt(tx, one) for one in request_rows.in_state(tx.connection, RequestState.CALLING))
    _close_cancelled(tx)
    request_rows.extend_received(tx)
    for request_id, due_at in request_rows.due_later(tx.connection, tx.now).items():
        tx.wake("request", request_id, due_at)  # the wake-ups of the last process went with it
    received = request_rows.in_state(tx.connection, RequestState.RECEIVED)
    return Recovered(tuple((request.id, request.place) for request in received), interrupted, tuple(message_rows.unsettled(tx.connection)))


def recover_dead(tx: Tx, running: Collection[str]) -> int:
    """The same for calls of dead processes, if several share the ledger. `running`: requests with a call in a live process. Returns the
    number of interrupted calls."""
    calling = request_rows.in_state(tx.connection, RequestState.CALLING)
    interrupted = sum(interrupt(tx, one) for one in calling if one.id not in running)
    _close_cancelled(tx, running)
    return interrupted


def _looked_up(tx: Tx, request: Request) -> bool:
    """Whether the service can say what became of an orphaned call, by the name that was stored before it."""
    attempt = attempt_rows.open_attempt_of(tx.connection, request.id)
    if attempt is None or not (attempt.task_id or "").startswith(SUBMITTED):
        return False
    collect(tx, request, tx.now)
    return True


def interrupt(tx: Tx, request: Request) -> bool:
    """Answer one orphaned request. Its cost counts as spent, because it may have been billed. Returns False if its task is looked up
    instead."""
    if _looked_up(tx, request):
        return False
    break_off(tx, request, RequestEvent.INTERRUPT, Answer.INTERRUPTED, failure=None)
    return True


def _close_cancelled(tx: Tx, running: Collection[str] = ()) -> None:
    """Close calls that were cancelled in flight and whose process was killed before it recorded them."""
    for attempt in attempt_rows.open_attempts(tx.connection):
        if attempt.request_id in running:
            continue
        request = request_rows.get(tx.connection, attempt.request_id)
        if request is not None and request.state is RequestState.COLLECTING:
            continue
        write_off(tx, attempt)
