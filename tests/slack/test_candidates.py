"""Not right on Slack: a form for the reason, what helps for one person, candidates in the channel, and one that is picked."""

from __future__ import annotations

from pathlib import Path

from tests.slack.stage import stage


async def test_candidates_are_made_after_a_reason_and_one_is_kept_over_a_restart(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.service.script = [s.pictures(), s.pictures(3, size=(90, 60), noise=True)]
        await s.imagine("a red bicycle")
        result = await s.picture()
        opened = await s.press(s.ada, result, "Not right")
        await s.form(opened)
        await s.slack.acked(await s.slack.people.submit(opened, reason="composition", words="more sky"))
        helps = await s.message("cost at most $")
        assert helps.only_for == s.ada.id
        assert list(helps.buttons) == ["New candidates"]
        wording = await s.press(s.ada, helps, "New candidates")
        await s.form(wording)
        await s.slack.acked(await s.slack.people.submit(wording, prompt="a red bicycle under a wide sky", count="3"))
        choice = await s.message("Which of these 3 is it?")
        assert choice.channel is s.channel
        await s.until(lambda: len(choice.pictures) == 4, what="the contact sheet")
        assert list(choice.buttons)[:4] == ["Pick 1", "Pick 2", "Pick 3", "Edit prompt"]
        await s.press(s.slack.ben, choice, "Pick 1")
        await s.whisper(s.slack.ben, "Only the person")
        await s.stop()
        await s.start()
        for _ in range(2):
            await s.press(s.ada, choice, "Pick 2")
        await s.until(lambda: len(choice.pictures) == 1, what="the picked one alone")
        await s.press(s.ada, choice, "The others")
        others = await s.message("didn't pick")
        assert others.channel is not s.channel
        assert list(others.buttons) == ["Pick 1", "Pick 3"]
        assert [one.count for one in s.service.calls] == [1, 3]
