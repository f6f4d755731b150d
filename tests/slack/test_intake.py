"""Whose words are taken: bots', edited and nameless mentions aren't, and who isn't let in reads the refusal and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.slack.stage import Stage, stage
from tests.slack.standin.world import Event
from tests.slack.test_admission import partner


async def mentioned(s: Stage, event: Event, name: str, **changes: Any) -> None:
    """The same mention with other fields, as an event of its own."""
    inner = event.payload["event"] | {"ts": f"17000000{name}.000900"} | changes
    event.payload = event.payload | {"event": inner, "event_id": f"Ev0{name}"}
    await s.slack.people.again(event)
    await s.until(lambda: event.acked, what="an acknowledgement")


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
            await s.until(lambda before=before: len(s.messages(None, eve)) > before, what="the sentence")
            assert "another organisation" in s.messages(None, eve)[-1].text
        await s.slack.people.mention(s.ada, s.channel, " HELP ")
        assert "What you can do" in (await s.whisper(s.ada)).text
        assert s.service.calls == []


async def test_help_is_asked_for_in_several_ways_and_an_unknown_command_is_a_sentence(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        for words in ("help", " Help ", "?"):
            before = len(s.messages(None, s.ada))
            await s.slack.people.slash(s.ada, s.channel, "/imagine", words)
            await s.until(lambda before=before: len(s.messages(None, s.ada)) > before, what="the help")
            assert "What you can do" in s.messages(None, s.ada)[-1].text
        await s.slack.people.slash(s.ada, s.channel, "/imagine-draw", "a cat")
        await s.whisper(s.ada, "I don't know that command")
        assert s.service.calls == []
