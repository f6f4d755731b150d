"""What a community does not take for a time: wordings that were blocked there, and members who are paused."""

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
    """Block memory: a wording that was blocked here within a day is not sent again by anybody."""
    return block_rows.blocked_prompt(tx.connection, request.place.community, request.fingerprint, tx.now)


def blocked_member(tx: Tx, request: Request) -> MemberPause | None:
    """Until when and by whom the member is kept from the bot in this community; None when they are not."""
    found = block_rows.member_pause(tx.connection, request.place.community, request.person.id, tx.now)
    if found is not None and found.by == block_rows.COOL_DOWN and request.origin is Origin.REWRITE:
        return None  # the pause is for the member's own tries; this wording is a moderator's
    return found


def remembered_failure() -> Failure:
    """The failure that stands for "this wording was blocked here before"."""
    rule = KINDS[Kind.SAFETY_PROMPT]
    return Failure(rule.group, Kind.SAFETY_PROMPT, rule.action, None, rule.who_can_fix, 1.0, {"code": "block_memory"})


def remember_block(tx: Tx, request: Request, case_id: str = "") -> None:
    """Without a case (nobody waits for this one any more) what is remembered with one stays as it is."""
    if not case_id and blocked_before(tx, request) is not None:
        return
    block_rows.remember_prompt(tx, request.place.community, request.fingerprint, request.person.id, case_id, until=tx.now + BLOCK_MEMORY)
