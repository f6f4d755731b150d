"""Periodic sweep over everything overdue: makes lost wake-ups harmless, enforces deadlines, deletes old keys."""

from __future__ import annotations

from collections.abc import Callable

from bot.domain.failure import Failure
from bot.domain.kinds import KINDS, SAFETY_REVIEWABLE, Action, Kind
from bot.domain.refusal import Refusal
from bot.domain.request_states import Answer, RequestEvent, RequestState
from bot.domain.requests import Request
from bot.ledger import (
    act_rows,
    attempt_rows,
    block_rows,
    draft_rows,
    gallery_rows,
    ladder_rows,
    memory_rows,
    picture_rows,
    request_rows,
    sheet_rows,
    template_rows,
)
from bot.ledger.store import Tx
from bot.requests.captioning import uncaptioned
from bot.requests.recover import interrupt
from bot.requests.rejections import drop_aside
from bot.requests.transitions import CAPTION, SHEET, answer, break_off, drop, refuse

ACTS_KEPT = 3 * 86400.0
"""Seconds for which event ids are kept; platforms redeliver within minutes."""


DRAFTS_KEPT = 86400.0
"""Seconds for which a changed picture waits to be used, and a wording to be sent, and for which the pages of a list can be turned."""
LADDERS_KEPT = 7 * 86400.0
"""Seconds for which a prompt can be simplified further."""
EVIDENCE_KEPT = 30 * 86400.0
"""Seconds for which a service's raw answers are kept: they may quote prompts, and nobody needs them after their case closes. Kind, code,
status and request id stay, and so do prompts and pictures, because /imagine-show promises them until their member deletes them."""
EVIDENCE_AT_ONCE = 7 * 86400.0
"""Seconds of old evidence to delete per round."""
EVIDENCE_EVERY = 3600.0
_EVIDENCE_GONE = "evidence_removed_until"


def sweep(tx: Tx, is_running: Callable[[str], bool]) -> None:
    """End requests past their deadline, recover abandoned calls, wake what is due or unshown."""
    for request in request_rows.in_state(tx.connection, RequestState.CALLING):
        if not is_running(request.id):
            interrupt(tx, request)
    for request in request_rows.overdue(tx.connection, tx.now):
        _expire(tx, request)
    tx.wake("unshown", "*")
    act_rows.remove(tx, before=tx.now - ACTS_KEPT)
    block_rows.remove_expired_prompts(tx)
    picture_rows.release(tx, draft_rows.drop_older(tx, tx.now - DRAFTS_KEPT), "sweep")
    template_rows.drop_drafts_before(tx, tx.now - DRAFTS_KEPT)
    gallery_rows.drop_searches_before(tx, tx.now - DRAFTS_KEPT)
    drop_aside(tx)
    for request_id in uncaptioned(tx):
        tx.wake(CAPTION, request_id)
    for request_id in sheet_rows.to_make(tx.connection):
        tx.wake(SHEET, request_id)
    ladder_rows.drop_before(tx, tx.now - LADDERS_KEPT)
    _remove_evidence(tx)
    tx.wake("request", "*")


def _remove_evidence(tx: Tx) -> None:
    """Delete old raw answers, a little at a time. The progress is stored, so that old attempts aren't read again."""
    until = tx.now - EVIDENCE_KEPT
    known = memory_rows.recall(tx.connection, _EVIDENCE_GONE)
    since = attempt_rows.oldest_attempt(tx.connection) if known is None else float(known[0])
    if since is None or until - since < EVIDENCE_EVERY:
        return
    until = min(until, since + EVIDENCE_AT_ONCE)
    attempt_rows.remove_evidence(tx, since=since, until=until)
    memory_rows.remember(tx, _EVIDENCE_GONE, until)


_RULE = KINDS[Kind.TASK_RUNNING_TIMEOUT]
NOT_READY_IN_TIME = Failure(_RULE.group, Kind.TASK_RUNNING_TIMEOUT, _RULE.action, None, _RULE.who_can_fix, 1.0)


def _why_expired(request: Request) -> Failure:
    """Why a request ran out of time while its task was polled: a block that came beside the task, a failed download, or the task itself."""
    failure = request.failure
    if failure is not None and (failure.kind in SAFETY_REVIEWABLE or failure.action is Action.FETCH):
        return failure
    return NOT_READY_IN_TIME


def _expire(tx: Tx, request: Request) -> None:
    """Expire a request. A `calling` row is left to its call, which times out and is recorded."""
    match request.state:
        case RequestState.RECEIVED:
            drop(tx, request)  # nobody could tell in all this time whether it was acknowledged
        case RequestState.AWAITING_MEMBER:
            refuse(tx, request, Refusal("no_answer"))
        case RequestState.QUEUED:
            answer(tx, request, RequestEvent.EXPIRE, Answer.EXPIRED)
        case RequestState.COLLECTING:
            break_off(tx, request, RequestEvent.EXPIRE, Answer.EXPIRED, failure=_why_expired(request))
