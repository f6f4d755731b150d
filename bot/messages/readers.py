"""Who reads decides: a private message is in its reader's language and time zone, one for several readers in their community's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from bot.chat.port import Message
from bot.chat.views import Audience
from bot.ledger import settings_rows
from bot.texts import DEFAULT_LANGUAGE, DEFAULT_ZONE, for_operators, languages

SETTING = "language"
"""Name of the community's setting, and of the reader's language in `Place.reply`."""
COMMUNITY = "community_language"
"""Name in `Place.reply` of the language that the platform states for the whole community."""
ZONE = "zone"
"""Name of the community's setting of its time zone, and of the reader's zone in `Place.reply`."""

DIRECT = "direct"
"""Name in `Place.reply` of the mark that the requester alone reads the place."""


@dataclass(frozen=True, slots=True)
class Reader:
    """The readers of a message."""

    language: str | None = DEFAULT_LANGUAGE
    """None: neither the community nor the command said it, so the platform is asked (`StatesLanguage`)."""
    zone: str = DEFAULT_ZONE


@dataclass(frozen=True, slots=True)
class Readers:
    """What is known about readers. `zone` is the operator's time zone, for communities that chose none."""

    zone: str = DEFAULT_ZONE

    def of(self, connection: Connection, message: Message) -> Reader:
        """The readers of a message."""
        reply = message.place.reply or {}
        own = settings_rows.of_community(connection, message.place.platform, message.place.community)
        zone = zone_in(own) or self.zone
        if (message.audience is Audience.MEMBER and reply) or reply.get(DIRECT):
            return Reader(reply.get(SETTING, DEFAULT_LANGUAGE), reply.get(ZONE) or zone)
        chosen = own.get(SETTING)
        language = chosen if isinstance(chosen, str) and chosen in languages() else reply.get(COMMUNITY)
        return Reader(language, zone)

    def zone_of(self, connection: Connection, platform: str, community: str) -> str:
        """The time zone in which a community's members are told times."""
        return zone_in(settings_rows.of_community(connection, platform, community)) or self.zone


def zone_in(settings: Mapping[str, object]) -> str:
    """The time zone among a community's settings; empty if it chose none."""
    found = settings.get(ZONE)
    return found if isinstance(found, str) else ""


def spoken_to(message: Message, language: str) -> str:
    """The language, or the default for operators if not even their notices are in it."""
    return for_operators(language) if message.audience is Audience.OPERATORS else language
