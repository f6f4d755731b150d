"""The gallery on Slack: a private list with pages and searches, favourites, downloads, and the form with the same settings."""

from __future__ import annotations

from pathlib import Path

import pytest

import bot.requests.gallery
from tests.slack.stage import stage


async def test_the_list_has_pages_and_is_searched_by_words_and_by_form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.requests.gallery, "PAGE", 3)
    async with stage(tmp_path) as s:
        for number in range(5):
            await s.imagine(f"lantern {number}")
            await s.message(f"lantern {number}")
        await s.slack.people.slash(s.ada, s.channel, "/imagine-show")
        first = await s.whisper(s.ada, "lantern 4")
        await s.press(s.ada, first, "Next page")
        second = await s.whisper(s.ada, "Page 2")
        assert [one for one in second.buttons if one.startswith("Show")] == ["Show 1", "Show 2"]
        await s.stop()
        await s.start()
        for _ in range(2):
            await s.press(s.ada, first, "Next page")
        await s.until(lambda: len(s.messages(None, None, "Page 2")) == 3, what="the same page once more")
        assert not s.messages(None, None, "Page 3")
        assert not s.messages(None, s.slack.ben, "Page 2")
        await s.slack.people.slash(s.ada, s.channel, "/imagine-show", "LANTERN 2 model:gpt since:2020")
        found = await s.whisper(s.ada, "What I found")
        assert [one for one in found.buttons if one.startswith("Show")] == ["Show 1"]
        opened = await s.press(s.ada, found, "Search")
        await s.form(opened)
        await s.slack.acked(await s.slack.people.submit(opened, words="lantern 3", shelf="own"))
        again = await s.whisper(s.ada, "words: lantern 3")
        assert "lantern 2" not in again.text
        await s.slack.people.slash(s.ada, s.channel, "/imagine-show", "on:tomorrow")
        assert "isn't a date" in (await s.whisper(s.ada, "can't search")).text
        await s.slack.people.slash(s.slack.ben, s.channel, "/imagine-show", "lantern")
        assert "lantern 3" not in (await s.whisper(s.slack.ben, "Nothing found")).text
        await s.slack.people.slash(s.slack.ben, s.channel, "/imagine-show", "is:public lantern 3")
        assert "Only moderators" in (await s.whisper(s.slack.ben, "Only moderators")).text


async def test_a_favourite_is_kept_downloaded_and_made_again_with_the_same_settings(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        await s.imagine("a green door")
        message = await s.picture()
        identity = message.buttons["Again"].split(":")[2]
        await s.slack.people.slash(s.ada, s.channel, "/imagine-show", identity)
        shown = await s.picture(s.slack.world.dm(s.ada))
        assert {"Reproduce", "Favourite", "Tag", "Download"} <= set(shown.buttons)
        await s.stop()
        await s.start()
        for said in ("one of your favourites now", "already"):
            await s.press(s.ada, shown, "Favourite")
            await s.message(said)
        await s.slack.people.slash(s.ada, s.channel, "/imagine-show", "is:favourite")
        assert "a green door" in (await s.whisper(s.ada, "Your favourites")).text
        await s.press(s.ada, shown, "Download")
        await s.until(lambda: any("a-green-door.zip" in str(one) for one in s.slack.world.files.values()), what="the download")
        calls = len(s.service.calls)
        opened = await s.press(s.ada, shown, "Reproduce")
        await s.form(opened)
        assert len(s.service.calls) == calls
        await s.slack.acked(await s.slack.people.submit(opened))
        await s.until(lambda: len(s.service.calls) > calls, what="the new request")
        assert s.service.calls[-1].prompt == "a green door"
