"""Looks at a platform's set-up that change nothing: the frame of `doctor`, and the channels of the settings at the start."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import structlog

from bot import egress
from bot.adapter import Finding, SetupProblem
from bot.texts import text

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class ChannelFound:
    """A channel from the settings. `problem` keeps the bot from starting, `warning` does not."""

    problem: str | None = None
    warning: str | None = None
    community: str | None = None
    """The community that it belongs to, where that had to be found out."""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Findings:
    """Findings of one platform, in its words."""

    platform: str

    def good(self, what: str, sentence: str, **fields: str) -> Finding:
        return Finding(True, text(f"{self.platform}.doctor.what_{what}", **fields), sentence)

    def bad(self, what: str, sentence: str, busy_port: int | None = None, **fields: str) -> Finding:
        return Finding(False, text(f"{self.platform}.doctor.what_{what}", **fields), sentence, busy_port)

    def proxy(self, env: Mapping[str, str], address: str) -> Iterator[Finding]:
        """How the platform is reached, where a proxy is set."""
        route = egress.read(env).route(address)
        if route.proxy is not None:
            yield self.good("proxy", text(f"{self.platform}.doctor.proxy", proxy=egress.place_of(route.proxy), name=route.because))


async def examined(look: AsyncGenerator[Finding, None], explain: Callable[[Exception], Finding | None]) -> list[Finding]:
    """The findings in order; the last one is the first that failed, if any. `explain` makes a finding of what a look raises."""
    found: list[Finding] = []
    try:
        async with contextlib.aclosing(look):
            async for one in look:
                found.append(one)
                if not one.ok:
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
    """Channel -> community, of the (variable, channel) pairs of the settings. Raises SetupProblem for one that cannot be used."""
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
