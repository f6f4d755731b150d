"""Slack adapter: commands, buttons, forms and mentions become core calls, views become messages. It makes no decisions about requests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from adapters.kit.plugin import SettingsPlugin
from adapters.slack import manifest, settings
from bot.adapter import Adapter, Context, Finding, SetupStep


class SlackPlugin(SettingsPlugin):
    """The object behind the entry point."""

    def build(self, env: Mapping[str, str], context: Context) -> Adapter:
        from adapters.slack.adapter import SlackAdapter

        return SlackAdapter(settings.read(env), context)

    async def examine(self, env: Mapping[str, str]) -> Sequence[Finding]:
        from adapters.slack.checks import examine

        return await examine(env)

    async def examine_all(self, env: Mapping[str, str]) -> Sequence[Finding]:
        from adapters.slack.checks import examine

        return await examine(env, every=True)

    def setup(self) -> Sequence[SetupStep]:
        return manifest.steps()


plugin = SlackPlugin("slack", settings, manifest.app)
