"""Who reads decides: a private message is in its reader's language and time zone, one for several readers in their community's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from bot.chat.port import COMMUNITYS_LANGUAGE, READ_ALONE, READERS_LANGUAGE, READERS_ZONE, Message
from bot.chat.views import Audience
from bot.ledger import settings_rows
from bot.ledger.store import Ledger, LedgerProblem
from bot.texts import DEFAULT_LANGUAGE, DEFAULT_ZONE, for_operators, languages

SETTING, ZONE = "language", "zone"
"""Names of a community's settings."""


@dataclass(frozen=True, slots=True)
class Reader:
    language: str | None = DEFAULT_LANGUAGE
    """None: neither the community nor the command said it, so the platform is asked (`StatesLanguage`)."""
    zone: str = DEFAULT_ZONE


@dataclass(frozen=True, slots=True)
class Readers:
    """What is known about readers. `zone` is the operator's time zone, for communities that chose none."""

    zone: str = DEFAULT_ZONE

    def of(self, connection: Connection, message: Message) -> Reader:
        reply = message.place.reply or {}
        own = settings_rows.of_community(connection, message.place.platform, message.place.community)
        zone = zone_in(own) or self.zone
        if (message.audience is Audience.MEMBER and reply) or reply.get(READ_ALONE):
            return Reader(reply.get(READERS_LANGUAGE, DEFAULT_LANGUAGE), reply.get(READERS_ZONE) or zone)
        chosen = own.get(SETTING)
        language = chosen if isinstance(chosen, str) and chosen in languages() else reply.get(COMMUNITYS_LANGUAGE)
        return Reader(language, zone)

    async def zone_told(self, ledger: Ledger, platform: str, community: str) -> str:
        """The same, or the operator's zone if the ledger can't be read."""
        try:
            return await ledger.read(lambda c: self.zone_of(c, platform, community))
        except LedgerProblem:
            return self.zone

    def zone_of(self, connection: Connection, platform: str, community: str) -> str:
        """The time zone in which a community's members are told times."""
        return zone_in(settings_rows.of_community(connection, platform, community)) or self.zone


def zone_in(settings: Mapping[str, object]) -> str:
    """The time zone among a community's settings; empty if it chose none."""
    found = settings.get(ZONE)
    return found if isinstance(found, str) else ""


def language_for_audience(message: Message, language: str) -> str:
    """The language, or the default for operators if not even their notices are in it."""
    return for_operators(language) if message.audience is Audience.OPERATORS else language
