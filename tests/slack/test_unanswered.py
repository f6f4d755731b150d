"""Slack answers with errors of its own for as long as it likes: the answer comes by another way, and uploads have an end."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from adapters.slack import uploads
from bot.chat import unanswered_sends
from bot.messages import sender
from tests.platforms.faults import How
from tests.slack.stage import Stage, stage

EVER = 10**6


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unanswered_sends, "MOVE_AFTER", 1.0)
    monkeypatch.setattr(sender, "REPEAT_FINAL_AFTER", 1.0)


async def held(s: Stage) -> None:
    s.service.hold = asyncio.Event()
    await s.imagine("a cat")
    await s.until(lambda: s.service.calls and s.messages(s.channel), what="progress")


def pictures(s: Stage) -> list[object]:
    return [one for one in s.slack.final() if one.pictures and not one.deleted]


@pytest.mark.parametrize("how", [How.ANSWER, How.LOST])
async def test_when_no_edit_is_answered_the_picture_comes_as_a_new_message(tmp_path: Path, how: How) -> None:
    async with stage(tmp_path) as s:
        await held(s)
        [old] = s.messages(s.channel)
        s.slack.faults.add("chat.update", how, status=500, times=EVER)
        assert s.service.hold is not None
        with capture_logs() as logs:
            s.service.hold.set()
            await s.until(lambda: [one for one in s.messages(s.channel) if one.pictures and one is not old], 30, "a new message")
            await s.until(lambda: old.deleted, 10, "the old one to go")
            await s.settled()
        assert len(pictures(s)) == 1
        assert not [one for one in s.messages(s.channel) if "Drawing" in one.text or "Waiting" in one.text]
        assert len([one for one in logs if one["event"] == "operator_notice"]) == 1


async def test_an_old_message_that_cannot_be_deleted_yet_goes_later(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        await held(s)
        [old] = s.messages(s.channel)
        s.slack.faults.add("chat.update", status=500, times=EVER)
        s.slack.faults.add("chat.delete", status=500, times=EVER)
        assert s.service.hold is not None
        s.service.hold.set()
        await s.until(lambda: pictures(s), 30, "a new message")
        s.slack.faults.clear()
        await s.until(lambda: old.deleted, 20, "the old one to go")
        await s.settled()
        assert len(pictures(s)) == 1


async def test_when_no_post_is_answered_the_response_url_is_taken(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.slack.faults.add("chat.postMessage", status=500, times=EVER)
        await s.imagine("a cat")
        message = await s.picture(timeout=30)
        assert "isn't answering properly" in message.text
        assert "/invite" not in message.text


async def test_a_private_answer_never_comes_to_the_channel(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.slack.faults.add("chat.(postMessage|update)", status=500, times=EVER)
        event = await s.imagine("")
        await s.form(event)
        await s.slack.people.submit(event, prompt="a surprise", private="true")
        await s.until(lambda: s.service.calls, what="the picture")
        told = await s.whisper(s.ada, "/imagine-show")
        assert told.only_for == s.ada.id
        assert s.messages(s.channel, s.slack.ben) == []
        assert pictures(s) == []


async def test_files_that_are_not_taken_are_uploaded_a_few_times_and_the_words_come_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "OUTAGE", 8.0)
    async with stage(tmp_path) as s:
        rule = s.slack.faults.add("upload", status=503, times=EVER)
        await s.imagine("a cat")
        message = await s.message("/imagine-show", timeout=40)
        assert "Here is your picture" in message.text
        await s.settled()
        assert "below" not in " ".join(one.text for one in s.messages(s.channel))
        assert rule.used <= 20
