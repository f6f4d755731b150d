"""Discord settings, read and validated once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import yarl

from adapters.kit.env import listed, value
from bot.texts import text

VARIABLES: dict[str, str] = {
    name: text(f"discord.variables.{name}")
    for name in (
        "DISCORD_BOT_TOKEN",
        "MODERATOR_CHANNEL_DISCORD",
        "OPERATOR_CHANNEL_DISCORD",
        "DISCORD_SHARDS",
        "DISCORD_API_BASE",
        "DISCORD_GATEWAY_URL",
    )
}
CHANNELS = ("MODERATOR_CHANNEL_DISCORD", "OPERATOR_CHANNEL_DISCORD")
DISCORD_API = "https://discord.com/api/v10"
DISCORD_GATEWAY = "wss://gateway.discord.gg/"
_SNOWFLAKE = re.compile(r"[0-9]{15,21}")
_SHARDS = re.compile(r"(?P<all>[0-9]{1,5})|(?P<first>[0-9]{1,5})(-(?P<last>[0-9]{1,5}))?/(?P<count>[0-9]{1,5})")
MOST_SHARDS = 16_000
_TOKEN = re.compile(r"[\x21-\x7e]+")
_TOKEN_SHAPE = re.compile(r"[A-Za-z0-9_-]{18,40}={0,2}\.[A-Za-z0-9_-]{5,8}\.[A-Za-z0-9_-]{20,80}")
"""Application id in base64, timestamp, signature."""
_LEAST_TOKEN = 8
"""Minimum characters. At an address other than Discord's own, such as in a test, a token can have any shape."""


@dataclass(frozen=True, slots=True)
class ShardRange:
    """The shards of this process, from `first` to `last`, of `count` in all."""

    first: int
    last: int
    count: int


@dataclass(frozen=True, slots=True)
class DiscordSettings:
    token: str
    moderators_channel: str | None
    operators_channel: str | None
    allowed_guilds: frozenset[str]
    """Empty: every server that the bot was invited to."""
    api_base: str
    gateway_url: str
    shards: ShardRange | None = None
    """None: as many as Discord recommends, in this process."""

    @property
    def channels(self) -> list[tuple[str, str]]:
        pairs = zip(CHANNELS, (self.moderators_channel, self.operators_channel), strict=True)
        return [(variable, channel) for variable, channel in pairs if channel is not None]


def configured(env: Mapping[str, str]) -> bool:
    return bool(value(env, "DISCORD_BOT_TOKEN"))


def problems(env: Mapping[str, str]) -> list[str]:
    """One sentence for each invalid value, without the token's value."""
    found = []
    token = value(env, "DISCORD_BOT_TOKEN")
    if not token:
        found.append(text("discord.problem.no_token"))
    elif not _TOKEN.fullmatch(token) or token.lower().startswith("bot "):
        found.append(text("discord.problem.token_form"))
    if value(env, "DISCORD_SHARDS") and _shards(env) is None:
        found.append(text("discord.problem.shards", value=value(env, "DISCORD_SHARDS")[:20]))
    for name in CHANNELS:
        channel = value(env, name)
        if channel and not _SNOWFLAKE.fullmatch(channel):
            found.append(text("discord.problem.channel_form", name=name, value=channel[:40]))
    for name, schemes, example in (
        ("DISCORD_API_BASE", ("http", "https"), DISCORD_API),
        ("DISCORD_GATEWAY_URL", ("ws", "wss"), DISCORD_GATEWAY),
    ):
        address = value(env, name)
        if address and not _is_address(address, schemes):
            found.append(text("discord.problem.address", name=name, schemes=" or ".join(f"{one}://" for one in schemes), example=example))
    return found


def misshapen(env: Mapping[str, str]) -> list[str]:
    """A sentence for a token that can't be valid; only for doctor, because Discord itself rejects it at start."""
    found = read(env)
    fits = len(found.token) >= _LEAST_TOKEN if found.api_base != DISCORD_API else _TOKEN_SHAPE.fullmatch(found.token)
    return [] if fits else [text("discord.doctor.token_shape", length=len(found.token))]


def _shards(env: Mapping[str, str]) -> ShardRange | None:
    """`8`: all of eight; `0-3/8`: the first four of eight; `5/8`: one of eight. None for anything else."""
    named = _SHARDS.fullmatch(value(env, "DISCORD_SHARDS"))
    if named is None:
        return None
    if named["all"]:
        first, last, count = 0, int(named["all"]) - 1, int(named["all"])
    else:
        first, count = int(named["first"]), int(named["count"])
        last = int(named["last"] or first)
    return ShardRange(first, last, count) if 0 <= first <= last < count <= MOST_SHARDS else None


def _is_address(address: str, schemes: tuple[str, ...]) -> bool:
    # discord.py formats the address together with the path, so braces would be taken for fields.
    try:
        url = yarl.URL(address)
    except ValueError:
        return False
    return url.scheme in schemes and bool(url.host) and not set("{}") & set(address)


def read(env: Mapping[str, str]) -> DiscordSettings:
    """Read the settings; call `problems` first."""
    base = (value(env, "DISCORD_API_BASE") or DISCORD_API).rstrip("/")
    if yarl.URL(base).path in ("", "/"):
        base += "/api/v10"
    return DiscordSettings(
        token=value(env, "DISCORD_BOT_TOKEN"),
        moderators_channel=value(env, "MODERATOR_CHANNEL_DISCORD") or None,
        operators_channel=value(env, "OPERATOR_CHANNEL_DISCORD") or None,
        allowed_guilds=frozenset(listed(env, "ALLOWED_GUILDS")),  # the core's settings check its format
        api_base=base,
        gateway_url=value(env, "DISCORD_GATEWAY_URL") or DISCORD_GATEWAY,
        shards=_shards(env),
    )
