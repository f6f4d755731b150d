"""Servers that removed the bot while it wasn't connected, which Discord tells nobody later.

What follows can't be undone: the community's own key is deleted. So a server counts as left only if this very application was in it before,
the full list of its shard, at the beginning of a session, doesn't have it, and Discord says when asked that it isn't the bot's. Servers in
an outage are in that list.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import discord
import structlog

from adapters.discord.callers import PLATFORM
from adapters.kit.errors import NETWORK
from bot.core import Core

log = structlog.get_logger()

NOT_OURS = frozenset({10004, 50001})
"""Unknown Guild, Missing Access: what Discord answers about a server that the bot isn't in."""


@dataclass(frozen=True, slots=True)
class ServerList:
    """What READY says about one shard."""

    shard: int
    count: int
    """Shards of the whole bot."""
    servers: frozenset[str]

    def covers(self, server: str) -> bool:
        return (int(server) >> 22) % self.count == self.shard


def read(ready: Any) -> ServerList | None:
    """The list in a READY; None if it can't be one."""
    shard, count = ready.get("shard") or (0, 1)
    servers = [str(one["id"]) for one in ready["guilds"]]
    usable = all(one.isascii() and one.isdigit() for one in servers) and 0 <= int(shard) < int(count)
    return ServerList(int(shard), int(count), frozenset(servers)) if usable else None


def report_servers(client: discord.Client) -> None:
    """Dispatch the event `servers` with the list of every READY."""
    parsers: dict[str, Callable[[Any], Any]] = client._connection.parsers
    parse = parsers["READY"]

    def parsed(data: Any) -> Any:
        done = parse(data)
        try:
            found = read(data)
        except (AttributeError, KeyError, TypeError, ValueError):
            found = None
        if found is not None:
            client.dispatch("servers", found)
        return done

    parsers["READY"] = parsed


async def look(client: discord.Client, core: Core, told: ServerList) -> None:
    """End what was left behind in servers of this shard that the bot isn't in anymore, and note those that it's in."""
    bot = str(client.application_id or 0)
    known = await core.communities_known(PLATFORM, bot)
    left = []
    for server in sorted(one for one in known - told.servers if told.covers(one)):
        if await _is_left(client, server):
            ended = await core.community_left(PLATFORM, server)
            log.info("discord_guild_left", guild=int(server), requests=ended, while_off=True)
            left.append(server)
        else:
            log.warning("discord_guild_not_listed", guild=int(server))
    if left or not told.servers <= known:
        await core.note_communities(PLATFORM, bot, told.servers, left)


async def _is_left(client: discord.Client, server: str) -> bool:
    try:
        await client.http.get_guild(int(server), with_counts=False)
    except discord.HTTPException as error:
        return error.code in NOT_OURS
    except NETWORK:
        return False
    return False
