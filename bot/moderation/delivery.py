"""Delivery of cards: they follow the moderators' channel when it changes, and are posted again when a lost channel is back."""

from __future__ import annotations

from collections import Counter

from bot.chat.port import RefusedWhy
from bot.chat.views import Audience
from bot.domain.case_states import REVIEW
from bot.domain.requests import Place
from bot.ledger import card_rows, memory_rows, notice_rows
from bot.ledger.store import Tx
from bot.messages.notices import Notices
from bot.moderation.routing import HomeOf, card_place
from bot.moderation.transitions import show_card

TRY_AGAIN = 120.0
"""Seconds between two attempts to post rejected cards."""
AT_ONCE = 20
"""Maximum cards to retry per round and channel, to spare a channel that's permanently gone."""
_LAST = "cards_tried_again"


def align(tx: Tx, home: HomeOf) -> None:
    """Ensure that every open case has its card in the currently configured channel."""
    places: dict[tuple[bool, str, str], Place | None] = {}
    for one in card_rows.waiting(tx.connection):
        key = (one.kind == REVIEW, one.platform, one.community)
        if key not in places:
            places[key] = card_place(tx.connection, one.kind, one.platform, one.community, home)
        place = places[key]
        if place is None:
            continue
        if one.message_id is None:
            show_card(tx, one.case_id, place)
        elif one.shown_in != (place.community, place.channel):
            card_rows.move(tx, one.message_id, place)


def try_again(tx: Tx, notices: Notices) -> None:
    """Retry rejected cards from time to time; once they arrive, resolve the operator's notice about the channel."""
    known = memory_rows.recall(tx.connection, _LAST)
    if known is not None and 0 <= tx.now - known[1] < TRY_AGAIN:
        return
    refused = card_rows.refused(tx.connection)
    lost = {f"{card.platform}:{card.channel}" for card in refused}
    for cause in [one for one in notices.open if one.startswith(("chat_gone:", "chat_forbidden:"))]:
        channel = cause.partition(":")[2]
        if channel not in lost and (_was_moderators(tx, cause) or _is_moderators(tx, channel)):
            notices.resolve(tx, cause)
    if not refused:
        return
    memory_rows.remember(tx, _LAST, len(refused))
    tried: Counter[str] = Counter()
    for card in refused:
        channel = f"{card.platform}:{card.channel}"
        tried[channel] += 1
        if tried[channel] <= AT_ONCE:
            # If the message is gone, post anew; if writing is forbidden, the old message may still exist.
            card_rows.send_again(tx, card.message_id, as_new=card.why == RefusedWhy.GONE.value)


def _was_moderators(tx: Tx, cause: str) -> bool:
    """Whether cards were rejected there; they may have moved to another channel since."""
    row = notice_rows.get(tx.connection, cause)
    return row is not None and row.facts.get("audience") == Audience.MODERATORS.value


def _is_moderators(tx: Tx, channel: str) -> bool:
    platform, _, name = channel.partition(":")
    return card_rows.any_in(tx.connection, platform, name)
