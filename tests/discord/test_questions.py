"""A question about a held prompt on Discord: directly to who asked, and a public message that says nothing of it."""

from __future__ import annotations

from pathlib import Path

from bot.requests.questions import ask_about
from tests.discord.stage import stage

PROMPT = "a poster with a sun, jane.doe@example.com"


async def test_the_question_comes_directly_and_the_channel_sees_nothing_of_it(tmp_path: Path) -> None:
    async with stage(tmp_path, lint=ask_about) as s:
        event = await s.imagine(PROMPT)
        public = await s.answered(event, "Waiting for an answer from")
        question = await s.discord.until(
            lambda: next((one for one in s.discord.visible(s.ada) if "Send as typed" in one.buttons), None), what="the question"
        )
        assert question is not None
        assert question.channel.recipient is s.ada
        for body in public.history:
            assert "jane" not in str(body)
            assert "email" not in str(body)
        press = await s.press(s.ada, public, "See the question")
        assert "a poster with a sun" in (await s.whisper(press)).text
        await s.press(s.ada, question, "Send without it")
        await s.answered(event, "Here is your picture")
        assert [call.prompt for call in s.service.calls] == ["a poster with a sun"]


async def test_an_edit_of_a_question_that_came_directly_is_drawn_where_it_was_asked(tmp_path: Path) -> None:
    async with stage(tmp_path, lint=ask_about) as s:
        await s.imagine(PROMPT)
        question = await s.discord.until(
            lambda: next((one for one in s.discord.visible(s.ada) if "Send as typed" in one.buttons), None), what="the question"
        )
        assert question is not None
        form = await s.press(s.ada, question, "Edit prompt")
        await s.discord.people.submit(form, prompt="a poster with a moon")
        await s.until(lambda: any(one.pictures for one in s.discord.visible(s.ada, s.channel)), what="the picture in the channel")
