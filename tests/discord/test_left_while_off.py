"""Servers that removed the bot while it was off, and those that only look like it: a deleted key doesn't come back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from adapters.discord import client
from adapters.discord.departures import ServerList, read
from bot.domain.own_services import CommunityKeys
from bot.ledger import own_rows, presence_rows
from bot.ledger.tables import audit
from tests.discord.stage import Stage
from tests.discord.test_own_key import town, typed
from tests.own_keys import ALPHA
from tests.unit.batch.kit import until


async def keys(s: Stage) -> set[str]:
    assert s.bot is not None
    return set(await s.bot.ledger.read(own_rows.everyone))


async def noted(s: Stage, guild: str = "") -> bool:
    """Whether the bot remembers that it's in a server."""
    bot, application = s.bot, s.discord.world.application
    return bot is not None and (guild or s.guild.id) in await bot.ledger.read(lambda c: presence_rows.known(c, "discord", application))


async def again(s: Stage) -> None:
    await s.start(community_keys=CommunityKeys.OPTIONAL)


async def test_a_server_that_removed_the_bot_while_it_was_off_is_left_at_the_next_start(tmp_path: Path) -> None:
    async with town(tmp_path) as (s, _, olu):
        await typed(s, olu, "Set a key", ALPHA)
        await until(lambda: noted(s))
        await s.stop()
        gone = s.discord.world.guilds.pop(s.guild.id)
        await again(s)

        async def left() -> bool:
            return not await keys(s) and not await noted(s)

        await until(left)
        assert s.bot is not None
        entries = await s.bot.ledger.read(lambda c: [row.facts.get("how") for row in c.execute(select(audit).order_by(audit.c.seq))])
        assert entries[-1] == "left"
        s.discord.world.guilds[gone.id] = gone


async def test_servers_that_come_and_go_while_it_runs_are_noted_at_once(tmp_path: Path) -> None:
    async with town(tmp_path) as (s, _, _):
        await until(lambda: noted(s))
        new = s.discord.world.guild("Another server")
        await s.discord.gateway.join(new)
        await until(lambda: noted(s, new.id))
        await s.discord.gateway.dispatch("GUILD_DELETE", {"id": new.id})

        async def left() -> bool:
            return not await noted(s, new.id)

        await until(left)
        assert await noted(s)


def outage(s: Stage) -> None:
    s.discord.gateway.in_outage.add(s.guild.id)
    s.discord.rest.faults.refuse("GET", f"/guilds/{s.guild.id}$", 404, 10004, times=100)


def forgotten(s: Stage) -> None:
    s.discord.gateway.unlisted.add(s.guild.id)


def unsure(s: Stage) -> None:
    del s.discord.world.guilds[s.guild.id]
    s.discord.rest.faults.refuse("GET", f"/guilds/{s.guild.id}$", 403, 0, times=100)


def another_bot(s: Stage) -> None:
    del s.discord.world.guilds[s.guild.id]
    s.discord.world.application = s.discord.world.new_id()


def another_shard(s: Stage) -> None:
    del s.discord.world.guilds[s.guild.id]
    s.env["DISCORD_SHARDS"] = f"{1 - (int(s.guild.id) >> 22) % 2}/2"


@pytest.mark.parametrize("happens", [outage, forgotten, unsure, another_bot, another_shard])
async def test_what_only_looks_like_it_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, happens: Callable[[Stage], None]
) -> None:
    monkeypatch.setattr(client, "IDENTIFY_EVERY", 0.1)
    async with town(tmp_path) as (s, _, olu):
        await typed(s, olu, "Set a key", ALPHA)
        await until(lambda: noted(s))
        await s.stop()
        happens(s)
        s.discord.rest.calls.clear()
        await again(s)
        await asyncio.sleep(0.5)
        asked = any(one.path == f"/guilds/{s.guild.id}" for one in s.discord.rest.calls)
        assert asked == (happens in (forgotten, unsure)), "only a server that the list leaves out"
        assert await keys(s) == {f"discord:{s.guild.id}"}


def test_a_list_says_something_about_its_own_shard_alone() -> None:
    one = ServerList(1, 4, frozenset({str(5 << 22)}))
    assert [one.covers(str(number << 22)) for number in range(8)] == [False, True, False, False] * 2
    assert read({"guilds": [{"id": "7"}], "shard": [1, 2]}) == ServerList(1, 2, frozenset({"7"}))
    assert read({"guilds": [{"id": "7"}]}) == ServerList(0, 1, frozenset({"7"}))
    for wrong in ({"guilds": [{"id": "seven"}]}, {"guilds": [], "shard": [2, 2]}):
        assert read(wrong) is None
