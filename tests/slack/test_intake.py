"""Whose words are taken: bots', edited and nameless mentions aren't, and who isn't let in reads the refusal and nothing else. Which form a
command opens, and what isn't lost in it."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.domain.attachments import ReferenceLimits
from bot.texts import say, text
from tests.slack.stage import Stage, stage
from tests.slack.standin.world import Event, User
from tests.slack.test_admission import partner
from tests.slack.test_attachments import agreed, form, photo, posted, shortcut


async def mentioned(s: Stage, event: Event, name: str, **changes: Any) -> None:
    """The same mention with other fields, as an event of its own."""
    inner = event.payload["event"] | {"ts": f"17000000{name}.000900"} | changes
    event.payload = event.payload | {"event": inner, "event_id": f"Ev0{name}"}
    await s.slack.people.again(event)
    await s.until(lambda: event.acked, what="an acknowledgement")


async def told(s: Stage, user: User, before: int) -> str:
    """What somebody reads after so many messages."""
    await s.until(lambda: len(s.messages(None, user)) > before, what="a sentence")
    return s.messages(None, user)[-1].text


async def test_mentions_by_bots_and_edited_ones_draw_nothing(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        event = await s.slack.people.mention(s.ada, s.channel, "by a person")
        await s.picture()
        whole = dict(event.payload)
        for name, changes in (
            ("01", {"bot_id": "B0OTHER"}),
            ("02", {"edited": {"user": s.ada.id, "ts": "1700000000.000100"}}),
            ("03", {"subtype": "bot_message"}),
            ("04", {"user": ""}),
        ):
            event.payload = dict(whole)
            await mentioned(s, event, name, **changes)
        event.payload = dict(whole)
        await mentioned(s, event, "05", text=f"<@{s.workspace.bot.id}> by a person again")
        await s.until(lambda: len(s.service.calls) == 2, what="the picture of a person's mention")
        assert [one.prompt for one in s.service.calls] == ["by a person", "by a person again"]
        assert [one for one in s.messages() if one.only_for] == []


async def test_who_is_not_let_in_reads_that_and_no_help(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        eve = partner(s)
        for words in ("", "help"):
            before = len(s.messages(None, eve))
            await s.slack.people.mention(eve, s.channel, words)
            assert "another organisation" in await told(s, eve, before)
        await s.slack.people.mention(s.ada, s.channel, " HELP ")
        assert "What you can do" in (await s.whisper(s.ada)).text
        assert s.service.calls == []


async def test_help_is_asked_for_in_several_ways_and_an_unknown_command_is_a_sentence(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        for words in ("help", " Help ", "?"):
            before = len(s.messages(None, s.ada))
            await s.slack.people.slash(s.ada, s.channel, "/imagine", words)
            assert "What you can do" in await told(s, s.ada, before)
        await s.slack.people.slash(s.ada, s.channel, "/imagine-draw", "a cat")
        await s.whisper(s.ada, "I don't know that command")
        assert s.service.calls == []


@pytest.mark.parametrize("mention", [True, False])
async def test_options_typed_after_the_words_are_taken(tmp_path: Path, mention: bool) -> None:
    async with stage(tmp_path) as s:
        typed = "a boat, 2 pictures, quality: low"
        await (s.slack.people.mention(s.ada, s.channel, typed) if mention else s.imagine(typed))
        await s.picture()
        assert [(one.prompt, one.count, one.quality) for one in s.service.calls] == [("a boat", 2, "low")]


@pytest.mark.parametrize("scope", [True, False])
async def test_a_batchs_form_takes_one_file_where_the_bot_may_read_it(tmp_path: Path, scope: bool) -> None:
    async with stage(tmp_path, start=False) as s:
        if not scope:
            s.slack.world.scopes.discard("files:read")
        await s.start()
        opened = await s.form(await s.slack.people.slash(s.ada, s.channel, "/imagine-batch", "a lighthouse"))
        rest = ["template", "style", "size", "max_pictures", "budget", "drafts", "tag"]
        assert list(opened.fields) == ["topics", *(["topics_file"] if scope else []), *rest]
        assert opened.fields["topics"]["element"]["initial_value"] == "a lighthouse"
        assert opened.fields["topics"].get("optional", False) is scope
        if scope:
            assert opened.fields["topics_file"]["element"]["max_files"] == 1


async def test_a_shortcut_without_a_message_is_a_sentence(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        event = await shortcut(s, await posted(s, s.ada, photo(s)))
        await s.form(event)
        event.payload = event.payload | {"message": None, "trigger_id": "1.2.another", "action_ts": "1700000000.000900"}
        await s.slack.people.again(event)
        await s.whisper(s.ada, "no picture in that message")


@pytest.mark.parametrize(("command", "ways"), [("/imagine-guide", 1), ("/imagine-settings", 2)])
async def test_a_form_that_slack_refuses_is_tried_again_only_without_its_lists(tmp_path: Path, command: str, ways: int) -> None:
    async with stage(tmp_path) as s:
        s.ada.is_admin = True
        s.slack.faults.refuse("views.open", "invalid_arguments", 9)
        if command == "/imagine-settings":
            await s.slack.people.slash(s.ada, s.channel, command)
            said = await s.whisper(s.ada)
            await s.press(s.ada, said, next(one for one in said.buttons if "hannels" in one))
        else:
            await s.slack.people.slash(s.ada, s.channel, command, "")
        await s.whisper(s.ada, "the form")
        tried = [str(one.args["view"]) for one in s.slack.calls("views.open")]
        assert len(tried) == ways
        assert ["conversations_select" in one for one in tried] == [True, False][-ways:]


async def test_a_form_that_cannot_be_stored_says_so_and_keeps_its_words(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        assert s.bot is not None
        opened = await form(s)
        with closing(sqlite3.connect(str(s.bot.ledger.where), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            sent = await s.slack.people.submit(opened, prompt="a cat")
            await s.slack.acked(sent)
            other.execute("ROLLBACK")
        assert list(sent.errors) == ["prompt"]
        assert s.service.calls == []


async def test_a_form_waits_for_the_ledger_while_slack_waits_for_the_form(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        assert s.bot is not None
        opened = await form(s)
        with closing(sqlite3.connect(str(s.bot.ledger.where), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            sent = await s.slack.people.submit(opened, prompt="a cat")
            await asyncio.sleep(1.0)
            other.execute("ROLLBACK")
        await s.slack.acked(sent)
        assert sent.errors == {}
        await s.picture()


async def test_the_price_in_a_form_counts_the_pictures_that_are_attached(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        opened = (await form(s)).opened
        assert opened is not None

        async def price(count: int) -> str:
            files = [photo(s, f"{number}.png") for number in range(count)]
            press = await s.slack.people.press(s.ada, opened, "What would this cost?", prompt="three boats", pictures=files)
            await s.until(lambda: press.opened is not None, what="the price")
            return str(press.opened and press.opened.body["blocks"])

        assert await price(0) != await price(4)


async def test_a_mention_with_its_own_pictures_does_not_ask_for_those_of_its_thread(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        root = await posted(s, s.ada, photo(s, "theirs.png"))
        await s.slack.people.mention(s.ada, s.channel, "in snow", root, [photo(s, "mine.png", "red")])
        await agreed(s)
        await s.picture()
        assert [len(one.references) for one in s.service.calls] == [1]
        assert s.slack.calls("conversations.replies") == []


async def test_in_a_thread_that_the_bot_may_not_read_words_are_drawn_at_once(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.slack.faults.refuse("conversations.replies", "missing_scope", 9)
        await s.slack.people.mention(s.ada, s.channel, "in snow", await posted(s, s.ada, photo(s)))
        await s.until(lambda: s.service.calls, what="a call")
        assert [(one.prompt, len(one.references)) for one in s.service.calls] == [("in snow", 0)]


async def test_a_name_that_slack_could_mistake_for_markup_is_not_put_into_a_prompt(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.slack.ben.name = "b<e>n"
        event = await s.slack.people.mention(s.ada, s.channel, "first")
        await s.picture()
        await mentioned(s, event, "06", text=f"<@{s.workspace.bot.id}> a portrait of <@{s.slack.ben.id}> and <@{s.ada.id}>")
        await s.until(lambda: len(s.service.calls) == 2, what="a second picture")
        assert s.service.calls[1].prompt == f"a portrait of @{s.slack.ben.id} and @ada"


async def test_what_is_stored_and_cannot_be_accepted_is_told_and_drawn_later(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        assert s.bot is not None
        with closing(sqlite3.connect(str(s.bot.ledger.where), isolation_level=None)) as other:
            other.execute("ALTER TABLE spend RENAME TO spent")
            await s.imagine("a cat")
            await s.whisper(s.ada, say(text("slack.accept_later"), "en"))
            other.execute("ALTER TABLE spent RENAME TO spend")


@pytest.mark.parametrize(("count", "hint"), [(1, "slack.form.hint_pictures_one"), (2, "slack.form.hint_pictures")])
async def test_the_form_says_how_many_pictures_it_takes(tmp_path: Path, count: int, hint: str) -> None:
    async with stage(tmp_path, service_references=ReferenceLimits(count=count)) as s:
        opened = (await form(s)).opened
        assert opened is not None
        assert opened.fields["pictures"]["hint"]["text"] == say(text(hint, most=count), "en")
        assert opened.fields["mask"]["element"]["max_files"] == 1
        assert opened.fields["tag"]["element"]["max_length"] == 60
