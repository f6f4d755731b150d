"""What an operator sets for Slack, read once and checked at the door."""

from __future__ import annotations

import contextlib
import ipaddress
import os
import re
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from adapters.kit.env import listed, value
from bot.texts import text

ADMISSION = ("SLACK_EXTERNAL_PEOPLE", "SLACK_GUESTS", "SLACK_OTHER_WORKSPACES")
"""Who besides the members of the bot's own workspace may use it: yes or no."""
VARIABLES: dict[str, str] = {
    name: text(f"slack.variables.{name}")
    for name in (
        "SLACK_BOT_TOKEN",
        "SLACK_APP_TOKEN",
        "SLACK_SIGNING_SECRET",
        "MODERATOR_CHANNEL_SLACK",
        "OPERATOR_CHANNEL_SLACK",
        "SLACK_HTTP_HOST",
        "SLACK_HTTP_PORT",
        "SLACK_API_URL",
        *ADMISSION,
    )
}
CHANNELS = ("MODERATOR_CHANNEL_SLACK", "OPERATOR_CHANNEL_SLACK")
SLACK_API = "https://slack.com/api/"
HTTP_HOST, HTTP_PORT = "127.0.0.1", 3000
_PRINTABLE = re.compile(r"[\x21-\x7e]+")
_MIN_SECRET = 6
"""Slack's signing secrets are 32 hex digits; anything shorter than this is a slip of the mouse."""
BOT, APP, USER, ROTATING = "xoxb-", "xapp-", "xoxp-", "xoxe"
"""How Slack's tokens begin, by their kind."""
APP_ID = re.compile(rf"{APP}[0-9]+-(A[A-Z0-9]{{6,}})-")
"""The app in an app-level token."""
_SHAPES: tuple[tuple[str, str, re.Pattern[str]], ...] = (
    ("SLACK_BOT_TOKEN", "bot", re.compile(rf"{BOT}[0-9A-Za-z-]{{10,}}")),
    ("SLACK_APP_TOKEN", "app", re.compile(rf"{APP}[0-9A-Za-z-]{{10,}}")),
    ("SLACK_SIGNING_SECRET", "secret", re.compile(r"[0-9a-f]{32}")),
)
"""Variable, name of its shape in the texts, shape."""
_LEAST_TOKEN = 8
"""Characters; at another address than Slack's own, which a test may have, a token may have any shape."""
_CHANNEL = re.compile(r"[CG][A-Z0-9]+")
_HOST_NAME = re.compile(r"[A-Za-z0-9._-]+")
_WRONG_BOT_TOKEN = ((APP, "bot_is_app"), (USER, "bot_is_user"), (ROTATING, "token_rotates"))
"""How a token begins that is not a bot's -> key of the sentence. Others are left to Slack: it knows its tokens best."""
_WRONG_APP_TOKEN = ((BOT, "app_is_bot"), (USER, "app_is_user"), (ROTATING, "app_is_user"))


@dataclass(frozen=True, slots=True)
class AdmissionRules:
    """Who besides the members of the bot's own workspace may use it."""

    guests: bool = False
    siblings: bool = False
    external: bool = False
    workspaces: frozenset[str] = frozenset()
    """ALLOWED_WORKSPACES: empty, or the only workspaces whose people may use the bot; one that is named there needs no other rule."""


@dataclass(frozen=True, slots=True)
class SlackSettings:
    bot_token: str
    app_token: str | None
    """Set: Socket Mode. None: HTTP with the signing secret."""
    signing_secret: str | None
    api_url: str
    """Ends with a slash, as the library wants it."""
    http_host: str
    http_port: int
    moderators_channel: str | None
    operators_channel: str | None
    allowed_workspaces: frozenset[str]
    """Empty: wherever the app is installed."""
    admission: AdmissionRules

    @property
    def channels(self) -> list[tuple[str, str]]:
        """The channels that are set, with their variables."""
        pairs = zip(CHANNELS, (self.moderators_channel, self.operators_channel), strict=True)
        return [(variable, channel) for variable, channel in pairs if channel is not None]

    @property
    def socket_mode(self) -> bool:
        return self.app_token is not None


def configured(env: Mapping[str, str]) -> bool:
    """An app-level token without a bot token is half of a set-up, which deserves its sentence and not silence."""
    return bool(value(env, "SLACK_BOT_TOKEN") or value(env, "SLACK_APP_TOKEN"))


def workspaces(env: Mapping[str, str]) -> list[str]:
    """ALLOWED_WORKSPACES, whose form is checked with the other settings of the core."""
    return listed(env, "ALLOWED_WORKSPACES")


def problems(env: Mapping[str, str]) -> list[str]:
    """One sentence for each wrong value, without the value of a secret."""
    found = _wrong_secrets(env)
    for name in CHANNELS:
        channel = value(env, name)
        if channel and not _CHANNEL.fullmatch(channel):
            found.append(text("slack.problem.channel_form", name=name, value=channel[:40]))
    host = value(env, "SLACK_HTTP_HOST")
    if host and not _is_host(host):
        found.append(text("slack.problem.host", value=host[:60], example=HTTP_HOST))
    port = value(env, "SLACK_HTTP_PORT")
    if port and not _is_port(port):
        found.append(text("slack.problem.port", value=port[:20], example=HTTP_PORT))
    found += [text("slack.problem.yes_or_no", name=name, value=value(env, name)[:20]) for name in ADMISSION if _allows(env, name) is None]
    address = value(env, "SLACK_API_URL")
    if address and not _is_address(address):
        found.append(text("slack.problem.address", example=SLACK_API))
    return found


