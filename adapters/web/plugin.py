"""Entry point for `imagine_bot.adapters`: settings, checks and the factory of the web chat."""

from __future__ import annotations

import socket
from collections.abc import Mapping, Sequence

import typer

from adapters.web import settings
from adapters.web.adapter import WebAdapter
from bot.adapter import Context, Finding, SetupProblem
from bot.texts import text


class WebPlugin:
    """See bot.adapter.Plugin."""

    name = "web"
    variables: Mapping[str, str] = settings.VARIABLES
    cli: typer.Typer | None = None

    def configured(self, env: Mapping[str, str]) -> bool:
        return bool(env.get("WEB_PORT"))

    def problems(self, env: Mapping[str, str]) -> Sequence[str]:
        return settings.problems(env)

    def misshapen(self, env: Mapping[str, str]) -> Sequence[str]:
        return ()  # WEB_TOKEN is chosen by the operator

    def build(self, env: Mapping[str, str], context: Context) -> WebAdapter:
        found = settings.problems(env)
        if found:
            raise SetupProblem(" ".join(found))
        return WebAdapter(settings.read(env), context)

    async def examine(self, env: Mapping[str, str]) -> Sequence[Finding]:
        what = text("web.doctor.what")
        found = settings.problems(env)
        if found:
            return [Finding(False, what, found[0])]
        if not self.configured(env):
            return [Finding(True, what, text("web.doctor.off"))]
        wanted = settings.read(env)
        try:
            with socket.socket(socket.AF_INET6 if ":" in wanted.host else socket.AF_INET) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((wanted.host.strip("[]"), wanted.port))
        except OSError:
            return [Finding(False, what, text("web.problem.port_in_use", port=wanted.port, host=wanted.host), wanted.port)]
        return [Finding(True, what, text("web.doctor.ok", port=wanted.port, host=wanted.host))]
