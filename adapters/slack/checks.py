"""Read-only checks of the set-up: tokens, scopes and channels, at the start and in `doctor`."""

from __future__ import annotations

import email.utils
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.kit.env import host_of
from adapters.kit.errors import ErrorClass
from adapters.kit.listening import listening
from adapters.kit.setup import ChannelFound, Findings, run_checks
from adapters.slack import settings
from adapters.slack.errors import TOKEN_ERRORS, answer_of, code_of, retry_after
from adapters.slack.manifest import SCOPES
from adapters.slack.settings import APP_ID, BOT
from adapters.slack.wire import web_client
from bot import egress
from bot.adapter import Finding, SetupProblem
from bot.failures.reason import reason_of
from bot.ports import Ports, SystemPorts
from bot.texts import text
from bot.texts.phrases import listed

BOT_TOKEN, APP_TOKEN = "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"
MODERATORS = "MODERATOR_CHANNEL_SLACK"
PASSING = tuple(code for code, error_class in TOKEN_ERRORS.items() if error_class is ErrorClass.WAIT)
"""Token errors that resolve on their own, possibly after hours."""
LONGEST_ASKED = 1_000_000.0
"""Seconds: at the start there is nothing else to do than to wait as long as Slack asks."""
CHANNEL_REFUSALS = ("channel_not_found", "not_in_channel", "is_archived", "missing_scope", "method_not_supported_for_channel_type")
"""Channel errors that only the operator can fix."""


class NotReachable(Exception):
    """Slack didn't answer properly: no network, a proxy in between, a problem at Slack, or a request to wait. The text says which."""

    def __init__(self, what: str, after: float | None = None) -> None:
        super().__init__(what)
        self.after = after
        """Seconds that Slack asks to wait."""


@dataclass(frozen=True, slots=True)
class Identity:
    team: str
    team_name: str
    user: str
    """The bot's user id, as in mentions."""
    bot_id: str
    name: str
    scopes: frozenset[str] | None
    """Granted scopes; None if Slack didn't say."""
    address: str = ""
    """Base URL of the workspace's messages, ending in a slash."""
    slack_time: float | None = None
    """Slack's clock at the time of its answer, in seconds since the epoch."""
    enterprise: str = ""
    """Id of the organisation; empty outside Enterprise Grid."""

    @property
    def missing(self) -> tuple[str, ...]:
        return () if self.scopes is None else tuple(scope for scope in SCOPES if scope not in self.scopes)


async def identify(client: Any) -> Identity:
    """Identify the token. Raises SetupProblem for what the operator must fix, NotReachable for what time will fix."""
    answer = await _call(client.auth_test(), BOT_TOKEN)
    team, user, bot = (str(answer.get(field) or "") for field in ("team_id", "user_id", "bot_id"))
    if not bot and not (user and str(getattr(client, "token", "") or "").startswith(BOT)):
        raise SetupProblem(text("slack.setup.not_a_bot"))
    if answer.get("is_enterprise_install") or team.startswith("E"):
        raise SetupProblem(text("slack.setup.org_install"))
    return Identity(
        team=team,
        team_name=str(answer.get("team") or team),
        user=user,
        bot_id=bot,
        name=str(answer.get("user") or user),
        scopes=_scopes(answer.headers),
        address=str(answer.get("url") or ""),
        slack_time=_date(answer.headers),
        enterprise=str(answer.get("enterprise_id") or ""),
    )


def concerns(who: Identity, allowed: Collection[str]) -> list[str]:
    """Problems that make the bot useless although it can start, one sentence each."""
    found = []
    if who.missing:
        found.append(text("slack.setup.scopes_missing", missing=listed(who.missing, None)))
    if allowed and who.team not in allowed:
        found.append(text("slack.setup.not_allowed", name=who.team_name, team=who.team))
    return found


async def app_token(client: Any, token: str) -> str:
    """Whether Socket Mode accepts the token. Returns the address to connect to, valid for one connection. Raises as `identify`."""
    answer = await _call(client.apps_connections_open(app_token=token), APP_TOKEN)
    address = str(answer.get("url") or "")
    if not address.startswith(("ws://", "wss://")):
        raise NotReachable("no address")
    return address


async def other_app(client: Any, bot_user: str, token: str) -> str | None:
    """The sentence for two tokens of different apps: both work, but every command is lost between them. None if it can't be determined."""
    app = APP_ID.match(token)
    try:
        user = (await _call(client.users_info(user=bot_user), BOT_TOKEN)).get("user") or {}
    except (SetupProblem, NotReachable):
        return None
    bot_app = str((user.get("profile") or {}).get("api_app_id") or "")
    if app is None or not bot_app or app[1] == bot_app:
        return None
    return text("slack.setup.other_app", bot_app=bot_app, app=app[1])


