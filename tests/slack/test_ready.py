"""Tell me when it is ready on Slack: off unless chosen; a mention where it was asked, or a direct message, once for each late answer."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

import bot.requests.ready
from tests.slack.stage import Stage, stage
from tests.slack.standin.world import Message

READY = "Your picture is ready"


@pytest.fixture(autouse=True)
def every_answer_is_late(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.requests.ready, "SLOW", -1.0)


async def choose(s: Stage, way: str) -> None:
    await s.slack.people.slash(s.ada, s.channel, "/imagine-status")
    saved = len(s.messages(None, s.ada, "Saved."))
    event = await s.press(s.ada, await s.whisper(s.ada, "How the bot is doing"), "Tell me when it is ready")
    await s.form(event)
    for _ in range(2):
        await s.slack.acked(await s.slack.people.submit(event, way=way))
        event = await s.press(s.ada, await s.whisper(s.ada, "How the bot is doing"), "Tell me when it is ready")
        await s.form(event)
    await s.until(lambda: len(s.messages(None, s.ada, "Saved.")) >= saved + 2, what="both answers")


def told(s: Stage, words: str = READY) -> list[Message]:
    """Everything that says so, whoever may read it."""
    return [one for one in s.slack.world.messages if one.author.is_bot and words in one.text]


async def test_who_wants_a_mention_gets_one_where_they_asked_and_nobody_else(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        await choose(s, "mention")
        s.slack.world.wants_pings.add(s.ada.id)
        await s.imagine("a red bicycle", user=s.slack.ben)
        await s.picture()
        assert told(s) == []
        await s.imagine("a green bicycle")
        await s.until(lambda: len(told(s)) == 1, what="the mention")
        [message] = told(s)
        assert message.channel is s.channel
        assert f"<@{s.ada.id}>" in str(message.blocks) + message.text
        assert "green" not in str(message.blocks)
        await s.settled()
        await s.stop()
        await s.start()
        await s.settled()
        assert len(told(s)) == 1


async def test_who_wants_it_privately_is_told_in_a_direct_message(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        await choose(s, "direct")
        s.slack.world.wants_pings.add(s.ada.id)
        await s.imagine("a red bicycle")
        await s.until(lambda: len(told(s)) == 1, what="the direct message")
        assert told(s)[0].channel is s.slack.world.dm(s.ada)
        assert not s.messages(user=s.slack.ben, words=READY)
        await choose(s, "off")
        await s.imagine("a blue bicycle")
        await s.until(lambda: len([one for one in s.messages(s.channel) if one.pictures]) == 2, what="the second picture")
        await s.settled()
        assert len(told(s)) == 1


async def test_a_restart_while_it_is_drawn_tells_once_that_there_is_an_answer(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        await choose(s, "direct")
        s.slack.world.wants_pings.add(s.ada.id)
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
