"""What can be found out about the set-up without changing anything: channel, permissions, scopes. For the start and for `doctor`."""

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
"""Close codes of the gateway that a new session does not mend -> key of the sentence."""
NEEDED: dict[str, str] = {
    "view_channel": "discord.permission.view_channel",
    "send_messages": "discord.permission.send_messages",
}
"""Permissions in the channels that the settings name; pictures are never posted there."""
INVITE = discord.Permissions(view_channel=True, send_messages=True, send_messages_in_threads=True, attach_files=True)
"""What the install link asks for, and nothing else."""
UNKNOWN_CHANNEL = 10003
SCOPES = ("bot", "applications.commands")


async def channel(http: Any, variable: str, channel_id: str, bot: int) -> ChannelFound:
    """Look at a channel from the settings: there, in a server, readable and writable. Raises what Discord's trouble raises."""
    try:
        found = await http.get_channel(int(channel_id))
    except discord.NotFound as error:
        if error.code != UNKNOWN_CHANNEL:
            raise  # something between us and Discord answered
        return ChannelFound(text("discord.setup.channel_unknown", name=variable, channel=channel_id))
    except discord.Forbidden:
        return ChannelFound(text("discord.setup.channel_forbidden", name=variable, channel=channel_id))
    guild = found.get("guild_id")
    if guild is None:
        return ChannelFound(text("discord.setup.channel_not_in_server", name=variable, channel=channel_id))
    try:
        rights = await rights_in(http, str(guild), found, bot)
    except (discord.HTTPException, KeyError, TypeError, ValueError):
        return ChannelFound(community=str(guild))  # cannot be found out; posting will tell
    missing = [text(key) for name, key in NEEDED.items() if not getattr(rights, name)]
    if missing:
        sentence = text("discord.setup.channel_permissions", name=variable, channel=channel_id, missing=", ".join(missing))
        return ChannelFound(warning=sentence, community=str(guild))
    return ChannelFound(community=str(guild))


async def rights_in(http: Any, guild: str, channel_data: Any, person: int) -> discord.Permissions:
    """A member's permissions in a channel: the roles', then the channel's overwrites, as Discord documents them."""
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
    """The link with which an administrator of a server adds the bot."""
    return discord.utils.oauth_url(application, permissions=INVITE, scopes=SCOPES)
