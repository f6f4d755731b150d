"""What `imagine-bot init` asks for Discord: the token, then, once the bot is invited, the channels."""

from __future__ import annotations

from collections.abc import Mapping

from adapters.discord.checks import install_link
from adapters.discord.cli import from_token
from adapters.discord.settings import CHANNELS
from adapters.kit.env import value
from bot.adapter import SetupQuestion, SetupStep
from bot.texts import text


def steps() -> list[SetupStep]:
    channels = [
        SetupStep([SetupQuestion(name, text(f"discord.init.{who}"), required=False)])
        for name, who in zip(CHANNELS, ("moderators", "operators"), strict=True)
    ]
    return [
        SetupStep(
            [SetupQuestion("DISCORD_BOT_TOKEN", text("discord.init.token"), secret=True)],
            before=text("discord.init.before"),
            after=_invitation,
        ),
        *channels,
    ]


def _invitation(env: Mapping[str, str]) -> str:
    """The bot has to be in the server before it can see a channel there."""
    application = from_token(value(env, "DISCORD_BOT_TOKEN"))
    return "" if application is None else text("discord.init.invite", link=install_link(application))
