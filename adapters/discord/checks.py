"""Read-only checks of the set-up for the start and `doctor`: channels, permissions, scopes."""

from __future__ import annotations

from typing import Any

import discord

from adapters.kit.setup import ChannelFound
from bot.texts import text

FATAL_CLOSES: dict[int, str] = {
    4004: "discord.setup.token",
    4010: "discord.setup.sharding",
    4011: "discord.setup.sharding",
    4012: "discord.setup.version",
    4013: "discord.setup.intents",
    4014: "discord.setup.intents",
}
"""Gateway close codes that a new session can't fix -> text key."""
NEEDED: dict[str, str] = {
    "view_channel": "discord.permission.view_channel",
    "send_messages": "discord.permission.send_messages",
}
"""Permissions needed in the channels from the settings; pictures are never posted there."""
INVITE = discord.Permissions(view_channel=True, send_messages=True, send_messages_in_threads=True, attach_files=True)
"""Permissions in the install link."""
UNKNOWN_CHANNEL = 10003
SCOPES = ("bot", "applications.commands")


async def channel(http: Any, variable: str, channel_id: str, bot: int) -> ChannelFound:
    """Check a channel from the settings: it exists in a server and can be read and written. Raises discord.py's errors."""
    try:
        found = await http.get_channel(int(channel_id))
    except discord.NotFound as error:
        if error.code != UNKNOWN_CHANNEL:
            raise  # something between the bot and Discord answered
        return ChannelFound(text("discord.setup.channel_unknown", name=variable, channel=channel_id))
    except discord.Forbidden:
        return ChannelFound(text("discord.setup.channel_forbidden", name=variable, channel=channel_id))
    guild = found.get("guild_id")
    if guild is None:
        return ChannelFound(text("discord.setup.channel_not_in_server", name=variable, channel=channel_id))
    try:
        rights = await rights_in(http, str(guild), found, bot)
    except (discord.HTTPException, KeyError, TypeError, ValueError):
        return ChannelFound(community=str(guild))  # can't be determined; posting will tell
    missing = [text(key) for name, key in NEEDED.items() if not getattr(rights, name)]
    if missing:
        sentence = text("discord.setup.channel_permissions", name=variable, channel=channel_id, missing=", ".join(missing))
        return ChannelFound(warning=sentence, community=str(guild))
    return ChannelFound(community=str(guild))


async def rights_in(http: Any, guild: str, channel_data: Any, person: int) -> discord.Permissions:
    """A member's permissions in a channel: roles first, then channel overwrites, as documented by Discord."""
    member = await http.get_member(int(guild), person)
    server = await http.get_guild(int(guild), with_counts=False)
    roles = {str(one) for one in member["roles"]} | {guild}
    total = 0
    for role in server["roles"]:
        if str(role["id"]) in roles:
            total |= int(role["permissions"])
    if str(server["owner_id"]) == str(person) or discord.Permissions(total).administrator:
        return discord.Permissions.all()
    overwrites = {str(one["id"]): one for one in channel_data.get("permission_overwrites") or []}
    groups = [[guild], sorted(roles - {guild}), [str(person)]]
    for group in groups:
        found = [overwrites[one] for one in group if one in overwrites]
        for one in found:
            total &= ~int(one["deny"])
        for one in found:
            total |= int(one["allow"])
    return discord.Permissions(total)


def install_link(application: int) -> str:
    """The link with which a server's administrator adds the bot."""
    return discord.utils.oauth_url(application, permissions=INVITE, scopes=SCOPES)
