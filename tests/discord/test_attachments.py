"""Pictures that members attach: options of /imagine, a message's menu, results; fetched once, also after a restart, and never shown to more
people."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

import pytest
from PIL import Image

from adapters.kit import attachments
from bot.domain.attachments import ReferenceLimits
from tests.discord.stage import Stage, stage
from tests.discord.standin.files import File, upload
from tests.discord.standin.world import BOT_DEFAULT, HISTORY, Interaction, Message, User
from tests.platforms.stage import mask_of, png

MENU, YES = "Imagine with this picture", "It's fine, send them"


@pytest.fixture(autouse=True)
def quick_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachments, "PAUSES", (0.01,))


def photo(s: Stage, name: str = "cat.png", colour: str = "teal", **more: object) -> File:
    content = more.pop("content", None) or png((64, 48), colour)
    return upload(s.discord.world, name, content, **more)  # type: ignore[arg-type]


async def agreed(s: Stage, event: Interaction, count: int = 1) -> Message:
    """Answer the question about attached pictures, which is for its member alone; the message with the result."""

    def question() -> Message | None:
        return next((one for one in s.discord.visible(s.ada) if YES in one.buttons), None)

    asked = await s.discord.until(question, what="the question about the pictures")
    assert asked is not None
    assert "pictures you attached" in asked.text
    await s.press(s.ada, asked, YES)
    return await s.answered(event, "Here is your picture" if count == 1 else f"Here are your {count} pictures")


async def chosen(s: Stage, message: Message, user: User | None = None) -> Interaction:
    """Use the menu of a message, and wait for the form."""
    event = await s.discord.people.menu(user or s.ada, message, MENU)
    await s.until(lambda: event.callback is not None, what="an answer to the menu")
    return event


def by_bob(s: Stage) -> User:
    bob = s.member("Bob")
    return bob


# ---- the command -----------------------------------------------------------------------------------------------------------


async def test_four_pictures_and_a_mask_reach_the_service_after_the_members_yes(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        given = {name: photo(s, f"{name}.png", colour) for name, colour in zip(
            ("picture", "picture2", "picture3", "picture4"), ("red", "green", "blue", "white"), strict=True)}  # fmt: skip
        event = await s.imagine("make it night", mask=photo(s, content=mask_of((64, 48))), **given)
        assert event.callback == 5
        result = await agreed(s, event)
        assert result.pictures
        [call] = s.service.calls
        assert len(call.references) == 4
        assert call.mask
        with Image.open(io.BytesIO(s.store.content[call.references[0]])) as first:
            assert first.convert("RGB").getpixel((5, 5)) == (255, 0, 0)
        assert len(s.discord.fetched) == 5
        assert not any("authorization" in {name.lower() for name in one} for one in s.discord.fetched)


@pytest.mark.parametrize(
    ("limits", "expected", "said"),
    [
        (ReferenceLimits(), ["picture", "picture2", "picture3", "picture4", "mask"], "up to 10"),
        (ReferenceLimits(count=2, mask=False), ["picture", "picture2"], "One more picture"),
        (ReferenceLimits(count=1), ["picture", "mask"], "A picture to start from"),
        (ReferenceLimits(count=0), [], ""),
    ],
)
async def test_the_command_offers_as_many_pictures_as_the_model_takes(
    tmp_path: Path, limits: ReferenceLimits, expected: list[str], said: str
) -> None:
    async with stage(tmp_path, service_references=limits) as s:
        commands = {(one["name"], one["type"]): one for one in s.discord.world.commands}
        options = {one["name"]: one for one in commands["imagine", 1]["options"]}
        assert [one for one in options if one not in ("prompt", "size", "quality", "count", "tag", "private")] == [*expected, "price"]
        assert ((MENU, 3) in commands) is bool(expected)
        if expected:
            last = [one for one in expected if one != "mask"][-1]
            assert said in options[last]["description"]
            assert options[last]["type"] == 11


WRONG: tuple[tuple[dict[str, object], str, int], ...] = (
    ({"name": "huge.png", "claimed": 60 << 20}, "too large a file", 0),
    ({"name": "notes.png", "content": b"%PDF-1.7 not a picture at all"}, "isn't a picture that the bot can use", 1),
    ({"name": "tiny.png", "content": png((1, 1))}, "at least 32 pixels", 1),
    ({"name": "moved.png", "redirect": "http://127.0.0.1:1/cat.png"}, "address that the bot doesn't open", 1),
)


async def test_a_picture_that_cannot_be_used_is_answered_at_once_and_costs_nothing(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        for file, words, fetched in WRONG:
            s.discord.fetched.clear()
            message = await s.answered(await s.imagine(picture=photo(s, **file)), words)  # type: ignore[arg-type]
            assert str(file["name"]) in message.text
            assert len(s.discord.fetched) == fetched
        assert s.service.calls == []


async def test_a_mask_without_a_picture_is_refused_before_anything_is_fetched(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        await s.answered(await s.imagine(mask=photo(s)), "mask without a picture")
        assert s.discord.fetched == []


async def test_a_file_host_that_stumbles_is_asked_again_and_one_that_stays_away_is_a_sentence(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.discord.cdn_failures = 1
        await agreed(s, await s.imagine(picture=photo(s)))
        s.discord.cdn_failures = 10
        await s.answered(await s.imagine(picture=photo(s)), "didn't arrive")


async def test_the_same_delivery_twice_makes_one_request(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        event = await s.imagine(picture=photo(s))
        await s.discord.gateway.dispatch("INTERACTION_CREATE", event.payload)
        await agreed(s, event)
        assert len(s.service.calls) == len(s.discord.fetched) == 1


# ---- restarts --------------------------------------------------------------------------------------------------------------


async def test_a_restart_between_the_acknowledgement_and_the_picture_continues_in_private(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.discord.cdn_stuck = asyncio.Event()
        event = await s.imagine("in snow", picture=photo(s), private=True)
        await s.until(lambda: s.discord.fetched, what="the download")
        await s.stop()
        s.discord.cdn_stuck = None
        await s.start()
        message = await agreed(s, event)
        assert message.ephemeral
        assert len(s.service.calls) == 1


async def test_a_restart_after_the_link_expired_is_a_sentence(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.discord.cdn_stuck = asyncio.Event()
        event = await s.imagine("in snow", picture=photo(s))
        await s.until(lambda: s.discord.fetched, what="the download")
        await s.stop()
        s.discord.cdn_stuck, s.discord.world.epoch = None, 2
        await s.start()
        await s.answered(event, "isn't there anymore")
        assert s.service.calls == []


async def test_a_message_whose_link_expired_is_looked_up_where_the_bot_can_read_it(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        for rights, mentions in ((0, True), (HISTORY, False), (HISTORY, True)):
            s.channel.bot_permissions = BOT_DEFAULT | rights
            words = f"<@{s.discord.world.bot.id}> look" if mentions else "look"
            opened = await chosen(s, s.discord.world.say(s.ada, s.channel, words, photo(s)))
            s.discord.world.epoch += 1
            sent = await s.discord.people.submit(opened, prompt="in snow")
            if rights and mentions:
                await agreed(s, sent)
            else:
                await s.answered(sent, "isn't there anymore")
        assert len(s.service.calls) == 1


# ---- a message's menu ------------------------------------------------------------------------------------------------------


async def test_the_menu_of_somebody_elses_message_opens_a_form_with_its_pictures(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        bob = by_bob(s)
        files = (photo(s, "one.png", "red"), photo(s, "plan.pdf", content=b"%PDF-1.7"), photo(s, "two.jpg", content=png(kind="JPEG")))
        opened = await chosen(s, s.discord.world.say(bob, s.channel, "my cats", *files))
        assert opened.modal is not None
        assert opened.modal["title"] == "Imagine with these 2 pictures"
        assert "one.png and two.jpg" in str(opened.modal).replace("\\\\", "")
        await s.stop()
        await s.start()
        sent = await s.discord.people.submit(opened, prompt="as a poster", count="2")
        result = await agreed(s, sent, 2)
        assert not result.ephemeral
        [call] = s.service.calls
        assert (call.prompt, call.count, len(call.references)) == ("as a poster", 2, 2)
        late = await s.discord.people.submit(opened, prompt="once more")
        await s.whisper(late, "no longer knows which pictures")
        assert len(s.service.calls) == 1
        assert "ex=" not in (s.folder / "discord" / "picture_forms.jsonl").read_text()


async def test_a_private_answer_stays_private_and_only_its_opener_can_send_the_form(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        bob = by_bob(s)
        opened = await chosen(s, s.discord.world.say(bob, s.channel, "", photo(s)))
        assert opened.modal is not None
        forged = await s.discord.people.send(5, bob, s.channel, {"custom_id": opened.modal["custom_id"], "components": []})
        await s.whisper(forged, "no longer knows which pictures")
        sent = await s.discord.people.submit(opened, prompt="a surprise", private="true")
        assert (await agreed(s, sent)).ephemeral
        assert not [one for one in s.discord.visible(bob) if one.pictures or "surprise" in one.text]


async def test_the_menu_of_a_message_that_only_its_reader_sees_suggests_a_private_result(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.service.script = [s.drawn("red")]
        first = await s.answered(await s.imagine("a cat", private=True))
        opened = await chosen(s, first)
        sent = await s.discord.people.submit(opened, prompt="as a stamp")
        result = await s.answered(sent, "Here is your picture")
        assert result.ephemeral
        assert len(s.service.calls[-1].references) == 1


async def test_a_picture_that_the_bot_made_for_somebody_else_from_words_is_used_without_a_question(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.service.script = [s.drawn("red")]
        result = await s.answered(await s.imagine("a cat"))
        bob = by_bob(s)
        sent = await s.discord.people.submit(await chosen(s, result, bob), prompt="as a stamp")
        assert "Here is your picture" in (await s.answered(sent, "Here is your picture")).text
        assert len(s.service.calls[-1].references) == 1


async def test_a_picture_made_from_somebody_elses_photo_asks_who_uses_it_whether_its_people_agree(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.service.script = [s.drawn("red"), s.drawn("green"), s.drawn("blue")]
        result = await agreed(s, await s.imagine("in the rain", picture=photo(s)))
        mine = await s.discord.people.submit(await chosen(s, result), prompt="my own, as a stamp")
        await s.answered(mine, "Here is your picture")
        bob = by_bob(s)
        await s.discord.people.submit(await chosen(s, result, bob), prompt="as a stamp")
        asked = await s.discord.until(
            lambda: next((one for one in s.discord.visible(bob) if YES in one.buttons), None), what="the question to Bob"
        )
        assert asked is not None
        assert "have those people agreed" in asked.text
        assert len(s.service.calls) == 2
        # Another wording of the question's request doesn't get round it.
        await s.discord.people.submit(await s.press(bob, asked, "Edit prompt"), prompt="as a poster")
        again = await s.discord.until(
            lambda: next((one for one in s.discord.visible(bob) if YES in one.buttons and one is not asked), None), what="it again"
        )
        assert again is not None
        assert len(s.service.calls) == 2
        await s.press(bob, again, YES)
        await s.until(lambda: len(s.service.calls) == 3, what="the picture")
        assert s.service.calls[-1].prompt == "as a poster"


async def test_a_message_without_a_picture_is_a_sentence(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        for files in ((), (photo(s, "plan.pdf", content=b"%PDF-1.7"),)):
            event = await chosen(s, s.discord.world.say(s.ada, s.channel, "hello", *files))
            await s.whisper(event, "no picture in that message")


async def test_a_message_that_was_deleted_before_the_form_was_sent_is_a_sentence(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        message = s.discord.world.say(s.ada, s.channel, "", photo(s))
        opened = await chosen(s, message)
        message.deleted = True
        await s.answered(await s.discord.people.submit(opened, prompt="in snow"), "isn't there anymore")
        assert s.service.calls == []


async def test_more_pictures_than_the_model_takes_are_said_in_words(tmp_path: Path) -> None:
    async with stage(tmp_path, service_references=ReferenceLimits(count=2)) as s:
        opened = await chosen(s, s.discord.world.say(s.ada, s.channel, "", *(photo(s, f"{n}.png") for n in range(3))))
        await s.answered(await s.discord.people.submit(opened, prompt="in snow"), "takes 2 at most")
        assert s.discord.fetched == []


# ---- results ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("label", "private"), [("Edit this picture", "false"), ("Use as reference", "true")])
async def test_a_result_is_the_start_of_another_one_in_a_message_of_its_own(tmp_path: Path, label: str, private: str) -> None:
    async with stage(tmp_path) as s:
        first = await s.answered(await s.imagine("a cat", count=2))
        sent = await s.discord.people.submit(await s.press(s.ada, first, label), prompt="in snow", picture="2", count="1", private=private)
        second = await s.answered(sent, "Here is your picture")
        assert second is sent.original is not first
        assert second.ephemeral is (private == "true")
        assert first.pictures
        assert len(s.service.calls[-1].references) == 1
        assert [one for one in s.discord.world.messages.values() if one not in (first, second)] == []
        stranger = await s.press(by_bob(s), first, label)
        await s.whisper(stranger, "Only the person")


async def test_a_restart_before_the_picture_of_a_result_is_taken_continues(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        first = await s.answered(await s.imagine("a cat"))
        opened = await s.press(s.ada, first, "Use as reference")
        working, entered = s.store.work, asyncio.Event()

        async def stuck(*args: object) -> object:
            entered.set()
            return await asyncio.Event().wait()

        s.store.work = stuck  # type: ignore[assignment,method-assign]
        sent = await s.discord.people.submit(opened, prompt="in snow")
        async with asyncio.timeout(30):
            await entered.wait()
        await s.stop()
        s.store.work = working  # type: ignore[method-assign]
        await s.start()
        assert (await s.answered(sent, "Here is your picture")).pictures
        assert len(s.service.calls) == 2


async def test_a_message_or_file_that_the_library_cannot_read_gets_a_sentence(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        for message in ({"id": "1"}, {**s.discord.world.say(s.ada, s.channel, "").json(s.discord.base), "attachments": [{"id": "2"}]}):
            data = {"id": "1", "name": MENU, "type": 3, "target_id": "1", "resolved": {"messages": {"1": message}}}
            event = await s.discord.people.send(2, s.ada, s.channel, data)
            assert "nothing you did" in (await s.whisper(event)).text
        options = [{"name": "prompt", "type": 3, "value": "a cat"}, {"name": "picture", "type": 11, "value": "5"}]
        data = {"id": "1", "name": "imagine", "type": 1, "options": options, "resolved": {"attachments": {"5": {"id": "5"}}}}
        assert "nothing you did" in (await s.whisper(await s.discord.people.send(2, s.ada, s.channel, data))).text
        assert s.service.calls == []
