"""Doctor's look at Discord, in the order of the ladder. It only reads, and stops at the first thing that is wrong."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping
from typing import Any

import discord

from adapters.discord import checks, commands, settings
from adapters.discord.client import point_at
from adapters.discord.errors import NETWORK
from adapters.discord.outgoing import outgoing
from bot import egress
from bot.adapter import Finding
from bot.failures.reason import reason_of
from bot.texts import text


async def examine(env: Mapping[str, str]) -> list[Finding]:
    """Findings in order; the last one is the first that failed, if any."""
    wrong = settings.problems(env) or settings.misshapen(env)
    if wrong:
        return [_bad("settings", wrong[0])]
    found = settings.read(env)
    point_at(found)
    findings: list[Finding] = []
    route = egress.read(env).route(found.api_base)
    if route.proxy is not None:
        findings.append(_good("proxy", text("discord.doctor.proxy", proxy=egress.place_of(route.proxy), name=route.because)))
    try:
        async with _session(found, egress.read(env)) as (client, application):
            async for one in _look(client, application, found):
                findings.append(one)
                if not one.ok:
                    break
    except discord.LoginFailure:
        findings.append(_bad("token", text("discord.setup.token")))
    except (discord.HTTPException, *NETWORK, KeyError, ValueError) as error:
        findings.append(
            _bad("network", text("discord.doctor.not_reachable", address=settings.place(found.api_base), error=reason_of(error)))
        )
    return findings


@contextlib.asynccontextmanager
async def _session(found: settings.DiscordSettings, routes: egress.Egress) -> AsyncIterator[tuple[discord.Client, Any]]:
    """Logged in over HTTP only: no gateway, no commands registered."""
    client = discord.Client(intents=discord.Intents.none(), **outgoing(found, routes))
    try:
        await client.login(found.token)
        yield client, client.application
    finally:
        await client.close()


async def _look(client: discord.Client, application: Any, found: settings.DiscordSettings) -> AsyncIterator[Finding]:
    yield _good("token", text("discord.doctor.token_ok", name=str(client.user)))
    if application.interactions_endpoint_url:
        yield _bad("endpoint", text("discord.setup.endpoint_url"))
    _, _, limit = await client.http.get_bot_gateway()
    if limit["remaining"] < 5:
        yield _bad("starts", text("discord.doctor.no_starts_left", hours=round(limit["reset_after"] / 3_600_000 + 0.5)))
    for variable, channel in (
        ("MODERATOR_CHANNEL_DISCORD", found.moderators_channel),
        ("OPERATOR_CHANNEL_DISCORD", found.operators_channel),
    ):
        if channel is not None:
            yield await _channel(client, variable, channel)
    yield await _commands(client)


async def _channel(client: discord.Client, variable: str, channel: str) -> Finding:
    looked = await checks.channel(client.http, variable, channel, int(client.application_id or 0))
    wrong = looked.problem or looked.warning
    if wrong is None and looked.guild is not None and not await _has_scope(client, looked.guild):
        wrong = text("discord.setup.no_scope")
    return _bad("channel", wrong, name=variable) if wrong else _good("channel", text("discord.doctor.channel_ok"), name=variable)


async def _has_scope(client: discord.Client, guild: str) -> bool:
    """Whether the bot was installed with the scope applications.commands there."""
    try:
        await client.http.get_guild_commands(int(client.application_id or 0), int(guild))
    except discord.Forbidden:
        return False
    return True


async def _commands(client: discord.Client) -> Finding:
    """Registered commands against ours. A difference is mended by the next start, so it is said and not a failure."""
    registered = await client.http.get_global_commands(int(client.application_id or 0))
    ours = commands.payload(commands.build(client))
    drift = sorted(one["name"] for one in ours if not any(_same(one, other) for other in registered))
    if not registered:
        return _good("commands", text("discord.doctor.commands_none"))
    if drift:
        return _good("commands", text("discord.doctor.commands_drift", names=", ".join(f"/{one}" for one in drift)))
    return _good("commands", text("discord.doctor.commands_ok", count=len(ours)))


def _same(ours: Mapping[str, Any], registered: Any) -> bool:
    names = [one["name"] for one in ours.get("options") or []]
    other = [one["name"] for one in registered.get("options") or []]
    return ours["name"] == registered["name"] and ours["description"] == registered["description"] and names == other


def _good(what: str, sentence: str, **fields: str) -> Finding:
    return Finding(True, text(f"discord.doctor.what_{what}", **fields), sentence)


def _bad(what: str, sentence: str, **fields: str) -> Finding:
    return Finding(False, text(f"discord.doctor.what_{what}", **fields), sentence)
