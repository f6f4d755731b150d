"""A question about a held prompt on Slack: directly to who asked, and a message in the channel that says nothing of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.requests.questions import ask_about
from tests.slack.stage import MODES, Mode, Stage, stage
from tests.slack.standin.world import Message

PROMPT = "a poster with a sun, jane.doe@example.com"


async def asked(s: Stage) -> tuple[Message, Message]:
    """The question, and the message in the channel."""
    await s.imagine(PROMPT)
    public = await s.message("Waiting for an answer from", s.channel)
    direct = s.slack.world.dm(s.ada)
    await s.until(lambda: [one for one in s.messages(direct) if "Send as typed" in one.buttons], what="the question")
    return next(one for one in s.messages(direct) if "Send as typed" in one.buttons), public


@pytest.mark.parametrize("mode", MODES)
async def test_the_question_comes_directly_and_the_channel_sees_nothing_of_it(tmp_path: Path, mode: Mode) -> None:
    async with stage(tmp_path, mode=mode, lint=ask_about) as s:
        held, public = await asked(s)
        assert "email address" in held.text
        assert not s.slack.world.reads(s.slack.ben, held.channel)
        for body in public.history:
            assert "jane" not in str(body)
            assert "email" not in str(body)
        await s.press(s.slack.ben, public, "See the question")
        refused = await s.whisper(s.slack.ben)
        assert "jane" not in str(refused.body)
        await s.press(s.ada, public, "See the question")
        shown = await s.whisper(s.ada, "email address")
        assert "Send without it" in shown.buttons
        assert all("jane" not in str(body) for one in s.messages(user=s.slack.ben) for body in one.history)
        assert s.service.calls == []
        await s.press(s.ada, held, "Send without it")
        picture = await s.picture()
        assert picture is public
        assert [call.prompt for call in s.service.calls] == ["a poster with a sun"]
        await s.until(lambda: not held.buttons, what="the question closed")
        assert "jane" not in str(public.body)


async def test_an_edit_of_a_question_that_came_directly_is_drawn_where_it_was_asked(tmp_path: Path) -> None:
    async with stage(tmp_path, lint=ask_about) as s:
        held, public = await asked(s)
        form = await s.press(s.ada, held, "Edit prompt")
        await s.form(form)
        await s.slack.people.submit(form, prompt="a poster with a moon")
        assert "a poster with a moon" in (await s.picture()).text
        await s.until(lambda: "was edited" in held.text or not held.buttons, what="the question closed")
        assert "jane" not in str(public.body)


async def test_a_question_that_is_quicker_than_the_message_it_is_about_leads_there_all_the_same(tmp_path: Path) -> None:
    async with stage(tmp_path, lint=ask_about) as s:
        s.slack.faults.ratelimited("chat.postMessage", 1, where=lambda args: args.get("channel") == s.channel.id)
        held, public = await asked(s)
        await s.until(
            lambda: f"slack.com/archives/{public.channel.id}/p{public.ts.replace('.', '')}" in str(held.blocks),
            what="the way to the request",
        )
        assert len([one for one in s.messages(s.slack.world.dm(s.ada)) if one.text]) == 1
