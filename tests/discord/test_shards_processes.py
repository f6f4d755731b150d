"""Four shards over two real processes on one PostgreSQL: `imagine-bot run` with the real discord.py, one of them killed during a call."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.discord.process import Process, process
from tests.discord.standin.world import Channel, Interaction, User
from tests.postgres import cluster

pytestmark = [pytest.mark.slow, pytest.mark.sqlite_only]
FOUR = 4
WITHIN = 240.0
"""Seconds for what takes some: four IDENTIFYs five seconds apart, and a process that is declared gone."""


def places(p: Process) -> list[tuple[Channel, User]]:
    """A server with a channel and somebody in it for each of four shards."""
    found: dict[int, tuple[Channel, User]] = {}
    while len(found) < FOUR:
        guild = p.discord.world.guild(f"Server {len(found)}")
        shard = (int(guild.id) >> 22) % FOUR
        if shard in found:
            del p.discord.world.guilds[guild.id]
            continue
        person = p.discord.world.user(f"Ada {shard}")
        p.discord.world.join(guild, person)
        found[shard] = (p.discord.world.channel(guild, "general"), person)
    return [found[one] for one in range(FOUR)]


@contextlib.asynccontextmanager
async def halves(folder: Path) -> AsyncIterator[tuple[Process, Process]]:
    """Two processes with two shards each; the second one makes all calls."""
    where = cluster.create()
    async with process(folder, run=False, DATABASE_URL=where.url) as first:
        second = dataclasses.replace(first, child=None, output=[], _reading=[], roles="chat,work")
        first.roles, first.env, second.env = "chat,gate", {**first.env, "DISCORD_SHARDS": "0-1/4"}, {**first.env, "DISCORD_SHARDS": "2-3/4"}
        try:
            yield first, second
        finally:
            if not second.child_ended():
                await second.kill()


async def asks(p: Process, place: tuple[Channel, User], prompt: str) -> Interaction:
    channel, person = place
    return await p.discord.people.slash(person, channel, "imagine", prompt=prompt)


async def test_a_killed_half_of_the_shards_loses_nothing_and_comes_back(tmp_path: Path) -> None:
    async with halves(tmp_path) as (first, second):
        everywhere = places(first)
        gateway = first.discord.gateway
        for one in (first, second):
            await one.start(ready=False)
        await first.until(lambda: len(gateway.connected_shards()) == FOUR, WITHIN, "all shards")
        assert {shard for shard, _ in gateway.identified_at} == set(range(FOUR))
        for place in everywhere:
            await first.picture(await asks(first, place, f"a cat for {place[1].name}"), WITHIN)
        drawn = len(first.pictures())
        cut = await asks(first, everywhere[3], "sandbox:hang a dog")
        await first.until(lambda: cut.original is not None and "Cancel" in cut.original.buttons, WITHIN, "a running request")
        async with asyncio.timeout(WITHIN):
            while (asked := await first.generated()) <= FOUR:  # noqa: ASYNC110 - another process tells nobody
                await asyncio.sleep(0.1)
        await second.kill()
        waiting = await asks(first, everywhere[0], "a bird")
        await first.until(lambda: cut.original is not None and "Retry" in cut.original.buttons, WITHIN, "an answer by the other process")
        assert cut.original is not None
        assert "interrupted" in cut.original.text.lower()
        assert await first.generated() == asked, "the call is not repeated by itself"
        identified = len(gateway.identified_at)
        await second.start(ready=False)
        await first.picture(waiting, WITHIN)
        await first.until(lambda: len(gateway.identified_at) >= identified + FOUR // 2, WITHIN, "two shards again")
        await first.until(lambda: len(gateway.connected_shards()) == FOUR, WITHIN, "all shards")
        await first.picture(await asks(first, everywhere[3], "a fish"), WITHIN)
        assert len(first.pictures()) == drawn + 2, "one picture for each answer, and none twice"
