"""Discord adapter: slash commands, buttons and forms become core calls, views become messages. It makes no decisions about requests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from adapters.discord import cli, settings
from adapters.kit.plugin import SettingsPlugin
from bot.adapter import Adapter, Context, Finding, SetupStep


class DiscordPlugin(SettingsPlugin):
    """The object behind the entry point."""

    def build(self, env: Mapping[str, str], context: Context) -> Adapter:
        from adapters.discord.adapter import DiscordAdapter

        return DiscordAdapter(settings.read(env), context)

    async def examine(self, env: Mapping[str, str], *, every: bool = False) -> Sequence[Finding]:
        from adapters.discord.checks import examine

        return await examine(env, every=every)

    def setup(self) -> Sequence[SetupStep]:
        return cli.steps()


plugin = DiscordPlugin("discord", settings, cli.app)
