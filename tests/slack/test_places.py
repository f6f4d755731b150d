"""Where an answer goes when the usual place does not take it: never to more people, never nowhere, never twice."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.platforms.faults import How
from tests.slack.stage import Stage, stage


async def elsewhere(s: Stage, prompt: str = "a cat") -> None:
    """Ask in a channel where the bot is no member."""
    await s.imagine(prompt, channel=s.slack.elsewhere)


async def test_where_the_bot_is_no_member_the_picture_comes_over_the_response_url_with_an_invitation(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.service.hold = asyncio.Event()
        await elsewhere(s)
        waiting = await s.whisper(s.ada, "/invite @imagine")
        assert waiting.channel is s.slack.elsewhere
        s.service.hold.set()
        message = await s.picture(s.slack.elsewhere, s.slack.ben)
        assert "/invite @imagine" in message.text
        await s.settled()
        assert [one for one in s.slack.final() if one.pictures] == [message]
        assert s.messages(s.slack.world.dm(s.ada)) == []


async def test_a_bot_that_is_invited_meanwhile_posts_itself(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.service.hold = asyncio.Event()
        await elsewhere(s)
        await s.whisper(s.ada, "/invite @imagine")
        s.slack.elsewhere.members.append(s.slack.bot.id)
        s.service.hold.set()
        message = await s.picture(s.slack.elsewhere)
        assert message.route == "post"
        assert "/invite" not in message.text


async def test_buttons_work_where_the_bot_is_no_member(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        await elsewhere(s)
        message = await s.picture(s.slack.elsewhere)
        await s.press(s.ada, message, "Again")
        await s.until(lambda: len(s.slack.final()) == 2, what="a second picture")
        await s.settled()
        await s.press(s.ada, message, "Delete")
        await s.until(lambda: message.deleted or not message.pictures, what="the picture gone")


async def test_a_lost_answer_over_the_response_url_is_not_said_again_and_comes_directly(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.slack.faults.add("respond", How.LOST, where=lambda args: args.get("response_type") == "in_channel")
        await elsewhere(s)
        direct = await s.picture(s.slack.world.dm(s.ada))
        assert "/invite @imagine" in direct.text
        await s.settled()
        assert len([one for one in s.messages(s.slack.elsewhere, s.slack.ben) if one.pictures]) == 1


async def test_pictures_that_slack_does_not_show_over_a_response_url_come_directly(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.slack.faults.refuse("respond", "invalid_blocks", times=20, with_pictures=True)
        await elsewhere(s)
        await s.picture(s.slack.world.dm(s.ada))
        await s.settled()
        assert [one for one in s.messages(s.slack.elsewhere, s.slack.ben) if one.pictures] == []


async def test_with_every_way_closed_words_say_how_to_get_the_picture(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.ada.takes_dms = False
        s.slack.faults.refuse("respond", "invalid_blocks", times=20, with_pictures=True)
        await elsewhere(s)
        message = await s.message("/imagine-show", s.slack.elsewhere, s.slack.ben)
        assert "/invite @imagine" in message.text
        await s.settled()
        assert len(s.messages(s.slack.elsewhere, s.slack.ben)) == 1


async def test_a_private_answer_without_direct_messages_is_told_to_its_member_alone(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.ada.takes_dms = False
        event = await s.imagine("")
        await s.form(event)
        await s.slack.people.submit(event, prompt="a surprise", private="true")
        told = await s.whisper(s.ada, "direct message")
        await s.until(lambda: [one for one in s.messages(s.channel) if "a surprise" in one.text], what="the answer in words")
        await s.settled()
        assert told.only_for == s.ada.id
        assert s.messages(s.channel, s.slack.ben) == []
        assert [one for one in s.messages() if one.pictures] == []


async def test_an_expired_response_url_leaves_the_direct_message(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.service.hold = asyncio.Event()
        await elsewhere(s)
        await s.whisper(s.ada, "/invite @imagine")
        s.slack.world.skew += 31 * 60
        s.service.hold.set()
        await s.picture(s.slack.world.dm(s.ada))


async def test_a_direct_message_instead_of_one_in_the_channel_says_why_to_its_end(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.slack.faults.add("respond", status=404, body=b"used_url", times=9)
        s.service.hold = asyncio.Event()
        await elsewhere(s)
        direct = s.slack.world.dm(s.ada)
        await s.message("a cat", direct)
        s.service.hold.set()
        message = await s.picture(direct)
        assert "/invite @imagine" in message.text
        assert len(s.messages(direct)) == 1


async def test_a_message_that_somebody_deleted_while_it_waited_comes_again_with_the_answer(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.service.hold = asyncio.Event()
        await s.imagine("a cat")
        waiting = await s.message("a cat")
        waiting.deleted = True
        s.service.hold.set()
        message = await s.picture()
        assert message is not waiting
        await s.settled()
        assert len(s.slack.final()) == 1


async def test_an_answer_that_somebody_deleted_stays_deleted(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        await s.imagine("a cat")
        message = await s.picture()
        await s.settled()
        message.deleted = True
        await s.stop()
        await s.start()
        await s.imagine("a dog")
        await s.message("a dog")
        await s.settled()
        assert [one for one in s.messages() if "a cat" in one.text] == []


async def test_a_waiting_message_that_cannot_be_edited_does_not_stay_beside_its_answer(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.service.hold = asyncio.Event()
        await s.imagine("a cat")
        waiting = await s.message("a cat")
        s.slack.faults.refuse("chat.update", "cant_update_message", times=5)
        s.service.hold.set()
        message = await s.picture()
        assert message is not waiting
        await s.until(lambda: waiting.deleted, what="the waiting message gone")


async def test_a_deleted_picture_goes_although_its_message_cannot_be_edited(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        await s.imagine("a cat")
        message = await s.picture()
        [(file, _)] = message.pictures
        await s.settled()
        s.slack.faults.refuse("chat.update", "edit_window_closed", times=5)
        await s.press(s.ada, message, "Delete")
        await s.until(lambda: message.deleted and s.slack.world.files[file].deleted, what="message and file gone")


async def test_a_picture_shown_over_a_response_url_is_deleted_at_slack_also_from_elsewhere(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        await elsewhere(s)
        [(file, _)] = (await s.picture(s.slack.elsewhere)).pictures
        await s.settled()
        event = await s.slack.people.slash(s.ada, s.channel, "/imagine-show")
        await s.until(lambda: event.acked, what="an acknowledgement")
        await s.press(s.ada, await s.whisper(s.ada, "Your requests"), "Show 1")
        await s.press(s.ada, await s.picture(s.slack.world.dm(s.ada)), "Delete")
        await s.until(lambda: s.slack.world.files[file].deleted, what="the file gone")


@pytest.mark.parametrize(("fault", "route"), [({"status": 503}, "ephemeral"), ({"how": How.LOST}, "respond")])
async def test_a_word_for_one_person_comes_once_also_when_the_response_url_fails(tmp_path: Path, fault: dict[str, Any], route: str) -> None:
    async with stage(tmp_path) as s:
        s.slack.faults.add("respond", **fault)
        await s.slack.people.slash(s.ada, s.channel, "/imagine-status")
        assert (await s.whisper(s.ada)).route == route
        await s.imagine("a cat")
        await s.picture()
        assert len([one for one in s.messages() if one.only_for]) == 1


async def test_a_press_elsewhere_does_not_carry_an_answer_to_other_people(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        await elsewhere(s)
        message = await s.picture(s.slack.elsewhere)
        await s.settled()
        await s.slack.people.slash(s.ada, s.channel, "/imagine-show")
        await s.press(s.ada, await s.whisper(s.ada, "Your requests"), "Show 1")
        await s.picture(s.slack.world.dm(s.ada))
        await s.slack.people.slash(s.ada, s.channel, "/imagine-privacy")
        form = await s.press(s.ada, await s.whisper(s.ada, "stored about you"), "Delete my data")
        await s.form(form)
        await s.slack.people.submit(form, sure="true")
        await s.until(lambda: s.slack.world.files[message.pictures[0][0]].deleted, what="the file gone")
        await s.settled()
        assert s.messages(s.channel, s.slack.ben) == []
        assert [call for call in s.slack.calls("respond") if call.args.get("replace_original")] == []
