"""What an operator sets for Slack, read once and checked at the door."""

from __future__ import annotations

import contextlib
import ipaddress
import os
import re
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from urllib.parse import urlsplit

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
SLACK_API = "https://slack.com/api/"
HTTP_HOST, HTTP_PORT = "127.0.0.1", 3000
_PRINTABLE = re.compile(r"[\x21-\x7e]+")
_MIN_SECRET = 6
"""Slack's signing secrets are 32 hex digits; anything shorter than this is a slip of the mouse."""
_SHAPES: tuple[tuple[str, str, re.Pattern[str]], ...] = (
    ("SLACK_BOT_TOKEN", "bot", re.compile(r"xoxb-[0-9A-Za-z-]{10,}")),
    ("SLACK_APP_TOKEN", "app", re.compile(r"xapp-[0-9A-Za-z-]{10,}")),
    ("SLACK_SIGNING_SECRET", "secret", re.compile(r"[0-9a-f]{32}")),
)
"""Variable, name of its shape in the texts, shape."""
_LEAST_TOKEN = 8
"""Characters; at another address than Slack's own, which a test may have, a token may have any shape."""
_CHANNEL = re.compile(r"[CG][A-Z0-9]+")
_HOST_NAME = re.compile(r"[A-Za-z0-9._-]+")
_WRONG_BOT_TOKEN: tuple[tuple[str, str], ...] = (
    ("xapp-", "bot_is_app"),
    ("xoxp-", "bot_is_user"),
    ("xoxe", "token_rotates"),
)
"""How a token begins that is not a bot's -> key of the sentence. Others are left to Slack: it knows its tokens best."""
_WRONG_APP_TOKEN: tuple[tuple[str, str], ...] = (
    ("xoxb-", "app_is_bot"),
    ("xoxp-", "app_is_user"),
    ("xoxe", "app_is_user"),
)


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
    def socket_mode(self) -> bool:
        return self.app_token is not None


def _value(env: Mapping[str, str], name: str) -> str:
    return (env.get(name) or "").strip()


def configured(env: Mapping[str, str]) -> bool:
    """An app-level token without a bot token is half of a set-up, which deserves its sentence and not silence."""
    return bool(_value(env, "SLACK_BOT_TOKEN") or _value(env, "SLACK_APP_TOKEN"))


def workspaces(env: Mapping[str, str]) -> list[str]:
    """ALLOWED_WORKSPACES, whose form is checked with the other settings of the core."""
    return [one for one in re.split(r"[,;\s]+", _value(env, "ALLOWED_WORKSPACES")) if one]


def problems(env: Mapping[str, str]) -> list[str]:
    """One sentence for each wrong value, without the value of a secret."""
    found = _wrong_secrets(env)
    for name in ("MODERATOR_CHANNEL_SLACK", "OPERATOR_CHANNEL_SLACK"):
        value = _value(env, name)
        if value and not _CHANNEL.fullmatch(value):
            found.append(text("slack.problem.channel_form", name=name, value=value[:40]))
    host = _value(env, "SLACK_HTTP_HOST")
    if host and not _is_host(host):
        found.append(text("slack.problem.host", value=host[:60], example=HTTP_HOST))
    port = _value(env, "SLACK_HTTP_PORT")
    if port and not _is_port(port):
        found.append(text("slack.problem.port", value=port[:20], example=HTTP_PORT))
    found += [text("slack.problem.yes_or_no", name=name, value=_value(env, name)[:20]) for name in ADMISSION if _allows(env, name) is None]
    address = _value(env, "SLACK_API_URL")
    if address and not _is_address(address):
        found.append(text("slack.problem.address", example=SLACK_API))
    return found


def _wrong_secrets(env: Mapping[str, str]) -> list[str]:
    bot, app, secret = (_value(env, name) for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"))
    if bot.startswith("xapp-") and app.startswith("xoxb-"):
        found = [text("slack.problem.swapped")]
    else:
        found = [text("slack.problem.no_bot_token")] if not bot else _wrong_token("SLACK_BOT_TOKEN", bot, _WRONG_BOT_TOKEN)
        if app:
            found += _wrong_token("SLACK_APP_TOKEN", app, _WRONG_APP_TOKEN)
    if secret and (not _PRINTABLE.fullmatch(secret) or len(secret) < _MIN_SECRET or secret.startswith(("xoxb-", "xapp-"))):
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
    own = (_value(env, "SLACK_API_URL") or SLACK_API).rstrip("/") == SLACK_API.rstrip("/")
    return [
        text("slack.doctor.token_shape", name=name, shape=text(f"slack.doctor.shape_{shape}"), length=len(value))
        for name, shape, pattern in _SHAPES
        if (value := _value(env, name)) and not (pattern.fullmatch(value) if own else len(value) >= _LEAST_TOKEN)
    ]


def _is_host(value: str) -> bool:
    """A name or an address to listen on, without scheme and port."""
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return _HOST_NAME.fullmatch(value) is not None
    return True


def _is_port(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) <= 5 and 1 <= int(value) <= 65535


def _is_address(value: str) -> bool:
    # With a name and password in it the library's own Authorization header would be refused; a query would end up before the method's name.
    try:
        url = urlsplit(value)
        return (
            url.scheme in ("http", "https")
            and bool(url.hostname)
            and url.port != 0
            and not (url.username or url.password or url.query or url.fragment)
            and _PRINTABLE.fullmatch(value) is not None
        )
    except ValueError:
        return False


_YES_NO = {"": False, "no": False, "false": False, "0": False, "off": False, "yes": True, "true": True, "1": True, "on": True}


def _allows(env: Mapping[str, str], name: str) -> bool | None:
    """None for a value that is neither yes nor no."""
    return _YES_NO.get(_value(env, name).lower())


def read(env: Mapping[str, str]) -> SlackSettings:
    """The settings; call `problems` first."""
    address = (_value(env, "SLACK_API_URL") or SLACK_API).rstrip("/")
    if not urlsplit(address).path:
        address += "/api"
    return SlackSettings(
        bot_token=_value(env, "SLACK_BOT_TOKEN"),
        app_token=_value(env, "SLACK_APP_TOKEN") or None,
        signing_secret=_value(env, "SLACK_SIGNING_SECRET") or None,
        api_url=f"{address}/",
        http_host=_value(env, "SLACK_HTTP_HOST") or HTTP_HOST,
        http_port=int(_value(env, "SLACK_HTTP_PORT") or HTTP_PORT),
        moderators_channel=_value(env, "MODERATOR_CHANNEL_SLACK") or None,
        operators_channel=_value(env, "OPERATOR_CHANNEL_SLACK") or None,
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
