"""Queries on moderators' cards: the card of each open case, its place, and cards that a platform rejected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from bot.chat.views import Audience
from bot.domain.case_states import WAITING
from bot.domain.requests import Place
from bot.ledger.store import Tx
from bot.ledger.tables import cases, messages

_OF_MODERATORS = messages.c.audience == Audience.MODERATORS.value


@dataclass(frozen=True, slots=True)
class WaitingCase:
    """A case that needs action, and the message of its card."""

    case_id: str
    kind: str
    platform: str
    community: str
    message_id: str | None
    """None while the case has no card."""
    shown_in: tuple[str, str] | None
    """Community and channel of the card."""


@dataclass(frozen=True, slots=True)
class RefusedCard:
    """A card that its platform rejected."""

    message_id: str
    platform: str
    channel: str
    why: str
    """A value of `RefusedWhy`."""


def waiting(connection: Connection, limit: int = 500) -> Sequence[WaitingCase]:
    columns = select(cases.c.id, cases.c.kind, cases.c.platform, cases.c.community)
    found = connection.execute(columns.where(cases.c.state.in_([state.value for state in WAITING])).limit(limit)).all()
    if not found:
        return []
    subjects = [f"case:{row.id}" for row in found]
    columns = select(messages.c.id, messages.c.subject, messages.c.community, messages.c.channel)
    cards = {str(row.subject): row for row in connection.execute(columns.where(messages.c.subject.in_(subjects), _OF_MODERATORS))}
    result = []
    for row in found:
        card = cards.get(f"case:{row.id}")
        shown_in = None if card is None else (card.community, card.channel)
        result.append(WaitingCase(row.id, row.kind, row.platform, row.community, None if card is None else card.id, shown_in))
    return result


def move(tx: Tx, message_id: str, place: Place) -> None:
    """Post a card again in another channel. The old message stays there and is no longer edited."""
    tx.connection.execute(
        update(messages)
        .where(messages.c.id == message_id)
        .values(
            community=place.community,
            channel=place.channel,
            thread=place.thread,
            reply=dict(place.reply),
            ref={},
            refused=None,
            settled=False,
            wanted_revision=messages.c.wanted_revision + 1,
        )
    )
    tx.wake("message", message_id)


def refused(connection: Connection) -> Sequence[RefusedCard]:
    """Rejected cards, oldest first."""
    rows = connection.execute(
        select(messages.c.id, messages.c.platform, messages.c.channel, messages.c.refused)
        .where(messages.c.subject.like("case:%"), _OF_MODERATORS, messages.c.refused.is_not(None))
        .order_by(messages.c.created_at)
    )
    return [RefusedCard(row.id, row.platform, row.channel, row.refused) for row in rows]


def send_again(tx: Tx, message_id: str, *, as_new: bool) -> None:
    """Send a rejected card again; `as_new` forgets the platform's message, so that it's posted instead of edited."""
    values: dict[str, object] = {"settled": False, "wanted_revision": messages.c.wanted_revision + 1}
    if as_new:
        values["ref"] = {}
    tx.connection.execute(update(messages).where(messages.c.id == message_id).values(values))
    tx.wake("message", message_id)


def any_in(connection: Connection, platform: str, channel: str) -> bool:
    """Whether moderators have ever been shown something in this channel."""
    here = (messages.c.platform == platform, messages.c.channel == channel, _OF_MODERATORS)
    return connection.execute(select(messages.c.id).where(*here).limit(1)).first() is not None
