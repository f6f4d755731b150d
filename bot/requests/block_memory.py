"""Block memory and member pauses: wordings and members that a community temporarily doesn't accept."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Sequence

from bot.domain.failure import Failure, certain
from bot.domain.kinds import Kind
from bot.domain.requests import Origin, Request
from bot.ledger import block_rows
from bot.ledger.block_rows import Blocked, BlockedPrompt, MemberPause
from bot.ledger.store import Tx
from bot.prompts.normalise import fingerprint

BLOCK_MEMORY = 24 * 3600.0
"""Seconds for which a blocked wording is remembered in its community."""


def blocked_before(tx: Tx, request: Request) -> BlockedPrompt | None:
    """The remembered block of this wording, its pictures, or both together: blocked here within a day, so it isn't sent again by anyone."""
    for what, prompt_fingerprint in _fingerprints(request):
        found = block_rows.blocked_prompt(tx.connection, request.place.community, prompt_fingerprint, tx.now)
        if found is not None:
            return dataclasses.replace(found, what=what)
    return None


def _fingerprints(request: Request) -> Sequence[tuple[Blocked, str]]:
    """What may have been blocked, and its key. Another picture doesn't make blocked words acceptable, nor other words a blocked picture."""
    if not request.references:
        return [(Blocked.WORDS, request.fingerprint)]
    pictures = [(Blocked.PICTURE, picture_fingerprint(one)) for one in request.references]
    return [(Blocked.TOGETHER, request.fingerprint), *pictures, (Blocked.WORDS_ALONE, fingerprint(request.prompt))]


def picture_fingerprint(sha256: str) -> str:
    """Block memory's key of one picture, independent of the wording."""
    return hashlib.sha256(f"picture {sha256}".encode()).hexdigest()


def blocked_member(tx: Tx, request: Request) -> MemberPause | None:
    """The member's pause in this community, with its end and author; None if there is none."""
    found = block_rows.member_pause(tx.connection, request.place.community, request.person.id, tx.now)
    if found is not None and found.by == block_rows.BY_COOL_DOWN and request.origin is Origin.REWRITE:
        return None  # the pause is for the member's own tries; this wording is a moderator's
    return found


def remembered_failure(what: Blocked = Blocked.WORDS) -> Failure:
    """The failure of a wording that was blocked here before."""
    kind = Kind.SAFETY_REFERENCE_IMAGE if what is Blocked.PICTURE else Kind.SAFETY_PROMPT
    return certain(kind, {"code": "block_memory"})


def remember_block(tx: Tx, request: Request, kind: Kind, case_id: str = "") -> None:
    """Remember the wording with its pictures, and a picture that was itself the reason. Without a case, because the request has already
    ended, an existing entry with a case is kept."""
    if not case_id and blocked_before(tx, request) is not None:
        return
    prints = [request.fingerprint]
    if kind is Kind.SAFETY_REFERENCE_IMAGE and len(request.references) == 1:
        prints.append(picture_fingerprint(request.references[0]))  # of several, nobody can tell which one it was
    for one in prints:
        block_rows.remember_prompt(tx, request.place.community, one, request.person.id, case_id, until=tx.now + BLOCK_MEMORY)
