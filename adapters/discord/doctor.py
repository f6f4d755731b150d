"""Doctor's checks of Discord, in order. Read-only."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from typing import Any

import discord

from adapters.discord import checks, commands, settings
from adapters.discord.client import outgoing, point_at
from adapters.kit.env import host_of
from adapters.kit.errors import NETWORK
from adapters.kit.setup import Findings, examined
from bot import egress
from bot.adapter import Finding
from bot.failures.reason import reason_of
from bot.texts import text

FINDINGS = Findings("discord")


async def examine(env: Mapping[str, str], *, every: bool = False) -> list[Finding]:
    """Findings in order, up to the first failure unless `every`."""
    wrong = settings.problems(env) or settings.misshapen(env)
    if wrong:
        return [FINDINGS.bad("settings", wrong[0])]
    found = settings.read(env)
    point_at(found)

    def explain(error: Exception) -> Finding | None:
        if isinstance(error, discord.LoginFailure):
            return FINDINGS.bad("token", text("discord.setup.token"))
        if isinstance(error, (discord.HTTPException, *NETWORK, KeyError, ValueError)):
            address = host_of(found.api_base)
            return FINDINGS.bad("network", text("discord.doctor.not_reachable", address=address, error=reason_of(error)))
        return None

    return await examined(_look(found, env), explain, every=every)


@contextlib.asynccontextmanager
async def _session(found: settings.DiscordSettings, routes: egress.Egress) -> AsyncIterator[tuple[discord.Client, Any]]:
    """Logged in over HTTP only: no gateway, no command registration."""
    client = discord.Client(intents=discord.Intents.none(), **outgoing(found, routes))
    try:
        await client.login(found.token)
        yield client, client.application
    finally:
        await client.close()


async def _look(found: settings.DiscordSettings, env: Mapping[str, str]) -> AsyncGenerator[Finding, None]:
    for finding in FINDINGS.proxy(env, found.api_base):
        yield finding
    async with _session(found, egress.read(env)) as (client, application):
        async for finding in _logged_in(client, application, found):
            yield finding


async def _logged_in(client: discord.Client, application: Any, found: settings.DiscordSettings) -> AsyncIterator[Finding]:
    yield FINDINGS.good("token", text("discord.doctor.token_ok", name=str(client.user)))
    if application.interactions_endpoint_url:
        yield FINDINGS.bad("endpoint", text("discord.setup.endpoint_url"))
    _, _, limit = await client.http.get_bot_gateway()
    if limit["remaining"] < 5:
        yield FINDINGS.bad("starts", text("discord.doctor.no_starts_left", hours=round(limit["reset_after"] / 3_600_000 + 0.5)))
    for variable, channel in found.channels:
        yield await _channel(client, variable, channel)
    yield await _commands(client)


async def _channel(client: discord.Client, variable: str, channel: str) -> Finding:
    looked = await checks.channel(client.http, variable, channel, int(client.application_id or 0))
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
    ours = commands.payload(commands.build(client))
    drift = sorted(one["name"] for one in ours if not any(_same(one, other) for other in registered))
    if not registered:
        return FINDINGS.good("commands", text("discord.doctor.commands_none"))
    if drift:
        return FINDINGS.good("commands", text("discord.doctor.commands_drift", names=", ".join(f"/{one}" for one in drift)))
    return FINDINGS.good("commands", text("discord.doctor.commands_ok", count=len(ours)))


def _same(ours: Mapping[str, Any], registered: Any) -> bool:
    # Whether there is a choice of models is a setting of the running bot, not of its version.
    names = [one["name"] for one in ours.get("options") or [] if one["name"] != "model"]
    other = [one["name"] for one in registered.get("options") or [] if one["name"] != "model"]
    return ours["name"] == registered["name"] and ours["description"] == registered["description"] and names == other
