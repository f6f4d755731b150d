"""Frames and events that the library cannot read: the connection is made anew, the bot goes on, and nothing of them is logged."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from adapters.discord import client
from adapters.discord.chat import DiscordChat
from bot import supervise
from bot.budgets import Limits
from tests.discord.process import process
from tests.discord.stage import Stage, stage

FREE = Limits(None, None, None, None, None, None)
SECRET = "SECRET-OF-A-FRAME"


def event(name: Any, data: Any, **more: Any) -> bytes:
    return json.dumps({"op": 0, "t": name, "s": None, "d": data, **more}).encode()


FRAMES: dict[str, bytes] = {
    "no JSON": f"{SECRET} is no JSON".encode(),
    "nothing": b"",
    "a list": f'["{SECRET}"]'.encode(),
    "null": b"null",
    "a number": b"12",
    "a word": f'"{SECRET}"'.encode(),
    "truncated": f'{{"op": 0, "t": "MESSAGE_CREATE", "d": {{"content": "{SECRET}'.encode(),
    "not UTF-8": b'{"op": 0, "t": "\xff\xfe"}',
    "too deep": b'{"op": 0, "d": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "a number that is too long": b'{"op": 0, "s": ' + b"9" * 10_000 + b"}",
    "READY without data": event("READY", None, s=1),
    "READY without an address": event("READY", {"session_id": SECRET}, s=1),
    "HELLO without data": b'{"op": 10}',
    "HELLO with a word": b'{"op": 10, "d": {"heartbeat_interval": "soon"}}',
    "HELLO without a pause": b'{"op": 10, "d": {"heartbeat_interval": 0}}',
    "an event named by an object": event({SECRET: 1}, {}),
    "an event named by a list": event([SECRET], {}),
    "an unknown opcode": b'{"op": 99, "d": "' + SECRET.encode() + b'"}',
    "an opcode that is a word": b'{"op": "' + SECRET.encode() + b'", "t": "READY", "d": {}}',
    "an empty object": b"{}",
    "an unknown event": event(SECRET, {}),
}
BYTES: dict[str, bytes] = {
    "no zlib": SECRET.encode() + b"\x00\x00\xff\xff",
    "the end of zlib alone": b"\x00\x00\xff\xff",
    "half a message": b"\x00\x01",
}
EVENTS: dict[str, Any] = {
    "INTERACTION_CREATE": {"id": SECRET},
    "GUILD_CREATE": {"name": SECRET},
    "GUILD_UPDATE": None,
    "CHANNEL_CREATE": {"type": SECRET},
    "CHANNEL_UPDATE": [SECRET],
    "GUILD_ROLE_UPDATE": {"guild_id": SECRET},
    "GUILD_DELETE": 12,
    "THREAD_UPDATE": {"id": SECRET, "guild_id": {}},
}


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses that a test can wait for."""
    monkeypatch.setattr(supervise, "FIRST_PAUSE", 0.001)
    monkeypatch.setattr(client, "IDENTIFY_EVERY", 0.05)
    monkeypatch.setattr(client, "LONGEST_PAUSE", 0.05)


async def still_works(s: Stage, what: str) -> None:
    await s.until(lambda: s.discord.gateway.connected, 20, f"a connection after {what}")
    event = await s.discord.people.slash(s.ada, s.channel, "imagine", prompt="a red bicycle")
    await s.until(lambda: event.callback is not None, 20, f"an acknowledgement after {what}")
    assert (await s.answered(event)).pictures, what
    assert s.serving is not None
    assert not s.serving.done(), what


async def test_no_frame_ends_the_connection_for_good(tmp_path: Path, soon: None, caplog: pytest.LogCaptureFixture) -> None:
    async with stage(tmp_path, limits=FREE) as s:
        with capture_logs() as logs:
            for what, frame in FRAMES.items():
                await s.discord.gateway.send_text(frame)
                await leave(s)
                await still_works(s, what)
            for what, content in BYTES.items():
                await s.discord.gateway.send_bytes(content)
                await s.discord.gateway.send_text(b"{}")  # half a message is only found out with the next one
                await leave(s)
                await still_works(s, what)
        assert SECRET not in repr(logs) + caplog.text
        assert s.bot is not None
        assert s.bot.notices.open == {"trouble:discord:gateway"}
        assert len([one for one in logs if one["event"] == "operator_notice"]) == 1


async def leave(s: Stage) -> None:
    """Let the client answer the frame, whether it leaves or stays."""
    await asyncio.sleep(0.1)
    await s.until(lambda: s.discord.gateway.connected, 20, "a connection")


async def test_an_event_that_cannot_be_parsed_is_left_out_and_the_connection_stays(tmp_path: Path, soon: None) -> None:
    async with stage(tmp_path, limits=FREE) as s:
        with capture_logs() as logs:
            for name, data in EVENTS.items():
                for _ in range(3):
                    await s.discord.gateway.dispatch(name, data)
                await still_works(s, name)
        assert len(s.discord.gateway.identifies) == 1
        assert s.discord.gateway.resumes == 0
        assert SECRET not in repr(logs)
        left_out = [one["kind"] for one in logs if one["event"] == "discord_event_left_out"]
        assert len(left_out) == len(set(left_out))
        assert "INTERACTION_CREATE" in left_out


async def test_a_listener_that_breaks_takes_nothing_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyError(SECRET)

    async with stage(tmp_path) as s:
        monkeypatch.setattr(DiscordChat, "reopen", broken)
        with capture_logs() as logs:
            await s.discord.gateway.dispatch("CHANNEL_UPDATE", s.channel.json())
            await still_works(s, "a listener")
        assert SECRET not in repr(logs)
        assert s.bot is not None
        assert s.bot.notices.open == {"trouble:discord:events"}


async def test_an_unreadable_answer_at_the_start_is_asked_for_again(tmp_path: Path, soon: None) -> None:
    async with stage(tmp_path, start=False) as s:
        s.discord.faults.add("GET", "/users/@me", status=200, body=[SECRET], times=1)
        s.discord.faults.add("GET", "/oauth2/applications/@me", status=200, body={"id": SECRET}, times=1)
        await s.start()
        await still_works(s, "two unreadable answers")


async def test_a_picture_is_delivered_while_the_connection_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervise, "FIRST_PAUSE", 8.0)
    async with stage(tmp_path) as s:
        event = await s.imagine("a red bicycle")
        await s.discord.gateway.send_text(b"no JSON")
        assert (await s.answered(event, timeout=5.0)).pictures


async def test_the_process_lives_on_and_the_web_chat_with_it(tmp_path: Path) -> None:
    async with process(tmp_path, run=False, WEB_PORT="0") as p:
        await p.start()
        for _ in range(2):
            await p.discord.gateway.send_text(SECRET.encode())
            await p.until(lambda: not p.discord.gateway.connected, 10, "the client to leave")
            await p.until(lambda: p.discord.gateway.connected or p.child_ended(), 20, "a connection")
            assert not p.child_ended(), "\n".join(p.output)
        assert (await p.picture(await p.imagine("a red bicycle"))).pictures
        assert SECRET not in "\n".join(p.output)
        assert await p.end() == 0
