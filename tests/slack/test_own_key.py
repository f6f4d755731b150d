"""A community's own key from the modal in /imagine-settings to a picture that it paid for, with the real library."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.slack import moderators
from bot.domain.own_services import CommunityKeys
from bot.requests.own_services import OwnKeyPlan
from tests.own_keys import ALPHA, BASE, encryption_key, open_door
from tests.slack.stage import MODES, Mode, Stage, stage
from tests.slack.standin.world import Event, Message, User


async def page(s: Stage, who: User, words: str = "With its own key") -> Message:
    await s.slack.people.slash(who, s.channel, "/imagine-settings", "")
    await s.press(who, await s.whisper(who, "Settings of this community"), "Own key")
    return await s.whisper(who, words)


async def opened(s: Stage, who: User, label: str) -> Event:
    event = await s.press(who, await page(s, who, "ends in" if label == "Replace the key" else "With its own key"), label)
    await s.form(event)
    return event


async def submit(s: Stage, event: Event, key: str) -> Event:
    sent = await s.slack.people.submit(event, own_api="gateway", own_address=BASE, own_models="gpt-image-2", own_key=key)
    await s.slack.acked(sent)
    return sent


@pytest.mark.parametrize("mode", MODES)
async def test_an_administrator_types_a_key_and_the_workspaces_pictures_are_paid_with_it(
    mode: Mode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moderators, "RIGHTS_LIFE", 0.0)
    async with open_door() as door, stage(tmp_path, mode=mode, start=False) as s:
        s.own = OwnKeyPlan((encryption_key(),), door.connect(tmp_path / "data"))
        await s.start(community_keys=CommunityKeys.OPTIONAL)
        owner = s.slack.world.user("Olu", s.workspace, is_admin=True)
        s.channel.members.append(owner.id)
        event = await opened(s, owner, "Set a key")
        wrong = await submit(s, event, "no-such-key-0000")
        said = wrong.errors or {"": (await s.whisper(owner, "doesn't accept this key")).text}
        assert "doesn't accept this key" in next(iter(said.values()))
        assert "no-such-key" not in repr(said)
        await submit(s, await opened(s, owner, "Set a key"), ALPHA)
        await s.whisper(owner, "accepts the key")
        shown = await page(s, owner, "ends in")
        assert f"ends in …{ALPHA[-4:]}" in shown.text
        assert ALPHA not in shown.text
        again = await opened(s, owner, "Replace the key")
        assert again.opened is not None
        assert ALPHA not in repr(again.opened.body)
        await s.imagine("a red bicycle")
        await s.message("Here is your picture")
        assert door.billed() == [(ALPHA, "a red bicycle")]
        assert s.service.calls == [], "the operator's service"
