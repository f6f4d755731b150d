"""Buttons and forms: pressed once, twice, by strangers, after restarts; each answered, none doing more than it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.budgets import Limits
from bot.catalogue.load import Catalogue
from tests.discord.stage import Stage, stage
from tests.discord.standin.world import Message
from tests.world import BAD_KEY, bad


async def _restart(s: Stage) -> None:
    await s.stop()
    await s.start()


@pytest.mark.parametrize("restart", [False, True])
async def test_again_makes_a_new_message_and_leaves_the_old_one(tmp_path: Path, restart: bool) -> None:
    async with stage(tmp_path) as s:
        first = await s.answered(await s.imagine("a red bicycle"))
        if restart:
            await _restart(s)
        again = await s.press(s.ada, first, "Again")
        second = await s.answered(again)
        assert second is not first
        assert second.pictures
        assert first.pictures
        assert len(s.service.calls) == 2


@pytest.mark.parametrize("restart", [False, True])
async def test_edit_prompt_opens_a_filled_form_and_its_submission_is_a_new_request(tmp_path: Path, restart: bool) -> None:
    async with stage(tmp_path) as s:
        first = await s.answered(await s.imagine("a red bicycle", size="1536x1024"))
        opened = await s.press(s.ada, first, "Edit prompt")
        assert opened.modal is not None
        if restart:
            await _restart(s)
        sent = await s.discord.people.submit(opened, prompt="a blue bicycle")
        second = await s.answered(sent)
        assert "a blue bicycle" in second.text
        assert second is not first
        assert [(call.prompt, call.size) for call in s.service.calls] == [("a red bicycle", "1536x1024"), ("a blue bicycle", "1536x1024")]


async def test_making_an_edit_private_hides_its_result(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        first = await s.answered(await s.imagine("a red bicycle"))
        opened = await s.press(s.ada, first, "Edit prompt")
        sent = await s.discord.people.submit(opened, prompt="a secret bicycle", private="true")
        second = await s.answered(sent)
        assert second.ephemeral
        assert second.pictures


async def test_an_edit_can_be_made_private_where_there_are_models_to_choose(tmp_path: Path) -> None:
    """Six fields, and a form of Discord takes five."""
    names = Catalogue.load()
    models = {one: names.resolve(one) for one in ("gpt-image-2", "gpt-image-1-mini")}
    async with stage(tmp_path, models=models) as s:
        first = await s.answered(await s.imagine("a red bicycle", count=2))
        opened = await s.press(s.ada, first, "Edit prompt")
        sent = await s.discord.people.submit(opened, prompt="a secret bicycle", model="gpt-image-1-mini", **{"count+private": "3+true"})
        second = await s.answered(sent)
        assert second.ephemeral
        assert len(second.pictures) == 3
        assert s.service.calls[-1].model == "gpt-image-1-mini"
        again = await s.press(s.ada, second, "Edit prompt")
        third = await s.answered(await s.discord.people.submit(again, prompt="an open bicycle", **{"count+private": "1+false"}))
        assert not third.ephemeral
        assert [(call.prompt, call.count) for call in s.service.calls[1:]] == [("a secret bicycle", 3), ("an open bicycle", 1)]


async def test_making_an_edit_of_a_private_result_public_shows_it_to_all(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        first = await s.answered(await s.imagine("a red bicycle", private=True))
        opened = await s.press(s.ada, first, "Edit prompt")
        sent = await s.discord.people.submit(opened, prompt="an open bicycle", private="false")
        second = await s.answered(sent)
        assert not second.ephemeral
        assert second.pictures


async def test_again_on_a_private_result_stays_private(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        first = await s.answered(await s.imagine("a surprise", private=True))
        second = await s.answered(await s.press(s.ada, first, "Again"))
        assert second.ephemeral
        assert second.pictures


async def test_a_double_click_is_one_request_and_leaves_nothing_thinking(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        first = await s.answered(await s.imagine("a red bicycle"))
        one = await s.press(s.ada, first, "Again")
        two = await s.press(s.ada, first, "Again")
        messages = [await _settled(s, one), await _settled(s, two)]
        assert len(s.service.calls) == 2
        assert sum(1 for message in messages if message is not None and message.pictures) == 1
        assert not [message for message in s.discord.visible(s.ada) if message.thinking]


async def _settled(s: Stage, event: object) -> Message | None:
    """What became of a press's placeholder: a message, or None when it was taken away and something was said."""
    original = event.original  # type: ignore[attr-defined]
    await s.until(lambda: original.deleted or (not original.thinking and "Cancel" not in original.buttons), what="a settled placeholder")
    return None if original.deleted else original


