"""Interaction handles, message refs and drafts: what a message is shown with, where it is, and how its interaction is answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import discord

from adapters.discord.image_fitting import FittedImage
from adapters.kit.message_ref import StoredRef
from bot.chat.port import COMMUNITYS_LANGUAGE, READERS_LANGUAGE
from bot.chat.views import Document, View
from bot.texts import DEFAULT_LANGUAGE, language_for

TOKEN_LIFE = 15 * 60.0
MARGIN = 15.0
"""Seconds before a token expires in which it's no longer used, because an edit with pictures takes time."""


class Home(StrEnum):
    """What an acknowledged interaction's `@original` is."""

    PUBLIC = "public"
    """A placeholder visible to everyone in the channel."""
    EPHEMERAL = "ephemeral"
    """A placeholder visible only to the person."""
    NONE = "none"
    """The message with the pressed button, which must not be overwritten."""


@dataclass(frozen=True, slots=True)
class Handle:
    """Everything needed to answer an interaction, even from another process."""

    application: int
    interaction: int
    token: str
    channel: int
    """Channel of the interaction; in a thread, the thread's id."""
    expires: float
    """Wall-clock time."""
    home: Home
    limit: int
    """Maximum bytes of a file in an answer to this interaction."""
    language: str = DEFAULT_LANGUAGE
    """The language of the person who reads the answer."""
    community_language: str = DEFAULT_LANGUAGE
    """The language that the server states, for messages that others read too."""

    def alive(self, now: float) -> bool:
        return now < self.expires - MARGIN

    def reply(self) -> dict[str, str]:
        """The contents of `Place.reply`."""
        spoken = {READERS_LANGUAGE: self.language, COMMUNITYS_LANGUAGE: self.community_language}
        return {
            "application_id": str(self.application),
            "interaction_id": str(self.interaction),
            "token": self.token,
            "channel": str(self.channel),
            "expires": f"{self.expires:.3f}",
            "home": self.home.value,
            "limit": str(self.limit),
            **{name: one for name, one in spoken.items() if one != DEFAULT_LANGUAGE},
        }


def of_interaction(interaction: discord.Interaction, home: Home, now: float) -> Handle:
    return Handle(
        application=interaction.application_id,
        interaction=interaction.id,
        token=interaction.token,
        channel=interaction.channel_id or 0,
        expires=now + TOKEN_LIFE,
        home=home,
        limit=interaction.filesize_limit,
        language=language_for(str(interaction.locale)),
        community_language=language_for(str(interaction.guild_locale or interaction.locale)),
    )


def of_reply(reply: Mapping[str, str]) -> Handle | None:
    """The handle stored in a place; None if there is none, or one of an unknown version."""
    try:
        return Handle(
            application=int(reply["application_id"]),
            interaction=int(reply["interaction_id"]),
            token=reply["token"],
            channel=int(reply["channel"]),
            expires=float(reply["expires"]),
            home=Home(reply["home"]),
            limit=int(reply["limit"]),
            language=reply.get(READERS_LANGUAGE, DEFAULT_LANGUAGE),
            community_language=reply.get(COMMUNITYS_LANGUAGE, DEFAULT_LANGUAGE),
        )
    except (KeyError, ValueError):
        return None


@dataclass(frozen=True, slots=True)
class Draft:
    view: View
    pictures: Sequence[FittedImage]
    notes: tuple[str, ...] = ()
    """Sentences about pictures that can't be shown."""
    mention: str | None = None
    """The only person whom a new post notifies."""
    neutral: bool = False
    documents: tuple[Document, ...] = ()
    bare: bool = False
    """Without pictures, because their upload wasn't answered."""
    until: float = float("inf")
    """Loop time by which the send must end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRef(StoredRef):
    """Location of a message on Discord. The route is `original`, `answer`, `whisper` or `post`, a stale copy `route/channel/message`."""

    channel: int = 0
    message: str = ""
    posts: int = 0
    """Number of new posts; part of the nonce."""

    @property
    def identity(self) -> str:
        return self.message

    def anew(self, *, gone: bool = False) -> MessageRef:
        """A new post has a new nonce; its retries share it."""
        return MessageRef(posts=self.posts + 1, final=self.final, gone=gone, stale=self.stale)

    def left(self, handle: Handle | None) -> MessageRef:
        """The ref after unanswered edits: the message is shown elsewhere, and its old copy is deleted once Discord answers again."""
        route = self.route
        if not route and handle is not None and handle.home is not Home.NONE and self.posts == 0:
            route = "original"  # its placeholder
        copies = [f"{route}/{self.channel}/{self.message}"] if route else []
        return replace(self.anew(), stale=tuple(dict.fromkeys([*self.stale, *copies])))
