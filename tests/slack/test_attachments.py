"""Pictures that members attach: in the form, with a message's shortcut, in a mention and its thread.

They're fetched with the token from Slack's own host only, also after a restart, and never shown to more people.
"""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

import pytest
from PIL import Image

from adapters.kit import attachments
from adapters.slack import adapter, intake
from adapters.slack import attachments as slack_attachments
from adapters.slack.manifest import SHORTCUT
from bot.domain.attachments import ReferenceLimits
from tests.platforms.stage import mask_of, png
from tests.slack.stage import Stage, stage
from tests.slack.standin.forms import CannotDo
from tests.slack.standin.world import Channel, Event, File, Message, User

YES = "It's fine, send them"


@pytest.fixture(autouse=True)
def quick_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachments, "PAUSES", (0.01,))


def photo(s: Stage, name: str = "cat.png", colour: str = "teal", user: User | None = None, **more: object) -> File:
    content = more.pop("content", None) or png((64, 48), colour)
    return s.slack.files.upload(user or s.ada, name, content, **more)  # type: ignore[arg-type]


async def agreed(s: Stage, user: User | None = None) -> None:
    """Answer the question about attached pictures, which is for its member alone."""
    user = user or s.ada
    await s.until(lambda: [one for one in s.messages(user=user) if YES in one.buttons], what="the question")
    asked = next(one for one in s.messages(user=user) if YES in one.buttons)
    assert asked.channel.direct or asked.only_for == user.id
    await s.press(user, asked, YES)


async def form(s: Stage) -> Event:
    event = await s.imagine("")
    await s.form(event)
    return event


async def shortcut(s: Stage, message: Message, user: User | None = None) -> Event:
    return await s.slack.people.shortcut(user or s.ada, message, SHORTCUT)


async def posted(s: Stage, user: User, *files: File, channel: Channel | None = None, thread: Message | None = None) -> Message:
    event = await s.slack.people.say(user, channel or s.channel, "look", thread, files)
    assert event.source is not None
    return event.source


# ---- the form --------------------------------------------------------------------------------------------------------------


