"""Slack adapter: commands, buttons, forms and mentions become core calls, views become messages. It makes no decisions about requests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from adapters.kit.plugin import SettingsPlugin
from adapters.slack import manifest, settings
from bot.adapter import Adapter, Context, Finding, SetupStep


class SlackPlugin(SettingsPlugin):
    """The object behind the entry point."""

    def build(self, env: Mapping[str, str], context: Context) -> Adapter:
        found = settings.read(env)
        if found.install is not None:
            from adapters.slack.installed import InstalledSlack

            return InstalledSlack(found, found.install, context)
        from adapters.slack.adapter import SlackAdapter

        return SlackAdapter(found, context)

    async def examine(self, env: Mapping[str, str], *, every: bool = False) -> Sequence[Finding]:
        if env.get("SLACK_INSTALL_URL"):
            from adapters.slack import checks_installed

            return await checks_installed.examine(env, every=every)
        from adapters.slack.checks import examine

        return await examine(env, every=every)

    def setup(self) -> Sequence[SetupStep]:
        return manifest.steps()


plugin = SlackPlugin("slack", settings, manifest.app)
