"""Pictures on their way into a message: what Slack refuses, forgets or never finishes still ends in one answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.slack import delivery, uploads
from tests.platforms.faults import How
from tests.slack.stage import stage


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "DEADLINE", 1.0)
    monkeypatch.setattr(delivery, "FILE_PAUSES", (0.05, 0.1))


async def test_a_workspace_that_takes_no_files_gets_the_answer_in_words(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.slack.faults.refuse("files.getUploadURLExternal", "file_uploads_disabled", times=100)
        await s.imagine("a cat")
        message = await s.message("didn't accept your picture")
        await s.settled()
        assert s.messages() == [message]
        assert "Again" in message.buttons


async def test_files_that_are_gone_after_a_restart_are_uploaded_anew(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.slack.faults.add("chat.update", How.DONE_BUT, status=502, with_pictures=True, times=1)
        await s.imagine("a cat")
        message = await s.picture()
        await s.settled()
        [(old, _)] = message.pictures
        await s.stop()
        s.slack.world.files[old].deleted = True
        await s.start()
        assert s.bot is not None
        [(_, identity)] = await s.bot.core.history("slack")
        await s.bot.core.resend(identity)
        await s.until(lambda: dict(message.pictures).keys() != {old}, what="another file")
        await s.settled()
        assert len(message.pictures) == 1


async def test_a_file_that_slack_shows_in_no_message_comes_as_a_share_in_the_same_channel(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.slack.world.hidden_files = True
        await s.imagine("a cat")
        message = await s.message("in its own message")
        await s.until(lambda: [one for one in s.messages() if one.pictures], what="the share")
        await s.settled()
        [share] = [one for one in s.messages() if one.pictures]
        assert share.channel is s.channel
        assert share.thread_ts is None
        await s.press(s.ada, message, "Delete")
        await s.until(lambda: all(one.deleted for one in s.slack.world.files.values()), what="every file gone")


async def test_a_share_belongs_to_the_thread_of_its_request(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.slack.world.hidden_files = True
        mention = await s.slack.people.mention(s.ada, s.channel, "a cat")
        await s.until(lambda: [one for one in s.messages() if one.pictures], what="the share")
        [share] = [one for one in s.messages() if one.pictures]
        assert share.thread_ts == mention.payload["event"]["ts"]


@pytest.mark.parametrize("error_class", ["never_processed", "hidden_files"])
async def test_a_private_picture_is_never_shared(tmp_path: Path, error_class: str) -> None:
    async with stage(tmp_path) as s:
        setattr(s.slack.world, error_class, True)
        event = await s.imagine("")
        await s.form(event)
        await s.slack.people.submit(event, prompt="a surprise", private="true")
        direct = s.slack.world.dm(s.ada)
        message = await s.message("hasn't made your picture available", direct)
        await s.settled()
        assert not [call for call in s.slack.calls("files.completeUploadExternal") if call.args.get("channel_id")]
        setattr(s.slack.world, error_class, False)
        identity = message.buttons["Again"].split(":")[2]
        await s.slack.people.slash(s.ada, s.channel, "/imagine-show", identity)
        await s.picture(direct)


async def test_an_upload_host_that_is_down_for_long_leaves_the_answer_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "OUTAGE", 0.1)
    monkeypatch.setattr(delivery, "AGAIN_IN", 0.2)
    async with stage(tmp_path) as s:
        s.slack.faults.add("upload", status=503, times=1000)
        await s.imagine("a cat")
        message = await s.message("/imagine-show")
        await s.settled()
        assert s.messages() == [message]
        s.slack.faults.clear()
        await s.slack.people.slash(s.ada, s.channel, "/imagine-show", message.buttons["Again"].split(":")[2])
        assert (await s.picture(s.slack.world.dm(s.ada))).pictures
