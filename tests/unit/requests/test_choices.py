"""What a member chose: a model among those offered here, and options beside and inside the text."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from bot.catalogue.load import Catalogue
from bot.chat.views import ActionName
from bot.domain.refusal import Refusal
from bot.domain.request_states import Answer
from bot.domain.requests import Request
from bot.ledger import request_rows, settings_rows
from bot.requests.actions import imagine_fields
from tests.unit.requests.ground import Ground, drew

NAMES = ("gpt-image-2", "gpt-image-2.5-flare", "gpt-image-1.5")


@pytest.fixture
def several(ground: Ground) -> Ground:
    models = {name: Catalogue.load().models[name] for name in NAMES}
    ground.rules = dataclasses.replace(ground.rules, model=models["gpt-image-2"], models=models)
    return ground


@pytest.mark.parametrize(
    ("typed", "model"),
    [
        (None, "gpt-image-2"),
        ("gpt-image-2.5-flare", "gpt-image-2.5-flare"),
        ("Flare", "gpt-image-2.5-flare"),
        ("gpt-image-2", "gpt-image-2"),
    ],
)
async def test_a_model_is_chosen_by_name_or_by_a_part_that_only_it_has(several: Ground, typed: str | None, model: str) -> None:
    row = await several.asked(model=typed)
    assert row.model == model
    assert row.state == "queued"
    attempt = await several.called(row.id)
    await several.end(attempt, drew())
    assert (await several.row(row.id)).answer is Answer.PICTURES


async def test_checks_and_prices_are_those_of_the_model(several: Ground) -> None:
    refused = await several.asked(model="1.5", size="2048x2048")
    assert refused.refusal is not None
    assert refused.refusal.reason == "unsupported_size"
    assert (await several.asked(model="flare", quality="xhigh")).quality == "xhigh"
    dear, cheap = (several.rules.for_model(name).highest_cost("1024x1024", "high", 1, "x") for name in NAMES[:2])
    assert dear != cheap


async def test_a_strange_model_is_answered_with_those_on_offer_and_a_button(several: Ground) -> None:
    refused = await several.asked(model="dall-e-3")
    assert refused.refusal is not None
    assert (refused.refusal.reason, refused.refusal.facts["allowed"]) == ("invalid_model", list(NAMES))
    await several.press(ActionName.NEAREST, refused.id)
    newest = await several.ledger.read(lambda c: request_rows.of_person(c, "test", "ana"))
    assert {row.model for row in newest} == {"", "gpt-image-2"}
    ambiguous = await several.asked(model="gpt")
    assert ambiguous.refusal is not None


async def test_a_community_narrows_the_list(several: Ground) -> None:
    await several.ledger.write(lambda tx: settings_rows.replace(tx, "test", "home", {"models": ["gpt-image-1.5"]}, "olu"))
    assert (await several.asked()).model == "gpt-image-1.5"
    refused = await several.asked(model="flare")
    assert refused.refusal is not None
    assert refused.refusal.facts["allowed"] == ["gpt-image-1.5"]


async def test_a_model_that_is_gone_does_not_stop_again(several: Ground) -> None:
    first = await several.drawn(model="flare")
    several.rules = dataclasses.replace(several.rules, models={})
    await several.press(ActionName.AGAIN, first.id)
    newest = await several.ledger.read(lambda c: request_rows.of_person(c, "test", "ana"))
    assert {row.model for row in newest} == {"gpt-image-2.5-flare", "gpt-image-2"}


async def test_the_form_offers_models_only_if_there_is_a_choice(several: Ground, ground: Ground) -> None:
    assert [field.name for field in imagine_fields(several.rules)][1] == "model"
    assert "model" not in [field.name for field in imagine_fields(dataclasses.replace(several.rules, models={}))]


@pytest.mark.parametrize(
    ("prompt", "options", "expected"),
    [
        ("a cat, 16:9, 2K, 3 pictures", {}, ("a cat", "2048x1152", 3)),
        ("a cat, 2K", {}, ("a cat", "2048x2048", 1)),
        ("a cat, 16:9", {"count": "2"}, ("a cat", "", 2)),
        ("a cat, 2k", {"size": "16:9"}, ("a cat", "2048x1152", 1)),
        ("a cat, 3 pictures", {"count": "3"}, ("a cat", "1024x1024", 3)),
    ],
)
async def test_options_inside_the_text(
    several: Ground, prompt: str, options: dict[str, Any], expected: tuple[str, str | None, int]
) -> None:
    row = await several.asked(prompt, inline=True, **options)
    assert row.state == "queued"
    assert (row.prompt, row.count) == (expected[0], expected[2])
    width, height = map(int, row.size.split("x"))
    assert row.size == expected[1] if expected[1] else abs(width / height - 16 / 9) < 0.03


@pytest.mark.parametrize(
    ("prompt", "options"), [("a cat, 16:9, 4:3", {}), ("a cat, 3 pictures", {"count": "2"}), ("a cat, 2k", {"size": "1024x1024"})]
)
async def test_contradictions_are_asked_back_and_nothing_is_sent(several: Ground, prompt: str, options: dict[str, Any]) -> None:
    row = await several.asked(prompt, inline=True, **options)
    assert isinstance(row.refusal, Refusal)
    assert row.refusal.reason == "options_conflict"
    assert row.state == "refused"


async def test_only_a_typed_line_is_read_that_way(several: Ground) -> None:
    assert (await several.asked("a cat, 3 pictures")).prompt == "a cat, 3 pictures"


async def test_again_and_the_form_keep_the_model_that_was_chosen(several: Ground) -> None:
    first = await several.asked(model="flare")
    await several.end(await several.called(first.id), drew())
    drawn = await several.row(first.id)

    def shown(request: Request | None) -> str:
        return next(one.value for one in imagine_fields(several.rules, request) if one.name == "model")

    assert (shown(drawn), shown(None), shown(dataclasses.replace(drawn, model="gone"))) == (NAMES[1], NAMES[0], NAMES[0])
    await several.press(ActionName.AGAIN, drawn.id)
    assert [one.model for one in await several.children(drawn.id)] == [NAMES[1]]


@pytest.mark.parametrize(
    ("prompt", "beside", "said"),
    [
        ("a cat, 16:9", {"size": "1" * 50}, ("16:9", "1" * 40)),
        ("a cat, 2k", {"size": "1024x" + "1" * 50}, ("2k", "1024x" + "1" * 35)),
        ("a cat, 1:1, 16:9", {}, ("1:1", "16:9")),
    ],
)
async def test_both_of_two_options_that_contradict_each_other_are_named(
    ground: Ground, prompt: str, beside: dict[str, str], said: tuple[str, str]
) -> None:
    refused = (await ground.asked(prompt, inline=True, **beside)).refusal
    assert refused is not None
    assert (refused.reason, refused.facts["one"], refused.facts["other"]) == ("options_conflict", *said)


async def test_a_long_models_name_is_cut_and_the_default_is_the_nearest(several: Ground) -> None:
    several.rules = dataclasses.replace(several.rules, model=several.rules.models["gpt-image-1.5"])
    refused = (await several.asked(model="y" * 50)).refusal
    assert refused is not None
    assert (refused.facts["value"], refused.nearest and refused.nearest.value) == ("y" * 40, "gpt-image-1.5")
    assert (await several.asked()).model == "gpt-image-1.5"
