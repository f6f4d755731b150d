"""Half-price tasks whose service the operator has replaced: looked up while that's possible, ended in clear words otherwise.

A task's name means something to the service that gave it, at best with a key of the same account. So the bot remembers with which service
and key tasks are handed in, and compares at each start.
"""

from __future__ import annotations

from bot.domain.outcome import SUBMITTED
from bot.domain.refusal import Refusal
from bot.domain.request_states import Answer, RequestEvent, RequestState
from bot.domain.requests import Request
from bot.ledger import attempt_rows, batch_rows, memory_rows, message_rows, request_rows
from bot.ledger.store import Tx
from bot.requests.books import write_off
from bot.requests.services import HALF_PRICE
from bot.requests.transitions import answer

HANDED_IN_AT = "half-price-at"
"""Memory key: the Batch API and the key that tasks are handed in with, as in `Provider.gate_key`; empty for none."""
CHANGED = "service_changed"
"""Reason of a request whose task can't be collected anymore."""
SHOWN_AGAIN = 200
"""How many of the latest batches are shown anew after the Batch API has come or gone."""


def settle_stranded(tx: Tx, gate_key: str) -> int:
    """Look at the tasks that an earlier start handed in, now that the Batch API is this one (empty: none). Returns how many requests
    ended.

    The same service: its named tasks are looked up, also with another key of the same account. A task without a name could only be found
    in the list of the key that it was handed in with.
    """
    known = memory_rows.recall(tx.connection, HANDED_IN_AT)
    before = gate_key if known is None else str(known[0])
    if known is None or before != gate_key:
        note_key(tx, gate_key)
    elif gate_key:
        return 0
    same_service = bool(gate_key) and _host(before) == _host(gate_key)
    ended = sum(_settled(tx, one, same_service, same_key=before == gate_key) for one in _open(tx))
    if bool(before) != bool(gate_key):
        for batch in batch_rows.latest(tx.connection, SHOWN_AGAIN):
            if batch.plan.half_price:
                message_rows.bump(tx, f"batch:{batch.id}")  # what trying again costs stands on its button
    return ended


def note_key(tx: Tx, gate_key: str) -> None:
    """Remember another key for the tasks from now on. A start has looked at the earlier ones."""
    memory_rows.remember(tx, HANDED_IN_AT, gate_key)


def _open(tx: Tx) -> list[Request]:
    states = (RequestState.RECEIVED, RequestState.QUEUED, RequestState.COLLECTING)
    found = (one for state in states for one in request_rows.in_state(tx.connection, state))
    return [one for one in found if one.service == HALF_PRICE]


def _settled(tx: Tx, request: Request, same_service: bool, *, same_key: bool) -> bool:
    """End a request if nothing more can come of it. Returns whether it ended."""
    if request.state is not RequestState.COLLECTING:
        if same_service:
            return False
        answer(tx, request, RequestEvent.CANCEL, Answer.CANCELLED, epoch=request.epoch + 1, failure=None, refusal=None)
        return True
    attempt = attempt_rows.open_attempt_of(tx.connection, request.id)
    unnamed = attempt is not None and (attempt.task_id or SUBMITTED).startswith(SUBMITTED)
    if same_service and (same_key or not unnamed):
        return False
    if attempt is not None:
        write_off(tx, attempt)
    gone = Refusal(CHANGED)
    answer(tx, request, RequestEvent.ANSWER, Answer.FAILED, epoch=request.epoch + 1, failure=None, refusal=gone)
    return True


def _host(gate_key: str) -> str:
    return gate_key.partition("#")[0]
