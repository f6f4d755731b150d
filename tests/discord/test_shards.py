"""Shards: the real discord.py with four connections, in one process and over two adapters that share a ledger."""

from __future__ import annotations

import asyncio
import itertools
from pathlib import Path

import pytest

from adapters.discord import client, plugin, settings
from adapters.discord.adapter import DiscordAdapter
from adapters.discord.settings import ShardRange
from bot.adapter import SetupProblem
from bot.compose import context
from bot.ledger import turn_rows
from bot.ledger.store import Ledger
from bot.ports import SystemPorts
from tests.discord.stage import Stage, stage
from tests.discord.standin.world import Channel, User

FOUR = 4


def places(s: Stage) -> list[tuple[Channel, User]]:
    """A server with a channel and somebody in it for each of four shards."""
    found: dict[int, tuple[Channel, User]] = {}
    while len(found) < FOUR:
        guild = s.discord.world.guild(f"Server {len(found)}")
        shard = (int(guild.id) >> 22) % FOUR
        if shard in found:
            del s.discord.world.guilds[guild.id]
            continue
        person = s.discord.world.user(f"Ada {shard}")
        s.discord.world.join(guild, person)
        found[shard] = (s.discord.world.channel(guild, "general"), person)
    return [found[one] for one in range(FOUR)]


def quick(monkeypatch: pytest.MonkeyPatch, every: float = 0.6) -> None:
    """Discord's five seconds are only waited for in the tests of the queue itself."""
    monkeypatch.setattr(client, "IDENTIFY_EVERY", every)


def spaced(s: Stage, every: float, at_once: int = 1) -> bool:
    """Whether each bucket's IDENTIFYs were so far apart."""
    for bucket in range(at_once):
        times = [at for shard, at in s.discord.gateway.identified_at if shard % at_once == bucket]
        if any(later - earlier < every - 0.1 for earlier, later in itertools.pairwise(times)):
            return False
    return True


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("4", ShardRange(0, 3, 4)),
        ("0-1/4", ShardRange(0, 1, 4)),
        ("3/4", ShardRange(3, 3, 4)),
        ("", None),
    ],
)
def test_what_shards_are_written_as(written: str, meant: ShardRange | None) -> None:
    env = {"DISCORD_BOT_TOKEN": "token-of-a-test", "DISCORD_SHARDS": written}
    assert plugin.problems(env) == []
    assert settings.read(env).shards == meant


@pytest.mark.parametrize("written", ["0", "4/4", "2-1/4", "0-4/4", "all", "-1/4"])
def test_shards_that_cannot_be_are_a_sentence(written: str) -> None:
    found = plugin.problems({"DISCORD_BOT_TOKEN": "token-of-a-test", "DISCORD_SHARDS": written})
    assert [one for one in found if "DISCORD_SHARDS" in one and "0-3/8" in one]


async def test_a_large_bot_gets_as_many_shards_as_discord_recommends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    quick(monkeypatch)
    async with stage(tmp_path, start=False) as s:
        s.discord.rest.guild_count, s.discord.rest.recommended_shards = 4000, FOUR
        everywhere = places(s)
        await s.start()
        await s.until(lambda: len(s.discord.gateway.connected_shards()) == FOUR, what="all shards")
        assert [one["shard"] for one in s.discord.gateway.identifies] == [[one, FOUR] for one in range(FOUR)]
        assert spaced(s, 0.6)
        for channel, person in everywhere:
            assert (await s.answered(await s.imagine(f"for {person.name}", person, channel))).pictures
        assert s.bot is not None
        assert s.bot.supervisor.link("discord:gateway").up


async def test_one_shard_that_breaks_comes_back_and_the_others_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    quick(monkeypatch, 0.2)
    async with stage(tmp_path, {"DISCORD_SHARDS": str(FOUR)}, start=False) as s:
        everywhere = places(s)
        await s.start()
        await s.until(lambda: len(s.discord.gateway.connected_shards()) == FOUR, what="all shards")
        gateway = s.discord.gateway
        gateway.current = gateway.shards[2]
        gateway.cut()
        assert s.bot is not None
        link = s.bot.supervisor.link("discord:gateway")
        await s.until(lambda: not link.up, what="the loss to be noticed")
        channel, person = everywhere[1]
        assert (await s.answered(await s.imagine("meanwhile", person, channel))).pictures
        await s.until(lambda: len(gateway.connected_shards()) == FOUR and link.up, 30, "the shard to come back")
        assert gateway.resumes == 1
        channel, person = everywhere[2]
        assert (await s.answered(await s.imagine("again", person, channel))).pictures


async def test_two_adapters_with_half_of_the_shards_each_share_one_queue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    quick(monkeypatch)
    monkeypatch.setattr(client, "SPARE", 0.0)
    async with stage(tmp_path, {"DISCORD_SHARDS": "0-1/4"}, start=False) as s:
        everywhere = places(s)
        await s.start()
        assert s.bot is not None
        other = plugin.build({**s.env, "DISCORD_SHARDS": "2-3/4"}, context(s.bot, s.folder / "other", demo=False))
        assert isinstance(other, DiscordAdapter)
        serving = asyncio.create_task(other.serve(s.bot.core, lambda sentence: None))
        try:
            await s.until(lambda: len(s.discord.gateway.connected_shards()) == FOUR, 30, "all shards")
            assert {one for one, _ in s.discord.gateway.identified_at} == set(range(FOUR))
            assert spaced(s, 0.6), "two processes identified at once"
            for channel, person in everywhere:
                assert (await s.answered(await s.imagine(f"for {person.name}", person, channel))).pictures
            assert len(s.service.calls) == FOUR
        finally:
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)


async def test_a_range_that_discord_refuses_stops_the_start_with_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    quick(monkeypatch)
    async with stage(tmp_path, {"DISCORD_SHARDS": "0-1/4"}, start=False) as s:
        s.discord.gateway.refuse_with = 4011
        with pytest.raises(SetupProblem, match="DISCORD_SHARDS"):
            await s.start()


async def test_turns_of_a_queue_are_apart_whoever_books_them_and_a_wrong_clock_blocks_nobody(tmp_path: Path) -> None:
    now = [1_800_000_000.0]
    ledger = await Ledger.open(tmp_path, lambda: now[0], SystemPorts().new_id)
    waits = await asyncio.gather(*(ledger.write(lambda tx: turn_rows.book(tx, "discord:1:0", 5.0)) for _ in range(4)))
    assert sorted(waits) == [0.0, 5.0, 10.0, 15.0]
    assert await ledger.write(lambda tx: turn_rows.book(tx, "discord:1:1", 5.0)) == 0.0, "another bucket"
    now[0] += 100.0
    assert await ledger.write(lambda tx: turn_rows.book(tx, "discord:1:0", 5.0)) == 0.0
    now[0] -= 50_000.0
    assert await ledger.write(lambda tx: turn_rows.book(tx, "discord:1:0", 5.0)) == 0.0
    await ledger.close()


async def test_a_turn_that_was_booked_is_not_booked_again_by_the_next_attempt() -> None:
    booked = list[str]()

    async def turn(name: str, every: float) -> float:
        booked.append(name)
        return 0.3

    identifies = client.Identifies(turn, SystemPorts(), 7, 2, shared=True)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(identifies.wait(3), 0.05)
    await identifies.wait(3)
    await identifies.wait(3)
    assert booked == ["discord:7:1", "discord:7:1"]