async def test_four_pictures_and_a_mask_in_the_form_reach_the_service_after_the_members_yes(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        opened = await form(s)
        assert opened.opened is not None
        fields = list(opened.opened.fields)
        assert fields[:3] == ["prompt", "pictures", "mask"]
        files = [photo(s, f"{colour}.png", colour) for colour in ("red", "green", "blue", "white")]
        mask = photo(s, "mask.png", content=mask_of((64, 48)))
        await s.slack.people.submit(opened, prompt="make it night", pictures=files, mask=[mask])
        await agreed(s)
        await s.picture()
        [call] = s.service.calls
        assert (call.prompt, len(call.references), bool(call.mask)) == ("make it night", 4, True)
        with Image.open(io.BytesIO(s.store.content[call.references[0]])) as first:
            assert first.convert("RGB").getpixel((5, 5)) == (255, 0, 0)
        assert {one["authorization"] for one in s.slack.files.downloads} == {f"Bearer {s.workspace.token}"}
        assert len(s.slack.files.downloads) == 5


@pytest.mark.parametrize(
    ("limits", "expected", "most"),
    [
        (ReferenceLimits(), ["pictures", "mask"], 10),
        (ReferenceLimits(count=3, mask=False), ["pictures"], 3),
        (ReferenceLimits(count=0), [], 0),
    ],
)
async def test_the_form_takes_as_many_pictures_as_the_model(
    tmp_path: Path, limits: ReferenceLimits, expected: list[str], most: int
) -> None:
    async with stage(tmp_path, service_references=limits) as s:
        opened = (await form(s)).opened
        assert opened is not None
        assert [one for one in opened.fields if one in ("pictures", "mask")] == expected
        if expected:
            assert opened.fields["pictures"]["element"]["max_files"] == most
            with pytest.raises(CannotDo):
                await s.slack.people.submit(opened, prompt="x", pictures=[photo(s) for _ in range(most + 1)])


async def test_a_slack_that_refuses_fields_for_files_gets_the_form_without_them(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.slack.faults.refuse("views.open", "invalid_arguments", 1)
        opened = (await form(s)).opened
        assert opened is not None
        assert "pictures" not in opened.fields
        await s.slack.people.submit(opened, prompt="a cat")
        await s.picture()


WRONG: tuple[tuple[dict[str, object], str, int], ...] = (
    ({"name": "huge.png", "size": 60 << 20}, "too large a file", 0),
    ({"name": "notes.png", "content": b"%PDF-1.7 not a picture at all"}, "isn't a picture that the bot can use", 1),
    ({"name": "tiny.png", "content": png((1, 1))}, "at least 32 pixels", 1),
    ({"name": "drive.png", "mode": "external", "url": "https://drive.example.com/cat.png"}, "address that the bot doesn't open", 0),
    ({"name": "odd.png", "url": "https://files.example.com/cat.png"}, "address that the bot doesn't open", 0),
    ({"name": "moved.png", "redirect": "http://127.0.0.1:1/cat.png"}, "address that the bot doesn't open", 1),
    ({"name": "hidden.png", "hidden": True}, "isn't there anymore, or the bot may not open it", 0),
)


async def test_a_picture_that_cannot_be_used_is_a_sentence_and_costs_nothing(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        for file, words, downloads in WRONG:
            s.slack.files.downloads.clear()
            await s.slack.people.mention(s.ada, s.channel, "in snow", files=[photo(s, **file)])  # type: ignore[arg-type]
            assert words in (await s.message(f"“{file['name']}”")).text
            assert len(s.slack.files.downloads) == downloads
        assert s.service.calls == []


async def test_a_file_without_details_is_looked_up_and_one_that_was_deleted_meanwhile_is_a_sentence(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        await s.slack.people.submit(await form(s), prompt="in snow", pictures=[photo(s, details=False)])
        await agreed(s)
        await s.picture()
        gone = photo(s)
        opened = await form(s)
        s.slack.files.stuck = asyncio.Event()
        await s.slack.people.submit(opened, prompt="in rain", pictures=[gone])
        await s.until(lambda: len(s.slack.files.downloads) == 2, what="the download")
        gone.deleted = True
        s.slack.files.stuck.set()
        await s.message("isn't there anymore")
        assert len(s.service.calls) == 1


async def test_slack_asking_to_wait_and_stumbling_only_takes_longer(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        opened = await form(s)
        s.slack.faults.ratelimited("files.info", 1)
        s.slack.faults.add("files.info", status=500, times=1)
        await s.slack.people.submit(opened, prompt="in snow", pictures=[photo(s)])
        await agreed(s)
        await s.picture()


# ---- the scope -------------------------------------------------------------------------------------------------------------


async def test_without_the_scope_pictures_are_a_sentence_and_words_work(tmp_path: Path) -> None:
    async with stage(tmp_path, start=False) as s:
        s.slack.world.scopes.discard("files:read")
        await s.start()
        opened = (await form(s)).opened
        assert opened is not None
        assert "pictures" not in opened.fields
        assert "files:read" in opened.text
        await s.slack.people.submit(opened, prompt="a cat")
        await s.until(lambda: len(s.service.calls) == 1, what="a call")
        await shortcut(s, await posted(s, s.ada, photo(s)))
        await s.whisper(s.ada, "files:read")
        await s.slack.people.mention(s.ada, s.channel, "in snow", files=[photo(s)])
        await s.message("the scope files:read")
        root = await posted(s, s.ada, photo(s))
        await s.slack.people.mention(s.ada, s.channel, "a dog", root)
        await s.until(lambda: len(s.service.calls) == 2, what="a call")
        assert s.slack.files.downloads == []


# ---- a message's shortcut --------------------------------------------------------------------------------------------------


async def test_the_shortcut_on_somebody_elses_message_opens_a_form_with_its_pictures(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        files = (
            photo(s, "one.png", user=s.slack.ben),
            photo(s, "plan.pdf", content=b"%PDF"),
            photo(s, "two.jpg", content=png(kind="JPEG")),
        )
        event = await shortcut(s, await posted(s, s.slack.ben, *files))
        assert "one.png and two.jpg" in (await s.form(event)).text
        await s.stop()
        await s.start()
        await s.slack.people.submit(event, prompt="as a poster")
        await agreed(s)
        assert (await s.picture()).channel is s.channel
        [call] = s.service.calls
        assert (call.prompt, len(call.references)) == ("as a poster", 2)


@pytest.mark.parametrize(("answer", "words"), [("text", "no picture in that message"), ("deleted", "was deleted")])
async def test_a_message_without_a_picture_is_a_sentence(tmp_path: Path, answer: str, words: str) -> None:
    async with stage(tmp_path, mode="http") as s:
        message = await posted(s, s.ada, *([photo(s, deleted=True)] if answer == "deleted" else [photo(s, "plan.pdf", content=b"%PDF")]))
        await shortcut(s, message)
        await s.whisper(s.ada, words)


async def test_a_private_result_of_somebody_elses_picture_is_seen_by_its_member_alone(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        event = await shortcut(s, await posted(s, s.slack.ben, photo(s)))
        await s.form(event)
        await s.slack.people.submit(event, prompt="a surprise", private="true")
        await agreed(s)
        result = await s.picture(s.slack.world.dm(s.ada))
        assert not s.slack.world.reads(s.slack.ben, result.channel)
        assert not [one for one in s.messages(user=s.slack.ben) if "surprise" in one.text]


async def test_a_picture_that_the_bot_made_for_somebody_else_from_words_is_used_without_a_question(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.service.script = [s.drawn("red")]
        await s.imagine("a cat")
        made = await s.picture()
        for file in s.slack.world.files.values():
            file.owner, file.url = s.ada, f"{s.slack.base}/files-pri/{s.workspace.id}-{file.id}/download/cat.png"
        event = await shortcut(s, made, s.slack.ben)
        await s.form(event)
        await s.slack.people.submit(event, prompt="as a stamp")
        await s.until(lambda: len(s.service.calls) == 2, what="a call")
        assert len(s.service.calls[-1].references) == 1


# ---- mentions --------------------------------------------------------------------------------------------------------------


async def test_a_mention_takes_its_own_pictures_or_those_that_its_thread_is_about(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        root = await posted(s, s.slack.ben, photo(s, colour="green"))
        await posted(s, s.slack.ben, photo(s, colour="white"), thread=root)
        wanted = [(0, 128, 0), (255, 0, 0), (0, 0, 255)]
        for number in range(3):
            if number == 2:
                await posted(s, s.ada, photo(s, colour="blue"), thread=root)
            files = [photo(s, colour="red")] if number == 1 else []
            await s.slack.people.mention(s.ada, s.channel, "in snow", root, files)
            await agreed(s)
            await s.until(lambda number=number: len(s.service.calls) == number + 1, what="a call")  # type: ignore[misc]
            [reference] = s.service.calls[-1].references
            with Image.open(io.BytesIO(s.store.content[reference])) as used:
                assert used.convert("RGB").getpixel((5, 5)) == wanted[number]
        assert (await s.picture()).thread_ts == root.ts


async def test_a_mention_in_a_thread_without_peoples_pictures_draws_from_words(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        await s.slack.people.mention(s.ada, s.channel, "a cat")
        result = await s.picture()
        await s.slack.people.mention(s.ada, s.channel, "a dog", result.thread_ts or result)
        await s.until(lambda: len(s.service.calls) == 2, what="a call")
        s.slack.faults.refuse("conversations.replies", "missing_scope", 1)
        await s.slack.people.mention(s.ada, s.channel, "a bird", result.thread_ts or result)
        await s.until(lambda: len(s.service.calls) == 3, what="a call")
        assert [call.references for call in s.service.calls] == [(), (), ()]


async def test_a_thread_is_asked_for_again_and_one_that_slack_does_not_tell_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "THREAD_AGAIN", (0.01, 0.01))
    async with stage(tmp_path) as s:
        root = await posted(s, s.ada, photo(s))
        s.slack.faults.add("conversations.replies", status=500, times=3)
        await s.slack.people.mention(s.ada, s.channel, "in snow", root)
        await s.whisper(s.ada, "which pictures are in this thread")
        assert s.service.calls == []
        s.slack.faults.ratelimited("conversations.replies", 1, times=2)
        event = await s.slack.people.mention(s.ada, s.channel, "in snow", root)
        await s.until(lambda: [one for one in s.messages() if YES in one.buttons], what="the question")
        s.slack.faults.add("conversations.replies", status=500, times=1)
        await s.slack.people.again(event)
        await agreed(s)
        await s.picture()
        assert len(s.service.calls) == len(s.service.calls[0].references) == 1
        assert len([one for one in s.messages() if "which pictures" in one.text]) == 1


async def test_a_restart_while_a_thread_is_unread_loses_no_mention(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapter, "DRAIN", 0.1)
    monkeypatch.setattr(intake, "THREAD_AGAIN", (600.0,))
    async with stage(tmp_path) as s:
        root = await posted(s, s.ada, photo(s))
        unread = s.slack.faults.add("conversations.replies", status=500, times=1000)
        event = await s.slack.people.mention(s.ada, s.channel, "in snow", root)
        await s.until(lambda: s.slack.calls("conversations.replies"), what="a look at the thread")
        await s.stop()
        assert not event.acked
        unread.times = 0
        await s.start()
        await agreed(s)
        await s.picture()
        await s.slack.acked(event)
        assert len(s.service.calls) == len(s.service.calls[0].references) == 1


# ---- restarts and results --------------------------------------------------------------------------------------------------


async def test_a_restart_between_the_acknowledgement_and_the_picture_continues_in_private(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter, "DRAIN", 0.1)
    async with stage(tmp_path) as s:
        opened = await form(s)
        s.slack.files.stuck = asyncio.Event()
        await s.slack.people.submit(opened, prompt="in snow", pictures=[photo(s)], private="true")
        await s.until(lambda: s.slack.files.downloads, what="the download")
        await s.stop()
        s.slack.files.stuck = None
        await s.start()
        await agreed(s)
        assert (await s.picture(s.slack.world.dm(s.ada))).channel.direct
        assert len(s.service.calls) == 1


async def test_a_form_that_is_delivered_twice_is_one_request_and_one_that_slack_cannot_fetch_for_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slack_attachments, "CONNECTED_WITHIN", 0.05)
    async with stage(tmp_path) as s:
        assert isinstance(s.adapter, adapter.SlackAdapter)
        opened = await form(s)
        s.adapter._workspace.attachments.connected.clear()
        event = await s.slack.people.submit(opened, prompt="in snow", pictures=[photo(s)])
        await s.whisper(s.ada, "couldn't start it yet")
        await s.slack.people.again(event)
        await s.stop()
        await s.start()
        await agreed(s)
        await s.picture()
        assert len(s.service.calls) == 1


@pytest.mark.parametrize("label", ["Edit this picture", "Use as reference"])
async def test_a_result_is_the_start_of_another_one_in_a_message_of_its_own(tmp_path: Path, label: str) -> None:
    async with stage(tmp_path) as s:
        await s.imagine("a cat")
        first = await s.picture()
        opened = await s.press(s.ada, first, label)
        await s.form(opened)
        await s.slack.people.submit(opened, prompt="in snow")
        await s.until(lambda: len([one for one in s.messages(s.channel) if one.pictures]) == 2, what="a second result")
        assert len(s.service.calls[-1].references) == 1
        assert not [one for one in s.messages() if one.only_for == s.ada.id and "started" in one.text.lower()]
        await s.press(s.slack.ben, first, label)
        await s.whisper(s.slack.ben, "Only the person")


async def test_a_restart_before_the_picture_of_a_result_is_taken_continues(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        await s.imagine("a cat")
        opened = await s.press(s.ada, await s.picture(), "Use as reference")
        await s.form(opened)
        working, entered = s.store.work, asyncio.Event()

        async def stuck(*args: object) -> object:
            entered.set()
            return await asyncio.Event().wait()

        s.store.work = stuck  # type: ignore[assignment,method-assign]
        await s.slack.people.submit(opened, prompt="in snow")
        async with asyncio.timeout(30):
            await entered.wait()
        await s.stop()
        s.store.work = working  # type: ignore[method-assign]
        await s.start()
        await s.until(lambda: len(s.service.calls) == 2, what="a call")
