"""In which language a message is said: a private one in its reader's, one for several readers in their community's."""

from __future__ import annotations

from sqlalchemy import Connection

from bot.chat.port import Message
from bot.chat.views import Audience
from bot.ledger import settings_rows
from bot.texts import DEFAULT_LANGUAGE, for_operators, languages

SETTING = "language"
"""Name of the community's setting, and of the reader's language in `Place.reply`."""
COMMUNITY = "community_language"
"""Name in `Place.reply` of the language that the platform states for the whole community."""


def language_of(connection: Connection, message: Message) -> str:
    """The language of a message's readers."""
    reply = message.place.reply
    if message.audience is Audience.MEMBER and reply:
        return reply.get(SETTING, DEFAULT_LANGUAGE)
    own = settings_rows.of_community(connection, message.place.platform, message.place.community).get(SETTING)
    language = own if isinstance(own, str) and own in languages() else reply.get(COMMUNITY, DEFAULT_LANGUAGE)
    return for_operators(language) if message.audience is Audience.OPERATORS else language
