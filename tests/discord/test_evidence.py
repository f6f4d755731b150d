"""Evidence for the service's support: the operators' button hands the file to who pressed it, and to nobody else."""

from __future__ import annotations

from pathlib import Path

from tests.discord.stage import stage
from tests.platforms.evidence import PROMPT, checked, with_evidence
from tests.world import BAD_KEY, bad


async def test_the_bundle_comes_with_the_answer_to_the_press(tmp_path: Path) -> None:
    async with stage(tmp_path, start=False) as s:
        operators = s.discord.world.channel(s.guild, "operators")
        s.env["OPERATOR_CHANNEL_DISCORD"] = operators.id
        await s.start()
        with_evidence(s)
        s.service.script += [bad(BAD_KEY)]
        await s.answered(await s.imagine(PROMPT))
        notice = await s.discord.until(
            lambda: next((one for one in s.discord.world.messages.values() if one.channel is operators), None), what="a notice"
        )
        assert notice is not None
        said = await s.whisper(await s.press(s.ada, notice, "Collect evidence"), "The evidence is in")
        assert said.only_for == s.ada.id
        [(name, content)] = [(one.name, one.content) for one in said.files.values()]
        assert name.endswith(".zip")
        checked(content)
        bob = s.member("Bob")
        assert said not in s.discord.visible(bob)