async def test_a_stranger_hears_that_it_is_not_theirs_and_nothing_stays_behind(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        bob = s.member("Bob")
        message = await s.answered(await s.imagine("a red bicycle"))
        for label in ("Again", "Delete"):
            said = await s.whisper(await s.press(bob, message, label))
            assert said.only_for == bob.id
        opened = await s.press(bob, message, "Edit prompt")
        assert opened.modal is None
        await s.whisper(opened)
        await s.until(lambda: not [one for one in s.discord.visible(bob) if one.thinking])
        assert [one for one in s.discord.visible(s.ada) if not one.ephemeral] == [message]
        assert message.pictures
        assert len(s.service.calls) == 1


async def test_publish_shows_a_private_result_in_the_channel(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        bob = s.member("Bob")
        private = await s.answered(await s.imagine("a surprise", private=True))
        await s.press(s.ada, private, "Publish")
        await s.until(lambda: any(one.pictures for one in s.discord.visible(bob)), what="a published picture")
        [published] = s.discord.visible(bob)
        assert published.pictures[0][2] == private.pictures[0][2]
        await s.until(lambda: "Publish" not in private.buttons)


async def test_publish_works_where_the_bot_may_not_post(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.channel.bot_permissions = 0
        bob = s.member("Bob")
        private = await s.answered(await s.imagine("a surprise", private=True))
        await s.press(s.ada, private, "Publish")
        await s.until(lambda: any(one.pictures for one in s.discord.visible(bob)), what="a published picture")
        assert len([one for one in s.discord.visible(bob) if one.pictures]) == 1


async def test_delete_takes_the_picture_away(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        message = await s.answered(await s.imagine("a red bicycle"))
        asked = await s.whisper(await s.press(s.ada, message, "Delete"))
        assert "can't be undone" in asked.text
        assert message.pictures
        event = await s.press(s.ada, asked, "Delete")
        await s.until(lambda: not message.pictures, what="the picture gone")
        assert not message.files
        assert len((await s.whisper(event)).text) > 3


async def test_a_message_from_before_the_question_deletes_nothing_at_one_press_either(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        message = await s.answered(await s.imagine("a red bicycle"))
        [button] = [one for one in message.components if one.get("label") == "Delete"]
        button["custom_id"] = button["custom_id"].removesuffix(":f")
        asked = await s.whisper(await s.press(s.ada, message, "Delete"))
        assert "can't be undone" in asked.text
        assert message.pictures
        await s.press(s.ada, asked, "Delete")
        await s.until(lambda: not message.pictures, what="the picture gone")


async def test_what_would_fit_a_budget_stands_on_buttons_with_its_price_and_is_drawn(tmp_path: Path) -> None:
    async with stage(tmp_path, limits=Limits()) as s:
        refused = await s.answered(await s.imagine("a red bicycle", count=10, size="3840x2160", quality="high"), "$1.00 of $1.00 is left")
        assert "used up" not in refused.text
        fits = [one for one in refused.buttons if "(up to $" in one]
        assert fits[0] == "2 pictures (up to $0.80)"
        assert s.service.calls == []
        bob = s.member("Bob")
        await s.whisper(await s.press(bob, refused, fits[0]))
        assert s.service.calls == []
        stale = refused.buttons[fits[0]]
        assert len((await s.answered(await s.press(s.ada, refused, fits[0]))).pictures) == 2
        assert [(call.count, call.size, call.quality) for call in s.service.calls] == [(2, "3840x2160", "high")]
        await s.until(lambda: not [one for one in refused.buttons if "(up to $" in one], what="offers that are gone")
        # From a window that still shows it.
        late = await s.discord.people.send(3, s.ada, s.channel, {"custom_id": stale, "component_type": 2}, source=refused)
        assert "already worked" in (await s.whisper(late)).text
        assert len(s.service.calls) == 1


async def test_cancel_ends_a_waiting_request(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        import asyncio

        s.service.hold = asyncio.Event()
        event = await s.imagine("a red bicycle")
        await s.until(lambda: event.original is not None and "Cancel" in event.original.buttons)
        assert event.original is not None
        await s.press(s.ada, event.original, "Cancel")
        message = await s.answered(event)
        s.service.hold.set()
        assert not message.pictures
        assert "Retry" in message.buttons


async def test_retry_after_a_failure_brings_the_picture(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.service.script.append(bad(BAD_KEY))
        failed = await s.answered(await s.imagine("a red bicycle"))
        assert not failed.pictures
        assert (await s.answered(await s.press(s.ada, failed, "Retry"))).pictures


async def test_a_private_failure_out_of_reach_is_not_posted_once_more_because_it_was_retried(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.service.script += [bad(BAD_KEY)]
        event = await s.imagine("a red bicycle", private=True)
        failed = await s.answered(event)
        event.expired = True
        assert (await s.answered(await s.press(s.ada, failed, "Retry"))).pictures
        assert s.bot is not None
        await s.bot.sender.idle()
        assert [one.text for one in s.discord.visible(s.ada) if one.channel.recipient is s.ada] == []


async def test_a_button_of_an_older_version_or_a_forged_one_gets_a_sentence(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        message = await s.answered(await s.imagine("a red bicycle"))
        for forged in ("v0:again:abc", "v1:nonsense:abcdefgh23456789", "v1:again:zzzzzzzzzzzzzzzz", "anything", "v1:case_deny:" + "a" * 16):
            data = {"custom_id": forged, "component_type": 2}
            event = await s.discord.people.send(3, s.ada, s.channel, data, source=message)
            assert len((await s.whisper(event)).text) > 10
        assert len(s.service.calls) == 1
        assert not [one for one in s.discord.visible(s.ada) if one.thinking]


async def test_a_form_of_an_older_version_gets_a_sentence(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        event = await s.discord.people.send(5, s.ada, s.channel, {"custom_id": "old:form", "components": []})
        assert "older version" in (await s.whisper(event)).text


async def test_a_replayed_press_changes_nothing(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        message = await s.answered(await s.imagine("a red bicycle"))
        press = await s.press(s.ada, message, "Again")
        await s.answered(press)
        await s.discord.gateway.dispatch("INTERACTION_CREATE", press.payload)
        await s.until(lambda: len(s.discord.calls("POST", press.id)) == 2, what="the refused second answer")
        assert len(s.service.calls) == 2


async def test_a_press_that_comes_too_late_to_be_answered_changes_nothing(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        message = await s.answered(await s.imagine("a red bicycle"))
        data = {"custom_id": message.buttons["Again"], "component_type": 2}
        press = await s.discord.people.send(3, s.ada, s.channel, data, source=message, age=4.0)
        await s.until(lambda: s.discord.calls("POST", press.id))
        await s.answered(await s.imagine("another"))
        assert [call.prompt for call in s.service.calls] == ["a red bicycle", "another"]


async def test_the_library_not_finding_a_button_is_no_reason_for_silence(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        message = await s.answered(await s.imagine("a red bicycle"))
        identity = message.buttons["Again"]
        message.body["components"] = []  # the message that comes with the press does not show its buttons any more
        press = await s.discord.people.send(3, s.ada, s.channel, {"custom_id": identity, "component_type": 2}, source=message)
        await s.until(lambda: press.callback is not None)
        assert (await s.answered(press)).pictures
