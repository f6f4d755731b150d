"""Routing of cases: the community whose moderators decide, and their channel."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection

from bot.domain.case_states import REVIEW
from bot.domain.requests import Place, is_direct
from bot.ledger import settings_rows

HomeOf = Callable[[str], Place | None]
"""The operator's own moderators' channel on a platform; cases from direct messages go there too."""


def deciding_community(platform: str, community: str, home: HomeOf) -> str:
    """The community whose moderators decide: its own, or the operator's for direct messages; empty if there is none."""
    if not is_direct(community):
        return community
    operators = home(platform)
    return "" if operators is None else operators.community


def moderators_place(connection: Connection, platform: str, community: str, home: HomeOf) -> Place | None:
    deciding = deciding_community(platform, community, home)
    if not deciding:
        return None
    channel = settings_rows.of_community(connection, platform, deciding).get("moderators_channel")
    if isinstance(channel, str) and channel:
        return Place(platform, deciding, channel)
    operators = home(platform)
    return operators if operators is not None and operators.community == deciding else None


def card_place(connection: Connection, kind: str, platform: str, community: str, home: HomeOf) -> Place | None:
    """Where cards of a kind go: reviews to the reviewers' channel, if the community has one, all others to the moderators'."""
    channel = settings_rows.of_community(connection, platform, community).get("reviews_channel") if kind == REVIEW else None
    if isinstance(channel, str) and channel:
        return Place(platform, community, channel)
    return moderators_place(connection, platform, community, home)
