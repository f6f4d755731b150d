"""Read-only checks of the set-up: channels, permissions and commands, at the start and in `doctor`."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from typing import Any

import discord

from adapters.discord import commands, settings
from adapters.discord.attachments import MASK, PICTURES
from adapters.discord.client import outgoing, point_at
from adapters.discord.moderators import rights_of
from adapters.kit.env import host_of
from adapters.kit.errors import NETWORK
from adapters.kit.setup import ChannelFound, Findings, run_checks
from bot import egress
from bot.adapter import Finding
from bot.failures.reason import reason_of
from bot.texts import text
from bot.texts.phrases import listed

FATAL_CLOSES: dict[int, str] = {
    4004: "discord.setup.token",
    4010: "discord.setup.sharding",
    4011: "discord.setup.sharding",
    4012: "discord.setup.version",
    4013: "discord.setup.intents",
    4014: "discord.setup.intents",
}
"""Gateway close codes that a new session can't fix -> text key."""
NEEDED = ("view_channel", "send_messages")
"""Permissions needed in the channels from the settings; pictures are never posted there."""
INVITE = discord.Permissions(view_channel=True, send_messages=True, send_messages_in_threads=True, attach_files=True)
"""Permissions in the install link."""
UNKNOWN_CHANNEL = 10003
SCOPES = ("bot", "applications.commands")
CHAT_INPUT = 1
"""Discord's type of slash commands, as opposed to entries of menus."""


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
    missing = [text(f"discord.permission.{name}") for name in NEEDED if not getattr(rights, name)]
    if missing:
        sentence = text("discord.setup.channel_permissions", name=variable, channel=channel_id, missing=listed(missing, None))
        return ChannelFound(warning=sentence, community=str(guild))
    return ChannelFound(community=str(guild))


async def rights_in(http: Any, guild: str, channel_data: Any, person: int) -> discord.Permissions:
    """A member's permissions in a channel: roles first, then channel overwrites, as documented by Discord."""
    rights = await rights_of(http, int(guild), person)
    if rights.permissions.administrator:
        return discord.Permissions.all()
    total = rights.permissions.value
    overwrites = {str(one["id"]): one for one in channel_data.get("permission_overwrites") or []}
    groups = [[guild], sorted(rights.roles - {guild}), [str(person)]]
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


# ---- doctor ---------------------------------------------------------------------------------------------------------------------

FINDINGS = Findings("discord")


async def examine(env: Mapping[str, str], *, every: bool = False) -> list[Finding]:
    wrong = settings.problems(env) or settings.misshapen(env)
    if wrong:
        return [FINDINGS.bad("settings", wrong[0])]
    found = settings.read(env)

    def explain(error: Exception) -> Finding | None:
        if isinstance(error, discord.LoginFailure):
            return FINDINGS.bad("token", text("discord.setup.token"))
        if isinstance(error, (discord.HTTPException, *NETWORK, KeyError, ValueError)):
            address = host_of(found.api_base)
            return FINDINGS.bad("network", text("discord.doctor.not_reachable", address=address, error=reason_of(error)))
        return None

    return await run_checks(_look(found, env), explain, every=every)


@contextlib.asynccontextmanager
async def logged_in(found: settings.DiscordSettings, routes: egress.Egress) -> AsyncIterator[discord.Client]:
    """Logged in over HTTP only: no gateway, no command registration."""
    point_at(found)
    client = discord.Client(intents=discord.Intents.none(), **outgoing(found, routes))
    try:
        await client.login(found.token)
        yield client
    finally:
        await client.close()


async def _look(found: settings.DiscordSettings, env: Mapping[str, str]) -> AsyncGenerator[Finding, None]:
    for finding in FINDINGS.proxy(env, found.api_base):
        yield finding
    async with logged_in(found, egress.read(env)) as client:
        async for finding in _logged_in(client, found):
            yield finding


async def _logged_in(client: discord.Client, found: settings.DiscordSettings) -> AsyncIterator[Finding]:
    yield FINDINGS.good("token", text("discord.doctor.token_ok", name=str(client.user)))
    if client.application is not None and client.application.interactions_endpoint_url:
        yield FINDINGS.bad("endpoint", text("discord.setup.endpoint_url"))
    recommended, _, limit = await client.http.get_bot_gateway()
    if recommended > 1 or found.shards is not None:
        yield FINDINGS.good("shards", _shards(found, recommended))
    if limit["remaining"] < 5:
        yield FINDINGS.bad("starts", text("discord.doctor.no_starts_left", hours=round(limit["reset_after"] / 3_600_000 + 0.5)))
    for variable, configured in found.channels:
        yield await _channel(client, variable, configured)
    yield await _commands(client)


def _shards(found: settings.DiscordSettings, recommended: int) -> str:
    if (own := found.shards) is None:
        return text("discord.doctor.shards_auto", count=recommended)
    return text("discord.doctor.shards_own", first=own.first, last=own.last, count=own.count, recommended=recommended)


async def _channel(client: discord.Client, variable: str, channel_id: str) -> Finding:
    looked = await channel(client.http, variable, channel_id, int(client.application_id or 0))
    wrong = looked.problem or looked.warning
    if wrong is None and looked.community is not None and not await _has_scope(client, looked.community):
        wrong = text("discord.setup.no_scope")
    return (
        FINDINGS.bad("channel", wrong, name=variable)
        if wrong
        else FINDINGS.good("channel", text("discord.doctor.channel_ok"), name=variable)
    )


async def _has_scope(client: discord.Client, guild: str) -> bool:
    """Whether the bot was installed in that server with the scope applications.commands."""
    try:
        await client.http.get_guild_commands(int(client.application_id or 0), int(guild))
    except discord.Forbidden:
        return False
    return True


async def _commands(client: discord.Client) -> Finding:
    """Compare registered commands with this version's. The next start fixes a difference, so it isn't a failure."""
    registered = await client.http.get_global_commands(int(client.application_id or 0))
    ours = commands.payload(commands.build(client, _offered(registered)))
    drift = sorted(_shown(one) for one in ours if not any(_same(one, other) for other in registered))
    drift += sorted(_shown(one) for one in registered if not any(_key(one) == _key(other) for other in ours))
    if not registered:
        return FINDINGS.good("commands", text("discord.doctor.commands_none"))
    if drift:
        return FINDINGS.good("commands", text("discord.doctor.commands_drift", names=listed(drift, None)))
    return FINDINGS.good("commands", text("discord.doctor.commands_ok", count=len(ours)))


def _offered(registered: Any) -> commands.ModelOptions:
    """What /imagine offers according to its registered options: how many models there are and whether they take pictures are settings of
    the running bot, not of its version."""
    names = {option["name"] for one in registered if one["name"] == "imagine" for option in one.get("options") or []}
    pictures = sum(name in names for name in PICTURES)
    return commands.ModelOptions("model" in names, pictures, pictures, MASK in names)


def _same(ours: Mapping[str, Any], registered: Any) -> bool:
    alike = _key(ours) == _key(registered) and (ours.get("description") or "") == (registered.get("description") or "")
    return alike and [_option(one) for one in ours.get("options") or []] == [_option(one) for one in registered.get("options") or []]


def _option(one: Mapping[str, Any]) -> tuple[Any, ...]:
    return one["name"], one["type"], bool(one.get("required"))


def _key(one: Any) -> tuple[str, int]:
    return one["name"], one.get("type") or CHAT_INPUT


def _shown(one: Any) -> str:
    return f"/{one['name']}" if _key(one)[1] == CHAT_INPUT else f"“{one['name']}”"