async def channel(client: Any, variable: str, channel_id: str, bot_user: str = "", bot_name: str = "imagine") -> ChannelFound:
    """Check a channel from the settings: it exists, isn't archived, the bot is in it, and moderators' channels are private. Raises as
    `identify`.

    With `bot_user`, also whether anyone besides the bot is in it.
    """
    values = {"name": variable, "channel": channel_id, "bot": bot_name}
    try:
        found = (await _call(client.conversations_info(channel=channel_id), BOT_TOKEN, CHANNEL_REFUSALS)).get("channel") or {}
        wrong = _wrong_channel(found, variable)
        if wrong:
            return ChannelFound(text(f"slack.setup.{wrong}", **values), name=str(found.get("name") or ""))
        answer = await _call(client.conversations_members(channel=channel_id, limit=100), BOT_TOKEN, CHANNEL_REFUSALS)
    except _ChannelRefused as refused:
        return ChannelFound(text(f"slack.setup.channel_{refused.code}", **values, needed=refused.needed))
    others = [one for one in answer.get("members") or [] if one != bot_user]
    warning = None
    if variable == MODERATORS and bot_user and not others:
        warning = text("slack.setup.channel_empty", **values)
    elif variable == MODERATORS and found.get("is_ext_shared"):
        warning = text("slack.setup.channel_shared", **values)
    return ChannelFound(warning=warning, name=str(found.get("name") or ""))


def _wrong_channel(found: dict[str, Any], variable: str) -> str | None:
    """Text key for a problem shown by `conversations.info`, or None."""
    if found.get("is_im") or found.get("is_mpim"):
        return "channel_direct"
    if found.get("is_archived"):
        return "channel_is_archived"
    if not found.get("is_member", True):
        return "channel_not_in_channel"
    if variable == MODERATORS and found.get("is_private") is False and not found.get("is_group"):
        return "channel_public"
    return None


@dataclass(slots=True, eq=False)
class _ChannelRefused(Exception):
    code: str
    needed: str


async def _call(request: Any, name: str, channel_codes: tuple[str, ...] = ()) -> Any:
    """The answer. Every failure of the call becomes SetupProblem, _ChannelRefused or NotReachable."""
    try:
        return await reached(request)
    except SlackApiError as error:
        raise _refused(error, name, channel_codes) from error


async def reached(request: Any) -> Any:
    """The answer. Whatever isn't Slack's own refusal becomes NotReachable."""
    try:
        return await request
    except SlackApiError:
        raise
    except (TimeoutError, aiohttp.ClientError, SlackClientError, OSError, AttributeError, ValueError) as error:
        # AttributeError: raised by the library if something in between answers 200 with plain text.
        raise NotReachable(type(error).__name__) from error


def _refused(error: SlackApiError, name: str, channel_codes: tuple[str, ...]) -> Exception:
    status, answer, headers = answer_of(error)
    code, needed = code_of(answer.get("error")), str(answer.get("needed") or "")
    if code in channel_codes:
        return _ChannelRefused(code, needed)
    if code in TOKEN_ERRORS and code not in PASSING:
        where = text("slack.setup.where_app_token" if name == APP_TOKEN else "slack.setup.where_bot_token")
        needed = needed or ("connections:write" if name == APP_TOKEN else "?")
        return SetupProblem(text(f"slack.error.{code}", name=name, where=where, needed=needed))
    return NotReachable(code or f"HTTP {status or None}", retry_after(headers, LONGEST_ASKED))


def _scopes(headers: Any) -> frozenset[str] | None:
    value = (headers or {}).get("x-oauth-scopes")
    return None if value is None else frozenset(one.strip() for one in str(value).split(",") if one.strip())


def _date(headers: Any) -> float | None:
    try:
        return email.utils.parsedate_to_datetime(str((headers or {}).get("Date") or "")).timestamp()
    except (TypeError, ValueError):
        return None


# ---- doctor ---------------------------------------------------------------------------------------------------------------------

TIMEOUT = 10.0
"""Seconds for one answer."""
SKEW = 240.0
"""Seconds. Slack and the bot reject requests that are five minutes off; doctor reports it one minute earlier."""


FINDINGS = Findings("slack")


Look = Callable[[AsyncWebClient, settings.SlackSettings], AsyncGenerator[Finding, None]]


