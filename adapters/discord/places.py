"""Place and person of an interaction, in the core's terms."""

from __future__ import annotations

from typing import Any

import discord

from bot.chat.views import Act, ActionName
from bot.core import Visitor
from bot.domain.requests import Person, Place, direct_community
from bot.texts import language_for

PLATFORM = "discord"
THREADS = (10, 11, 12)
"""Channel types whose parent is the channel in the settings."""


def community(interaction: discord.Interaction[Any]) -> str:
    """The server's id, or `direct_community`."""
    return str(interaction.guild_id) if interaction.guild_id is not None else direct_community(str(interaction.user.id))


def channel_and_thread(interaction: discord.Interaction[Any]) -> tuple[str, str | None]:
    """The channel, and the thread if there is one."""
    channel = interaction.channel
    own = str(interaction.channel_id or 0)
    parent = getattr(channel, "parent_id", None)
    if channel is not None and channel.type.value in THREADS and parent:
        return str(parent), own
    return own, None


def name(interaction: discord.Interaction[Any]) -> str:
    return interaction.user.display_name[:80]


def language(interaction: discord.Interaction[Any]) -> str:
    """The language in which the person uses Discord, if the bot has texts in it."""
    return language_for(str(interaction.locale))


def person(interaction: discord.Interaction[Any]) -> Person:
    return Person(str(interaction.user.id), name(interaction))


def place(interaction: discord.Interaction[Any], reply: dict[str, str]) -> Place:
    channel, thread = channel_and_thread(interaction)
    return Place(PLATFORM, community(interaction), channel, thread, reply)


def visitor(interaction: discord.Interaction[Any]) -> Visitor:
    return Visitor(PLATFORM, community(interaction), channel_and_thread(interaction)[0], str(interaction.user.id), name(interaction))


def event_key(interaction: discord.Interaction[Any]) -> str:
    return f"discord:{interaction.id}"


def act(
    interaction: discord.Interaction[Any],
    action: ActionName,
    row: str,
    values: dict[str, str] | None = None,
    reply: dict[str, str] | None = None,
) -> Act:
    return Act(
        event_key=event_key(interaction),
        person=str(interaction.user.id),
        person_name=name(interaction),
        platform=PLATFORM,
        community=community(interaction),
        channel=channel_and_thread(interaction)[0],
        action=action,
        row=row,
        values=values or {},
        reply=reply or {},
        language=language(interaction),
        direct=interaction.guild_id is None,
    )
