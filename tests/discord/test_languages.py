"""Everybody reads their own language on Discord: two members and a moderator with three languages in one channel."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from adapters.discord.commands import is_option_name
from bot.ledger import settings_rows
from bot.texts import say, text
from bot.texts.fluent import Template
from tests.discord.stage import stage
from tests.discord.test_moderation import case_stage
from tests.languages import Changed, speak

TIME = r"<t:\d{10}:f>"
"""A time that Discord shows to each reader in their own zone and language."""


async def test_three_people_with_three_languages_in_one_server(tmp_path: Path) -> None:
    async with case_stage(tmp_path, locale="zh-TW") as c:
        s = c.s
        s.ada.locale, c.mia.locale = "zh-CN", "en-GB"
        bob = s.member("Bob")
        bob.locale = "zh-TW"

        everybodys = await s.answered(await s.imagine("a boat"), say(text("request.done_one"), "zh-Hant"))
        assert say(text("button.again"), "zh-Hant") in everybodys.buttons
        own = await s.answered(await s.imagine("a boat", private=True), say(text("request.done_one"), "zh-Hans"))
        assert own.ephemeral
        for person, language in ((s.ada, "zh-Hans"), (bob, "zh-Hant"), (c.mia, "en")):
            told = await s.whisper(await s.discord.people.slash(person, s.channel, "imagine-help"))
            assert say(text("help.title"), language) in told.text

        asked = await s.whisper(await s.discord.people.press(bob, everybodys, say(text("button.delete"), "zh-Hant")))
        assert say(text("confirm.delete"), "zh-Hant") in asked.text


async def test_a_card_is_in_the_servers_language_until_the_community_chooses_one_and_answers_are_the_moderators(tmp_path: Path) -> None:
    async with case_stage(tmp_path, locale="zh-TW") as c:
        c.s.ada.locale, c.mia.locale = "zh-CN", "ja"
        card = await c.blocked()
        heard = await c.press(card, say(text("case.button.case_claim"), "zh-Hant"))
        assert re.fullmatch(say(text("case.done.claim", number="N", until="U"), "ja").replace("N", ".+").replace("U", TIME), heard.text)
        await c.s.until(lambda: say(text("case.button.case_release"), "zh-Hant") in card.buttons, what="the card in Chinese")
        assert re.search(TIME, card.text)

        assert c.s.bot is not None
        chosen, guild = {"language": "de", "zone": "Asia/Tokyo"}, str(c.s.guild.id)
        await c.s.bot.ledger.write(lambda tx: settings_rows.replace(tx, "discord", guild, chosen, "admin"))
        heard = await c.press(card, say(text("case.button.case_release"), "zh-Hant"))
        assert say(text("case.done.release", number="N", until=""), "ja").partition("N")[2] in heard.text
        await c.s.until(lambda: say(text("case.button.case_claim"), "de") in card.buttons, what="the card in German")
        assert re.search(TIME, card.text), "readers see their own zone, whatever the community chose"
        assert not re.search("UTC|JST", card.text)


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
        use = next(one for one in found["imagine-guide"]["options"] if one["name"] == "use")
        assert use["choices"][0]["name_localizations"]["de"] == say(text("guide.use.any"), "de")
        s.ada.locale = "de"
        event = await s.discord.people.suggest(s.ada, s.channel, "imagine", "size", "quer", prompt="a cat")
        await s.until(lambda: event.choices is not None)
        shown = [one["name"] for one in event.choices or ()]
        assert shown
        assert all(one.startswith("Quer") for one in shown), shown


async def test_options_have_names_in_the_languages_that_name_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = {"discord.option.size": Template(("taille",)), "discord.option.count": Template(("Two words",))}
    speak(monkeypatch, "fr", Changed(lambda usual: usual, words))
    async with stage(tmp_path) as s:
        imagine = next(one for one in s.discord.world.commands if one["name"] == "imagine")
        named = {one["name"]: one.get("name_localizations") or {} for one in imagine["options"]}
        assert named["size"] == {"fr": "taille"}
        assert named["count"] == {}, "Discord would refuse all commands for a name in two words"
        await s.answered(await s.imagine("a boat", size="1024x1024"))


@pytest.mark.parametrize(
    ("words", "fits"),
    [
        ("größe", True),
        ("大小", True),
        ("サイズ", True),
        ("आकार", True),
        ("ขนาด", True),
        ("크기", True),
        ("taille-max", True),
        ("Taille", False),
        ("a b", False),
        ("", False),
        ("x" * 33, False),
        ("!", False),
    ],
)
def test_discords_rule_for_names_of_options(words: str, fits: bool) -> None:
    assert is_option_name(words) is fits
