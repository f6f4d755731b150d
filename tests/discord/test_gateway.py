"""The connection to Discord breaks in every way it can: commands sent around it are answered once."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from adapters.discord import client
from tests.discord.stage import Stage, stage
from tests.discord.standin.world import Interaction


async def lost_on_the_wire(s: Stage, prompt: str) -> Interaction:
    """A command that Discord sent while nobody was connected; it comes again with the RESUME."""
    command = next(one for one in s.discord.world.commands if one["name"] == "imagine")
    data = {"id": command["id"], "name": "imagine", "type": 1, "options": [{"name": "prompt", "type": 3, "value": prompt}]}
    return await s.discord.people.send(2, s.ada, s.channel, data)


async def test_reconnect_on_demand_resumes_and_the_lost_command_is_answered_once(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        await s.answered(await s.imagine("before"))
        await s.discord.gateway.ask_to_reconnect()
        await s.until(lambda: not s.discord.gateway.connected or s.discord.gateway.resumes, what="the client to leave")
        event = await lost_on_the_wire(s, "meanwhile")
        await s.until(lambda: s.discord.gateway.resumes == 1, what="a RESUME")
        assert (await s.answered(event)).pictures
        assert [call.prompt for call in s.service.calls] == ["before", "meanwhile"]
        assert len(s.discord.gateway.identifies) == 1


async def test_a_close_by_the_server_resumes(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        await s.discord.gateway.close(4000)
        await s.until(lambda: s.discord.gateway.resumes == 1, timeout=15, what="a RESUME")
        assert (await s.answered(await s.imagine())).pictures


async def test_a_connection_that_breaks_without_a_word_resumes(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        assert s.bot is not None
        link = s.bot.supervisor.link("discord:gateway")
        assert link.up
        s.discord.gateway.cut()
        await s.until(lambda: not link.up, what="the loss to be noticed")
        await s.until(lambda: s.discord.gateway.resumes == 1, timeout=15, what="a RESUME")
        assert (await s.answered(await s.imagine())).pictures
        assert link.up


async def test_a_connection_that_goes_silent_counts_as_down_since_its_last_frame(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "HEARTBEATS", (0.1, 600.0))
    monkeypatch.setattr(client, "BEAT", 0.2)
    monkeypatch.setattr(client, "SILENT", 0.5)
    async with stage(tmp_path) as s:
        assert s.bot is not None
        link = s.bot.supervisor.link("discord:gateway")
        await asyncio.sleep(1.0)
        assert link.up, "heartbeats are answered"
        s.discord.gateway.silent = True
        began = time.monotonic()
        async with asyncio.timeout(30):
            while link.up:  # noqa: ASYNC110 - the library's thread tells nobody
                await asyncio.sleep(0.05)
        assert time.monotonic() - link.since >= 0.5
        assert link.since - began < 0.5
        s.discord.gateway.silent = False
        async with asyncio.timeout(30):
            while not link.up:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        assert len(s.discord.gateway.identifies) == 1, "the connection was kept"
        assert (await s.answered(await s.imagine())).pictures


async def test_an_invalid_session_identifies_anew(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        await s.discord.gateway.invalidate()
        await s.until(lambda: len(s.discord.gateway.identifies) == 2 and s.discord.gateway.connected, timeout=20, what="an IDENTIFY")
        assert (await s.answered(await s.imagine())).pictures
        assert s.discord.world.command_writes == 1
        assert len(s.ready) == 1


async def test_a_resume_that_is_refused_identifies_anew(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.discord.gateway.forget_sessions = True
        await s.discord.gateway.close(4000)
        await s.until(lambda: len(s.discord.gateway.identifies) == 2 and s.discord.gateway.connected, timeout=20, what="an IDENTIFY")
        assert (await s.answered(await s.imagine())).pictures


async def test_a_button_replayed_with_a_resume_is_one_press(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        first = await s.answered(await s.imagine("a red bicycle"))
        press = await s.press(s.ada, first, "Again")
        assert s.discord.gateway.current is not None
        await s.answered(press)
        s.discord.gateway.current.log[-1]["s"] += 1000  # the client never learned that it had this one
        await s.discord.gateway.close(4000)
        await s.until(lambda: len(s.discord.calls("POST", press.id)) == 2, timeout=15, what="the second answer")
        await s.answered(await s.imagine("the next one"))
        assert [call.prompt for call in s.service.calls] == ["a red bicycle", "a red bicycle", "the next one"]


async def test_discord_being_away_at_the_start_is_waited_for(tmp_path: Path) -> None:
    async with stage(tmp_path, start=False) as s:
        s.discord.faults.add("GET", "/users/@me", status=503, body={"message": "away", "code": 0}, times=1)
        await s.start()
        assert (await s.answered(await s.imagine())).pictures
