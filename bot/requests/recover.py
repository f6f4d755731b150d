"""After a start: what a dead process left behind. SQLite has one owner (the folder's lock), so whatever is `calling` now is an orphan."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.request_states import Answer, RequestEvent, RequestState
from bot.domain.requests import Place, Request
from bot.ledger import attempt_rows, message_rows, request_rows
from bot.ledger.store import Tx
from bot.requests.books import write_off
from bot.requests.transitions import break_off


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
    break_off(tx, request, RequestEvent.INTERRUPT, Answer.INTERRUPTED, failure=None)


def _close_cancelled(tx: Tx) -> None:
    """Exchanges whose request was answered (cancelled) while they ran and whose process died before it could write them down."""
    for attempt in attempt_rows.open_attempts(tx.connection):
        request = request_rows.get(tx.connection, attempt.request_id)
        if request is not None and request.state is RequestState.COLLECTING:
            continue
        write_off(tx, attempt)
