"""What Discord's commands and menus lead to: who may open which form, what stays private, and what isn't lost."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from adapters.discord import intake
from bot.domain.attachments import ReferenceLimits
from bot.domain.publishing import Results
from bot.ledger import settings_rows
from bot.texts import say, text
from tests.discord.stage import stage
from tests.discord.standin.world import Interaction
from tests.discord.test_attachments import agreed, chosen, photo
from tests.discord.test_batch import command


def fields(opened: Interaction) -> dict[str, str]:
    """The names of a form's fields, with what they hold."""
    assert opened.modal is not None
    inner = [one["component"] for one in opened.modal["components"] if "component" in one]
    return {one["custom_id"]: one.get("value", "") for one in inner}


async def test_settings_belong_to_a_server_also_where_discord_offers_them_elsewhere(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        [settings] = [one for one in s.discord.world.commands if one["name"] == "imagine-settings"]
        data = {"id": settings["id"], "name": settings["name"], "type": 1}
        event = await s.discord.people.send(2, s.ada, s.discord.world.dm(s.ada), data)
        await s.whisper(event, text("discord.settings_in_server"))


@pytest.mark.parametrize(
    ("results", "private", "hidden"), [(Results.PRIVATE, False, True), (Results.PUBLIC, True, True), (Results.PUBLIC, False, False)]
)
async def test_a_result_is_its_members_first_where_they_or_their_community_say_so(
    tmp_path: Path, results: Results, private: bool, hidden: bool
) -> None:
    async with stage(tmp_path) as s:
        assert s.bot is not None
        values = {"results": results.value}
        await s.bot.ledger.write(lambda tx: settings_rows.replace(tx, "discord", s.guild.id, values, "olu"))
        asked = await (s.imagine("a cat", private=True) if private else s.imagine("a cat"))
        assert (await s.answered(asked)).ephemeral is hidden


@pytest.mark.parametrize("count", [1, 2, 3])
async def test_a_form_says_of_how_many_pictures_it_is(tmp_path: Path, count: int) -> None:
    async with stage(tmp_path) as s:
        opened = await chosen(s, s.discord.world.say(s.ada, s.channel, "", *(photo(s, f"{n}.png") for n in range(count))))
        assert opened.modal is not None
        title = "Imagine with this picture" if count == 1 else f"Imagine with these {count} pictures"
        assert opened.modal["title"] == title
        assert set(fields(opened)) == {"prompt", "size", "count", "private"}


async def test_a_form_that_was_not_taken_can_be_sent_again(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        opened = await chosen(s, s.discord.world.say(s.ada, s.channel, "", photo(s)))
        assert s.bot is not None
        s.discord.faults.refuse("POST", "/callback$", 404, 10062)
        refused = await s.discord.people.submit(opened, prompt="too late")
        await s.until(lambda: s.discord.calls("POST", refused.id), what="the acknowledgement")
        s.discord.faults.clear()
        with closing(sqlite3.connect(str(s.bot.ledger.where), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            locked = await s.discord.people.submit(opened, prompt="while nothing can be stored")
            await s.whisper(locked, say(text("reply.cannot_store"), "en"))
            other.execute("ROLLBACK")
        again = await s.discord.people.submit(opened, prompt="in snow")
        await agreed(s, again)
        assert [one.prompt for one in s.service.calls] == ["in snow"]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({}, {"topics": "", "template": "", "style": "", "max_pictures": "", "budget": ""}),
        ({"tag": "spring"}, {"topics": "", "template": "", "max_pictures": "", "budget": "", "tag": "spring"}),
        (
            {"tag": "spring", "drafts": 2, "budget": "5"},
            {"topics": "", "max_pictures": "", "budget": "5", "drafts": "2", "tag": "spring"},
        ),
        ({"tag": "spring", "drafts": 2, "style": "ink"}, None),
    ],
)
async def test_a_batchs_form_shows_what_was_given_and_says_when_that_is_too_much(
    tmp_path: Path, given: dict[str, Any], shown: dict[str, str] | None
) -> None:
    async with stage(tmp_path) as s:
        event = await s.discord.people.slash(s.ada, s.channel, "imagine-batch", **given)
        if shown is None:
            await s.whisper(event, text("discord.batch_needs_file", most=2))
            await s.answered(await command(s, **given), "waiting for your start")
            return
        await s.until(lambda: event.callback is not None, what="the form")
        assert fields(event) == shown


@pytest.mark.parametrize("count", [0, 4])
async def test_help_speaks_of_pictures_where_they_are_taken(tmp_path: Path, count: int) -> None:
    async with stage(tmp_path, service_references=ReferenceLimits(count=count)) as s:
        said = await s.whisper(await s.discord.people.slash(s.ada, s.channel, "imagine-help"))
        assert ("open the menu of their message" in said.text) is bool(count)


async def test_a_view_that_takes_its_time_comes_into_the_placeholder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "VIEW_WITHIN", 0.0)
    async with stage(tmp_path) as s:
        said = await s.whisper(await s.discord.people.slash(s.ada, s.channel, "imagine-help"), "What you can do")
        assert said.ephemeral
        assert re.search(r"imagine-show", said.text)


async def test_what_is_stored_and_cannot_be_accepted_is_told(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        assert s.bot is not None
        with closing(sqlite3.connect(str(s.bot.ledger.where), isolation_level=None)) as other:
            other.execute("ALTER TABLE spend RENAME TO spent")
            await s.answered(await s.imagine("a cat"), say(text("discord.accept_later"), "en"))
            other.execute("ALTER TABLE spent RENAME TO spend")
        assert s.service.calls == []


async def test_what_it_would_cost_counts_the_pictures_that_are_attached(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:

        async def price(**pictures: object) -> float:
            event = await s.discord.people.slash(s.ada, s.channel, "imagine", prompt="a boat", price=True, **pictures)
            return max(float(one) for one in re.findall(r"\$([0-9.]+[0-9])", (await s.whisper(event)).text))

        assert await price() < await price(picture=photo(s)) < await price(picture=photo(s), picture2=photo(s), picture3=photo(s))


async def test_a_batch_is_looked_at_by_its_number(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        event = await s.discord.people.slash(s.ada, s.channel, "imagine-batch", batch=7)
        await s.whisper(event, "There's no batch 7 that you may see")


@pytest.mark.parametrize("within", [0.0, 5.0])
async def test_a_view_that_cannot_be_made_says_so_at_once_and_in_the_placeholder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, within: float
) -> None:
    monkeypatch.setattr(intake, "VIEW_WITHIN", within)
    async with stage(tmp_path) as s:
        assert s.bot is not None
        with closing(sqlite3.connect(str(s.bot.ledger.where), isolation_level=None)) as other:
            other.execute("ALTER TABLE requests RENAME TO asked")
            event = await s.discord.people.slash(s.ada, s.channel, "imagine-show")
            await s.whisper(event, "nothing you did")
            other.execute("ALTER TABLE asked RENAME TO requests")
