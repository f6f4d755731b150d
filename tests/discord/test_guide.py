"""/imagine-guide on Discord: a modal, the wording for one person alone, and the picture in the channel only after the press."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.discord.stage import stage

USE = "Use: article cover\nSubject: a red robot"


async def test_a_wording_is_written_changed_after_a_restart_and_sent_once(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        opened = await s.discord.people.slash(s.ada, s.channel, "imagine-guide", use="cover")
        await s.until(lambda: opened.modal is not None, what="the form")
        sent = await s.discord.people.submit(opened, subject="a red robot", constraints="")
        wording = await s.whisper(sent, "Nothing has been sent yet")
        assert all(line in wording.text for line in USE.splitlines())
        assert list(wording.buttons) == ["Send", "Send, only for me", "Edit the wording", "Change the fields", "Discard"]
        await s.stop()
        await s.start()
        again = await s.press(s.ada, wording, "Edit the wording")
        newer = await s.whisper(await s.discord.people.submit(again, prompt=f"{USE} on a hill", quality="low"), "Nothing has been sent yet")
        await s.whisper(await s.press(s.ada, wording, "Send"), "There's a newer wording")
        assert s.service.calls == []
        bob = s.member("Bob")
        for label in ("Send", "Edit the wording"):
            forged = {"custom_id": newer.buttons[label], "component_type": 2}
            await s.whisper(await s.discord.people.send(3, bob, s.channel, forged, source=newer), "Only the person who wrote this wording")
        s.service.hold = asyncio.Event()
        first = await s.press(s.ada, newer, "Send")
        await s.until(lambda: bool(s.service.calls), what="the call")
        await s.whisper(await s.press(s.ada, newer, "Send"), "already on its way")
        s.service.hold.set()
        result = await s.answered(first, "on a hill")
        assert len(result.pictures) == 1
        assert not result.ephemeral
        assert len(s.service.calls) == 1


async def test_a_template_is_suggested_by_its_name_and_a_private_picture_stays_private(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.guild.owner = s.ada.id
        settings = await s.discord.people.slash(s.ada, s.channel, "imagine-settings")
        overview = await s.whisper(settings, "Settings of this community")
        listed = await s.whisper(await s.press(s.ada, overview, "Templates for prompts"), "There are no templates yet")
        opened = await s.press(s.ada, listed, "New template")
        wrong = await s.discord.people.submit(opened, name="Weekly cover", fields="Mood: gloomy")
        await s.whisper(wrong, "I can't read the line")
        await s.whisper(await s.discord.people.submit(opened, name="Weekly cover", fields="Style: watercolour"), "Saved “Weekly cover”")
        found = await s.discord.people.suggest(s.ada, s.channel, "imagine-guide", "template", "week")
        await s.until(lambda: found.choices is not None, what="suggestions")
        assert [one["value"] for one in found.choices or []] == ["Weekly cover"]
        offer = await s.whisper(await s.discord.people.slash(s.ada, s.channel, "imagine-guide"), "Where would you like to start?")
        form = await s.press(s.ada, offer, "Weekly cover")
        wording = await s.whisper(await s.discord.people.submit(form, subject="a boat"), "Weekly cover")
        pressed = await s.press(s.ada, wording, "Send, only for me")
        result = await s.answered(pressed, "Style: watercolour")
        assert result.ephemeral
        assert len(s.service.calls) == 1
