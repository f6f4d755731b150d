"""Opening of cases: a safety block opens a case or joins the member's existing one. Runs in the transaction that records the block."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from bot.chat.views import Audience
from bot.domain.case_states import CaseEvent, CaseState
from bot.domain.failure import Failure
from bot.domain.limits import COOL_DOWN_BLOCKS, COOL_DOWN_LENGTH, COOL_DOWN_WINDOW
from bot.domain.requests import LOCAL, Origin, Place, Request
from bot.ledger import block_rows, case_rows, message_rows, request_rows
from bot.ledger.case_rows import Case
from bot.ledger.store import Tx
from bot.moderation.routing import HomeOf, moderators_place
from bot.moderation.timeouts import EXPIRY, REMINDERS
from bot.moderation.transitions import settle, show_card, step, unnamed

REPHRASE = "rephrase"
"""Value of `asked` while the member is asked to reword the prompt."""
COUNTED = ("opened", "joined")
"""Audit log entries that count towards the cool-down. A block of a moderator's own wording doesn't count."""


@dataclass(frozen=True, slots=True)
class Cases:
    """Opens cases, and answers other rooms' questions about them."""

    home: HomeOf = lambda platform: None

    def open_case(self, tx: Tx, request: Request, failure: Failure) -> str | None:
        """Open, join or reopen a case for this block, and show its card. Returns its id; the caller links the request to it.

        None if a bug prevented that. The caller records the block either way, because otherwise the member's Retry would send the blocked
        wording again.
        """
        opened: str | None = None
        with tx.isolated("case_not_opened", request=request.id):
            waiting = case_rows.waiting_of(tx.connection, request.place.platform, request.place.community, request.person.id)
            case = self._again(tx, request, failure, waiting)
            if case is None:
                case = waiting or case_rows.open_new(
                    tx, request, failure.kind.value, failure.facts, due_at=tx.now + REMINDERS[0], expires_at=tx.now + EXPIRY
                )
                what = "opened" if waiting is None else "joined"
                case_rows.write_audit(tx, case.id, case.community, unnamed(request.person.id), what, facts=_facts(request, failure))
                case = settle(tx, case)
            place = moderators_place(tx.connection, case.platform, case.community, self.home)
            if place is not None:
                show_card(tx, case.id, place)
            else:
                _notify_administrators(tx, request.place)
            _cool_down(tx, request)
            opened = case.id
        return opened

    def reviewed(self, connection: Connection, platform: str, community: str) -> bool:
        return moderators_place(connection, platform, community, self.home) is not None

    def _again(self, tx: Tx, request: Request, failure: Failure, waiting: Case | None) -> Case | None:
        """Return a case to the moderators because an accepted rewrite, or a requested new wording, was blocked too."""
        case = _accepted_case(tx.connection, request)
        if case is None:
            if waiting is None or waiting.state is not CaseState.WITH_MEMBER or waiting.asked != REPHRASE:
                return None
            case = waiting
        values: dict[str, object] = {
            "asked": None,
            "request_id": request.id,
            "kind": failure.kind.value,
            "facts": dict(failure.facts),
            "waiting_since": tx.now,
            "expires_at": max(case.expires_at, tx.now + EXPIRY),
            "reminded": 0,
            "decided_by": None,
            "decided_name": None,
            "closed_at": None,
        }
        return step(tx, case, CaseEvent.BLOCKED_AGAIN, unnamed(request.person.id), _facts(request, failure), values)


def _accepted_case(connection: Connection, request: Request) -> Case | None:
    """The case whose accepted rewrite this request sends, for the first time or again."""
    seen: Request | None = request
    while seen is not None and seen.origin in (Origin.RETRY, Origin.AGAIN, Origin.NEAREST) and seen.parent:
        seen = request_rows.get(connection, seen.parent)
    if seen is None or seen.origin is not Origin.REWRITE or seen.case_id is None:
        return None
    case = case_rows.get(connection, seen.case_id)
    return case if case is not None and case.state is CaseState.CLOSED_ACCEPTED else None


def is_remembered(tx: Tx, community: str, prompt_fingerprint: str) -> bool:
    """Whether this wording was blocked in this community within a day."""
    return block_rows.blocked_prompt(tx.connection, community, prompt_fingerprint, tx.now) is not None


def _facts(request: Request, failure: Failure) -> dict[str, object]:
    known = {key: failure.facts[key] for key in ("code", "stage", "categories", "status", "request_id") if key in failure.facts}
    return {"request": request.id, "fingerprint": request.fingerprint, "kind": failure.kind.value, **known}


def _cool_down(tx: Tx, request: Request) -> None:
    """Start a cool-down if the member has had too many blocks; a pause by a moderator stays. The command line has no members."""
    if request.origin is Origin.REWRITE or request.place.platform == LOCAL:
        return
    place, person = request.place, request.person.id
    if case_rows.count_steps(tx.connection, place.community, person, COUNTED, tx.now - COOL_DOWN_WINDOW) < COOL_DOWN_BLOCKS:
        return
    if block_rows.member_pause(tx.connection, place.community, person, tx.now) is None:
        block_rows.pause_member(tx, place.community, person, tx.now + COOL_DOWN_LENGTH, block_rows.BY_COOL_DOWN)


def _notify_administrators(tx: Tx, place: Place) -> None:
    """Tell administrators, once per community, that it has no moderators for blocks. Doesn't mention the requester."""
    if place.is_direct:
        return
    subject = f"setup:{place.platform}:{place.community}"
    if not message_rows.of_subject(tx.connection, subject):
        message_rows.want(tx, subject, Audience.CHANNEL, Place(place.platform, place.community, place.channel, place.thread))
