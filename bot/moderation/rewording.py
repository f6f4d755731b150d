"""Whose rewording a picture is. A person says so: with Edit prompt or Rephrase on what was blocked, or with a press on the question that a
picture from a newly typed command raises. Similarity of words decides nothing: most words of a prompt are style, in every script."""

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
from bot.moderation.transitions import settle, step, tell_member, unnamed

LINEAGE = 10
"""How many parents are looked at to find the block that a new wording goes back to."""
LOOKED_AT = 20
"""Newest requests of the member among which the picture is found."""


def worked(tx: Tx, request: Request) -> None:
    """A request gave pictures. When a person made it from what a waiting case is about, that case is settled by it; when it was typed anew
    after a moderator asked for another wording, the member is asked once whether it was meant as that."""
    case = case_rows.waiting_of(tx.connection, request.place.platform, request.place.community, request.person.id)
    if case is None or request.origin is Origin.REWRITE:
        return
    case = catch_up(tx, case)
    if _made_from(tx.connection, request, case):
        settle_by(tx, case, request)
    elif is_candidate(tx.connection, case, request):
        _ask(tx, case, request)


def settle_by(tx: Tx, case: Case, request: Request) -> None:
    """Close a case that nobody has decided, because the member's own rewording gave a picture."""
    if case.state in (CaseState.OPEN, CaseState.CLAIMED, CaseState.WITH_MEMBER):
        values = {"asked": None, "closed_at": tx.now}
        step(tx, case, CaseEvent.REPHRASED, unnamed(request.person.id), {"request": request.id}, values)


def is_candidate(connection: Connection, case: Case, request: Request) -> bool:
    """Whether a picture can be the answer to a moderator's request for another wording: the member's own, made after they were asked."""
    if case.state is not CaseState.WITH_MEMBER or case.asked != REPHRASE or case.told is None:
        return False
    asked = case_rows.step(connection, case.told)
    return (
        asked is not None
        and request.created_at > asked.at
        and request.place.community == case.community
        and not request.deleted
        and request.origin is not Origin.REWRITE
    )


def newest_candidate(connection: Connection, case: Case) -> Request | None:
    """The member's newest picture that can be the answer."""
    own = request_rows.of_person(connection, case.platform, case.person.id, LOOKED_AT)
    return next((one for one in own if one.answer is Answer.PICTURES and is_candidate(connection, case, one)), None)


def _made_from(connection: Connection, request: Request, case: Case) -> bool:
    """Whether a request descends from the blocked one: each step down was somebody's press on the one before."""
    seen: Request | None = request
    for _ in range(LINEAGE):
        if seen is None:
            return False
        if seen.case_id == case.id or seen.id == case.request_id:
            return True
        seen = request_rows.get(connection, seen.parent) if seen.parent else None
    return False


def _ask(tx: Tx, case: Case, request: Request) -> None:
    """One question for each time a moderator asked; later pictures change what it names."""
    known = _questions(tx.connection, case)
    if known:
        message_rows.bump(tx, f"step:{known[-1]}")
        return
    line = case_rows.write_audit(tx, case.id, case.community, unnamed(request.person.id), OTHER_PICTURE, facts={"request": request.id})
    settle(tx, tell_member(tx, case, line, keep=True))


def _questions(connection: Connection, case: Case) -> Sequence[int]:
    """The lines of the trail that asked since the member was asked to rephrase."""
    lines = case_rows.trail(connection, case.id)
    return [one.seq for one in lines if one.event == OTHER_PICTURE and case.told is not None and one.seq > case.told]
