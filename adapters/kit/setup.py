"""Read-only checks of a platform's set-up: the frame of `doctor`, and the check of configured channels at start."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import structlog

from bot import egress
from bot.adapter import Finding, SetupProblem
from bot.texts import has, text

log = structlog.get_logger()

LAYERS = {"network": "network", "proxy": "network", "clock": "machine", "http": "machine", "settings": "configuration"}
"""What was checked -> the layer at fault (bot/cli/layers.py), where it isn't the platform's own."""


@dataclass(frozen=True, slots=True)
class ChannelFound:
    """Result of checking a channel from the settings. `problem` prevents the start, `warning` doesn't."""

    problem: str | None = None
    warning: str | None = None
    community: str | None = None
    """The channel's community, if it had to be looked up."""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Findings:
    """Findings of one platform, with its texts."""

    platform: str

    def good(self, what: str, sentence: str, **fields: str) -> Finding:
        return Finding(True, text(f"{self.platform}.doctor.what_{what}", **fields), sentence)

    def bad(self, what: str, sentence: str, busy_port: int | None = None, **fields: str) -> Finding:
        why = f"{self.platform}.doctor.why_{what}"
        reason = text(why) if has(why) else ""
        title = text(f"{self.platform}.doctor.what_{what}", **fields)
        return Finding(False, title, sentence, busy_port, reason=reason, layer=LAYERS.get(what, "platform"))

    def proxy(self, env: Mapping[str, str], address: str) -> Iterator[Finding]:
        """The proxy for the platform, if one is set."""
        route = egress.read(env).route(address)
        if route.proxy is not None:
            yield self.good("proxy", text(f"{self.platform}.doctor.proxy", proxy=egress.place_of(route.proxy), name=route.decided_by))


async def run_checks(
    look: AsyncGenerator[Finding, None], explain: Callable[[Exception], Finding | None], *, every: bool = False
) -> list[Finding]:
    """Findings in order, up to the first failure unless `every`. `explain` converts an exception of a check to a finding."""
    found: list[Finding] = []
    try:
        async with contextlib.aclosing(look):
            async for one in look:
                found.append(one)
                if not one.ok and not every:
                    break
    except Exception as error:
        if (failure := explain(error)) is None:
            raise
        found.append(failure)
    return found


async def look_at_channels(
    platform: str,
    channels: Iterable[tuple[str, str]],
    look: Callable[[str, str], Awaitable[ChannelFound]],
    unreachable: tuple[type[Exception], ...],
) -> dict[str, str]:
    """Check the (variable, channel) pairs of the settings. Returns channel -> community. Raises SetupProblem for an unusable channel."""
    communities = {}
    for variable, channel in channels:
        try:
            found = await look(variable, channel)
        except unreachable as error:
            log.warning(f"{platform}_channel_not_checked", variable=variable, error=type(error).__name__, detail=str(error)[:80])
            continue
        if found.problem is not None:
            raise SetupProblem(found.problem)
        if found.warning is not None:
            log.warning(f"{platform}_channel", variable=variable, what_to_do=found.warning)
        if found.community is not None:
            communities[channel] = found.community
    return communities
