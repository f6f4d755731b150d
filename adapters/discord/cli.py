"""`imagine-bot discord ...`: the install link; and what `imagine-bot init` asks."""

from __future__ import annotations

import asyncio
import base64
import binascii
import os
from collections.abc import Mapping
from pathlib import Path

import discord
import typer
from dotenv import dotenv_values

from adapters.discord import settings
from adapters.discord.checks import install_link, logged_in
from adapters.kit.env import value
from adapters.kit.errors import NETWORK
from adapters.kit.plugin import channel_steps
from bot.adapter import SetupQuestion, SetupStep
from bot.egress import Egress, read
from bot.texts import text

app = typer.Typer(help=text("discord.cli.help"), no_args_is_help=True)


@app.callback()
def group() -> None:
    """Keeps `invite` a subcommand while it's the only one."""


@app.command(help=text("discord.cli.invite"))
def invite(ctx: typer.Context) -> None:
    env = environment(ctx.obj if isinstance(ctx.obj, Path) else Path(".env"))
    wrong = settings.problems(env)
    if wrong:
        typer.echo(wrong[0], err=True)
        raise typer.Exit(2)
    found = settings.read(env)
    try:
        application = asyncio.run(application_id(found, read(env)))
    except discord.LoginFailure:
        typer.echo(text("discord.setup.token"), err=True)
        raise typer.Exit(1) from None
    if application is None:
        typer.echo(text("discord.cli.no_application"), err=True)
        raise typer.Exit(1)
    typer.echo(text("discord.cli.link", link=install_link(application)))


def environment(file: Path) -> dict[str, str]:
    """The environment merged over the `.env` file, without surrounding spaces and quotes."""
    merged = {**{key: value or "" for key, value in dotenv_values(file, interpolate=False).items()}, **os.environ}
    return {key: value.strip().strip("\"'").strip() for key, value in merged.items()}


async def application_id(found: settings.DiscordSettings, routes: Egress) -> int | None:
    """The application id from Discord, or from the token if Discord is unreachable."""
    try:
        async with logged_in(found, routes) as client:
            return client.application_id
    except discord.LoginFailure:
        raise
    except (discord.HTTPException, *NETWORK):
        return from_token(found.token)


def from_token(token: str) -> int | None:
    """The application id from a bot token: it begins with the bot's id, which is the application's for all applications created since
    2016."""
    head = token.split(".", 1)[0]
    try:
        decoded = base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)).decode("ascii")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    return int(decoded) if decoded.isdigit() else None


def steps() -> list[SetupStep]:
    """Ask for the token, then, once the bot is invited, for the channels: it has to be in the server before it can see them."""
    token = SetupQuestion("DISCORD_BOT_TOKEN", text("discord.init.token"), secret=True)
    return [SetupStep([token], before=text("discord.init.before"), after=_invitation), *channel_steps("discord", *settings.CHANNELS)]


def _invitation(env: Mapping[str, str]) -> str:
    application = from_token(value(env, "DISCORD_BOT_TOKEN"))
    return "" if application is None else text("discord.init.invite", link=install_link(application))
