"""Slack's entry in the plugin list: variables, problems, building, doctor's checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from adapters.slack import settings
from adapters.slack.cli import app
from bot.adapter import Adapter, Context, Finding

if TYPE_CHECKING:
    import typer


class SlackPlugin:
    """The object behind the entry point. Slack's libraries are imported when the bot is built or examined, not before."""

    name = "slack"
    variables: Mapping[str, str] = settings.VARIABLES
    cli: typer.Typer | None = app

    def configured(self, env: Mapping[str, str]) -> bool:
        return settings.configured(env)

    def problems(self, env: Mapping[str, str]) -> Sequence[str]:
        return settings.problems(env)

    def misshapen(self, env: Mapping[str, str]) -> Sequence[str]:
        return settings.misshapen(env)

    def build(self, env: Mapping[str, str], context: Context) -> Adapter:
        from adapters.slack.adapter import SlackAdapter

        return SlackAdapter(settings.read(env), context)

    async def examine(self, env: Mapping[str, str]) -> Sequence[Finding]:
        from adapters.slack.doctor import examine

        return await examine(env)
