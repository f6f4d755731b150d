"""Rows of what a community does not take for a time: wordings that were blocked (block memory) and members who are paused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, delete, select
from sqlalchemy.dialects.sqlite import insert as upsert

from bot.ledger.store import Tx
from bot.ledger.tables import blocked_members, blocked_prompts

COOL_DOWN = "cool_down"
"""Stands in `MemberPause.by` for a pause that nobody imposed: it followed from blocks."""


@dataclass(frozen=True, slots=True)
class BlockedPrompt:
    """A block of this wording in this community that is still remembered."""

    person: str
    """Whose request was blocked."""
    case_id: str
    """Empty when nobody waits for the case any more."""


@dataclass(frozen=True, slots=True)
class MemberPause:
    """A member is kept from the bot in a community."""

    until: float
    """Wall-clock time."""
    by: str
    """The moderator's id, or `COOL_DOWN`."""


_PROMPT = select(blocked_prompts.c.person, blocked_prompts.c.case_id).where(
    blocked_prompts.c.community == bindparam("community"),
    blocked_prompts.c.fingerprint == bindparam("fingerprint"),
    blocked_prompts.c.until > bindparam("now"),
)
_PAUSE = select(blocked_members.c.until, blocked_members.c.by).where(
    blocked_members.c.community == bindparam("community"),
    blocked_members.c.person == bindparam("person"),
    blocked_members.c.until > bindparam("now"),
)


def blocked_prompt(connection: Connection, community: str, fingerprint: str, now: float) -> BlockedPrompt | None:
    """The block of a wording that is remembered at `now`; None when there is none."""
    here = {"community": community, "fingerprint": fingerprint, "now": now}
    row = connection.execute(_PROMPT, here).one_or_none()
    return None if row is None else BlockedPrompt(row.person, row.case_id)


def remember_prompt(tx: Tx, community: str, fingerprint: str, person: str, case_id: str, until: float) -> None:
    """Remember a blocked wording; a newer block takes the place of an older one."""
    row = {"community": community, "fingerprint": fingerprint, "person": person, "case_id": case_id, "until": until}
    tx.connection.execute(upsert(blocked_prompts).values(row).on_conflict_do_update(index_elements=["community", "fingerprint"], set_=row))


def forget_prompts(tx: Tx, community: str, fingerprints: Iterable[str]) -> None:
    """These wordings may be sent again."""
    tx.connection.execute(
        delete(blocked_prompts).where(blocked_prompts.c.community == community, blocked_prompts.c.fingerprint.in_(list(fingerprints)))
    )


def remove_expired_prompts(tx: Tx) -> None:
    """Rows whose time is over."""
    tx.connection.execute(delete(blocked_prompts).where(blocked_prompts.c.until < tx.now))


def member_pause(connection: Connection, community: str, person: str, now: float) -> MemberPause | None:
    """The pause of a member that runs at `now`; None when there is none."""
    row = connection.execute(_PAUSE, {"community": community, "person": person, "now": now}).one_or_none()
    return None if row is None else MemberPause(row.until, row.by)


def pause_member(tx: Tx, community: str, person: str, until: float, by: str) -> None:
    """Keep a member from the bot; a newer pause takes the place of an older one."""
    row = {"community": community, "person": person, "until": until, "by": by}
    tx.connection.execute(upsert(blocked_members).values(row).on_conflict_do_update(index_elements=["community", "person"], set_=row))


def end_pause(tx: Tx, community: str, person: str) -> bool:
    """End a member's running pause; False when none runs."""
    running = (blocked_members.c.community == community, blocked_members.c.person == person, blocked_members.c.until > tx.now)
    return tx.connection.execute(delete(blocked_members).where(*running)).rowcount > 0


def end_cool_down(tx: Tx, community: str, person: str) -> None:
    """End the pause that followed from blocks; one that a moderator imposed stays."""
    tx.connection.execute(
        delete(blocked_members).where(
            blocked_members.c.community == community, blocked_members.c.person == person, blocked_members.c.by == COOL_DOWN
        )
    )
