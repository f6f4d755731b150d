"""Discord answers with errors of its own, or not at all, for as long as it likes: the answer comes by another way, to the same people."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.chat import unanswered_sends
from bot.ledger import message_rows
from bot.messages import sender, unanswered
from tests.discord.stage import Stage, stage
from tests.discord.standin.world import Message
from tests.discord.test_delivery import finals, held
from tests.platforms.faults import How

EVER = 10**6
OWN = r"messages/(@original|\d+)$"
FOLLOW_UP = r"/webhooks/[^/]+/[^/]+$"
CHANNEL = r"/channels/\d+/messages$"


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unanswered_sends, "MOVE_AFTER", 1.0)
    monkeypatch.setattr(sender, "REPEAT_FINAL_AFTER", 1.0)


def failing(s: Stage, method: str, path: str, **more: object) -> None:
    s.discord.faults.add(method, path, status=500, body={"code": 0, "message": "500: Internal Server Error"}, times=EVER, **more)


async def answered_within(s: Stage, seconds: float) -> Message:
    assert s.service.hold is not None
    s.service.hold.set()
    await s.until(lambda: finals(s), seconds, "a delivered picture")
    return finals(s)[0]


async def repaired(s: Stage, seconds: float = 40.0) -> None:
    """Wait until nothing is left to send."""
    assert s.bot is not None
    async with asyncio.timeout(seconds):
        while await s.bot.ledger.read(message_rows.unsettled):  # noqa: ASYNC110 - the ledger tells nobody
            await asyncio.sleep(0.05)


async def test_edits_with_the_token_that_fail_for_ever_are_made_by_the_bot(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        event = await held(s)
        failing(s, "PATCH", "@original")
        assert await answered_within(s, 10.0) is event.original
        assert finals(s) == [event.original]


async def test_a_placeholder_that_takes_no_edit_is_followed_by_a_message_of_its_own(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        failing(s, "PATCH", "@original")
        event = await s.imagine("a red bicycle")
        await s.until(lambda: finals(s), 30.0, "a delivered picture")
        await s.until(lambda: event.original is not None and event.original.deleted, 10, "the placeholder to go")


async def test_when_no_edit_is_answered_a_new_message_calls_the_one_who_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender, "REPEAT_FINAL_AFTER", 1.0)
    async with stage(tmp_path) as s:
        event = await held(s)
        failing(s, "PATCH", OWN)
        with capture_logs() as logs:
            message = await answered_within(s, 30.0)
            await s.until(lambda: event.original is not None and event.original.deleted, 10, "the old one to go")
            await repaired(s, 40)
        assert message is not event.original
        assert message.channel is s.channel
        assert message.pings == {s.ada.id}
        assert finals(s) == [message]
        assert len([one for one in logs if one["event"] == "operator_notice"]) == 1
        assert s.bot is not None
        assert s.bot.notices.open == {"chat_unanswered:discord"}


async def test_what_hangs_is_followed_by_another_way_within_a_minute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.discord.chat.WITHOUT_PICTURES", 2.0)
    monkeypatch.setattr("adapters.discord.chat.WITH_PICTURES", 2.0)
    monkeypatch.setattr(unanswered_sends, "MOVE_AFTER", 3.0)
    async with stage(tmp_path) as s:
        event = await held(s)
        s.discord.faults.add("PATCH", OWN, How.STUCK, times=EVER)
        message = await answered_within(s, 20.0)
        assert message is not event.original


async def test_an_edit_that_worked_although_its_answer_was_an_error_leaves_one_picture(tmp_path: Path, soon: None) -> None:
    async with stage(tmp_path) as s:
        event = await held(s)
        s.discord.faults.add("PATCH", OWN, How.DONE_BUT, status=500, body={"code": 0, "message": "500"}, times=EVER)
        await answered_within(s, 30.0)
        await s.until(lambda: event.original is not None and event.original.deleted, 20, "the old one to go")
        await repaired(s)
        assert len(finals(s)) == 1


async def test_an_old_copy_that_cannot_be_deleted_yet_goes_later(tmp_path: Path, soon: None) -> None:
    async with stage(tmp_path) as s:
        event = await held(s)
        failing(s, "PATCH", OWN)
        failing(s, "DELETE", "messages")
        message = await answered_within(s, 30.0)
        s.discord.faults.clear()
        await s.until(lambda: event.original is not None and event.original.deleted, 20, "the old one to go")
        await repaired(s)
        assert finals(s) == [message]


async def test_a_private_answer_never_comes_to_the_channel(tmp_path: Path, soon: None) -> None:
    async with stage(tmp_path) as s:
        event = await held(s, private=True)
        failing(s, "PATCH", OWN)
        message = await answered_within(s, 30.0)
        assert message.ephemeral
        assert message in event.followups
        others = s.member("Ben")
        assert not [one for one in s.discord.visible(others, s.channel) if one.pictures or "bicycle" in one.text]


async def test_a_private_answer_goes_to_direct_messages_when_no_whisper_is_answered(tmp_path: Path, soon: None) -> None:
    async with stage(tmp_path) as s:
        await held(s, private=True)
        failing(s, "PATCH", OWN)
        failing(s, "POST", FOLLOW_UP)
        message = await answered_within(s, 30.0)
        assert message.channel.guild is None


async def test_a_private_answer_that_nothing_takes_stays_stored_and_is_never_posted(tmp_path: Path, soon: None) -> None:
    async with stage(tmp_path) as s:
        await held(s, private=True)
        failing(s, "PATCH", OWN)
        failing(s, "POST", FOLLOW_UP)
        failing(s, "POST", "/users/@me/channels")
        assert s.service.hold is not None
        s.service.hold.set()
        await asyncio.sleep(12)
        assert finals(s) == []
        assert not s.discord.calls("POST", f"/channels/{s.channel.id}/messages")
        s.discord.faults.clear()
        await s.until(lambda: finals(s), 40, "the picture after all")


async def test_where_only_files_fail_the_words_come_alone_and_the_uploads_have_an_end(tmp_path: Path, soon: None) -> None:
    async with stage(tmp_path) as s:
        event = await held(s)
        rule = s.discord.faults.add("*", "messages|webhooks", status=500, body={"code": 0, "message": "500"}, times=EVER, with_files=True)
        assert s.service.hold is not None
        s.service.hold.set()
        await s.until(lambda: event.original is not None and "/imagine-show" in event.original.text, 30, "words alone")
        assert event.original is not None
        assert "Here is your picture" in event.original.text
        assert not event.original.pictures
        await repaired(s, 60)
        assert rule.used <= 30
        assert not event.original.deleted
        assert len([one for one in s.discord.world.messages.values() if not one.deleted]) == 1


async def test_files_that_are_taken_again_a_little_later_are_shown(tmp_path: Path, soon: None) -> None:
    async with stage(tmp_path) as s:
        event = await held(s)
        failing(s, "*", "messages|webhooks", with_files=True)
        assert s.service.hold is not None
        s.service.hold.set()
        await s.until(lambda: event.original is not None and "/imagine-show" in event.original.text, 30, "words alone")
        s.discord.faults.clear()
        await s.until(lambda: finals(s), 20, "the picture")
        assert finals(s) == [event.original]
        assert "/imagine-show" not in finals(s)[0].text


async def test_progress_that_is_not_answered_does_not_hold_up_the_answer(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.service.hold = asyncio.Event()
        rule = s.discord.faults.add("PATCH", OWN, status=500, body={"code": 0, "message": "500"}, times=EVER)
        event = await s.imagine("a red bicycle")
        await s.until(lambda: rule.used >= 8, 30, "a few repeats of the progress")
        rule.times = 0
        s.service.hold.set()
        assert (await s.answered(event, timeout=4.0)).pictures


async def test_the_operator_hears_once_and_once_when_it_works_again(tmp_path: Path, soon: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unanswered, "STEADY", 2.0)
    async with stage(tmp_path) as s:
        assert s.bot is not None
        with capture_logs() as logs:
            failing(s, "PATCH", OWN)
            for number in range(3):
                await s.imagine(f"a cat {number}")
            await s.until(lambda: len(finals(s)) == 3, 40, "three pictures")
            s.discord.faults.clear()
            await repaired(s, 40)
            await asyncio.sleep(2.0)
            await s.answered(await s.imagine("a dog"))
            async with asyncio.timeout(30):
                while s.bot.notices.open:  # noqa: ASYNC110 - nobody tells
                    await asyncio.sleep(0.02)
        told = [one["event"] for one in logs if one["event"].startswith("operator_notice")]
        assert told == ["operator_notice", "operator_notice_resolved"]


async def test_a_size_that_was_refused_is_not_uploaded_again(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        rule = s.discord.faults.refuse("PATCH", "@original", 413, 40005, times=1, with_files=True)
        s.service.script = [s.pictures(size=(512, 512), noise=True) for _ in range(3)]
        for number in range(3):
            await s.answered(await s.imagine(f"a cat {number}"))
        assert rule.used == 1
        sizes = [len(file.content) for one in finals(s) for file in one.files.values()]
        assert len(sizes) == 3
        assert max(sizes) < 250_000
