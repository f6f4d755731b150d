"""Rows of temporary blocks in a community: blocked wordings (block memory) and paused members."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, bindparam, delete, select

from bot.chat.views import Audience
from bot.ledger import message_rows
from bot.ledger.dialect import json_text
from bot.ledger.records import find_one, replace_row
from bot.ledger.store import Tx
from bot.ledger.tables import blocked_members, blocked_prompts, cases, requests

CARDS_SHOWN_AGAIN = 20
"""Number of a member's newest cards that are rendered again when the member's pause changes."""
BY_COOL_DOWN = "cool_down"
"""Value of `MemberPause.by` for an automatic pause after several blocks."""


class Blocked(StrEnum):
    """What of a request was blocked before; the value completes the text key `refusal.blocked_...before`."""

    WORDS = ""
    WORDS_ALONE = "words_"
    """The wording of this request, when it was sent without any picture."""
    PICTURE = "picture_"
    TOGETHER = "together_"


@dataclass(frozen=True, slots=True)
class BlockedPrompt:
    """A remembered block of a wording in a community."""

    person: str
    """The member whose request was blocked."""
    case_id: str
    """Empty if nobody waits for the case anymore."""
    what: Blocked = Blocked.WORDS


@dataclass(frozen=True, slots=True)
class MemberPause:
    until: float
    """Wall-clock time of its end."""
    by: str
    """The moderator's id, or `BY_COOL_DOWN`."""

    @property
    def reason(self) -> str:
        """Key of the words for it under `refusal.`."""
        return "cool_down" if self.by == BY_COOL_DOWN else "member_blocked"


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
    """The remembered block of a wording at `now`, or None."""
    here = {"community": community, "fingerprint": fingerprint, "now": now}
    return find_one(connection, _PROMPT, lambda row: BlockedPrompt(row.person, row.case_id), here)


def ever_blocked(connection: Connection, fingerprint: str) -> bool:
    """Whether anybody's request with this wording was blocked, in any community and however long ago."""
    remembered = select(blocked_prompts.c.community).where(blocked_prompts.c.fingerprint == fingerprint)
    same = requests.c.fingerprint == fingerprint
    with_case = select(requests.c.id).join(cases, cases.c.request_id == requests.c.id).where(same)
    failed = select(requests.c.id).where(same, json_text(requests.c.failure, "kind").like("safety%"))
    return any(connection.execute(one.limit(1)).first() is not None for one in (remembered, with_case, failed))


def remember_prompt(tx: Tx, community: str, fingerprint: str, person: str, case_id: str, until: float) -> None:
    """Remember a blocked wording; replaces an earlier block."""
    keys, values = {"community": community, "fingerprint": fingerprint}, {"person": person, "case_id": case_id, "until": until}
    replace_row(tx.connection, blocked_prompts, keys, values)


def forget_prompts(tx: Tx, community: str, fingerprints: Iterable[str]) -> None:
    """Allow these wordings again."""
    tx.connection.execute(
        delete(blocked_prompts).where(blocked_prompts.c.community == community, blocked_prompts.c.fingerprint.in_(list(fingerprints)))
    )


def remove_expired_prompts(tx: Tx) -> None:
    tx.connection.execute(delete(blocked_prompts).where(blocked_prompts.c.until <= tx.now))


def member_pause(connection: Connection, community: str, person: str, now: float) -> MemberPause | None:
    return find_one(connection, _PAUSE, lambda row: MemberPause(row.until, row.by), {"community": community, "person": person, "now": now})


def pause_member(tx: Tx, community: str, person: str, until: float, by: str) -> None:
    """Pause a member; replaces an earlier pause. The member's cards show it."""
    replace_row(tx.connection, blocked_members, {"community": community, "person": person}, {"until": until, "by": by})
    show_cards(tx, community, person)


def end_pause(tx: Tx, community: str, person: str) -> bool:
    """End a member's pause. Returns False if there is none."""
    return _end_pause(tx, community, person, blocked_members.c.until > tx.now)


def end_cool_down(tx: Tx, community: str, person: str) -> None:
    """End an automatic pause; a moderator's pause stays."""
    _end_pause(tx, community, person, blocked_members.c.by == BY_COOL_DOWN)


def _end_pause(tx: Tx, community: str, person: str, which: ColumnElement[bool]) -> bool:
    of_member = (blocked_members.c.community == community, blocked_members.c.person == person)
    ended = tx.connection.execute(delete(blocked_members).where(*of_member, which)).rowcount > 0
    if ended:
        show_cards(tx, community, person)
    return ended


def end_due_pauses(tx: Tx) -> None:
    ended = (
        delete(blocked_members).where(blocked_members.c.until <= tx.now).returning(blocked_members.c.community, blocked_members.c.person)
    )
    for community, person in tx.connection.execute(ended).all():
        show_cards(tx, community, person)


def show_cards(tx: Tx, community: str, person: str) -> None:
    """Render the member's newest cards again: each says until when the member is paused."""
    of_member = select(cases.c.id).where(cases.c.community == community, cases.c.person == person)
    for case_id in tx.connection.execute(of_member.order_by(cases.c.number.desc()).limit(CARDS_SHOWN_AGAIN)).scalars().all():
        message_rows.bump(tx, f"case:{case_id}", Audience.MODERATORS)