async def examine(env: Mapping[str, str], ports: Ports | None = None, *, every: bool = False) -> list[Finding]:
    return await examine_with(env, lambda client, found: _look(client, found, env, ports or SystemPorts()), every=every)


async def examine_with(env: Mapping[str, str], look: Look, *, every: bool) -> list[Finding]:
    """The findings of these checks, or what keeps them from being made."""
    wrong = settings.problems(env) or settings.misshapen(env)
    if wrong:
        return [FINDINGS.bad("settings", wrong[0])]
    found = settings.read(env)

    def explain(error: Exception) -> Finding | None:
        if isinstance(error, SetupProblem):
            return FINDINGS.bad("token", str(error))
        return FINDINGS.bad("network", _unreachable(error, found)) if isinstance(error, NotReachable) else None

    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT)) as session:
        client = web_client(found.bot_token, found.api_url, egress.read(env), session)
        return await run_checks(look(client, found), explain, every=every)


async def _look(
    client: AsyncWebClient, found: settings.SlackSettings, env: Mapping[str, str], ports: Ports
) -> AsyncGenerator[Finding, None]:
    if env.get("SLACK_CLIENT_ID") and env.get("SLACK_CLIENT_SECRET"):
        yield FINDINGS.good("settings", text("slack.doctor.client_ignored"))
    for finding in FINDINGS.proxy(env, found.api_url):
        yield finding
    who = await identify(client)
    yield FINDINGS.good("token", text("slack.doctor.token_ok", name=who.name, team=who.team_name, id=who.team))
    lacking = concerns(who, ())
    for sentence in lacking:
        yield FINDINGS.bad("scopes", sentence)
    if not lacking:
        yield FINDINGS.good("scopes", text("slack.doctor.scopes_ok" if who.scopes is not None else "slack.doctor.scopes_unknown"))
    async for finding in _way_in(client, found, who, ports):
        yield finding
    for variable, configured in found.channels:
        yield await _channel(client, variable, configured, who)
    for sentence in concerns(who, found.admission.workspaces):
        yield FINDINGS.bad("workspace", sentence)


async def _way_in(client: AsyncWebClient, found: settings.SlackSettings, who: Identity, ports: Ports) -> AsyncIterator[Finding]:
    """Whether commands can reach the bot."""
    if found.app_token is not None:
        try:
            await app_token(client, found.app_token)
        except SetupProblem as problem:
            yield FINDINGS.bad("app_token", str(problem))
            return
        other = await other_app(client, who.user, found.app_token)
        yield FINDINGS.bad("app_token", other) if other else FINDINGS.good("app_token", text("slack.doctor.app_token_ok"))
        return
    ahead = 0.0 if who.slack_time is None else ports.now() - who.slack_time
    if abs(ahead) > SKEW:
        yield FINDINGS.bad(
            "clock",
            text(
                "slack.doctor.clock_wrong",
                seconds=round(abs(ahead)),
                way=text("slack.doctor.clock_fast" if ahead > 0 else "slack.doctor.clock_slow"),
            ),
        )
    yield listens(found, "slack.doctor.http_ok")


def listens(found: settings.SlackSettings, fine: str) -> Finding:
    """Whether the bot's own address is free. `fine`: the sentence's key."""
    try:
        listening(found.http_host, found.http_port, "slack.setup.http").close()
    except SetupProblem as problem:
        return FINDINGS.bad("http", str(problem), found.http_port if problem.may_pass else None)
    return FINDINGS.good("http", text(fine, host=found.http_host, port=found.http_port))


async def _channel(client: AsyncWebClient, variable: str, channel_id: str, who: Identity) -> Finding:
    looked = await channel(client, variable, channel_id, who.user, who.name)
    if wrong := looked.problem or looked.warning:
        return FINDINGS.bad("channel", wrong)
    return FINDINGS.good("channel", text("slack.doctor.channel_ok", name=variable, channel=looked.name))


def _unreachable(error: NotReachable, found: settings.SlackSettings) -> str:
    if error.after is not None or str(error) == "ratelimited":
        return text("slack.doctor.ratelimited", seconds=round(error.after or 30))
    if str(error) in PASSING:
        return text(f"slack.error.{error}", name=BOT_TOKEN)
    return text("slack.doctor.not_reachable", address=host_of(found.api_url), error=_reason(error))


def _reason(error: NotReachable) -> str:
    """Why the connection failed, or what came instead of a proper answer."""
    cause = error.__cause__
    return reason_of(cause) if cause is not None and str(error) == type(cause).__name__ else str(error)
