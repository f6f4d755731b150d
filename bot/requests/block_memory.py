"""Block memory and member pauses: wordings and members that a community temporarily doesn't accept."""

from __future__ import annotations

from bot.domain.failure import Failure
from bot.domain.kinds import KINDS, Kind
from bot.domain.requests import Origin, Request
from bot.ledger import block_rows
from bot.ledger.block_rows import BlockedPrompt, MemberPause
from bot.ledger.store import Tx

BLOCK_MEMORY = 24 * 3600.0
"""Seconds for which a blocked wording is remembered in its community."""


def blocked_before(tx: Tx, request: Request) -> BlockedPrompt | None:
    """The remembered block of this wording: blocked here within a day, so it isn't sent again by anyone."""
    return block_rows.blocked_prompt(tx.connection, request.place.community, request.fingerprint, tx.now)


def blocked_member(tx: Tx, request: Request) -> MemberPause | None:
    """The member's pause in this community, with its end and author; None if there is none."""
    found = block_rows.member_pause(tx.connection, request.place.community, request.person.id, tx.now)
    if found is not None and found.by == block_rows.COOL_DOWN and request.origin is Origin.REWRITE:
        return None  # the pause is for the member's own tries; this wording is a moderator's
    return found


def remembered_failure() -> Failure:
    """The failure that stands for "this wording was blocked here before"."""
    rule = KINDS[Kind.SAFETY_PROMPT]
    return Failure(rule.group, Kind.SAFETY_PROMPT, rule.action, None, rule.who_can_fix, 1.0, {"code": "block_memory"})


def remember_block(tx: Tx, request: Request, case_id: str = "") -> None:
    """Remember a blocked wording. Without a case (nobody is waiting for this one anymore), an existing entry with a case is kept."""
    if not case_id and blocked_before(tx, request) is not None:
        return
    block_rows.remember_prompt(tx, request.place.community, request.fingerprint, request.person.id, case_id, until=tx.now + BLOCK_MEMORY)
