"""A tier for a user group, from the form in /imagine-settings to the answer of /imagine, with the real library."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.slack import moderators
from tests.slack.stage import Stage, stage
from tests.slack.standin.world import User


async def write(s: Stage, owner: User, name: str, allows: str, who: str) -> None:
    await s.slack.people.slash(owner, s.channel, "/imagine-settings", "")
    overview = await s.whisper(owner, "Settings of this community")
    await s.press(owner, overview, "Tiers by role")
    event = await s.press(owner, await s.whisper(owner, "A tier gives"), "New tier")
    await s.form(event)
    event = await s.slack.people.submit(event, name=name, allows=allows, tier_who=who)
    await s.slack.acked(event)
    assert event.errors == {}
    await s.whisper(owner, f"Saved “{name}”")


async def test_a_user_group_gives_its_tier_and_slack_that_does_not_say_gives_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moderators, "RIGHTS_LIFE", 0.0)
    async with stage(tmp_path) as s:
        owner = s.slack.world.user("Olu", s.workspace, is_admin=True)
        ben = s.slack.world.user("Ben", s.workspace)
        s.channel.members.extend([owner.id, ben.id])
        s.slack.world.groups["S0ARTISTS"] = {ben.id}
        await write(s, owner, "Everyone", "Budget per day: 0", "")
        await write(s, owner, "Artists", "Budget per day: 0.90", "S0ARTISTS")
        await s.imagine("a red bicycle")
        await s.message("Pictures are switched off for members here")
        await s.imagine("a blue bicycle", ben)
        await s.picture(s.channel, ben)
        s.slack.world.scopes.discard("usergroups:read")
        await s.imagine("a green bicycle", ben)
        await s.until(lambda: len(s.messages(None, ben, "Pictures are switched off")) == 2, what="a second refusal")
        assert [one.prompt for one in s.service.calls] == ["a blue bicycle"]