def _wrong_secrets(env: Mapping[str, str]) -> list[str]:
    bot, app, secret = (value(env, name) for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"))
    if bot.startswith(APP) and app.startswith(BOT):
        found = [text("slack.problem.swapped")]
    else:
        found = [text("slack.problem.no_bot_token")] if not bot else _wrong_token("SLACK_BOT_TOKEN", bot, _WRONG_BOT_TOKEN)
        if app:
            found += _wrong_token("SLACK_APP_TOKEN", app, _WRONG_APP_TOKEN)
    if secret and (not _PRINTABLE.fullmatch(secret) or len(secret) < _MIN_SECRET or secret.startswith((BOT, APP))):
        found.append(text("slack.problem.secret_form"))
    if bot and not app and not secret:
        found.append(text("slack.problem.no_mode"))
    return found


def _wrong_token(name: str, token: str, beginnings: tuple[tuple[str, str], ...]) -> list[str]:
    if not _PRINTABLE.fullmatch(token):
        return [text("slack.problem.token_form", name=name)]
    return [text(f"slack.problem.{key}") for beginning, key in beginnings if token.startswith(beginning)]


def misshapen(env: Mapping[str, str]) -> list[str]:
    """The sentences for tokens and secrets that cannot be any; only for doctor, because Slack itself tells a bot that starts."""
    own = (value(env, "SLACK_API_URL") or SLACK_API).rstrip("/") == SLACK_API.rstrip("/")
    return [
        text("slack.doctor.token_shape", name=name, shape=text(f"slack.doctor.shape_{shape}"), length=len(token))
        for name, shape, pattern in _SHAPES
        if (token := value(env, name)) and not (pattern.fullmatch(token) if own else len(token) >= _LEAST_TOKEN)
    ]


def _is_host(host: str) -> bool:
    """A name or an address to listen on, without scheme and port."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return _HOST_NAME.fullmatch(host) is not None
    return True


def _is_port(port: str) -> bool:
    return port.isascii() and port.isdigit() and len(port) <= 5 and 1 <= int(port) <= 65535


def _is_address(address: str) -> bool:
    # With a name and password in it the library's own Authorization header would be refused; a query would end up before the method's name.
    try:
        url = urlsplit(address)
        return (
            url.scheme in ("http", "https")
            and bool(url.hostname)
            and url.port != 0
            and not (url.username or url.password or url.query or url.fragment)
            and _PRINTABLE.fullmatch(address) is not None
        )
    except ValueError:
        return False


_YES_NO = {"": False, "no": False, "false": False, "0": False, "off": False, "yes": True, "true": True, "1": True, "on": True}


def _allows(env: Mapping[str, str], name: str) -> bool | None:
    """None for a value that is neither yes nor no."""
    return _YES_NO.get(value(env, name).lower())


def read(env: Mapping[str, str]) -> SlackSettings:
    """The settings; call `problems` first."""
    address = (value(env, "SLACK_API_URL") or SLACK_API).rstrip("/")
    if not urlsplit(address).path:
        address += "/api"
    return SlackSettings(
        bot_token=value(env, "SLACK_BOT_TOKEN"),
        app_token=value(env, "SLACK_APP_TOKEN") or None,
        signing_secret=value(env, "SLACK_SIGNING_SECRET") or None,
        api_url=f"{address}/",
        http_host=value(env, "SLACK_HTTP_HOST") or HTTP_HOST,
        http_port=int(value(env, "SLACK_HTTP_PORT") or HTTP_PORT),
        moderators_channel=value(env, "MODERATOR_CHANNEL_SLACK") or None,
        operators_channel=value(env, "OPERATOR_CHANNEL_SLACK") or None,
        allowed_workspaces=frozenset(workspaces(env)),
        admission=AdmissionRules(
            external=_allows(env, "SLACK_EXTERNAL_PEOPLE") is True,
            guests=_allows(env, "SLACK_GUESTS") is True,
            siblings=_allows(env, "SLACK_OTHER_WORKSPACES") is True,
            workspaces=frozenset(workspaces(env)),
        ),
    )


@contextlib.contextmanager
def hidden_environment(environ: MutableMapping[str, str] | None = None) -> Iterator[None]:
    """Without every SLACK_* variable, for the moment in which bolt's AsyncApp is made.

    With SLACK_CLIENT_ID and SLACK_CLIENT_SECRET in the environment bolt switches to OAuth by itself and drops the token it was given. What
    the bot uses is in `SlackSettings`. Nothing within may wait, as others would miss their variables meanwhile.
    """
    variables = os.environ if environ is None else environ
    hidden = {name: variables.pop(name) for name in list(variables) if name.startswith("SLACK_")}
    try:
        yield
    finally:
        variables.update(hidden)
