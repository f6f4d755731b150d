"""Tell me when it is ready on Discord: off unless chosen; a mention where it was asked, or a direct message, once for each late answer."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

import bot.requests.ready
from tests.discord.stage import Stage, stage
from tests.discord.standin.world import Message

READY = "Your picture is ready"


@pytest.fixture(autouse=True)
def every_answer_is_late(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.requests.ready, "SLOW", -1.0)


async def choose(s: Stage, way: str) -> None:
    status = await s.whisper(await s.discord.people.slash(s.ada, s.channel, "imagine-status"))
    for _ in range(2):
        event = await s.press(s.ada, status, "Tell me when it is ready")
        await s.whisper(await s.discord.people.submit(event, way=way), "Saved.")


def told(s: Stage, words: str = READY) -> list[Message]:
    """Everything that says so, whoever may read it."""
    return [one for one in s.discord.world.messages.values() if words in one.text]


async def test_who_wants_a_mention_gets_one_where_they_asked_and_nobody_else(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        await choose(s, "mention")
        bob = s.member("Bob")
        await s.answered(await s.imagine("a red bicycle", user=bob))
        assert told(s) == []
        result = await s.answered(await s.imagine("a green bicycle"))
        await s.until(lambda: len(told(s)) == 1, what="the mention")
        [message] = told(s)
        assert message is not result
        assert message.channel is s.channel
        assert not message.ephemeral
        assert f"<@{s.ada.id}>" in message.text
        assert message.body["allowed_mentions"]["users"] == [str(s.ada.id)]
        assert "green" not in message.text
        await s.stop()
        await s.start()
        await s.answered(await s.imagine("a third bicycle", user=bob))
        assert len(told(s)) == 1


async def test_who_wants_it_privately_is_told_in_a_direct_message(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        await choose(s, "direct")
        await s.answered(await s.imagine("a red bicycle"))
        await s.until(lambda: len(told(s)) == 1, what="the direct message")
        assert told(s)[0].channel.recipient is s.ada
        await choose(s, "off")
        await s.answered(await s.imagine("a blue bicycle"))
        await s.answered(await s.imagine("a white bicycle"))
        assert len(told(s)) == 1


async def test_a_restart_while_it_is_drawn_tells_once_that_there_is_an_answer(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        await choose(s, "direct")
        s.service.hold = asyncio.Event()
        await s.imagine("a slow bicycle")
        await s.until(lambda: len(s.service.calls) == 1, what="the call")
        await s.stop()
        for _ in range(2):
            await s.start()
            await s.until(lambda: len(told(s, "Your request has an answer")) == 1, what="the message about the answer")
            await s.stop()
        assert len(told(s, "Your request has an answer")) == 1
        assert len(s.service.calls) == 1
