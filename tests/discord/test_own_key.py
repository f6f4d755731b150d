"""A community's own key from the modal in /imagine-settings to a picture that it paid for, with the real library."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from bot.domain.own_services import CommunityKeys
from bot.requests.own_services import OwnKeyPlan
from tests.discord.stage import Stage, stage
from tests.discord.standin.world import MANAGE_GUILD, Message, User
from tests.own_keys import ALPHA, BASE, Door, encryption_key, open_door


@contextlib.asynccontextmanager
async def town(tmp_path: Path) -> AsyncIterator[tuple[Stage, Door, User]]:
    """Discord, a service with customers, and Olu, who administrates the server."""
    async with open_door() as door, stage(tmp_path, start=False) as s:
        s.own = OwnKeyPlan((encryption_key(),), door.connect(tmp_path / "data"))
        await s.start(community_keys=CommunityKeys.OPTIONAL)
        olu = s.member("Olu", MANAGE_GUILD)
        yield s, door, olu


async def page(s: Stage, who: User) -> Message:
    overview = await s.whisper(await s.discord.people.slash(who, s.channel, "imagine-settings"))
    return await s.whisper(await s.press(who, overview, "Own key"))


async def typed(s: Stage, olu: User, label: str, key: str, service: str = "gateway") -> str:
    opened = await s.press(olu, await page(s, olu), label)
    event = await s.discord.people.submit(opened, own_api=service, own_address=BASE, own_models="gpt-image-2", own_key=key)
    return (await s.whisper(event)).text


async def test_an_administrator_types_a_key_and_the_communitys_pictures_are_paid_with_it(tmp_path: Path) -> None:
    async with town(tmp_path) as (s, door, olu):
        assert "the operator's is used" in (await page(s, olu)).text
        assert "doesn't accept this key" in await typed(s, olu, "Set a key", "no-such-key-0000")
        assert "accepts the key" in await typed(s, olu, "Set a key", ALPHA)
        shown = await page(s, olu)
        assert f"ends in …{ALPHA[-4:]}" in shown.text
        assert ALPHA not in shown.text
        await s.answered(await s.imagine("a red bicycle"), "a red bicycle")
        assert door.billed() == [(ALPHA, "a red bicycle")]
        assert s.service.calls == [], "the operator's service"


async def test_a_key_is_not_in_the_form_that_replaces_it_and_removing_asks_first(tmp_path: Path) -> None:
    async with town(tmp_path) as (s, door, olu):
        await typed(s, olu, "Set a key", ALPHA)
        opened = await s.press(olu, await page(s, olu), "Replace the key")
        assert opened.modal is not None
        assert ALPHA not in repr(opened.modal), "the form doesn't have it"
        asked = await s.press(olu, await page(s, olu), "Remove the key")
        question = await s.whisper(asked)
        assert "Remove the key? It's deleted" in question.text
        assert "The key is deleted." in (await s.whisper(await s.press(olu, question, "Remove the key"))).text
        await s.answered(await s.imagine("a blue bicycle"), "a blue bicycle")
        assert door.billed() == []
        assert [one.prompt for one in s.service.calls] == ["a blue bicycle"]
