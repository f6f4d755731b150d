"""What counts as something else than was asked for, and when the operator hears of it; without a service."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from bot.budgets import Limits
from bot.catalogue.load import Catalogue
from bot.domain.outcome import Outcome, Picture
from bot.requests.applied import compare
from bot.texts import text
from tests.unit.requests.ground import drew
from tests.unit.requests.test_applied import used
from tests.unit.requests.test_decide import request
from tests.world import Service, World, world

MODEL = Catalogue.load().default()
OTHER_SIZE = used(edges=(512, 512))
NONE = dataclasses.replace(drew(), pictures=())


@pytest.mark.parametrize(
    ("asked", "outcome", "found"),
    [
        ({}, OTHER_SIZE, {"size": "512×512"}),
        ({}, used(), {"size": None}),
        ({"size": ""}, OTHER_SIZE, {}),
        ({"size": "auto"}, OTHER_SIZE, {}),
        ({"left_out": frozenset({"size"})}, OTHER_SIZE, {}),
        ({"left_out": frozenset({"quality"})}, OTHER_SIZE, {"size": "512×512"}),
        ({}, NONE, {}),
        ({"size": "auto", "quality": "auto"}, used("high"), {}),
        ({"size": "auto"}, used("high"), {"quality": "high"}),
        ({"size": "auto"}, used("LOW"), {"quality": None}),
        ({"size": "auto", "quality": "medium"}, used("standard"), {"quality": None}),
        ({"size": "auto"}, used("high", carried=frozenset({"size"})), {}),
        ({"size": "auto"}, used(model="dall-e-2"), {"model": "dall-e-2"}),
        ({"size": "auto"}, used(model=MODEL.id.upper()), {"model": None}),
    ],
)
def test_only_what_was_asked_and_said_is_compared(asked: dict[str, object], outcome: Outcome, found: dict[str, str | None]) -> None:
    assert compare(dataclasses.replace(request(), **asked), outcome, MODEL) == found  # type: ignore[arg-type]


def test_a_chosen_quality_for_which_there_is_no_option_is_said_only_if_it_was_chosen() -> None:
    one = dataclasses.replace(request(), size="auto")
    assert compare(one, NONE, MODEL, unsent=True) == {"no_quality": "low"}
    assert compare(one, NONE, MODEL) == {}


def test_a_model_that_the_operator_named_is_not_compared() -> None:
    unknown = Catalogue.load().resolve("our-pictures")
    assert compare(dataclasses.replace(request(), size="auto"), used(model="another"), unknown) == {}


@pytest.mark.parametrize(
    ("said", "same"),
    [
        ("-2026-04-21", True),
        ("-v001", True),
        ("@123", True),
        ("-preview", True),
        ("-latest", True),
        ("-12", False),
        ("-mini", False),
        ("x", False),
    ],
)
def test_a_version_behind_the_name_is_the_same_model(said: str, same: bool) -> None:
    found = compare(dataclasses.replace(request(), size="auto"), used(model=MODEL.id + said), MODEL)
    assert found == {"model": None if same else MODEL.id + said}


def test_a_shorter_name_is_the_same_model_too() -> None:
    dated = dataclasses.replace(MODEL, id="makers/one-2026-04-21")
    for said, same in (("one", True), ("ONE", True), ("others/one", True), ("on", False), ("two", False)):
        assert compare(dataclasses.replace(request(), size="auto"), used(model=said), dated) == {"model": None if same else said}


async def told(w: World) -> dict[str, list[str]]:
    """Facts of the operators' open notices about what isn't applied."""
    title = text("notice.title_not_applied")
    return {
        where: [fact.value for fact in view.facts]
        for where, view in ((str(key), view) for key, view in w.chat.now.items())
        if view.title == title
    }


async def test_two_answers_are_chance_and_the_third_is_told_with_what_was_asked(tmp_path: Path) -> None:
    other = dataclasses.replace(used("high", "gpt-image-1-mini"), pictures=(Picture("ab" * 32, "png", 512, 512, 100),))
    async with world(tmp_path, Service([other, other, used("high", MODEL.id), *[other] * 3]), limits=Limits(member_day=None)) as w:
        for number in range(5):
            await w.answer(await w.imagine(f"boat {number}", quality="high", size="1024x1024"))
            assert not await told(w), number
        await w.answer(await w.imagine("the third in a row", quality="high", size="1024x1024"))
        await w.until(lambda: sum(view.title == text("notice.title_not_applied") for view in w.chat.now.values()) >= 2)
        facts = list((await told(w)).values())
        assert any(one[-2:] == ["1024x1024", "512×512"] for one in facts), facts
        assert any(one[-2:] == [MODEL.id, "gpt-image-1-mini"] for one in facts), facts
