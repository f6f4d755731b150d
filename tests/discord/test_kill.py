"""kill -9 and a restart in every stage of a request and of a press: one final answer, nobody left with "thinking…"."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.discord.process import Process, process
from tests.discord.standin.files import upload
from tests.discord.standin.world import Interaction, Message
from tests.platforms.faults import How
from tests.platforms.stage import png

pytestmark = pytest.mark.slow
YES = "It's fine, send them"


def thinking(p: Process) -> list[object]:
    return [one for one in p.discord.visible(p.ada) if one.thinking]


async def test_killed_before_the_acknowledgement_was_taken(tmp_path: Path) -> None:
    async with process(tmp_path) as p:
        p.discord.faults.add("POST", "/callback$", How.STUCK)
        event = await p.imagine("a cat")
        await p.until(lambda: p.discord.calls("POST", event.id), what="the acknowledgement")
        await p.restart()
        await p.picture(await p.imagine("a dog"))
        await p.until(lambda: p.discord.calls("GET", "@original"), what="the question whether it was taken")
        assert event.callback is None
        assert len(p.pictures()) == 1


async def test_killed_after_the_acknowledgement_was_taken(tmp_path: Path) -> None:
    async with process(tmp_path) as p:
        p.discord.faults.add("POST", "/callback$", How.STUCK_AFTER)
        event = await p.imagine("a cat")
        await p.until(lambda: event.original is not None)
        await p.restart()
        await p.picture(event)
        assert len(p.pictures()) == 1
        assert thinking(p) == []


def whispers(event: Interaction) -> list[Message]:
    return [one for one in [event.original, *event.followups] if one is not None and one is not event.source and one.ephemeral]


@pytest.mark.parametrize("private", [False, True])
async def test_killed_while_the_picture_is_made_asks_whether_to_start_again(tmp_path: Path, private: bool) -> None:
    async with process(tmp_path) as p:
        event = await p.imagine("sandbox:hang a cat", private=private)
        await p.until(lambda: event.original is not None and "Cancel" in event.original.buttons)
        await p.calling()
        await p.restart()
        await p.until(lambda: event.original is not None and "Retry" in event.original.buttons, what="the question")
        assert event.original is not None
        assert "interrupted" in event.original.text.lower()
        assert event.original.ephemeral == private
        assert await p.generated() == 1
        assert len([one for one in p.discord.visible(p.ada) if one.text]) == 1


async def test_a_retry_after_a_kill_buys_one_picture_however_often_it_is_pressed(tmp_path: Path) -> None:
    async with process(tmp_path) as p:
        event = await p.imagine("sandbox:hang*1 a cat")
        await p.calling()
        await p.restart()
        await p.until(lambda: event.original is not None and "Retry" in event.original.buttons, what="Retry")
        old = event.original
        assert old is not None
        retry = {"custom_id": old.buttons["Retry"], "component_type": 2}
        await p.picture(await p.discord.people.press(p.ada, old, "Retry"))
        await p.until(lambda: "Retry" not in old.buttons, what="Retry gone from the old message")
        await p.restart()
        # From a window that still shows it, before and after another start.
        for _ in range(2):
            late = await p.discord.people.send(3, p.ada, p.channel, retry, source=old)
            await p.until(lambda late=late: any("already worked" in one.text for one in whispers(late)), what="a sentence")
        assert await p.generated() == 2
        assert len(p.pictures()) == 1
        assert "Retry" not in old.buttons


@pytest.mark.parametrize("how", [How.STUCK, How.STUCK_AFTER])
async def test_killed_around_the_final_edit(tmp_path: Path, how: How) -> None:
    async with process(tmp_path) as p:
        p.discord.faults.add("PATCH", "@original", how, with_files=True)
        event = await p.imagine("a cat")
        await p.until(lambda: [one for one in p.discord.calls("PATCH", "@original") if one.uploads], what="the final edit")
        await p.restart()
        await p.picture(event)
        assert len(p.pictures()) == 1
        assert await p.generated() == 1


async def test_killed_around_a_post_in_the_channel(tmp_path: Path) -> None:
    async with process(tmp_path) as p:
        p.discord.faults.add("PATCH", "@original", How.STUCK, with_files=True)
        p.discord.faults.add("POST", "/channels/\\d+/messages", How.STUCK_AFTER)
        event = await p.imagine("a cat")
        await p.until(lambda: [one for one in p.discord.calls("PATCH", "@original") if one.uploads], what="the final edit")
        event.expired = True
        assert event.original is not None
        event.original.deleted = True
        await p.kill()
        p.discord.faults.clear()
        p.discord.faults.add("POST", "/channels/\\d+/messages", How.STUCK_AFTER)
        await p.start()
        await p.until(lambda: p.pictures(), what="the post")
        await p.restart()
        await p.until(lambda: len(p.discord.calls("POST", "/channels/{channel_id}/messages")) > 1, what="the repeated post")
        await p.picture(await p.imagine("a dog"))
        assert len(p.pictures()) == 2
        assert p.pictures()[0].pings == {p.ada.id}


async def test_killed_while_waiting_in_the_queue(tmp_path: Path) -> None:
    async with process(tmp_path) as p:
        event = await p.imagine("sandbox:rate_limited*1 a cat")
        await p.until(lambda: event.original is not None and "Cancel" in event.original.buttons)
        await p.calling()
        await p.until(lambda: event.original is not None and "too many" in event.original.text.lower(), what="the reason to wait")
        await p.restart()
        await p.picture(event)
        assert len(p.pictures()) == 1


async def test_killed_between_a_press_and_its_effect_leaves_nobody_waiting(tmp_path: Path) -> None:
    async with process(tmp_path) as p:
        message = await p.picture(await p.imagine("a cat"))
        p.discord.faults.add("POST", "/callback$", How.STUCK_AFTER)
        press = await p.discord.people.press(p.ada, message, "Again")
        await p.until(lambda: press.original is not None)
        await p.restart()
        await p.until(lambda: any("restarted" in one.text for one in p.discord.visible(p.ada)), timeout=30, what="a sentence")
        assert thinking(p) == []
        assert message.pictures


async def test_buttons_and_forms_work_after_a_kill(tmp_path: Path) -> None:
    async with process(tmp_path) as p:
        message = await p.picture(await p.imagine("a cat"))
        opened = await p.discord.people.press(p.ada, message, "Edit prompt")
        await p.until(lambda: opened.modal is not None)
        await p.restart()
        again = await p.discord.people.press(p.ada, message, "Again")
        sent = await p.discord.people.submit(opened, prompt="a dog")
        await p.picture(again)
        assert "a dog" in (await p.picture(sent)).text
        assert len(p.pictures()) == 3


async def test_sigterm_lets_what_runs_end_and_leaves(tmp_path: Path) -> None:
    async with process(tmp_path) as p:
        event = await p.imagine("sandbox:slow a cat")
        await p.calling()
        assert await p.end() == 0
        assert event.original is not None
        assert event.original.pictures


async def test_no_token_and_no_prompt_is_ever_logged(tmp_path: Path) -> None:
    async with process(tmp_path, LOG_LEVEL="debug") as p:
        event = await p.imagine("a canary in a coal mine")
        message = await p.picture(event)
        press = await p.discord.people.press(p.ada, message, "Again")
        await p.picture(press)
        p.discord.faults.add("PATCH", "@original", How.CUT)
        await p.picture(await p.imagine("another canary"))
        await p.end()
        output = "\n".join(p.output)
        assert len(p.output) > 3
        for secret in (p.discord.world.token, event.token, press.token, "canary", "sandbox-key-of-the-tests"):
            assert secret not in output


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("DISCORD_BOT_TOKEN", "wrong.token.value", "DISCORD_BOT_TOKEN"),
        ("MODERATOR_CHANNEL_DISCORD", "123456789012345678", "MODERATOR_CHANNEL_DISCORD"),
    ],
)
async def test_a_wrong_setting_ends_the_start_with_one_sentence(tmp_path: Path, name: str, value: str, words: str) -> None:
    async with process(tmp_path, run=False, **{name: value}) as p:
        await p.start(ready=False)
        assert await p.ended() != 0
        plain = [line for line in p.output if not line.startswith("{")]
        assert [line for line in plain if words in line]
        assert "Traceback" not in "\n".join(p.output)
        assert "wrong.token.value" not in "\n".join(p.output)


async def test_killed_before_and_after_the_acknowledgement_of_a_message_menus_form(tmp_path: Path) -> None:
    async with process(tmp_path) as p:
        message = p.discord.world.say(p.ada, p.channel, "my cat", upload(p.discord.world, "cat.png", png()))
        opened = await p.discord.people.menu(p.ada, message, "Imagine with this picture")
        await p.until(lambda: opened.modal is not None, what="the form")
        p.discord.faults.add("POST", "/callback$", How.STUCK)
        first = await p.discord.people.submit(opened, prompt="in snow")
        await p.until(lambda: p.discord.calls("POST", first.id), what="the acknowledgement")
        await p.restart()
        await p.until(lambda: p.discord.calls("GET", "@original"), what="the question whether it was taken")
        # The member saw it fail, and the form is still open.
        p.discord.cdn_stuck = asyncio.Event()
        sent = await p.discord.people.submit(opened, prompt="in snow")
        await p.until(lambda: p.discord.fetched, what="the download")
        await p.kill()
        p.discord.cdn_stuck = None
        await p.start()
        await p.until(lambda: [one for one in p.discord.visible(p.ada) if YES in one.buttons], what="the question about the picture")
        asked = next(one for one in p.discord.visible(p.ada) if YES in one.buttons)
        await p.discord.people.press(p.ada, asked, YES)
        await p.picture(sent)
        assert await p.generated() == 1
        assert thinking(p) == []


async def _cropped(p: Process, result: Message) -> Interaction:
    """Send the form for a crop."""
    opened = await p.discord.people.press(p.ada, result, "Crop")
    await p.until(lambda: opened.modal is not None, what="the form")
    return await p.discord.people.submit(opened, ratio="1:1", part="middle")


async def test_killed_around_a_changed_picture(tmp_path: Path) -> None:
    async with process(tmp_path) as p:
        result = await p.picture(await p.imagine("a cat"))
        await _cropped(p, result)
        await p.restart()  # whatever it was doing: the same press does the same again
        again = await _cropped(p, result)
        await p.until(lambda: any("Use it" in one.buttons for one in whispers(again)), what="the preview")
        preview = next(one for one in whispers(again) if "Use it" in one.buttons)
        p.discord.faults.add("PATCH", "/messages/", How.STUCK_AFTER, with_files=True)
        await p.discord.people.press(p.ada, preview, "Use it")
        await p.until(lambda: len(result.pictures) == 2, what="the edit with the changed picture")
        await p.restart()
        late = await p.discord.people.press(p.ada, preview, "Use it")
        await p.until(lambda: any("preview is over" in one.text for one in whispers(late)), what="a sentence")
        assert len(result.pictures) == 2
        assert await p.generated() == 1
