"""Every command, option and suggestion, as members meet them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.requests import Place
from bot.ledger import request_rows
from tests.discord.stage import Stage, stage
from tests.discord.standin.driver import CannotDo
from tests.discord.standin.world import MANAGE_GUILD
from tests.languages import Changed, shouted, speak


async def test_imagine_gives_the_picture_with_alt_text_in_the_message_that_was_thinking(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        event = await s.imagine("a red bicycle in the rain")
        assert event.callback == 5
        message = await s.answered(event, "Here is your picture")
        assert message is event.original
        [(name, alt, content)] = message.pictures
        assert name.endswith(".png")
        assert "a red bicycle in the rain" in alt
        assert content == s.store.content[next(iter(s.store.content))]
        assert await place(s) == Place("discord", str(s.guild.id), str(s.channel.id))
        assert [one for one in s.discord.world.messages.values() if one is not message] == []
        assert {"Again", "Edit prompt", "Delete"} <= set(message.buttons)


async def test_options_reach_the_service_as_typed(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        event = await s.imagine("a boat", size="1536x1024", quality="low", count=3)
        message = await s.answered(event)
        [call] = s.service.calls
        assert (call.prompt, call.size, call.quality, call.count) == ("a boat", "1536x1024", "low", 3)
        assert len(message.pictures) == 3


async def test_what_it_would_cost_is_told_to_its_member_and_nothing_is_sent(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        bob = s.member("Bob")
        event = await s.imagine("a boat", count=3, price=True)
        message = await s.answered(event, "What this would cost")
        assert "for 3 pictures" in message.text
        assert s.discord.visible(bob) == []
        assert s.service.calls == []


async def test_a_private_request_is_seen_by_its_member_alone(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        bob = s.member("Bob")
        event = await s.imagine("a surprise", private=True)
        message = await s.answered(event)
        assert message in s.discord.visible(s.ada)
        assert s.discord.visible(bob) == []


async def place(s: Stage) -> Place:
    """Where the newest request belongs, as its rules and its moderators see it."""
    assert s.bot is not None
    one, *_ = await s.bot.ledger.read(lambda c: request_rows.of_person(c, "discord", str(s.ada.id)))
    assert one.place.reply
    return replace(one.place, reply={})


async def test_imagine_works_in_a_direct_message(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        event = await s.imagine("a quiet lake", channel=s.discord.world.dm(s.ada))
        message = await s.answered(event)
        assert message.channel.recipient is s.ada
        assert message.pictures
        assert await place(s) == Place("discord", f"dm:{s.ada.id}", str(message.channel.id))


async def test_imagine_works_in_a_thread(tmp_path: Path) -> None:
    async with stage(tmp_path, start=False) as s:
        thread = s.discord.world.channel(s.guild, "a thread", parent=s.channel)
        await s.start()
        event = await s.imagine("a small house", channel=thread)
        message = await s.answered(event)
        assert message.channel is thread
        there = Place("discord", str(s.guild.id), str(s.channel.id), str(thread.id))
        assert await place(s) == there
        assert (await s.answered(await s.press(s.ada, message, "Again"))).channel is thread
        assert await place(s) == there


async def test_a_wrong_size_is_answered_with_the_nearest_one_as_a_button(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        event = await s.imagine("a boat", size="1x1")
        message = await s.answered(event)
        assert s.service.calls == []
        [nearest] = [label for label in message.buttons if label not in ("Edit prompt", "Again")]
        press = await s.press(s.ada, message, nearest)
        assert (await s.answered(press)).pictures


@pytest.mark.parametrize(
    ("option", "typed", "expected"),
    [("size", "", "1024x1024"), ("size", "1536×", "1536x1024"), ("quality", "l", "low"), ("quality", "", "high")],
)
async def test_size_and_quality_suggest_what_the_model_accepts(tmp_path: Path, option: str, typed: str, expected: str) -> None:
    async with stage(tmp_path) as s:
        event = await s.discord.people.suggest(s.ada, s.channel, "imagine", option, typed, prompt="a cat")
        await s.until(lambda: event.choices is not None)
        assert event.choices is not None
        assert expected in [one["value"] for one in event.choices]
        assert len(event.choices) <= 25


async def test_a_suggestion_for_nonsense_is_an_empty_list_and_not_silence(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        event = await s.discord.people.suggest(s.ada, s.channel, "imagine", "quality", "zzzz", prompt="a cat")
        await s.until(lambda: event.choices is not None)
        assert event.choices == []


async def test_show_lists_own_requests_and_shows_one_with_its_picture(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        await s.answered(await s.imagine("a green door"))
        listed = await s.whisper(await s.discord.people.slash(s.ada, s.channel, "imagine-show"))
        assert "a green door" in listed.text
        pressed = await s.press(s.ada, listed, next(iter(listed.buttons)))
        shown = await s.whisper(pressed, "a green door")
        assert shown.pictures


async def test_show_with_an_id_shows_that_request_and_nobody_elses(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        message = await s.answered(await s.imagine("a green door"))
        identity = message.buttons["Again"].split(":")[2]
        shown = await s.whisper(await s.discord.people.slash(s.ada, s.channel, "imagine-show", id=identity), "a green door")
        assert shown.pictures
        bob = s.member("Bob")
        refused = await s.whisper(await s.discord.people.slash(bob, s.channel, "imagine-show", id=identity))
        assert "green door" not in refused.text
        assert not refused.pictures


async def test_a_person_gets_the_adapters_own_sentences_in_their_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    speak(monkeypatch, "fr", Changed(shouted))
    async with stage(tmp_path) as s:
        s.ada.locale = "fr"
        help_ = await s.discord.people.slash(s.ada, s.channel, "imagine-help")
        assert "!What you can do" in (await s.whisper(help_)).text
        unknown = await s.discord.people.send(2, s.ada, s.channel, {"id": "1", "name": "imagine-old", "type": 1})
        assert "!This command doesn't exist anymore" in (await s.whisper(unknown)).text
        message = await s.answered(await s.imagine("a boat"))
        opened = await s.discord.people.press(s.ada, message, "Edit prompt")
        await s.until(lambda: opened.modal)
        assert opened.modal is not None
        assert opened.modal["title"] == "!Edit prompt"
        assert "!Yes" in str(opened.modal)


@pytest.mark.parametrize("name", ["imagine-status", "imagine-help", "imagine-privacy"])
async def test_the_small_commands_answer_their_member_alone(tmp_path: Path, name: str) -> None:
    async with stage(tmp_path) as s:
        event = await s.discord.people.slash(s.ada, s.channel, name)
        assert len((await s.whisper(event)).text) > 10


async def test_settings_are_offered_to_administrators_of_servers_only(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        with pytest.raises(CannotDo):
            await s.discord.people.slash(s.ada, s.channel, "imagine-settings")
        s.discord.world.join(s.guild, s.ada, s.discord.world.role(s.guild, "admins", MANAGE_GUILD))
        event = await s.discord.people.slash(s.ada, s.channel, "imagine-settings")
        await s.until(lambda: event.callback is not None)
        with pytest.raises(CannotDo):
            await s.discord.people.slash(s.ada, s.discord.world.dm(s.ada), "imagine-settings")


async def test_commands_are_registered_for_servers_and_direct_messages(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        found = {one["name"]: one for one in s.discord.world.commands}
        small = {"imagine-guide", "imagine-batch", "imagine-show", "imagine-status", "imagine-help", "imagine-privacy", "imagine-settings"}
        assert set(found) == {"imagine", *small, "Imagine with this picture"}
        assert found["Imagine with this picture"]["contexts"] == [0, 1]
        assert found["imagine"]["contexts"] == [0, 1]
        assert found["imagine"]["integration_types"] == [0]
        assert found["imagine-settings"]["contexts"] == [0]
        assert int(found["imagine-settings"]["default_member_permissions"]) == MANAGE_GUILD
        first = ["prompt", "picture", "size", "quality", "count", "tag", "private"]
        assert [one["name"] for one in found["imagine"]["options"]] == [*first, "picture2", "picture3", "picture4", "mask", "price"]


async def test_commands_are_registered_again_only_when_they_changed(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        await s.stop()
        await s.start()
        assert s.discord.world.command_writes == 1
        await s.stop()
        (s.folder / "discord" / "commands.sha256").write_text("another")
        await s.start()
        assert s.discord.world.command_writes == 2


async def test_a_command_that_is_not_known_any_more_gets_a_sentence(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        event = await s.discord.people.send(2, s.ada, s.channel, {"id": "1", "name": "draw", "type": 1, "options": []})
        assert "doesn't exist anymore" in (await s.whisper(event)).text


async def test_a_command_with_options_of_an_older_version_gets_a_sentence(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        event = await s.discord.people.send(2, s.ada, s.channel, {"id": "1", "name": "imagine", "type": 1, "options": []})
        assert "doesn't exist anymore" in (await s.whisper(event)).text


async def test_only_the_guilds_intent_is_asked_for_and_nobody_is_ever_mentioned_by_default(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        await s.answered(await s.imagine("hello @everyone"))
        assert [one["intents"] for one in s.discord.gateway.identifies] == [1]
        for call in s.discord.rest.calls:
            body = call.body if isinstance(call.body, dict) else {}
            holder = body.get("data") or body
            if "components" in holder and "custom_id" not in holder:
                assert holder["allowed_mentions"]["parse"] == []


async def test_a_server_that_is_not_allowed_gets_a_sentence_and_costs_nothing(tmp_path: Path) -> None:
    async with stage(tmp_path, {"ALLOWED_GUILDS": "123456789012345678"}) as s:
        event = await s.discord.people.slash(s.ada, s.channel, "imagine", prompt="a cat")
        assert "isn't switched on" in (await s.whisper(event)).text
        direct = await s.discord.people.slash(s.ada, s.discord.world.dm(s.ada), "imagine", prompt="a cat")
        assert "isn't switched on" in (await s.whisper(direct)).text
        assert s.service.calls == []


async def test_a_member_of_an_allowed_server_may_write_directly(tmp_path: Path) -> None:
    async with stage(tmp_path, start=False) as s:
        s.env["ALLOWED_GUILDS"] = f"123456789012345678, {s.guild.id}"
        await s.start()
        assert (await s.answered(await s.imagine(channel=s.discord.world.dm(s.ada)))).pictures
        assert (await s.answered(await s.imagine())).pictures
        stranger = s.discord.world.user("Eve")
        event = await s.discord.people.slash(stranger, s.discord.world.dm(stranger), "imagine", prompt="a cat")
        assert "isn't switched on" in (await s.whisper(event)).text
