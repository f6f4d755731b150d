"""Everybody reads their own language on Discord: two members and a moderator with three languages in one channel."""

from __future__ import annotations

from pathlib import Path

from bot.texts import say, text
from tests.discord.stage import stage
from tests.discord.test_moderation import case_stage


async def test_three_people_with_three_languages_in_one_server(tmp_path: Path) -> None:
    async with case_stage(tmp_path) as c:
        s = c.s
        s.guild.locale = "zh-TW"
        s.ada.locale, c.mia.locale = "zh-CN", "en-GB"
        bob = s.discord.world.user("Bob")
        s.discord.world.join(s.guild, bob)
        bob.locale = "zh-TW"

        everybodys = await s.answered(await s.imagine("a boat"), say(text("request.done_one"), "zh-Hant"))
        assert say(text("button.again"), "zh-Hant") in everybodys.buttons
        own = await s.answered(await s.imagine("a boat", private=True), say(text("request.done_one"), "zh-Hans"))
        assert own.ephemeral
        for person, language in ((s.ada, "zh-Hans"), (bob, "zh-Hant"), (c.mia, "en")):
            told = await s.whisper(await s.discord.people.slash(person, s.channel, "imagine-help"))
            assert say(text("help.title"), language) in told.text

        card = await c.claimed()
        assert "Case" in card.text
        asked = await s.whisper(await s.discord.people.press(bob, everybodys, say(text("button.delete"), "zh-Hant")))
        assert say(text("confirm.delete"), "zh-Hant") in asked.text


async def test_commands_are_described_in_the_languages_of_discords_clients(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        found = {one["name"]: one for one in s.discord.world.commands}
        imagine = found["imagine"]
        assert imagine["description_localizations"]["zh-CN"] == say(text("discord.command.imagine"), "zh-Hans")
        assert imagine["description_localizations"]["zh-TW"] == say(text("discord.command.imagine"), "zh-Hant")
        assert not {"en-US", "en-GB", "fi"} & set(imagine["description_localizations"])
        size = next(one for one in imagine["options"] if one["name"] == "size")
        assert size["description_localizations"]["zh-CN"] == say(text("discord.command.size"), "zh-Hans")
        assert not imagine.get("name_localizations")
