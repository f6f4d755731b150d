"""What an operator sets for Discord, read once and checked at the door."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import yarl

from bot.texts import text

VARIABLES: dict[str, str] = {
    name: text(f"discord.variables.{name}")
    for name in (
        "DISCORD_BOT_TOKEN",
        "MODERATOR_CHANNEL_DISCORD",
        "OPERATOR_CHANNEL_DISCORD",
        "DISCORD_API_BASE",
        "DISCORD_GATEWAY_URL",
    )
}
DISCORD_API = "https://discord.com/api/v10"
DISCORD_GATEWAY = "wss://gateway.discord.gg/"
_SNOWFLAKE = re.compile(r"[0-9]{15,21}")
_TOKEN = re.compile(r"[\x21-\x7e]+")
_TOKEN_SHAPE = re.compile(r"[A-Za-z0-9_-]{18,40}={0,2}\.[A-Za-z0-9_-]{5,8}\.[A-Za-z0-9_-]{20,80}")
"""Application id in base64, time, signature."""
_LEAST_TOKEN = 8
"""Characters; at another address than Discord's own, which a test may have, a token may have any shape."""


@dataclass(frozen=True, slots=True)
class DiscordSettings:
    token: str
    moderators_channel: str | None
    operators_channel: str | None
    allowed_guilds: frozenset[str]
    """Empty: wherever the bot was invited."""
    api_base: str
    gateway_url: str


def _value(env: Mapping[str, str], name: str) -> str:
    return (env.get(name) or "").strip()


def configured(env: Mapping[str, str]) -> bool:
    return bool(_value(env, "DISCORD_BOT_TOKEN"))


def guilds(env: Mapping[str, str]) -> list[str]:
    """ALLOWED_GUILDS, whose form is checked with the other settings of the core."""
    return [one for one in re.split(r"[,;\s]+", _value(env, "ALLOWED_GUILDS")) if one]


def problems(env: Mapping[str, str]) -> list[str]:
    """One sentence for each wrong value, without the value of the token."""
    found = []
    token = _value(env, "DISCORD_BOT_TOKEN")
    if not token:
        found.append(text("discord.problem.no_token"))
    elif not _TOKEN.fullmatch(token) or token.lower().startswith("bot "):
        found.append(text("discord.problem.token_form"))
    for name in ("MODERATOR_CHANNEL_DISCORD", "OPERATOR_CHANNEL_DISCORD"):
        value = _value(env, name)
        if value and not _is_snowflake(value):
            found.append(text("discord.problem.channel_form", name=name, value=value[:40]))
    for name, schemes, example in (
        ("DISCORD_API_BASE", ("http", "https"), DISCORD_API),
        ("DISCORD_GATEWAY_URL", ("ws", "wss"), DISCORD_GATEWAY),
    ):
        value = _value(env, name)
        if value and not _is_address(value, schemes):
            found.append(text("discord.problem.address", name=name, schemes=" or ".join(f"{one}://" for one in schemes), example=example))
    return found


def place(address: str) -> str:
    """Host and port of an address, without a name and password."""
    url = yarl.URL(address)
    return f"{url.host}{'' if url.is_default_port() else f':{url.port}'}"


def misshapen(env: Mapping[str, str]) -> list[str]:
    """The sentence for a token that cannot be one; only for doctor, because Discord itself tells a bot that starts."""
    found = read(env)
    fits = len(found.token) >= _LEAST_TOKEN if found.api_base != DISCORD_API else _TOKEN_SHAPE.fullmatch(found.token)
    return [] if fits else [text("discord.doctor.token_shape", length=len(found.token))]


def _is_snowflake(value: str) -> bool:
    return value.isascii() and _SNOWFLAKE.fullmatch(value) is not None


def _is_address(value: str, schemes: tuple[str, ...]) -> bool:
    # discord.py formats the address together with the path, so braces would be taken for fields.
    try:
        url = yarl.URL(value)
    except ValueError:
        return False
    return url.scheme in schemes and bool(url.host) and not set("{}") & set(value)


def read(env: Mapping[str, str]) -> DiscordSettings:
    """The settings; call `problems` first."""
    base = (_value(env, "DISCORD_API_BASE") or DISCORD_API).rstrip("/")
    if yarl.URL(base).path in ("", "/"):
        base += "/api/v10"
    return DiscordSettings(
        token=_value(env, "DISCORD_BOT_TOKEN"),
        moderators_channel=_value(env, "MODERATOR_CHANNEL_DISCORD") or None,
        operators_channel=_value(env, "OPERATOR_CHANNEL_DISCORD") or None,
        allowed_guilds=frozenset(guilds(env)),
        api_base=base,
        gateway_url=_value(env, "DISCORD_GATEWAY_URL") or DISCORD_GATEWAY,
    )
