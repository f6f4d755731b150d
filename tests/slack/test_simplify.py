"""Simplify on Slack: the steps are for their member alone, and a step is sent by a press, once."""

from __future__ import annotations

from pathlib import Path

from tests.slack.stage import stage
from tests.unit.requests.test_simplify import REFUSED
from tests.world import bad

PROMPT = "a red robot with a lantern, a blue scarf, watercolour, oil painting"


async def test_a_refused_prompt_is_stepped_down_by_presses_over_a_restart(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.service.script = [bad(REFUSED)]
        await s.imagine(PROMPT)
        failed = await s.message("No picture this time")
        await s.press(s.slack.ben, failed, "Simplify")
        await s.whisper(s.slack.ben, "Only the person")
        await s.press(s.ada, failed, "Simplify")
        shown = await s.whisper(s.ada, "One subject")
        assert len(s.service.calls) == 1, "looking sends nothing"
        await s.press(s.ada, shown, "Go to the minimal version")
        minimal = await s.whisper(s.ada, "The minimal version")
        await s.stop()
        await s.start()
        await s.press(s.ada, minimal, "Send this wording")
        done = await s.picture()
        assert s.service.calls[-1].prompt == "Subject: a red robot"
        await s.press(s.ada, minimal, "Send this wording")
        await s.whisper(s.ada, "already on its way")
        assert len(s.service.calls) == 2
        await s.press(s.ada, done, "Add back")
        await s.whisper(s.ada, "That worked")
