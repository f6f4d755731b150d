"""Slack settings, read and validated once."""

from __future__ import annotations

import contextlib
import ipaddress
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from adapters.kit.env import listed, value
from bot.texts import text

ADMISSION = ("SLACK_EXTERNAL_PEOPLE", "SLACK_GUESTS", "SLACK_OTHER_WORKSPACES")
"""Yes/no settings for people from outside the bot's own workspace."""
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
        "SLACK_INSTALL_URL",
        "SLACK_CLIENT_ID",
        "SLACK_CLIENT_SECRET",
        "SLACK_HOME_WORKSPACE",
    )
}
CHANNELS = ("MODERATOR_CHANNEL_SLACK", "OPERATOR_CHANNEL_SLACK")
SLACK_API = "https://slack.com/api/"
HTTP_HOST, HTTP_PORT = "127.0.0.1", 3000
INSTALL_PATH, REDIRECT_PATH = "/slack/install", "/slack/oauth_redirect"
_CLIENT_ID = re.compile(r"[0-9]+\.[0-9]+")
_TEAM = re.compile(r"T[A-Z0-9]{6,20}")
_PRINTABLE = re.compile(r"[\x21-\x7e]+")
_MIN_SECRET = 6
"""Slack's signing secrets have 32 hex digits; anything shorter than this is a copying error."""
BOT, APP, USER, ROTATING = "xoxb-", "xapp-", "xoxp-", "xoxe"
"""Prefixes of Slack's tokens, by kind."""
APP_ID = re.compile(rf"{APP}[0-9]+-(A[A-Z0-9]{{6,}})-")
"""The app id in an app-level token."""
_SHAPES: tuple[tuple[str, str, re.Pattern[str]], ...] = (
    ("SLACK_BOT_TOKEN", "bot", re.compile(rf"{BOT}[0-9A-Za-z-]{{10,}}")),
    ("SLACK_APP_TOKEN", "app", re.compile(rf"{APP}[0-9A-Za-z-]{{10,}}")),
    ("SLACK_SIGNING_SECRET", "secret", re.compile(r"[0-9a-f]{32}")),
)
"""Variable, name of its shape in the texts, shape."""
_LEAST_TOKEN = 8
"""Minimum characters. At an address other than Slack's own, such as in a test, a token can have any shape."""
_CHANNEL = re.compile(r"[CG][A-Z0-9]+")
_HOST_NAME = re.compile(r"[A-Za-z0-9._-]+")
_WRONG_BOT_TOKEN = ((APP, "bot_is_app"), (USER, "bot_is_user"), (ROTATING, "token_rotates"))
"""Prefix of a token that isn't a bot's -> text key. Slack itself rejects others."""
_WRONG_APP_TOKEN = ((BOT, "app_is_bot"), (USER, "app_is_user"), (ROTATING, "app_is_user"))


@dataclass(frozen=True, slots=True)
class AdmissionRules:
    """Which people from outside the bot's own workspace may use it."""

    guests: bool = False
    siblings: bool = False
    external: bool = False
    workspaces: frozenset[str] = frozenset()
    """ALLOWED_WORKSPACES: empty, or the only workspaces whose people may use the bot; those listed need no other rule."""


@dataclass(frozen=True, slots=True)
class InstallSettings:
    """The app that workspaces install."""

    address: str
    """Public base address of the bot, without a slash at the end."""
    client_id: str
    client_secret: str
    home: str
    """The operator's own workspace, with the configured channels; empty if there is none."""


@dataclass(frozen=True, slots=True)
class SlackSettings:
    bot_token: str
    app_token: str | None
    """If set: Socket Mode. None: HTTP with the signing secret."""
    signing_secret: str | None
    api_url: str
    """Ends with a slash, as the library requires."""
    http_host: str
    http_port: int
    moderators_channel: str | None
    operators_channel: str | None
    admission: AdmissionRules

    install: InstallSettings | None = None
    """If set: many workspaces, each with the token of its own installation. None: one workspace, with `bot_token`."""

    @property
    def channels(self) -> list[tuple[str, str]]:
        pairs = zip(CHANNELS, (self.moderators_channel, self.operators_channel), strict=True)
        return [(variable, channel) for variable, channel in pairs if channel is not None]


