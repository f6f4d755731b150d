"""Not right on Discord: a modal for the reason, what helps for one person, candidates with their sheet, and one that's picked."""

from __future__ import annotations

from pathlib import Path

from tests.discord.stage import stage


async def test_candidates_are_made_after_a_reason_and_one_is_kept_over_a_restart(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.service.script = [s.pictures(), s.pictures(3, size=(90, 60), noise=True)]
        result = await s.answered(await s.imagine("a red bicycle"))
        bob = s.member("Bob")
        await s.whisper(await s.press(bob, result, "Not right"), "Only the person")
        opened = await s.press(s.ada, result, "Not right")
        sent = await s.discord.people.submit(opened, reason="composition", words="more sky")
        helps = await s.whisper(sent, "cost at most $")
        assert helps.ephemeral
        assert list(helps.buttons) == ["New candidates"]
        wording = await s.press(s.ada, helps, "New candidates")
        made = await s.discord.people.submit(wording, prompt="a red bicycle under a wide sky", count="3")
        choice = await s.answered(made, "Which of these 3 is it?")
        await s.until(lambda: len(choice.pictures) == 4, what="the contact sheet")
        assert list(choice.buttons)[:4] == ["Pick 1", "Pick 2", "Pick 3", "Edit prompt"]
        second = choice.pictures[2]
        await s.whisper(await s.press(bob, choice, "Pick 1"), "Only the person")
        await s.stop()
        await s.start()
        for _ in range(2):
            await s.press(s.ada, choice, "Pick 2")
        await s.until(lambda: len(choice.pictures) == 1, what="the picked one alone")
        assert choice.pictures[0][2] == second[2]
        others = await s.whisper(await s.press(s.ada, choice, "The others"), "didn't pick")
        assert len(others.pictures) == 2
        assert others.ephemeral
        await s.press(s.ada, others, "Pick 3")
        await s.until(lambda: choice.pictures[0][2] != second[2], what="the other one")
        assert [one.count for one in s.service.calls] == [1, 3]
