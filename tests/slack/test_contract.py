"""The same commands, forms, mentions and buttons over Socket Mode and over HTTP: one suite, the same results."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.domain.outcome import Billed, Outcome
from tests.slack.stage import MODES, Mode, Stage, stage
from tests.slack.standin.world import Event
from tests.world import BAD_KEY, BLOCK, bad

pytestmark = pytest.mark.parametrize("mode", MODES)


async def opened(s: Stage, **values: str) -> Event:
    """Fill the form that `/imagine` alone opens and send it."""
    event = await s.imagine("")
    await s.form(event)
    return await s.slack.people.submit(event, **values)


# ---- commands ----------------------------------------------------------------------------------------------------------------


async def test_imagine_shows_one_message_that_becomes_the_picture_with_alt_text(tmp_path: Path, mode: Mode) -> None:
    async with stage(tmp_path, mode=mode) as s:
        event = await s.imagine("a red bicycle in the rain")
        message = await s.picture()
        [(file, alt)] = message.pictures
        assert "a red bicycle in the rain" in alt
        assert s.slack.world.files[file].content == s.store.content[next(iter(s.store.content))]
        assert s.messages() == [message]
        assert {"Again", "Edit prompt", "Delete"} <= set(message.buttons)
        assert "Ada" in message.text or "ada" in message.text
        assert not event.failed
        assert not [call for call in s.slack.calls("files.completeUploadExternal") if call.args.get("channel_id")]


async def test_imagine_alone_opens_a_form_with_every_option(tmp_path: Path, mode: Mode) -> None:
    async with stage(tmp_path, mode=mode) as s:
        await opened(s, prompt="a boat", size="1536x1024", quality="low", count="3", private="false")
        message = await s.picture()
        [call] = s.service.calls
        assert (call.prompt, call.size, call.quality, call.count) == ("a boat", "1536x1024", "low", 3)
        assert len(message.pictures) == 3


async def test_a_private_form_is_answered_directly_and_published_on_request(tmp_path: Path, mode: Mode) -> None:
    async with stage(tmp_path, mode=mode) as s:
        await opened(s, prompt="a surprise", private="true")
        direct = s.slack.world.dm(s.ada)
        private = await s.picture(direct)
        assert s.messages(s.channel) == []
        assert s.slack.world.seen_by(s.slack.ben) == []
        await s.press(s.ada, private, "Publish")
        published = await s.picture(s.channel, s.slack.ben)
        assert published.channel is s.channel
        await s.until(lambda: "Publish" not in private.buttons, what="a private message without Publish")
        assert "only you" not in published.text + private.text
        assert set(dict(published.pictures)).isdisjoint(dict(private.pictures)), "one file for each audience"


async def test_imagine_works_in_a_direct_message_with_the_bot(tmp_path: Path, mode: Mode) -> None:
    async with stage(tmp_path, mode=mode) as s:
        direct = s.slack.world.dm(s.ada)
        await s.imagine("a quiet lake", channel=direct)
        assert (await s.picture(direct)).channel is direct


async def test_a_mention_in_a_thread_is_answered_in_the_thread(tmp_path: Path, mode: Mode) -> None:
    async with stage(tmp_path, mode=mode) as s:
        first = await s.slack.people.mention(s.ada, s.channel, "a small <house> & tree")
        answer = await s.picture()
        assert answer.thread_ts == first.payload["event"]["ts"]
        await s.slack.people.mention(s.ada, s.channel, "another one", thread=answer.thread_ts)
        await s.until(lambda: len([one for one in s.messages() if one.pictures]) == 2, what="a second picture")
        assert {one.thread_ts for one in s.messages()} == {answer.thread_ts}
        assert [call.prompt for call in s.service.calls] == ["a small <house> & tree", "another one"]


async def test_people_in_a_mention_are_drawn_by_their_names(tmp_path: Path, mode: Mode) -> None:
    async with stage(tmp_path, mode=mode) as s:
        event = await s.slack.people.mention(s.ada, s.channel, "a portrait of NOBODY")
        await s.picture()
        text = event.payload["event"]["text"].replace("NOBODY", f"<@{s.slack.ben.id}>")
        again = event.payload | {"event": event.payload["event"] | {"text": text, "ts": "1700000000.000900"}, "event_id": "Ev0AGAIN"}
        event.payload = again
        await s.slack.people.again(event)
        await s.until(lambda: len(s.service.calls) == 2, what="a second picture")
        assert s.service.calls[1].prompt == "a portrait of @ben"


async def test_a_form_with_blanks_alone_stays_open(tmp_path: Path, mode: Mode) -> None:
    async with stage(tmp_path, mode=mode) as s:
        sent = await opened(s, prompt="   ")
        await s.slack.acked(sent)
        assert sent.errors == {"prompt": "Please fill this in."}
        assert s.messages() == []
        assert s.service.calls == []


async def test_a_mention_without_words_gets_help_that_only_its_author_sees(tmp_path: Path, mode: Mode) -> None:
    async with stage(tmp_path, mode=mode) as s:
        await s.slack.people.mention(s.ada, s.channel, "")
        said = await s.whisper(s.ada)
        assert "/imagine" in said.text
        assert said.thread_ts is None, "Slack shows no whisper in a thread that nobody has begun"
        assert s.service.calls == []


async def test_show_lists_own_requests_and_brings_one_directly(tmp_path: Path, mode: Mode) -> None:
    async with stage(tmp_path, mode=mode) as s:
        await s.imagine("a green door")
        message = await s.picture()
        await s.slack.people.slash(s.ada, s.channel, "/imagine-show")
        listed = await s.whisper(s.ada, "a green door")
        await s.press(s.ada, listed, next(iter(listed.buttons)))
        shown = await s.picture(s.slack.world.dm(s.ada))
        assert "a green door" in shown.text
        await s.whisper(s.ada, "direct messages")
        identity = message.buttons["Again"].split(":")[2]
        await s.slack.people.slash(s.slack.ben, s.channel, "/imagine-show", identity)
        refused = await s.whisper(s.slack.ben)
        assert "green door" not in refused.text
        assert not refused.pictures


@pytest.mark.parametrize("name", ["/imagine-status", "/imagine-help", "/imagine-privacy", "/imagine-settings", "/imagine-unknown"])
async def test_the_small_commands_answer_their_member_alone(tmp_path: Path, mode: Mode, name: str) -> None:
    async with stage(tmp_path, mode=mode) as s:
        event = await s.slack.people.slash(s.ada, s.channel, name)
        assert len((await s.whisper(s.ada)).text) > 10
        assert s.slack.world.seen_by(s.slack.ben) == []
        assert not event.failed


async def test_settings_open_for_administrators_of_the_workspace(tmp_path: Path, mode: Mode) -> None:
    async with stage(tmp_path, mode=mode) as s:
        s.ada.is_admin = True
        event = await s.slack.people.slash(s.ada, s.channel, "/imagine-settings")
        said = await s.whisper(s.ada)
        assert not event.failed
        press = await s.press(s.ada, said, next(iter(said.buttons)))
        assert (await s.form(press)).fields


# ---- buttons -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("restart", [False, True])
async def test_again_and_edit_make_new_messages_and_leave_the_old_one(tmp_path: Path, mode: Mode, restart: bool) -> None:
    async with stage(tmp_path, mode=mode) as s:
        await s.imagine("a red bicycle")
        first = await s.picture()
        if restart:
            await s.settled()
            await s.stop()
            await s.start()
        await s.press(s.ada, first, "Again")
        await s.until(lambda: len([one for one in s.messages() if one.pictures]) == 2, what="a second picture")
        edit = await s.press(s.ada, first, "Edit prompt")
        await s.form(edit)
        await s.slack.people.submit(edit, prompt="a blue bicycle")
        await s.until(lambda: len([one for one in s.messages() if one.pictures]) == 3, what="a third picture")
        assert [call.prompt for call in s.service.calls] == ["a red bicycle", "a red bicycle", "a blue bicycle"]
        assert first.pictures


async def test_an_edit_of_a_private_result_made_public_goes_to_the_channel_it_was_asked_in(tmp_path: Path, mode: Mode) -> None:
    async with stage(tmp_path, mode=mode) as s:
        await opened(s, prompt="a surprise", private="true")
        private = await s.picture(s.slack.world.dm(s.ada))
        edit = await s.press(s.ada, private, "Edit prompt")
        await s.form(edit)
        await s.slack.people.submit(edit, prompt="no surprise", private="false")
        assert "no surprise" in (await s.picture(s.channel)).text


async def test_a_double_click_is_one_request(tmp_path: Path, mode: Mode) -> None:
    async with stage(tmp_path, mode=mode) as s:
        await s.imagine("a red bicycle")
        first = await s.picture()
        await asyncio.gather(s.press(s.ada, first, "Again"), s.press(s.ada, first, "Again"))
        await s.until(lambda: len([one for one in s.messages() if one.pictures]) == 2, what="a second picture")
        await s.settled()
        assert len(s.service.calls) == 2


async def test_a_stranger_hears_that_it_is_not_theirs(tmp_path: Path, mode: Mode) -> None:
    async with stage(tmp_path, mode=mode) as s:
        await s.imagine("a red bicycle")
        message = await s.picture()
        for label in ("Again", "Delete", "Edit prompt"):
            answers = (await s.press(s.slack.ben, message, label)).answers
            await s.until(lambda answers=answers: answers, what="a whisper")  # type: ignore[misc]
        assert message.pictures
        assert len(s.service.calls) == 1


async def test_delete_takes_the_picture_away_also_from_slack(tmp_path: Path, mode: Mode) -> None:
    async with stage(tmp_path, mode=mode) as s:
        await s.imagine("a red bicycle")
        message = await s.picture()
        [(file, _)] = message.pictures
        await s.press(s.ada, message, "Delete")
        await s.until(lambda: not message.pictures, what="the picture gone")
        await s.until(lambda: s.slack.world.files[file].deleted, what="the file gone")


async def test_cancel_ends_a_waiting_request(tmp_path: Path, mode: Mode) -> None:
    async with stage(tmp_path, mode=mode) as s:
        s.service.hold = asyncio.Event()
        await s.imagine("a red bicycle")
        message = await s.message("red bicycle")
        await s.until(lambda: "Cancel" in message.buttons)
        await s.press(s.ada, message, "Cancel")
        s.service.hold.set()
        await s.until(lambda: "Retry" in message.buttons, what="a cancelled request")
        assert s.messages(s.channel) == [message, *[one for one in s.messages(s.channel) if one.only_for]]


async def test_a_failure_is_explained_and_retry_brings_the_picture(tmp_path: Path, mode: Mode) -> None:
    async with stage(tmp_path, mode=mode) as s:
        s.service.script.append(bad(BAD_KEY))
        await s.imagine("a red bicycle")
        failed = await s.message("red bicycle")
        await s.until(lambda: "Retry" in failed.buttons, what="an explanation")
        notice = await s.message("key", s.slack.operators, s.slack.max)
        assert notice.channel is s.slack.operators
        await s.press(s.ada, failed, "Retry")
        await s.picture()


async def test_some_of_the_pictures_are_delivered_with_the_reason_for_the_others(tmp_path: Path, mode: Mode) -> None:
    async with stage(tmp_path, mode=mode) as s:
        s.service.script.append(Outcome(s.pictures(2).pictures, shortfall=BLOCK, billed=Billed.YES, status=200))
        await opened(s, prompt="three boats", count="3")
        message = await s.picture()
        assert len(message.pictures) == 2
        assert "2 of 3" in message.text


async def test_a_wrong_value_in_the_form_is_answered_with_what_is_allowed(tmp_path: Path, mode: Mode) -> None:
    async with stage(tmp_path, mode=mode, max_unfinished=1) as s:
        s.service.hold = asyncio.Event()
        await s.imagine("one")
        await s.message("one")
        await s.imagine("two")
        refused = await s.message("two")
        await s.until(lambda: "Cancel" not in refused.buttons, what="a refusal")
        s.service.hold.set()
        await s.picture()


async def test_webp_pictures_are_shown_as_slack_takes_them(tmp_path: Path, mode: Mode) -> None:
    async with stage(tmp_path, mode=mode) as s:
        s.service.script.append(s.pictures(kind="WEBP"))
        await s.imagine("a red bicycle")
        [(file, _)] = (await s.picture()).pictures
        assert s.slack.world.files[file].name.endswith((".png", ".jpg"))


@pytest.mark.parametrize("identity", ["v0:again:abc", "v1:nonsense:abcdefgh23456789", "v1:again:zzzzzzzzzzzzzzzz", "anything"])
async def test_a_button_of_an_older_version_or_a_forged_one_gets_a_sentence(tmp_path: Path, mode: Mode, identity: str) -> None:
    async with stage(tmp_path, mode=mode) as s:
        await s.imagine("a red bicycle")
        message = await s.picture()
        next(one for block in message.blocks if block["type"] == "actions" for one in block["elements"])["action_id"] = identity
        event = await s.slack.people.press(s.ada, message, identity)
        assert len((await s.whisper(s.ada)).text) > 10
        assert not event.failed
        assert len(s.service.calls) == 1


async def test_the_form_says_what_it_would_cost_and_keeps_what_was_typed(tmp_path: Path, mode: Mode) -> None:
    async with stage(tmp_path, mode=mode) as s:
        event = await s.imagine("")
        await s.form(event)
        form = event.opened
        assert form is not None
        press = await s.slack.people.press(s.ada, form, "What would this cost?", prompt="three boats", count="3")
        await s.until(lambda: press.opened is not None, what="the price")
        assert press.opened is not None
        shown = str(press.opened.body["blocks"])
        assert "for 3 pictures" in shown
        assert "Nothing was sent" in shown
        assert (press.opened.previous, s.service.calls) == (form.id, [])
        empty = await s.slack.people.press(s.ada, form, "What would this cost?")
        await s.until(lambda: empty.opened is not None, what="a sentence")
        assert "prompt is empty" in str(empty.opened and empty.opened.body["blocks"])
        await s.slack.people.submit(form, prompt="three boats", count="3")
        await s.until(lambda: len(s.service.calls) == 1, what="a call")
        assert (s.service.calls[0].prompt, s.service.calls[0].count) == ("three boats", 3)
