"""The adapter's own handle for answering an interaction, as it travels through `Place.reply` and `Act.reply`. Holds a token: a secret."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import discord

TOKEN_LIFE = 15 * 60.0
MARGIN = 15.0
"""Seconds before the end of a token's life from which it is not used any more: an edit with pictures takes its time."""


class Home(StrEnum):
    """What `@original` of an interaction is, once it was acknowledged."""

    PUBLIC = "public"
    """A placeholder that everybody in the channel sees."""
    EPHEMERAL = "ephemeral"
    """A placeholder that only the person sees."""
    NONE = "none"
    """The message of the pressed button: never ours to overwrite."""


@dataclass(frozen=True, slots=True)
class Handle:
    """Enough to answer an interaction, also from a new process."""

    application: int
    interaction: int
    token: str
    channel: int
    """Where the interaction happened; a thread's own id in a thread."""
    expires: float
    """Wall-clock time."""
    home: Home
    limit: int
    """Most bytes that a file may have in an answer to this interaction."""

    def alive(self, now: float) -> bool:
        """Whether the token can still be used."""
        return now < self.expires - MARGIN

    def reply(self) -> dict[str, str]:
        """For `Place.reply`."""
        return {
            "application_id": str(self.application),
            "interaction_id": str(self.interaction),
            "token": self.token,
            "channel": str(self.channel),
            "expires": f"{self.expires:.3f}",
            "home": self.home.value,
            "limit": str(self.limit),
        }


def of_interaction(interaction: discord.Interaction, home: Home, now: float) -> Handle:
    """The handle of an interaction that just came in."""
    return Handle(
        application=interaction.application_id,
        interaction=interaction.id,
        token=interaction.token,
        channel=interaction.channel_id or 0,
        expires=now + TOKEN_LIFE,
        home=home,
        limit=interaction.filesize_limit,
    )


def of_reply(reply: Mapping[str, str]) -> Handle | None:
    """The handle in a place, or None when it holds none (or one of a version that we do not know)."""
    try:
        return Handle(
            application=int(reply["application_id"]),
            interaction=int(reply["interaction_id"]),
            token=reply["token"],
            channel=int(reply["channel"]),
            expires=float(reply["expires"]),
            home=Home(reply["home"]),
            limit=int(reply["limit"]),
        )
    except (KeyError, ValueError):
        return None
