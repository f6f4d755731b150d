"""Discord's entry in the plugin list: variables, problems, building, doctor's checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from adapters.discord import settings
from adapters.discord.cli import app
from bot.adapter import Adapter, Context, Finding

if TYPE_CHECKING:
    import typer


class DiscordPlugin:
    """The object behind the entry point."""

    name = "discord"
    variables: Mapping[str, str] = settings.VARIABLES
    cli: typer.Typer | None = app

    def configured(self, env: Mapping[str, str]) -> bool:
        return settings.configured(env)

    def problems(self, env: Mapping[str, str]) -> Sequence[str]:
        return settings.problems(env)

    def misshapen(self, env: Mapping[str, str]) -> Sequence[str]:
        return settings.misshapen(env)

    def build(self, env: Mapping[str, str], context: Context) -> Adapter:
        from adapters.discord.adapter import DiscordAdapter

        return DiscordAdapter(settings.read(env), context)

    async def examine(self, env: Mapping[str, str]) -> Sequence[Finding]:
        from adapters.discord.doctor import examine

        return await examine(env)
