"""Half-price tasks whose service the operator has replaced: looked up while that's possible, ended in clear words otherwise.

A task's name means something to the service that gave it, at best with a key of the same account. So each task keeps the service and the
key that it was handed in with, and what waits is compared at each start, and by the leader of several processes.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from bot.domain.outcome import SUBMITTED
from bot.domain.refusal import Refusal
from bot.domain.request_states import Answer, RequestEvent, RequestState
from bot.domain.requests import Attempt, Request
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


def settle_stranded(tx: Tx, gate_key: str, polled: Collection[str] = ()) -> int:
    """End what can't be collected or handed in, now that the Batch API is this one (empty: none). `polled`: requests whose task another
    live process polls; it may still have the earlier service. Returns how many requests ended.

    The same service: its tasks are looked up, also with another key, which finds them if it's one of the same account.
    """
    known = memory_rows.recall(tx.connection, HANDED_IN_AT)
    before = gate_key if known is None else str(known[0])
    changed = before != gate_key
    if known is None or changed:
        note_key(tx, gate_key)
    gone = attempt_rows.handed_elsewhere(tx.connection, gate_key)
    waiting = _open(tx) if changed else [one for one in map(partial(request_rows.get, tx.connection), gone) if one is not None]
    ended = sum(_settle_one(tx, one, gate_key, before) for one in waiting if one.id not in polled)
    if bool(before) != bool(gate_key):
        for batch in batch_rows.latest(tx.connection, SHOWN_AGAIN):
            if batch.plan.half_price:
                message_rows.bump(tx, f"batch:{batch.id}")  # what trying again costs stands on its button
    return ended


def note_key(tx: Tx, gate_key: str) -> None:
    """Remember another key for the tasks from now on."""
    memory_rows.remember(tx, HANDED_IN_AT, gate_key)


def _open(tx: Tx) -> list[Request]:
    states = (RequestState.RECEIVED, RequestState.QUEUED, RequestState.COLLECTING)
    found = (one for state in states for one in request_rows.in_state(tx.connection, state))
    return [one for one in found if one.service == HALF_PRICE]


def _settle_one(tx: Tx, request: Request, gate_key: str, before: str) -> bool:
    """End a request if nothing more can come of it. Returns whether it ended."""
    if request.state is not RequestState.COLLECTING:
        if _is_same(before, gate_key):
            return False
        answer(tx, request, RequestEvent.CANCEL, Answer.CANCELLED, epoch=request.epoch + 1, failure=None, refusal=None)
        return True
    attempt = attempt_rows.open_attempt_of(tx.connection, request.id)
    if _is_found(attempt, gate_key, before):
        return False
    if attempt is not None:
        write_off(tx, attempt)
    gone = Refusal(CHANGED)
    answer(tx, request, RequestEvent.ANSWER, Answer.FAILED, epoch=request.epoch + 1, failure=None, refusal=gone)
    return True


def _is_found(attempt: Attempt | None, gate_key: str, before: str) -> bool:
    """Whether the service of today can say what became of a task."""
    if attempt is not None and attempt.handed_to:
        return _is_same(attempt.handed_to, gate_key)
    # Earlier versions didn't note the key of each task; one without a name can only be found with the key that it was handed in with.
    unnamed = attempt is not None and (attempt.task_id or SUBMITTED).startswith(SUBMITTED)
    return _is_same(before, gate_key) and (before == gate_key or not unnamed)


def _is_same(before: str, gate_key: str) -> bool:
    """Whether two gate keys are of the same service."""
    return bool(gate_key) and before.partition("#")[0] == gate_key.partition("#")[0]
