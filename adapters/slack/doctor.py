"""Doctor's look at Slack, in the order of the ladder. It only reads, and stops at the first thing that is wrong."""

from __future__ import annotations

import errno
import socket
from collections.abc import AsyncIterator, Mapping
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import checks, settings
from adapters.slack.outgoing import web_client
from bot import egress
from bot.adapter import Finding, SetupProblem
from bot.failures.reason import reason_of
from bot.ports import Ports, SystemPorts
from bot.texts import text

PATIENCE = 10.0
"""Seconds for one answer."""
SKEW = 240.0
"""Seconds. Slack and the bot refuse requests that are five minutes off; a minute before that it is time to say so."""


async def examine(env: Mapping[str, str], ports: Ports | None = None) -> list[Finding]:
    """Findings in order; the last one is the first that failed, if any."""
    wrong = settings.problems(env) or settings.misshapen(env)
    if wrong:
        return [_bad("settings", wrong[0])]
    found = settings.read(env)
    findings: list[Finding] = []
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE)) as session:
        client = web_client(found.bot_token, found.api_url, egress.read(env), session)
        try:
            async for one in _look(client, found, env, ports or SystemPorts()):
                findings.append(one)
                if not one.ok:
                    break
        except SetupProblem as problem:
            findings.append(_bad("token", str(problem)))
        except checks.NotReachable as error:
            findings.append(_bad("network", _unreachable(error, found)))
    return findings


async def _look(client: AsyncWebClient, found: settings.SlackSettings, env: Mapping[str, str], ports: Ports) -> AsyncIterator[Finding]:
    if env.get("SLACK_CLIENT_ID") and env.get("SLACK_CLIENT_SECRET"):
        yield _good("settings", text("slack.doctor.client_ignored"))
    route = egress.read(env).route(found.api_url)
    if route.proxy is not None:
        yield _good("proxy", text("slack.doctor.proxy", proxy=egress.place_of(route.proxy), name=route.because))
    who = await checks.identify(client)
    yield _good("token", text("slack.doctor.token_ok", name=who.name, team=who.team_name, id=who.team))
    for sentence in checks.concerns(who, ()):
        yield _bad("scopes", sentence)
    yield _good("scopes", text("slack.doctor.scopes_ok" if who.scopes is not None else "slack.doctor.scopes_unknown"))
    async for finding in _way_in(client, found, who, ports):
        yield finding
    for variable, channel in (
        ("MODERATOR_CHANNEL_SLACK", found.moderators_channel),
        ("OPERATOR_CHANNEL_SLACK", found.operators_channel),
    ):
        if channel is not None:
            yield await _channel(client, variable, channel, who)
    for sentence in checks.concerns(who, found.allowed_workspaces):
        yield _bad("workspace", sentence)


async def _way_in(client: AsyncWebClient, found: settings.SlackSettings, who: checks.Identity, ports: Ports) -> AsyncIterator[Finding]:
    """Whether commands can reach the bot."""
    if found.socket_mode and found.app_token is not None:
        try:
            await checks.app_token(client, found.app_token)
        except SetupProblem as problem:
            yield _bad("app_token", str(problem))
            return
        other = await checks.other_app(client, who.user, found.app_token)
        yield _bad("app_token", other) if other else _good("app_token", text("slack.doctor.app_token_ok"))
        return
    ahead = 0.0 if who.slack_time is None else ports.now() - who.slack_time
    if abs(ahead) > SKEW:
        yield _bad("clock", text("slack.doctor.clock_wrong", seconds=round(abs(ahead)), way=text(_direction(ahead))))
    if _is_busy(found.http_host, found.http_port):
        sentence = text("slack.setup.http.port_in_use", host=found.http_host, port=found.http_port)
        yield Finding(False, text("slack.doctor.what_http"), sentence, found.http_port)
    yield _good("http", text("slack.doctor.http_ok", host=found.http_host, port=found.http_port))


def _is_busy(host: str, port: int) -> bool:
    """Whether another process listens there."""
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host.strip("[]"), port))
    except OSError as error:
        return error.errno == errno.EADDRINUSE
    return False


def _direction(ahead: float) -> str:
    return "slack.doctor.clock_fast" if ahead > 0 else "slack.doctor.clock_slow"


async def _channel(client: AsyncWebClient, variable: str, channel: str, who: checks.Identity) -> Finding:
    looked = await checks.channel(client, variable, channel, who.user, who.name)
    wrong = looked.problem or looked.warning
    return _bad("channel", wrong) if wrong else _good("channel", text("slack.doctor.channel_ok", name=variable, channel=looked.name))


def _unreachable(error: checks.NotReachable, found: settings.SlackSettings) -> str:
    if error.after is not None or str(error) == "ratelimited":
        return text("slack.doctor.ratelimited", seconds=round(error.after or 30))
    if str(error) in checks.PASSING:
        return text(f"slack.error.{error}", name=checks.BOT_TOKEN)
    return text("slack.doctor.not_reachable", address=_place(found.api_url), error=_reason(error))


def _reason(error: checks.NotReachable) -> str:
    """Why the connection failed; what came instead of an answer where one came."""
    cause = error.__cause__
    return reason_of(cause) if cause is not None and str(error) == type(cause).__name__ else str(error)


def _place(address: str) -> str:
    """Host and port of an address, without a name and password."""
    try:
        url = urlsplit(address)
        return f"{url.hostname or '?'}{f':{url.port}' if url.port else ''}"
    except ValueError:
        return "?"


def _good(what: str, sentence: str) -> Finding:
    return Finding(True, text(f"slack.doctor.what_{what}"), sentence)


def _bad(what: str, sentence: str) -> Finding:
    return Finding(False, text(f"slack.doctor.what_{what}"), sentence)
