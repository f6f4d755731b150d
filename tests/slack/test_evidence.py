"""Evidence for the service's support: the operators' button puts the file into the direct messages of who pressed it."""

from __future__ import annotations

from pathlib import Path

from tests.platforms.evidence import PROMPT, checked, with_evidence
from tests.slack.stage import stage
from tests.world import BAD_KEY, bad


async def test_the_bundle_comes_directly_and_the_channel_gets_no_file(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        with_evidence(s)
        s.service.script.append(bad(BAD_KEY))
        await s.imagine(PROMPT)
        notice = await s.message("key", s.slack.operators, s.slack.max)
        await s.press(s.slack.max, notice, "Collect evidence")
        await s.message("The evidence is in", s.slack.operators, s.slack.max)
        await s.message("in your direct messages", s.slack.operators, s.slack.max)
        [file] = [one for one in s.slack.world.files.values() if one.name.endswith(".zip")]
        checked(file.content)
        shown = [one for one in s.slack.world.seen_by(s.slack.max) if file in one.files]
        assert [one.channel.direct for one in shown] == [True]
        assert not [one for one in s.slack.world.seen_by(s.ada) if file in one.files]


async def test_a_slack_that_takes_no_file_says_where_it_is(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        with_evidence(s)
        s.service.script.append(bad(BAD_KEY))
        await s.imagine(PROMPT)
        notice = await s.message("key", s.slack.operators, s.slack.max)
        s.slack.faults.refuse("files.getUploadURLExternal", "file_uploads_disabled", times=100)
        await s.press(s.slack.max, notice, "Collect evidence")
        await s.message("Slack didn't take the file", s.slack.operators, s.slack.max)
