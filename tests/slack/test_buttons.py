"""Buttons that change what is asked for, or that cannot be undone: what would fit a budget, an allowed value, Delete."""

from __future__ import annotations

from pathlib import Path

from bot.budgets import Limits
from bot.domain.failure import Evidence
from tests.slack.stage import Stage, stage
from tests.slack.standin.text import buttons
from tests.world import bad

LISTED = {
    "type": "invalid_request_error",
    "param": "size",
    "message": "Invalid value: '3840x2160'. Supported values are: '1024x1024', '1536x1024', and '2048x1152'.",
}
WRONG_SIZE = Evidence(provider="openai", api="images.generations", status=400, body={"error": LISTED})


async def asked(s: Stage, **options: str) -> None:
    """Fill the form of /imagine alone: only there Slack offers options."""
    event = await s.imagine("")
    await s.form(event)
    await s.slack.acked(await s.slack.people.submit(event, prompt="a red bicycle", **options))


async def test_what_would_fit_a_budget_stands_on_buttons_with_its_price_and_is_drawn(tmp_path: Path) -> None:
    async with stage(tmp_path, limits=Limits()) as s:
        await asked(s, count="10", size="3840x2160", quality="high")
        refused = await s.message("$1.00 of $1.00 is left")
        assert "used up" not in refused.text
        fits = [one for one in refused.buttons if "(up to $" in one]
        assert fits[0] == "2 pictures (up to $0.80)"
        assert "Edit prompt" in refused.buttons
        assert s.service.calls == []
        await s.press(s.slack.ben, refused, fits[0])
        await s.whisper(s.slack.ben)
        assert s.service.calls == []
        await s.press(s.ada, refused, fits[0])
        picture = await s.picture()
        assert picture.channel is s.channel
        assert [(call.count, call.size, call.quality) for call in s.service.calls] == [(2, "3840x2160", "high")]
        await s.until(lambda: not [one for one in refused.buttons if "(up to $" in one], what="offers that are gone")


async def test_a_size_that_the_service_does_not_have_is_answered_with_the_nearest_as_a_button(tmp_path: Path) -> None:
    async with stage(tmp_path, limits=Limits(member_day=None)) as s:
        s.service.script.append(bad(WRONG_SIZE))
        await asked(s, size="3840x2160")
        await s.until(lambda: [one for one in s.messages() if any(label.startswith("Use ") for label in one.buttons)], what="a proposal")
        refused = s.messages()[-1]
        [nearest] = [one for one in refused.buttons if one != "Edit prompt"]
        assert "2048×1152" in nearest
        await s.press(s.ada, refused, nearest)
        await s.picture()
        assert [call.size for call in s.service.calls] == ["3840x2160", "2048x1152"]
        await s.until(lambda: nearest not in refused.buttons, what="a button that is gone")


async def test_delete_is_asked_about_by_slack_before_the_press_counts(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        await s.imagine("a red bicycle")
        message = await s.picture()
        asking = {one["text"]["text"]: one.get("confirm") for one in buttons(message.blocks)}
        question = asking.pop("Delete")
        assert question is not None
        assert "can't be undone" in question["text"]["text"]
        assert question["deny"]["text"] == "Keep it"
        assert set(asking.values()) == {None}
        await s.press(s.ada, message, "Delete")  # and confirmed
        await s.until(lambda: not message.pictures, what="the picture gone")
        assert "Deleted" in message.text
        assert message.buttons == {}


async def test_a_message_from_before_the_question_deletes_nothing_at_one_press_either(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        await s.imagine("a red bicycle")
        message = await s.picture()
        for block in message.blocks:
            for element in block.get("elements") or []:
                element.pop("confirm", None)
        await s.press(s.ada, message, "Delete")
        asked = await s.whisper(s.ada, "can't be undone")
        assert message.pictures
        [again] = buttons(asked.blocks)
        assert again["confirm"]["deny"]["text"] == "Keep it"
        await s.press(s.ada, asked, "Delete")  # and confirmed
        await s.until(lambda: not message.pictures, what="the picture gone")
