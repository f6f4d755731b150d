"""What would this cost? Asked without sending anything; and what a request cost, beside its result where the operator says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.core import Visitor
from bot.domain.outcome import Billed, Outcome, Picture
from tests.world import Service, good, world

ANA = Visitor("test", "home", "imagine", "ana")


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("a cat, 3 pictures", "Up to $0.16 for 3 pictures (Square 1024×1024, quality medium, gpt-image-2)."),
        ("a cat, quality: high", "quality high"),
        ("a cat, 16:9, 4:3", "both “16:9” and “4:3”"),
        ("a cat, quality: perfect", "perfect"),
        ("a cat, model: dall-e-3", "no model “dall-e-3”"),
    ],
)
async def test_a_price_is_told_and_nothing_is_sent_or_stored(tmp_path: Path, typed: str, says: str) -> None:
    async with world(tmp_path, default_quality="medium") as w:
        view = await w.bot.core.status(ANA, typed)
        assert says in " ".join(view.text)
        assert w.service.calls == []
        assert not await w.requests()
        assert (await w.bot.core.status(ANA)).title != view.title


@pytest.mark.parametrize("shown", [True, False])
async def test_the_price_beside_the_result_is_the_operators_choice(tmp_path: Path, shown: bool) -> None:
    async with world(tmp_path, show_prices=shown) as w:
        view = await w.answer(await w.imagine())
        assert any("$0.0" in line for line in view.text) is shown


@pytest.mark.parametrize(
    ("edges", "said"), [((1024, 1024), True), ((1536, 1024), False), ((1248, 832), True), ((1536, 1040), False), ((1024, 1536), True)]
)
async def test_another_shape_than_asked_for_is_said(tmp_path: Path, edges: tuple[int, int], said: bool) -> None:
    drawn = Outcome(pictures=(Picture("ab" * 32, "png", *edges, 100),), billed=Billed.YES, status=200)
    async with world(tmp_path, Service([drawn, good()])) as w:
        view = await w.answer(await w.imagine(size="1536x1024"))
        assert any(f"the image service drew {edges[0]}×{edges[1]}" in line for line in view.text) is said
