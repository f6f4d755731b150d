"""Cards reach the moderators' channel in the end: they follow it when it changes, and are posted when a lost channel is back."""

from __future__ import annotations

from sqlalchemy import select, update

from bot.chat.port import RefusedWhy
from bot.chat.views import Audience
from bot.domain.case_states import WAITING
from bot.domain.requests import Place
from bot.ledger import case_rows, message_rows
from bot.ledger.store import Tx
from bot.ledger.tables import cases, messages
from bot.messages.notices import Notices
from bot.moderation.routing import Home, moderators_place
from bot.moderation.transitions import show_card

TRY_AGAIN = 120.0
"""Seconds between two attempts to post refused cards."""
AT_ONCE = 20
"""Cards tried again at a time and channel: a channel that is gone for good is not hammered."""
_LAST = "cards_tried_again"


def align(tx: Tx, home: Home) -> None:
    """Every waiting case has its card, in the channel that is set now."""
    waiting = tx.connection.execute(
        select(cases.c.id, cases.c.platform, cases.c.community).where(cases.c.state.in_([state.value for state in WAITING])).limit(500)
    ).all()
    if not waiting:
        return
    placed = {
        str(row.subject).partition(":")[2]: row
        for row in tx.connection.execute(
            select(messages.c.id, messages.c.subject, messages.c.community, messages.c.channel).where(
                messages.c.subject.in_([f"case:{row.id}" for row in waiting]), messages.c.audience == Audience.MODERATORS.value
            )
        )
    }
    places: dict[tuple[str, str], Place | None] = {}
    for row in waiting:
        key = (row.platform, row.community)
        if key not in places:
            places[key] = moderators_place(tx.connection, row.platform, row.community, home)
        place, card = places[key], placed.get(row.id)
        case = case_rows.get(tx.connection, row.id) if place is not None else None
        if place is None or case is None:
            continue
        if card is None:
            show_card(tx, case, place)
        elif (card.community, card.channel) != (place.community, place.channel):
            _move(tx, card.id, place)


def _move(tx: Tx, message_id: str, place: Place) -> None:
    """Post the card anew in another channel; the old message stays where it is and is edited no more."""
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


def try_again(tx: Tx, notices: Notices) -> None:
    """Refused cards are tried again now and then; where they arrive, the operator's notice about the channel is resolved."""
    known = message_rows.recall(tx.connection, _LAST)
    if known is not None and 0 <= tx.now - known[1] < TRY_AGAIN:
        return
    refused = tx.connection.execute(
        select(messages.c.id, messages.c.platform, messages.c.channel, messages.c.ref, messages.c.refused)
        .where(
            messages.c.subject.like("case:%"),
            messages.c.audience == Audience.MODERATORS.value,
            messages.c.refused.is_not(None),
        )
        .order_by(messages.c.created_at)
    ).all()
    lost = {f"{row.platform}:{row.channel}" for row in refused}
    for cause in [one for one in notices.open if one.startswith(("chat_gone:", "chat_forbidden:"))]:
        _, _, channel = cause.partition(":")
        if channel not in lost and (_was_moderators(tx, cause) or _is_moderators(tx, channel)):
            notices.resolve(tx, cause)
    if not refused:
        return
    message_rows.remember(tx, _LAST, len(refused))
    tried: dict[str, int] = {}
    for row in refused:
        channel = f"{row.platform}:{row.channel}"
        tried[channel] = tried.get(channel, 0) + 1
        if tried[channel] <= AT_ONCE:
            # What is gone is posted anew; where writing is forbidden, the old message may be there still.
            ref = {} if row.refused == RefusedWhy.GONE.value else row.ref
            tx.connection.execute(
                update(messages)
                .where(messages.c.id == row.id)
                .values(ref=ref, settled=False, wanted_revision=messages.c.wanted_revision + 1)
            )
            tx.wake("message", row.id)


def _was_moderators(tx: Tx, cause: str) -> bool:
    """Cards were refused there; they may have followed the moderators to another channel since."""
    row = message_rows.notice(tx.connection, cause)
    return row is not None and row.facts.get("audience") == Audience.MODERATORS.value


def _is_moderators(tx: Tx, channel: str) -> bool:
    platform, _, name = channel.partition(":")
    found = tx.connection.execute(
        select(messages.c.id)
        .where(messages.c.platform == platform, messages.c.channel == name, messages.c.audience == Audience.MODERATORS.value)
        .limit(1)
    ).first()
    return found is not None
