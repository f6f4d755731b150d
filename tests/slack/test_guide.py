"""/imagine-guide on Slack: a form with all six fields, the wording for one person alone, and the picture only after the press."""

from __future__ import annotations

from pathlib import Path

from tests.slack.stage import stage


async def test_a_wording_is_written_seen_after_a_restart_and_sent_once(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        event = await s.slack.people.slash(s.ada, s.channel, "/imagine-guide")
        await s.form(event)
        await s.slack.acked(await s.slack.people.submit(event, use="article cover", subject="a red robot", constraints=""))
        wording = await s.whisper(s.ada, "Nothing has been sent yet")
        assert "Use: article cover" in wording.text
        assert s.service.calls == []
        await s.stop()
        await s.start()
        for _ in range(2):
            await s.press(s.ada, wording, "Send")
        await s.whisper(s.ada, "already on its way")
        result = await s.picture()
        assert result.channel is s.channel
        assert len(s.service.calls) == 1


async def test_a_name_that_is_no_template_is_a_sentence(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        await s.slack.people.slash(s.ada, s.channel, "/imagine-guide", "weekly cover")
        await s.whisper(s.ada, "There's no template “weekly cover”, because this community has no templates yet")