def configured(env: Mapping[str, str]) -> bool:
    """Whether Slack is set up. An app-level token without a bot token counts, because an incomplete set-up deserves an error, not
    silence."""
    return any(value(env, name) for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_INSTALL_URL"))


def problems(env: Mapping[str, str]) -> list[str]:
    """One sentence for each invalid value, without a secret's value."""
    found = _wrong_secrets(env)
    rows: tuple[tuple[str, Callable[[str], object], str, object], ...] = (
        *((name, _CHANNEL.fullmatch, "channel_form", "") for name in CHANNELS),
        ("SLACK_HTTP_HOST", _is_host, "host", HTTP_HOST),
        ("SLACK_HTTP_PORT", _is_port, "port", HTTP_PORT),
        *((name, lambda given: given.lower() in _YES_NO, "yes_or_no", "") for name in ADMISSION),
        ("SLACK_API_URL", is_address, "address", SLACK_API),
    )
    for name, valid, key, example in rows:
        given = value(env, name)
        if given and not valid(given):
            found.append(text(f"slack.problem.{key}", name=name, value=given[:40], example=example))
    return found


def _wrong_secrets(env: Mapping[str, str]) -> list[str]:
    bot, app, secret = (value(env, name) for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"))
    if value(env, "SLACK_INSTALL_URL"):
        found = _wrong_install(env)
        if app:
            found += _wrong_token("SLACK_APP_TOKEN", app, _WRONG_APP_TOKEN)
    elif bot.startswith(APP) and app.startswith(BOT):
        found = [text("slack.problem.swapped")]
    else:
        found = [text("slack.problem.no_bot_token")] if not bot else _wrong_token("SLACK_BOT_TOKEN", bot, _WRONG_BOT_TOKEN)
        if app:
            found += _wrong_token("SLACK_APP_TOKEN", app, _WRONG_APP_TOKEN)
    if secret and (not _PRINTABLE.fullmatch(secret) or len(secret) < _MIN_SECRET or secret.startswith((BOT, APP))):
        found.append(text("slack.problem.secret_form"))
    if not app and not secret:
        if value(env, "SLACK_INSTALL_URL"):
            found.append(text("slack.problem.no_mode_installed"))
        elif bot:
            found.append(text("slack.problem.no_mode"))
    return found


def _wrong_install(env: Mapping[str, str]) -> list[str]:
    client_id, secret, home = (value(env, name) for name in ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_HOME_WORKSPACE"))
    found = []
    if not _is_public(value(env, "SLACK_INSTALL_URL")):
        found.append(text("slack.problem.install_url"))
    if not _CLIENT_ID.fullmatch(client_id):
        found.append(text("slack.problem.client_id"))
    if not secret or not _PRINTABLE.fullmatch(secret):
        found.append(text("slack.problem.client_secret"))
    if not value(env, "ENCRYPTION_KEYS"):
        found.append(text("slack.problem.no_encryption"))
    if value(env, "SLACK_BOT_TOKEN"):
        found.append(text("slack.problem.token_and_install"))
    if home and not _TEAM.fullmatch(home):
        found.append(text("slack.problem.home_form", value=home[:20]))
    if not home and any(value(env, name) for name in CHANNELS):
        found.append(text("slack.problem.no_home"))
    return found


def _is_public(address: str) -> bool:
    """Whether Slack can send browsers there: https, without a path of its own; plain http only on this machine, for tests."""
    try:
        url = urlsplit(address)
        here = url.scheme == "http" and url.hostname in ("127.0.0.1", "localhost")
    except ValueError:
        return False
    return is_address(address) and (url.scheme == "https" or here) and url.path in ("", "/")


def _wrong_token(name: str, token: str, beginnings: tuple[tuple[str, str], ...]) -> list[str]:
    if not _PRINTABLE.fullmatch(token):
        return [text("slack.problem.token_form", name=name)]
    return [text(f"slack.problem.{key}") for beginning, key in beginnings if token.startswith(beginning)]


def misshapen(env: Mapping[str, str]) -> list[str]:
    """Sentences for tokens and secrets that can't be valid; only for doctor, because Slack itself rejects them at start."""
    own = (value(env, "SLACK_API_URL") or SLACK_API).rstrip("/") == SLACK_API.rstrip("/")
    return [
        text("slack.doctor.token_shape", name=name, shape=text(f"slack.doctor.shape_{shape}"), length=len(token))
        for name, shape, pattern in _SHAPES
        if (token := value(env, name)) and not (pattern.fullmatch(token) if own else len(token) >= _LEAST_TOKEN)
    ]


def _is_host(host: str) -> bool:
    """Whether it's a name or address to listen on, without scheme and port."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return _HOST_NAME.fullmatch(host) is not None
    return True


def _is_port(port: str) -> bool:
    return port.isascii() and port.isdigit() and len(port) <= 5 and 1 <= int(port) <= 65535


def is_address(address: str) -> bool:
    # With a user name and password, the library's own Authorization header would be rejected; a query would end up before the method's
    # name.
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


def _allows(env: Mapping[str, str], name: str) -> bool:
    return _YES_NO.get(value(env, name).lower(), False)


def read(env: Mapping[str, str]) -> SlackSettings:
    """Read the settings; call `problems` first."""
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
        admission=AdmissionRules(
            external=_allows(env, "SLACK_EXTERNAL_PEOPLE"),
            guests=_allows(env, "SLACK_GUESTS"),
            siblings=_allows(env, "SLACK_OTHER_WORKSPACES"),
            workspaces=frozenset(listed(env, "ALLOWED_WORKSPACES")),  # the core's settings check its format
        ),
        install=_install(env),
    )


def _install(env: Mapping[str, str]) -> InstallSettings | None:
    address = value(env, "SLACK_INSTALL_URL")
    if not address:
        return None
    client_id, secret, home = (value(env, name) for name in ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_HOME_WORKSPACE"))
    return InstallSettings(address.rstrip("/"), client_id, secret, home)


@contextlib.contextmanager
def hidden_environment() -> Iterator[None]:
    """Hide all SLACK_* variables while bolt's AsyncApp is created.

    With SLACK_CLIENT_ID and SLACK_CLIENT_SECRET in the environment, bolt switches to OAuth and drops the token it was given. Don't await
    inside, because other tasks would miss their variables.
    """
    hidden = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("SLACK_")}
    try:
        yield
    finally:
        os.environ.update(hidden)
