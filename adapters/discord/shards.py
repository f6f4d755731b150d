"""Shards: several gateway connections of one bot, each for a part of its servers, in one process or over several.

Discord wants more than one connection from 2,500 servers on, and recommends one for about a thousand. Each begins with an IDENTIFY, of
which a bot may send `max_concurrency` at once every five seconds, whatever process they come from.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import discord
import structlog
import yarl
from discord.shard import Shard

from adapters.discord.checks import FATAL_CLOSES
from adapters.discord.client import OF_THE_LIBRARY, GatewaySocket, Identifies, ImagineClient
from adapters.discord.settings import ShardRange

log = structlog.get_logger()

ENOUGH_FOR_ONE = 1000
"""Servers below which Discord isn't even asked how many shards it recommends."""
PAUSES = (2.0, 5.0, 10.0, 20.0, 40.0)
"""Seconds between attempts to connect a shard."""


@dataclass(frozen=True, slots=True)
class ShardPlan:
    ids: Sequence[int]
    count: int
    """Of the whole bot."""
    at_once: int = 1
    """Discord's `max_concurrency`."""


async def planned(client: discord.Client, wanted: ShardRange | None) -> ShardPlan | None:
    """The shards of this process; None if one connection does. Raises what discord.py's calls raise."""
    if wanted is None:
        application = client.application
        if application is None or (application.approximate_guild_count or 0) < ENOUGH_FOR_ONE:
            return None
    recommended, _, limit = await client.http.get_bot_gateway()
    count = recommended if wanted is None else wanted.count
    ids = range(count) if wanted is None else range(wanted.first, wanted.last + 1)
    if limit["remaining"] < len(ids):
        pause = limit["reset_after"] / 1000
        log.warning("discord_no_sessions_left", remaining=limit["remaining"], shards=len(ids), seconds=round(pause))
        await asyncio.sleep(pause)
    if count <= 1:
        return None
    log.info("discord_shards", own=f"{ids[0]}-{ids[-1]}", count=count, recommended=recommended, at_once=limit["max_concurrency"])
    return ShardPlan(ids, count, limit["max_concurrency"])


class ShardedClient(ImagineClient, discord.AutoShardedClient):
    """Several connections. The link counts as up while all of them are."""

    def __init__(self, *parts: Any, plan: ShardPlan, identifies: Identifies) -> None:
        super().__init__(*parts, shard_ids=list(plan.ids), shard_count=plan.count)
        self._plan, self._identifies, self._up = plan, identifies, set[int]()

    async def on_connect(self) -> None:
        self._connected()

    async def on_resumed(self) -> None:
        """Each shard says so itself."""

    async def on_disconnect(self) -> None:
        """Each shard says so itself."""

    async def on_shard_connect(self, shard_id: int) -> None:
        self._is_up(shard_id)

    async def on_shard_resumed(self, shard_id: int) -> None:
        self._is_up(shard_id)

    async def on_shard_disconnect(self, shard_id: int) -> None:
        self._up.discard(shard_id)
        self.gateway_link.set(False)

    def on_gateway_silent(self, shard_id: int | None, seconds: float) -> None:
        self._up.discard(shard_id or 0)
        self.gateway_link.set(False, seconds)

    def on_gateway_heard(self, shard_id: int | None) -> None:
        self._is_up(shard_id or 0)

    def _is_up(self, shard_id: int) -> None:
        self._up.add(shard_id)
        self.gateway_link.set(self._up.issuperset(self._plan.ids))

    async def launch_shard(self, gateway: yarl.URL, shard_id: int, *, initial: bool = False) -> None:
        """Connect a shard, however long it takes. The library's own method also repeats what can't get better, such as a wrong range."""
        failed = 0
        while not self.is_closed():
            try:
                socket = await GatewaySocket.from_client(self, initial=initial, gateway=gateway, shard_id=shard_id)
                break
            except discord.ConnectionClosed as error:
                if error.code in FATAL_CLOSES:
                    raise
                reason = f"close {error.code}"
            except OF_THE_LIBRARY as error:
                reason = type(error).__name__
            pause = PAUSES[min(failed, len(PAUSES) - 1)]
            failed += 1
            log.warning("discord_shard_not_connected", shard=shard_id, error=reason, next_try_in=pause)
            await asyncio.sleep(pause)
        else:
            return
        library: Any = self  # the shards are private to it, and its own method, which this one replaces, fills them
        shard = Shard(socket, self, library._AutoShardedClient__queue.put_nowait)
        library._AutoShardedClient__shards[shard_id] = shard
        shard.launch()
