"""Buttons under a private result in a direct message: whose key draws what they ask for, and who may press them."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from bot.chat.views import Act, ActionName
from bot.domain.own_services import CommunityKeys
from bot.ledger import request_rows, settings_rows
from bot.ledger.tables import requests
from tests.own_keys import ALPHA, Door, Town, encryption_key, town


@pytest.fixture
def keys() -> list[str]:
    return [encryption_key()]


async def press(t: Town, action: ActionName, row: str, **values: str) -> str:
    """Ana presses a button in her direct messages. Returns the answer."""
    t.events += 1
    act = Act(f"direct:{t.events}", "ana", "Ana", "test", "dm:ana", "d1", action, row, values, {"token": "t"}, direct=True)
    return (await t.bot.core.act(act)).text


async def made(t: Town, community: str, *, private: bool) -> str:
    result = await t.ask(community, "a red bicycle", private=private)
    assert (await t.answer(result)).pictures
    t.door.seen.clear()
    return result


async def child(t: Town, parent: str) -> str:
    found = await t.bot.ledger.read(lambda c: c.execute(select(requests.c.id).where(requests.c.parent == parent)).scalars().all())
    assert len(found) == 1
    return str(found[0])


@pytest.mark.parametrize("mode", [CommunityKeys.OPTIONAL, CommunityKeys.REQUIRED])
@pytest.mark.parametrize(("action", "values"), [(ActionName.AGAIN, {}), (ActionName.EDIT, {"prompt": "a blue bicycle"})])
async def test_what_follows_a_private_result_is_drawn_and_paid_where_it_is_from(
    tmp_path: Path, door: Door, keys: list[str], mode: CommunityKeys, action: ActionName, values: dict[str, str]
) -> None:
    async with town(tmp_path, door, keys, mode) as t:
        await t.set_key("alpha", ALPHA)
        result = await made(t, "alpha", private=True)
        await press(t, action, result, **values)
        new = await child(t, result)
        assert (await t.answer(new)).pictures
        assert [key for key, _ in door.billed()] == [ALPHA]
        request = await t.bot.ledger.read(lambda c: request_rows.get(c, new))
        assert request is not None
        assert (request.place.community, request.place.channel, request.private) == ("alpha", "imagine", True)
        assert not request.place.reply, "a handle from the direct message can't show what's elsewhere"


async def test_its_budget_counts(tmp_path: Path, door: Door, keys: list[str]) -> None:
    async with town(tmp_path, door, keys) as t:
        result = await made(t, "alpha", private=True)
        await t.bot.ledger.write(lambda tx: settings_rows.replace(tx, "test", "alpha", {"budget_member_day": 0}, "olu"))
        await press(t, ActionName.AGAIN, result)
        assert "switched off for members here" in " ".join((await t.answer(await child(t, result))).text)
        assert door.billed() == []


@pytest.mark.parametrize("action", [ActionName.AGAIN, ActionName.RETRY, ActionName.EDIT, ActionName.EDIT_PICTURE, ActionName.CANDIDATES])
async def test_whoever_left_the_community_draws_nothing_there(tmp_path: Path, door: Door, keys: list[str], action: ActionName) -> None:
    async with town(tmp_path, door, keys) as t:
        await t.set_key("alpha", ALPHA)
        result = await made(t, "alpha", private=True)
        t.platform.moderators.left.add(("ana", "alpha"))
        said = await press(t, action, result, prompt="a blue bicycle", private="true", count="2")
        assert said.startswith("You're no longer in the community that this came from, or the bot couldn't check just now")
        assert door.seen == []
        rows = await t.bot.ledger.read(lambda c: c.execute(select(requests.c.id).where(requests.c.parent == result)).all())
        assert rows == []
        assert "deleted" in (await press(t, ActionName.DELETE, result)).casefold(), "what's theirs stays in their hands"


async def test_a_platform_that_cannot_say_who_is_there_lets_nobody_draw(tmp_path: Path, door: Door, keys: list[str]) -> None:
    async with town(tmp_path, door, keys) as t:
        result = await made(t, "alpha", private=True)

        async def silent(person: str, community: str) -> bool:
            raise TimeoutError

        t.platform.moderators.is_member = silent  # type: ignore[method-assign]
        assert "nothing was sent" in await press(t, ActionName.AGAIN, result)
        assert door.seen == []


async def test_under_a_public_result_they_belong_to_the_direct_message(tmp_path: Path, door: Door, keys: list[str]) -> None:
    async with town(tmp_path, door, keys) as t:
        await t.set_key("alpha", ALPHA)
        result = await made(t, "alpha", private=False)
        t.platform.moderators.left.add(("ana", "alpha"))
        await press(t, ActionName.AGAIN, result)
        assert (await t.answer(await child(t, result))).pictures
        assert ALPHA not in [key for key, _ in door.billed()]
