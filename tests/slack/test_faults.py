"""Whatever Slack's Web API does: one final answer, in the right place, for the right people."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from adapters.slack import delivery, uploads
from tests.platforms.faults import How
from tests.slack.stage import Stage, stage
from tests.slack.standin.rates import Rates
from tests.slack.standin.world import Channel, Event, Message


async def held(s: Stage, *, private: bool = False, channel: Channel | None = None) -> Event:
    """A request whose picture the service holds back; its message shows progress."""
    s.service.hold = asyncio.Event()
    if private:
        opened = await s.imagine("", channel=channel)
        await s.form(opened)
        event = await s.slack.people.submit(opened, prompt="a red bicycle", private="true")
    else:
        event = await s.imagine("a red bicycle", channel=channel)
    await s.until(lambda: s.service.calls and s.messages(), what="progress")
    return event


async def delivered(s: Stage, timeout: float = 40.0) -> Message:
    """Let the service answer; the one message that shows the picture once everything is settled."""
    if s.service.hold is not None:
        s.service.hold.set()
    await s.until(s.slack.final, timeout, "a delivered picture")
    await s.settled()
    [message] = s.slack.final()
    return message


def in_the_channel(s: Stage, message: Message) -> None:
    """Everybody in the channel reads the answer, and nobody anywhere reads a second one about this request."""
    assert message.channel is s.channel
    assert not message.ephemeral
    assert message.buttons.keys() >= {"Again"}
    assert only(s, message)


def only(s: Stage, message: Message) -> bool:
    """Nothing else that the bot wrote about the request is left anywhere."""
    others = [one for one in s.slack.world.messages if one.author is s.slack.bot and not one.deleted and one is not message]
    assert [one for one in others if "Cancel" in one.buttons or one.pictures] == []
    return True


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """How long files and calls are waited for is other tests' business."""
    monkeypatch.setattr(delivery, "FILE_PAUSES", (0.05,))
    monkeypatch.setattr(delivery, "CALL_WITHIN", 3.0)
    monkeypatch.setattr(uploads, "PAUSES", (0.05,))


# ---- the first message -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", [How.LOST, How.DONE_BUT])
@pytest.mark.parametrize("private", [False, True])
async def test_a_post_whose_answer_was_lost_is_looked_up_and_not_posted_again(tmp_path: Path, how: How, private: bool) -> None:
    async with stage(tmp_path) as s:
        s.slack.faults.add("chat.postMessage", how, status=504)
        await held(s, private=private)
        message = await delivered(s)
        if private:
            assert message.channel is s.slack.world.dm(s.ada)
            assert s.messages(s.channel) == []
        else:
            in_the_channel(s, message)
        assert len(s.slack.calls("chat.postMessage")) == 1
        assert len(s.slack.calls("auth.test")) == 1, "known since the start"
        assert [one.route for one in s.slack.world.messages if one.author is s.slack.bot] == ["post"]


