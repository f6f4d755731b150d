"""Local web chat: three channels and five personas in a browser tab, on the same core as Discord and Slack.

Importing this package is cheap; NiceGUI is only imported when the adapter is built.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from adapters.kit.listening import listening
from adapters.kit.plugin import SettingsPlugin
from adapters.web import settings
from adapters.web.adapter import WebAdapter
from bot.adapter import Context, Finding, SetupProblem, SetupQuestion, SetupStep
from bot.texts import text


class WebPlugin(SettingsPlugin):
    """The object behind the entry point."""

    def build(self, env: Mapping[str, str], context: Context) -> WebAdapter:
        found = settings.problems(env)
        if found:
            raise SetupProblem(" ".join(found))
        return WebAdapter(settings.read(env), context)

    async def examine(self, env: Mapping[str, str], *, every: bool = False) -> Sequence[Finding]:
        what = text("web.doctor.what")
        found = settings.problems(env)
        if found:
            return [Finding(False, what, found[0], layer="configuration")]
        if not settings.configured(env):
            return [Finding(True, what, text("web.doctor.off"))]
        wanted = settings.read(env)
        try:
            listening(wanted.host, wanted.port, "web.problem").close()
        except SetupProblem as problem:
            return [Finding(False, what, str(problem), wanted.port if problem.may_pass else None, layer="machine")]
        return [Finding(True, what, text("web.doctor.ok", port=wanted.port, host=wanted.host))]

    def setup(self) -> Sequence[SetupStep]:
        """Only the port: the chat then listens on this machine alone."""
        return [SetupStep([SetupQuestion("WEB_PORT", text("web.init.port"), default=str(settings.DEFAULT_PORT))])]


plugin = WebPlugin("web", settings)
