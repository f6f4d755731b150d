"""What members of a community are told about what draws there."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.catalogue.load import Catalogue
from bot.core import Visitor
from bot.domain.own_services import CommunityKeys
from bot.texts import text
from bot.texts.phrases import listed, size
from tests.own_keys import ALPHA, Door, Town, encryption_key, town


@pytest.fixture
def keys() -> list[str]:
    return [encryption_key()]


async def help_and_status(t: Town, community: str) -> tuple[str, str]:
    ana = Visitor("test", community, "imagine", "ana")
    return " ".join((await t.bot.core.help(ana)).text), " ".join((await t.bot.core.status(ana)).text)


async def test_help_names_what_draws_in_the_readers_community(tmp_path: Path, door: Door, keys: list[str]) -> None:
    async with town(tmp_path, door, keys) as t:
        await t.set_key("alpha", ALPHA, models="gpt-image-1.5, gpt-image-2")
        said, _ = await help_and_status(t, "alpha")
        model, operators = (Catalogue.load().models[name] for name in ("gpt-image-1.5", "gpt-image-2"))
        assert "community's own image service draws, with gpt-image-1.5 and gpt-image-2" in said
        assert (
            text(
                "help.options",
                sizes=listed([size(one) for one in model.sizes.popular[:6]]),
                qualities=listed(model.qualities),
                count=model.max_count,
            )
            in said
        )
        elsewhere, _ = await help_and_status(t, "beta")
        assert "own image service" not in elsewhere
        assert listed([size(one) for one in operators.sizes.popular[:6]]) in elsewhere


@pytest.mark.parametrize(
    ("mode", "has_key", "said"),
    [
        (CommunityKeys.REQUIRED, False, "with the community's own key, and there's none yet. An administrator can set one"),
        (CommunityKeys.OFF, True, "doesn't allow that anymore, so nothing is drawn here. An administrator can remove the key"),
        (
            CommunityKeys.OPTIONAL,
            True,
            "can't open this community's key anymore, so nothing is drawn here. An administrator can set it again",
        ),
    ],
)
async def test_where_nobody_draws_status_and_help_say_why_and_who_can_mend_it(
    tmp_path: Path, door: Door, keys: list[str], mode: CommunityKeys, has_key: bool, said: str
) -> None:
    if has_key:
        async with town(tmp_path, door, keys) as t:
            await t.set_key("alpha", ALPHA)
    async with town(tmp_path, door, [encryption_key()] if mode is CommunityKeys.OPTIONAL else keys, mode) as t:
        helped, status = await help_and_status(t, "alpha")
        assert said in helped
        assert said in status
        for told in (helped, status):
            assert "working normally" not in told
            assert "1024" not in told
        if mode is not CommunityKeys.OFF:
            direct = (await help_and_status(t, "dm:ana"))[1]
            assert ("ask in a channel of your community" in direct) is (mode is CommunityKeys.REQUIRED)