async def test_a_post_in_a_thread_whose_answer_was_lost_is_found_in_the_thread(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.slack.faults.add("chat.postMessage", How.LOST)
        parent = s.slack.messages.add(s.channel, s.slack.ben, {"text": "look"}, route="typed")
        await s.slack.people.mention(s.ada, s.channel, "a red bicycle", parent)
        message = await delivered(s)
        assert message.thread_ts == parent.ts
        assert s.slack.calls("conversations.replies")
        assert len(s.slack.calls("chat.postMessage")) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_a_server_error_on_the_post_ends_in_one_message(tmp_path: Path, status: int) -> None:
    async with stage(tmp_path) as s:
        s.slack.faults.add("chat.postMessage", status=status)
        await s.imagine()
        in_the_channel(s, await delivered(s))


@pytest.mark.parametrize("how", [How.CUT, How.STUCK, How.STUCK_AFTER])
async def test_a_connection_that_breaks_or_hangs_at_the_post_ends_in_one_message(
    tmp_path: Path, how: How, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "CALL_WITHIN", 0.4)
    async with stage(tmp_path) as s:
        s.slack.faults.add("chat.postMessage", how)
        await s.imagine()
        in_the_channel(s, await delivered(s))


async def test_a_rate_limit_on_the_post_is_waited_for(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        fault = s.slack.faults.ratelimited("chat.postMessage", 1)
        await s.imagine()
        in_the_channel(s, await delivered(s))
        first, second = s.slack.calls("chat.postMessage")
        assert fault.used == 1
        assert second.at - first.at >= 1.0


# ---- edits -------------------------------------------------------------------------------------------------------------------

FINAL: dict[str, Any] = {"with_pictures": True}


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_a_server_error_on_the_final_edit_is_repeated(tmp_path: Path, status: int) -> None:
    async with stage(tmp_path) as s:
        await held(s)
        fault = s.slack.faults.add("chat.update", status=status, **FINAL)
        in_the_channel(s, await delivered(s))
        assert fault.used == 1


@pytest.mark.parametrize("how", [How.LOST, How.CUT, How.DONE_BUT])
async def test_a_connection_cut_around_the_final_edit_ends_in_one_picture(tmp_path: Path, how: How) -> None:
    async with stage(tmp_path) as s:
        await held(s)
        s.slack.faults.add("chat.update", how, status=502, **FINAL)
        message = await delivered(s)
        in_the_channel(s, message)
        assert len(s.slack.calls("chat.postMessage")) == 1


async def test_a_rate_limit_on_the_final_edit_is_waited_for(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        await held(s)
        fault = s.slack.faults.ratelimited("chat.update", 1, **FINAL)
        in_the_channel(s, await delivered(s))
        assert fault.used == 1
        *_, first, second = [one for one in s.slack.calls("chat.update") if "slack_file" in str(one.args.get("blocks"))]
        assert second.at - first.at >= 1.0


async def test_slacks_own_rates_are_kept_by_many_requests_at_once(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.slack.api.rates = Rates(s.slack.world)
        events = [await s.imagine(f"boat {n}", user=s.slack.ben if n % 2 else s.ada) for n in range(6)]
        await s.until(lambda: len(s.slack.final()) == len(events), 40, "all pictures")
        await s.settled()
        assert s.slack.api.rates.refused == 0


async def test_a_message_deleted_while_the_picture_is_made_is_answered_anew(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        await held(s)
        [first] = s.messages()
        first.deleted = True
        message = await delivered(s)
        assert message is not first
        in_the_channel(s, message)


async def test_an_answer_deleted_by_somebody_stays_deleted(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        await s.imagine()
        message = await delivered(s)
        message.deleted = True
        assert s.bot is not None
        [(_, request)] = [one[:2] for one in await s.bot.core.history("slack")]
        await s.bot.core.resend(request)
        await s.until(
            lambda: any(one.error == "message_not_found" for one in s.slack.calls("chat.update")), what="the edit that finds nothing"
        )
        await s.settled()
        assert s.slack.final() == []


# ---- uploads -----------------------------------------------------------------------------------------------------------------

STEPS = ("files.getUploadURLExternal", "upload", "files.completeUploadExternal", "files.info")


@pytest.mark.parametrize("step", STEPS)
async def test_a_rate_limit_in_any_step_of_an_upload_is_waited_for(tmp_path: Path, step: str) -> None:
    async with stage(tmp_path) as s:
        await held(s)
        fault = s.slack.faults.ratelimited(step, 1)
        in_the_channel(s, await delivered(s))
        assert fault.used == 1


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_a_server_error_in_any_step_of_an_upload_is_repeated(tmp_path: Path, step: str, status: int) -> None:
    async with stage(tmp_path) as s:
        await held(s)
        fault = s.slack.faults.add(step, status=status)
        in_the_channel(s, await delivered(s))
        assert fault.used == 1


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("how", [How.LOST, How.CUT])
async def test_a_connection_cut_in_any_step_of_an_upload_ends_in_one_picture(tmp_path: Path, step: str, how: How) -> None:
    async with stage(tmp_path) as s:
        await held(s)
        s.slack.faults.add(step, how)
        message = await delivered(s)
        in_the_channel(s, message)
        assert len(message.pictures) == 1


@pytest.mark.parametrize("step", ["files.getUploadURLExternal", "files.completeUploadExternal", "files.info"])
@pytest.mark.parametrize("how", [How.STUCK, How.STUCK_AFTER])
async def test_a_step_of_an_upload_that_hangs_ends_in_one_picture(
    tmp_path: Path, step: str, how: How, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "CALL_WITHIN", 0.3)
    async with stage(tmp_path) as s:
        await held(s)
        s.slack.faults.add(step, how)
        s.slack.faults.add("files.delete", How.STUCK)
        in_the_channel(s, await delivered(s))


async def test_a_file_that_is_still_processed_is_waited_for(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.slack.world.processing_polls = 4
        await s.imagine()
        message = await delivered(s)
        in_the_channel(s, message)
        assert s.slack.world.files[message.pictures[0][0]].polls > 4
        assert not [one for one in s.slack.calls("files.completeUploadExternal") if one.args.get("channel_id")]


async def test_a_picture_that_no_message_may_show_is_shared_beside_it(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.slack.world.hidden_files = True
        await s.imagine()
        share = await delivered(s)
        assert (share.route, share.channel, share.thread_ts) == ("share", s.channel, None)
        [answer] = [one for one in s.messages(s.channel) if one is not share]
        assert "Again" in answer.buttons
        assert "bicycle" in answer.text


async def test_a_file_that_is_never_processed_becomes_a_sentence_and_show_brings_it_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "DEADLINE", 0.3)
    async with stage(tmp_path) as s:
        s.slack.world.never_processed = True
        await s.imagine()
        await s.until(lambda: [one for one in s.messages(s.channel) if "Again" in one.buttons], 20, "a final answer")
        await s.settled()
        [answer] = s.messages(s.channel)
        assert "/imagine-show" in answer.text
        s.slack.world.never_processed = False
        event = await s.slack.people.slash(s.ada, s.channel, "/imagine-show", answer.buttons["Again"].split(":")[2])
        await s.slack.acked(event)
        assert (await s.picture(s.slack.world.dm(s.ada))).text


async def test_a_file_that_is_never_shared_becomes_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "DEADLINE", 0.3)
    async with stage(tmp_path) as s:
        s.slack.world.hidden_files = s.slack.world.never_shared = True
        await s.imagine()
        await s.until(lambda: [one for one in s.messages(s.channel) if "/imagine-show" in one.text], 20, "a sentence")
        await s.settled()
        [answer] = s.messages(s.channel)
        assert "Again" in answer.buttons


@pytest.mark.parametrize("error_class", ["hidden_files", "never_processed"])
async def test_a_private_picture_is_never_shared_in_a_channel(tmp_path: Path, error_class: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "DEADLINE", 0.3)
    async with stage(tmp_path) as s:
        setattr(s.slack.world, error_class, True)
        await held(s, private=True)
        assert s.service.hold is not None
        s.service.hold.set()
        direct = s.slack.world.dm(s.ada)
        await s.until(lambda: [one for one in s.messages(direct) if "Again" in one.buttons], 20, "a final answer")
        await s.settled()
        assert not [one for one in s.slack.calls("files.completeUploadExternal") if one.args.get("channel_id") not in (None, direct.id)]
        assert s.messages(s.channel) == []
        assert s.slack.world.seen_by(s.slack.ben) == []


# ---- places that are closed --------------------------------------------------------------------------------------------------


async def test_where_the_bot_is_no_member_the_answer_comes_over_the_command_with_an_invitation(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        await s.imagine("a red bicycle", channel=s.slack.elsewhere)
        message = await delivered(s)
        assert (message.route, message.channel, message.ephemeral) == ("respond", s.slack.elsewhere, False)
        assert "/invite" in message.text


async def test_a_private_channel_without_the_bot_is_answered_over_the_command(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        secret = s.slack.world.channel(s.workspace, "secret", s.ada, private=True, bot=False)
        await s.imagine("a red bicycle", channel=secret)
        message = await delivered(s)
        assert (message.route, message.channel) == ("respond", secret)
        assert s.slack.world.seen_by(s.slack.ben) == []


@pytest.mark.parametrize("closing", ["removed", "archived", "deleted"])
async def test_a_channel_that_closes_while_the_picture_is_made_sends_it_to_the_member(tmp_path: Path, closing: str) -> None:
    async with stage(tmp_path) as s:
        event = await held(s)
        if closing == "removed":
            s.channel.members.remove(s.slack.bot.id)
        elif closing == "archived":
            s.channel.archived = True
        else:
            del s.slack.world.channels[s.channel.id]
        del s.slack.world.responses[event.payload["response_url"].rpartition("/")[2]]
        message = await delivered(s)
        assert message.channel is s.slack.world.dm(s.ada)
        assert not message.ephemeral


async def test_a_bot_that_was_removed_answers_over_the_command_while_it_can(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        await held(s)
        s.channel.members.remove(s.slack.bot.id)
        message = await delivered(s)
        assert (message.route, message.channel, message.ephemeral) == ("respond", s.channel, False)


async def test_a_private_answer_for_somebody_whom_the_bot_cannot_write_to_is_said_to_them_alone_and_kept(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.ada.takes_dms = False
        opened = await s.imagine("")
        await s.form(opened)
        await s.slack.people.submit(opened, prompt="a secret", private="true")
        said = await s.whisper(s.ada, "/imagine-show")
        await s.settled()
        assert said.pictures == []
        assert [one for one in s.slack.world.seen_by(s.slack.ben) if one.author is s.slack.bot] == []
        s.ada.takes_dms = True
        await s.slack.people.slash(s.ada, s.channel, "/imagine-show", said.buttons["Again"].split(":")[2])
        assert "a secret" in (await s.picture(s.slack.world.dm(s.ada))).text
        await s.press(s.ada, said, "Publish")
        assert "a secret" in (await s.picture(s.channel, s.slack.ben)).text
        await s.settled()
        assert said.ephemeral


# ---- the token ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", ["token_revoked", "account_inactive", "invalid_auth"])
async def test_a_revoked_token_stops_the_sending_and_a_new_start_delivers(tmp_path: Path, error: str) -> None:
    async with stage(tmp_path) as s:
        await held(s)
        assert s.service.hold is not None
        s.slack.world.token_error = error
        s.service.hold.set()
        await s.until(lambda: [one for one in s.slack.calls() if one.error == error], what="a refusal")
        await s.stop()
        assert s.slack.final() == []
        s.slack.world.token_error = None
        await s.start()
        in_the_channel(s, await delivered(s))
        assert len(s.service.calls) == 1


async def test_a_missing_scope_for_files_becomes_a_sentence_and_not_silence(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        await held(s)
        s.slack.world.scopes.discard("files:write")
        assert s.service.hold is not None
        s.service.hold.set()
        await s.until(lambda: [one for one in s.messages(s.channel) if "Again" in one.buttons], 20, "a final answer")
        await s.settled()
        [answer] = s.messages(s.channel)
        assert "/imagine-show" in answer.text
