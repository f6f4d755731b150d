"""Matching of pictures to requested new wordings.

A person decides: with Edit prompt or Rephrase on the blocked request, or by answering the question that follows a newly typed command. Text
similarity isn't used, because in every script most words of a prompt are about style.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from bot.domain.case_states import CaseEvent, CaseState
from bot.domain.request_states import Answer
from bot.domain.requests import Origin, Request
from bot.ledger import case_rows, message_rows, request_rows
from bot.ledger.case_rows import OTHER_PICTURE, Case
from bot.ledger.store import Tx
from bot.moderation.opening import REPHRASE
from bot.moderation.timers import catch_up
from bot.moderation.transitions import notify_member, settle, step, unnamed

LINEAGE = 10
"""Maximum number of parents to follow back to the blocked request."""
LOOKED_AT = 20
"""Number of the member's latest requests to search for the picture."""


def worked(tx: Tx, request: Request) -> None:
    """Settle the open case that a request with pictures was derived from. If the member typed a new command after a moderator asked for a
    new wording, ask them once whether this is it."""
    case = case_rows.waiting_of(tx.connection, request.place.platform, request.place.community, request.person.id)
    if case is None or request.origin is Origin.REWRITE:
        return
    case = catch_up(tx, case)
    if _made_from(tx.connection, request, case):
        settle_by(tx, case, request)
    elif is_candidate(tx.connection, case, request):
        _ask(tx, case, request)


def settle_by(tx: Tx, case: Case, request: Request) -> None:
    """Close an undecided case because the member's own wording gave a picture."""
    if case.state in (CaseState.OPEN, CaseState.CLAIMED, CaseState.WITH_MEMBER):
        values = {"asked": None, "closed_at": tx.now}
        step(tx, case, CaseEvent.REPHRASED, unnamed(request.person.id), {"request": request.id}, values)


def is_candidate(connection: Connection, case: Case, request: Request) -> bool:
    """Whether a picture can be the answer to a moderator's request for a new wording: the member's own, made after they were asked."""
    if case.state is not CaseState.WITH_MEMBER or case.asked != REPHRASE or case.shown_step is None:
        return False
    asked = case_rows.step(connection, case.shown_step)
    return (
        asked is not None
        and request.created_at > asked.at
        and request.place.community == case.community
        and not request.deleted
        and request.origin is not Origin.REWRITE
    )


def newest_candidate(connection: Connection, case: Case) -> Request | None:
    """The member's latest picture that can be the answer."""
    own = request_rows.of_person(connection, case.platform, case.person.id, LOOKED_AT)
    return next((one for one in own if one.answer is Answer.PICTURES and is_candidate(connection, case, one)), None)


def _made_from(connection: Connection, request: Request, case: Case) -> bool:
    """Whether a request descends from the blocked one: each step was a press on the previous request."""
    seen: Request | None = request
    for _ in range(LINEAGE):
        if seen is None:
            return False
        if seen.case_id == case.id or seen.id == case.request_id:
            return True
        seen = request_rows.get(connection, seen.parent or "")
    return False


def _ask(tx: Tx, case: Case, request: Request) -> None:
    """Ask the member once per moderator's request; later pictures replace the one that the question names."""
    known = _questions(tx.connection, case)
    if known:
        message_rows.bump(tx, f"step:{known[-1]}")
        return
    line = case_rows.write_audit(tx, case.id, case.community, unnamed(request.person.id), OTHER_PICTURE, facts={"request": request.id})
    settle(tx, notify_member(tx, case, line, keep=True))


def _questions(connection: Connection, case: Case) -> Sequence[int]:
    """Audit log entries with that question since the member was asked to rephrase."""
    lines = case_rows.audit_log(connection, case.id)
    return [one.seq for one in lines if one.event == OTHER_PICTURE and case.shown_step is not None and one.seq > case.shown_step]
