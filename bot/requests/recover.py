"""Recovery at start from a killed process. SQLite has one owner (the folder's lock), so anything in `calling` is orphaned."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from bot.domain.request_states import Answer, RequestEvent, RequestState
from bot.domain.requests import Place, Request
from bot.ledger import attempt_rows, message_rows, request_rows
from bot.ledger.store import Tx
from bot.requests.books import write_off
from bot.requests.transitions import break_off


@dataclass(frozen=True, slots=True)
class Recovered:
    """What the start has to handle."""

    received: tuple[tuple[str, Place], ...]
    """Stored but not accepted; the adapter knows whether the member is waiting."""
    interrupted: int
    messages: tuple[str, ...]
    """Messages whose last view isn't confirmed as shown."""


def recover(tx: Tx) -> Recovered:
    """Answer every orphaned call with "interrupted": it may have been generated and blocked, so the member is asked and it's never repeated
    automatically."""
    orphans = request_rows.in_state(tx.connection, RequestState.CALLING)
    for request in orphans:
        interrupt(tx, request)
    _close_cancelled(tx)
    request_rows.extend_received(tx)
    received = request_rows.in_state(tx.connection, RequestState.RECEIVED)
    return Recovered(tuple((request.id, request.place) for request in received), len(orphans), tuple(message_rows.unsettled(tx.connection)))


def recover_dead(tx: Tx, running: Collection[str]) -> int:
    """The same for calls of processes that are gone, if several share the ledger. `running`: requests whose process is here. Returns how
    many were interrupted."""
    orphans = [one for one in request_rows.in_state(tx.connection, RequestState.CALLING) if one.id not in running]
    for request in orphans:
        interrupt(tx, request)
    _close_cancelled(tx, running)
    return len(orphans)


def interrupt(tx: Tx, request: Request) -> None:
    """Answer one orphaned request. Its cost counts as spent, because it may have been billed."""
    break_off(tx, request, RequestEvent.INTERRUPT, Answer.INTERRUPTED, failure=None)


def _close_cancelled(tx: Tx, running: Collection[str] = ()) -> None:
    """Close calls whose request was cancelled while they ran and whose process was killed before recording them."""
    for attempt in attempt_rows.open_attempts(tx.connection):
        if attempt.request_id in running:
            continue
        request = request_rows.get(tx.connection, attempt.request_id)
        if request is not None and request.state is RequestState.COLLECTING:
            continue
        write_off(tx, attempt)
