"""What a service used instead of what was asked for is said beside the picture, and told to the operator when it keeps doing it."""

from __future__ import annotations

import asyncio
import dataclasses
from pathlib import Path

import pytest

from bot.budgets import Limits
from bot.catalogue.load import Catalogue
from bot.domain.outcome import Applied, Outcome, Picture
from bot.providers.answer import applied_of
from bot.texts import text
from tests.unit.requests.ground import drew
from tests.world import Service, world

SENT = frozenset({"quality", "size", "n"})


def used(quality: str = "", model: str = "", edges: tuple[int, int] = (1024, 1024), carried: frozenset[str] = SENT) -> Outcome:
    pictures = (Picture("ab" * 32, "png", *edges, 100),)
    return dataclasses.replace(drew(), pictures=pictures, applied=Applied(quality, model), carried=carried)


@pytest.mark.parametrize(
    ("outcome", "says"),
    [
        (used("high", "gpt-image-2"), []),
        (used("hd", "openai/gpt-image-2-2026-04-21"), []),
        (used(), []),
        (used("low"), [text("request.other_quality", asked="high", used="low")]),
        (used("high", "gpt-image-1-mini"), [text("request.other_model", used="gpt-image-1-mini")]),
        (used("high", "gpt-image-2-mini"), [text("request.other_model", used="gpt-image-2-mini")]),
        (used(carried=frozenset({"size"})), [text("request.no_quality")]),
        (used(edges=(512, 512)), [text("request.other_shape", asked="1024×1024", drawn="512×512")]),
        (used(edges=(1024, 512)), [text("request.other_shape", asked="1024×1024", drawn="1024×512")]),
        (used(edges=(1000, 1000)), []),
        (used(edges=(2048, 2048)), []),
    ],
)
async def test_what_differs_is_said_and_nothing_else(tmp_path: Path, outcome: Outcome, says: list[str]) -> None:
    async with world(tmp_path, Service([outcome])) as w:
        view = await w.answer(await w.imagine(quality="high", size="1024x1024"))
        assert list(view.text[:-1]) == says


async def test_a_picture_as_wanted_begins_the_count_anew_and_an_option_left_out_has_no_value(tmp_path: Path) -> None:
    title = text("notice.title_not_applied")
    left_out = used(carried=frozenset({"size"}))
    script = [used("low"), used("high"), used("low"), used("low"), left_out, left_out, left_out]
    async with world(tmp_path, Service(script), limits=Limits(member_day=None)) as w:
        for number in range(4):
            await w.answer(await w.imagine(f"boat {number}", quality="high"))
        await asyncio.sleep(0.1)
        assert all(view.title != title for _, view in w.chat.all)
        for number in range(3):
            await w.answer(await w.imagine(f"ship {number}", quality="high"))
        await w.until(lambda: any(view.title == title for view in w.chat.now.values()))
        notice = next(view for view in w.chat.now.values() if view.title == title)
        assert "high" not in [fact.value for fact in notice.facts if fact.label == "Used"]


async def test_the_operator_hears_once_when_it_goes_on_and_that_it_ended(tmp_path: Path) -> None:
    title = text("notice.title_not_applied")
    async with world(tmp_path, Service([used("low")] * 5), limits=Limits(member_day=None)) as w:
        for number in range(5):
            await w.answer(await w.imagine(f"boat {number}", quality="high"))
            told = {key for key, view in w.chat.all if view.title == title}
            assert len(told) <= (number >= 2)
        await w.until(lambda: any(view.title == title for view in w.chat.now.values()))
        notice = next(view for view in w.chat.now.values() if view.title == title)
        assert notice.text[0].startswith(text("notice.once", at="").rstrip(" ."))
        assert [(fact.label, fact.value) for fact in notice.facts][-2:] == [("Asked for", "high"), ("Used", "low")]
        w.service.script = [used("high")]
        await w.answer(await w.imagine("a boat as wanted", quality="high"))
        await w.until(lambda: any(view.title == text("notice.resolved", what=title) for view in w.chat.now.values()))


async def test_a_name_that_the_operator_made_up_is_not_compared(tmp_path: Path) -> None:
    async with world(tmp_path, Service([used("medium", "gpt-image-2")]), model=Catalogue.load().resolve("our-pictures")) as w:
        view = await w.answer(await w.imagine(quality="medium"))
        assert len(view.text) == 1


@pytest.mark.parametrize(
    ("answer", "applied"),
    [
        ({"data": [], "quality": "low", "model": "gpt-image-2"}, Applied("low", "gpt-image-2")),
        ({"data": [{"type": "image_generation.completed", "quality": "low"}], "usage": {}}, Applied("low")),
        ({"data": [{"b64_json": "x", "quality": "low"}]}, Applied()),
        ({"quality": "very good, really", "model": ["a"]}, Applied()),
        (["gpt-image-2"], Applied()),
        (None, Applied()),
    ],
)
def test_only_what_an_answer_states_is_read(answer: object, applied: Applied) -> None:
    assert applied_of(answer) == applied
