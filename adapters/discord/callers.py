"""Who used an interaction where, in the core's terms."""

from __future__ import annotations

from typing import Any

import discord

from adapters.kit.callers import PlatformCaller
from bot.domain.requests import direct_community
from bot.texts import language_for

PLATFORM = "discord"
THREADS = (10, 11, 12)
"""Channel types whose parent is the channel in the settings."""


class Caller(PlatformCaller):
    platform = PLATFORM


def caller(interaction: discord.Interaction[Any]) -> Caller:
    """The interaction's person and place; in a direct message, the community is `direct_community`."""
    user, guild = interaction.user, interaction.guild_id
    channel, thread = channel_and_thread(interaction)
    return Caller(
        key=f"discord:{interaction.id}",
        community=str(guild) if guild is not None else direct_community(str(user.id)),
        channel=channel,
        person=str(user.id),
        name=user.display_name[:80],
        thread=thread,
        language=language(interaction),
    )


def channel_and_thread(interaction: discord.Interaction[Any]) -> tuple[str, str | None]:
    channel = interaction.channel
    own = str(interaction.channel_id or 0)
    parent = getattr(channel, "parent_id", None)
    if channel is not None and channel.type.value in THREADS and parent:
        return str(parent), own
    return own, None


def language(interaction: discord.Interaction[Any]) -> str:
    """The language in which the person uses Discord, if the bot has texts in it."""
    return language_for(str(interaction.locale))
