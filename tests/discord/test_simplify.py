"""Simplify on Discord: the steps are for their member alone, and a step is sent by a press, once."""

from __future__ import annotations

from pathlib import Path

from tests.discord.stage import stage
from tests.unit.requests.test_simplify import REFUSED
from tests.world import bad

PROMPT = "a red robot with a lantern, a blue scarf, watercolour, oil painting"


async def test_a_refused_prompt_is_stepped_down_by_presses_over_a_restart(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.service.script = [bad(REFUSED)]
        failed = await s.answered(await s.imagine(PROMPT), "No picture this time")
        bob = s.member("Bob")
        await s.whisper(await s.press(bob, failed, "Simplify"), "Only the person")
        shown = await s.whisper(await s.press(s.ada, failed, "Simplify"), "One subject")
        assert shown.ephemeral
        assert len(s.service.calls) == 1, "looking sends nothing"
        minimal = await s.whisper(await s.press(s.ada, shown, "Go to the minimal version"), "The minimal version")
        await s.stop()
        await s.start()
        await s.press(s.ada, minimal, "Send this wording")
        done = await s.discord.until(
            lambda: next((one for one in s.discord.visible(s.ada) if "Add back" in one.buttons), None), what="the step's picture"
        )
        assert done is not None
        assert s.service.calls[-1].prompt == "Subject: a red robot"
        await s.whisper(await s.press(s.ada, minimal, "Send this wording"), "already on its way")
        assert len(s.service.calls) == 2
        await s.whisper(await s.press(s.ada, done, "Add back"), "That worked")
