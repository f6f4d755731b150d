"""Doctor's checks of Slack, in order. Read-only."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Mapping

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from adapters.kit.env import host_of
from adapters.kit.listening import bound
from adapters.kit.setup import Findings, examined
from adapters.slack import checks, settings
from adapters.slack.wire import web_client
from bot import egress
from bot.adapter import Finding, SetupProblem
from bot.failures.reason import reason_of
from bot.ports import Ports, SystemPorts
from bot.texts import text

TIMEOUT = 10.0
"""Seconds for one answer."""
SKEW = 240.0
"""Seconds. Slack and the bot reject requests that are five minutes off; doctor reports it one minute earlier."""


FINDINGS = Findings("slack")


async def examine(env: Mapping[str, str], ports: Ports | None = None, *, every: bool = False) -> list[Finding]:
    """Findings in order, up to the first failure unless `every`."""
    wrong = settings.problems(env) or settings.misshapen(env)
    if wrong:
        return [FINDINGS.bad("settings", wrong[0])]
    found = settings.read(env)

    def explain(error: Exception) -> Finding | None:
        if isinstance(error, SetupProblem):
            return FINDINGS.bad("token", str(error))
        return FINDINGS.bad("network", _unreachable(error, found)) if isinstance(error, checks.NotReachable) else None

    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT)) as session:
        client = web_client(found.bot_token, found.api_url, egress.read(env), session)
        return await examined(_look(client, found, env, ports or SystemPorts()), explain, every=every)


async def _look(
    client: AsyncWebClient, found: settings.SlackSettings, env: Mapping[str, str], ports: Ports
) -> AsyncGenerator[Finding, None]:
    if env.get("SLACK_CLIENT_ID") and env.get("SLACK_CLIENT_SECRET"):
        yield FINDINGS.good("settings", text("slack.doctor.client_ignored"))
    for finding in FINDINGS.proxy(env, found.api_url):
        yield finding
    who = await checks.identify(client)
    yield FINDINGS.good("token", text("slack.doctor.token_ok", name=who.name, team=who.team_name, id=who.team))
    lacking = checks.concerns(who, ())
    for sentence in lacking:
        yield FINDINGS.bad("scopes", sentence)
    if not lacking:
        yield FINDINGS.good("scopes", text("slack.doctor.scopes_ok" if who.scopes is not None else "slack.doctor.scopes_unknown"))
    async for finding in _way_in(client, found, who, ports):
        yield finding
    for variable, channel in found.channels:
        yield await _channel(client, variable, channel, who)
    for sentence in checks.concerns(who, found.allowed_workspaces):
        yield FINDINGS.bad("workspace", sentence)


async def _way_in(client: AsyncWebClient, found: settings.SlackSettings, who: checks.Identity, ports: Ports) -> AsyncIterator[Finding]:
    """Whether commands can reach the bot."""
    if found.socket_mode and found.app_token is not None:
        try:
            await checks.app_token(client, found.app_token)
        except SetupProblem as problem:
            yield FINDINGS.bad("app_token", str(problem))
            return
        other = await checks.other_app(client, who.user, found.app_token)
        yield FINDINGS.bad("app_token", other) if other else FINDINGS.good("app_token", text("slack.doctor.app_token_ok"))
        return
    ahead = 0.0 if who.slack_time is None else ports.now() - who.slack_time
    if abs(ahead) > SKEW:
        yield FINDINGS.bad("clock", text("slack.doctor.clock_wrong", seconds=round(abs(ahead)), way=text(_direction(ahead))))
    try:
        bound(found.http_host, found.http_port, "slack.setup.http").close()
    except SetupProblem as problem:
        yield FINDINGS.bad("http", str(problem), found.http_port if problem.may_pass else None)
        return
    yield FINDINGS.good("http", text("slack.doctor.http_ok", host=found.http_host, port=found.http_port))


def _direction(ahead: float) -> str:
    return "slack.doctor.clock_fast" if ahead > 0 else "slack.doctor.clock_slow"


async def _channel(client: AsyncWebClient, variable: str, channel: str, who: checks.Identity) -> Finding:
    looked = await checks.channel(client, variable, channel, who.user, who.name)
    if wrong := looked.problem or looked.warning:
        return FINDINGS.bad("channel", wrong)
    return FINDINGS.good("channel", text("slack.doctor.channel_ok", name=variable, channel=looked.name))


def _unreachable(error: checks.NotReachable, found: settings.SlackSettings) -> str:
    if error.after is not None or str(error) == "ratelimited":
        return text("slack.doctor.ratelimited", seconds=round(error.after or 30))
    if str(error) in checks.PASSING:
        return text(f"slack.error.{error}", name=checks.BOT_TOKEN)
    return text("slack.doctor.not_reachable", address=host_of(found.api_url), error=_reason(error))


def _reason(error: checks.NotReachable) -> str:
    """Why the connection failed, or what came instead of a proper answer."""
    cause = error.__cause__
    return reason_of(cause) if cause is not None and str(error) == type(cause).__name__ else str(error)
