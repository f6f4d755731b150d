"""The gallery on Discord: a private list with pages and searches, favourites, downloads, and the form with the same settings."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

import bot.requests.gallery
from tests.discord.stage import Stage, stage
from tests.discord.standin.world import MANAGE_MESSAGES, Message


async def show(s: Stage, **options: object) -> Message:
    return await s.whisper(await s.discord.people.slash(s.ada, s.channel, "imagine-show", **options))


async def test_the_list_is_private_has_pages_and_is_searched_by_option_and_by_form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.requests.gallery, "PAGE", 3)
    async with stage(tmp_path) as s:
        for number in range(5):
            await s.answered(await s.imagine(f"lantern {number}"))
        bob = s.member("Bob")
        first = await show(s)
        assert first.ephemeral
        assert "lantern 4" in first.text
        assert "lantern 1\u2069" not in first.text
        second = await s.whisper(await s.press(s.ada, first, "Next page"), "Page 2")
        assert second.ephemeral
        assert [one for one in second.buttons if one.startswith("Show")] == ["Show 1", "Show 2"]
        await s.whisper(await s.press(s.ada, second, "Previous page"), "lantern 4")
        found = await show(s, words="LANTERN 2", model="gpt", dates="2020..")
        assert [one for one in found.buttons if one.startswith("Show")] == ["Show 1"]
        opened = await s.press(s.ada, found, "Search")
        again = await s.whisper(await s.discord.people.submit(opened, words="lantern 3", shelf="own"), "lantern 3")
        assert "lantern 2" not in again.text
        wrong = await s.press(s.ada, again, "Search")
        assert "isn't a date" in (await s.whisper(await s.discord.people.submit(wrong, dates="soon", shelf="own"))).text
        assert "Only moderators" in (await show(s, which="public")).text
        of_channel = await s.discord.people.slash(s.member("Mia", MANAGE_MESSAGES), s.channel, "imagine-show", which="public")
        assert "lantern 4" in (await s.whisper(of_channel)).text
        await s.stop()
        await s.start()
        await s.whisper(await s.press(s.ada, first, "Next page"), "Page 2")
        assert not [one for one in s.discord.visible(bob) if "Page 2" in one.text]


async def test_a_favourite_is_kept_downloaded_and_made_again_with_the_same_settings(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        message = await s.answered(await s.imagine("a green door", size="1536x1024", quality="low", count=2))
        identity = message.buttons["Again"].split(":")[2]
        shown = await s.whisper(await s.discord.people.slash(s.ada, s.channel, "imagine-show", id=identity), "a green door")
        assert {"Reproduce", "Favourite", "Tag", "Download"} <= set(shown.buttons)
        await s.whisper(await s.press(s.ada, shown, "Favourite"), "one of your favourites now")
        await s.whisper(await s.press(s.ada, shown, "Favourite"), "already")
        tagging = await s.press(s.ada, shown, "Tag")
        await s.whisper(await s.discord.people.submit(tagging, tag="shop"), "Saved")
        for options in ({"which": "favourites"}, {"tag": "SHOP"}):
            assert "a green door" in (await show(s, **options)).text
        saved = await s.whisper(await s.press(s.ada, shown, "Download"), "JSON")
        [(name, content)] = [(one.name, one.content) for one in saved.files.values()]
        assert saved.only_for == s.ada.id
        assert name.endswith("-a-green-door.zip")
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            assert [one.partition("-a-green-door")[2] for one in packed.namelist()] == [".json", "-1.png", "-2.png"]
            assert json.loads(packed.read(packed.namelist()[0]))["tag"] == "shop"
        calls = len(s.service.calls)
        opened = await s.press(s.ada, shown, "Reproduce")
        assert opened.modal is not None
        assert "Nothing is sent before you press Send" in str(opened.modal)
        assert "Up to $" in opened.modal["components"][0]["content"]
        assert len(s.service.calls) == calls
        await s.answered(await s.discord.people.submit(opened))
        assert (s.service.calls[-1].prompt, s.service.calls[-1].size, s.service.calls[-1].quality) == ("a green door", "1536x1024", "low")
