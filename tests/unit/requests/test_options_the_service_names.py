"""Pure rules about options: whose word one is, which of the values that a service names is offered, and what its member is told."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import pytest

from bot.catalogue.load import Catalogue
from bot.catalogue.sizes import label
from bot.domain.failure import Failure
from bot.domain.kinds import KINDS, Fixer, Kind
from bot.domain.outcome import Billed, Outcome
from bot.failures.explain import explain
from bot.ledger import settings_rows
from bot.requests.omitted_options import as_told_to_member, defaulted_options, proposal
from tests.unit.requests.ground import Ground
from tests.unit.requests.test_decide import request

MODEL = Catalogue.load().default()
SIZES = "1024x1024, 1536x1024, 1024x1536"
ALWAYS = {"response_format", "safety_identifier", "stream"}


def named(kind: Kind, **facts: str) -> Failure:
    rule = KINDS[kind]
    return Failure(rule.group, kind, rule.action, None, rule.who_can_fix, 1.0, facts)


@pytest.mark.parametrize(
    ("typed", "own", "default", "expected"),
    [
        ({}, {}, None, {"quality", "size", "n"}),
        ({"quality": "auto", "size": "auto"}, {}, None, {"quality", "size", "n"}),
        ({"quality": "high", "size": "1536x1024", "count": "2"}, {}, None, set()),
        ({"quality": "high"}, {"quality": "high"}, "low", {"quality", "size", "n"}),
        ({"quality": "low"}, {"quality": "high"}, "low", {"size", "n"}),
        ({"quality": "low"}, {}, "low", {"quality", "size", "n"}),
        ({"quality": MODEL.default_quality}, {}, None, {"quality", "size", "n"}),
        ({"quality": MODEL.default_quality}, {}, "low", {"size", "n"}),
        ({"size": "1536x1024"}, {"size": "1536x1024"}, None, {"quality", "size", "n"}),
        ({"size": MODEL.sizes.default}, {}, None, {"quality", "size", "n"}),
        ({"size": "1024x1024"}, {"size": "1536x1024"}, None, {"quality", "n"}),
    ],
)
async def test_a_default_that_a_form_sends_back_was_not_chosen(
    ground: Ground, typed: Mapping[str, str], own: Mapping[str, object], default: str | None, expected: set[str]
) -> None:
    ground.rules = dataclasses.replace(ground.rules, default_quality=default)
    await ground.ledger.write(lambda tx: settings_rows.replace(tx, "test", "home", dict(own), "olu"))
    asked = await ground.asked(**typed)
    assert await ground.ledger.read(lambda c: defaulted_options(c, asked, ground.rules, ground.ledger.now())) == expected | ALWAYS


@pytest.mark.parametrize(
    ("failure", "asked", "value"),
    [
        (named(Kind.UNSUPPORTED_COUNT, limit="2"), {}, "2"),
        (named(Kind.UNSUPPORTED_COUNT), {}, None),
        (named(Kind.UNSUPPORTED_SIZE), {}, None),
        (named(Kind.UNSUPPORTED_SIZE, allowed=SIZES), {"size": "auto"}, "1024x1024"),
        (named(Kind.UNSUPPORTED_SIZE, allowed=SIZES), {"size": "1600x1000"}, "1536x1024"),
        (named(Kind.UNSUPPORTED_SIZE, allowed=SIZES), {"size": "1000x1600"}, "1024x1536"),
        (named(Kind.UNSUPPORTED_SIZE, allowed="256x256, 1024x1024, 4096x4096"), {"size": "1000x1000"}, "1024x1024"),
        (named(Kind.UNSUPPORTED_SIZE, allowed="512x512, 2048x1024"), {"size": "4000x2000"}, "2048x1024"),
        (named(Kind.UNSUPPORTED_QUALITY, allowed="low, medium"), {"quality": "high"}, "medium"),
        (named(Kind.UNSUPPORTED_QUALITY, allowed="low, medium, good"), {"quality": "high"}, "good"),
        (named(Kind.UNSUPPORTED_QUALITY, allowed="low, medium"), {"quality": "odd"}, "low"),
        (named(Kind.BAD_REQUEST_OTHER, allowed="low, medium", limit="2"), {}, None),
    ],
)
def test_the_nearest_value_that_a_service_names_is_offered(failure: Failure, asked: Mapping[str, str], value: str | None) -> None:
    found = proposal(dataclasses.replace(failure, who_can_fix=Fixer.USER), dataclasses.replace(request(), **asked))  # type: ignore[arg-type]
    if value is None:
        assert found is None
        return
    assert found is not None
    assert found.nearest is not None
    sized = failure.kind is Kind.UNSUPPORTED_SIZE
    assert (found.reason, found.nearest.value, found.nearest.label) == (failure.kind.value, value, label(value) if sized else value)
    assert proposal(dataclasses.replace(failure, who_can_fix=Fixer.OPERATOR), request()) is None


@pytest.mark.parametrize(
    ("failure", "count", "facts"),
    [
        (named(Kind.UNSUPPORTED_SIZE, allowed=f"7x7, wide, {SIZES}"), 1, {"allowed": "1536x1024, 1024x1536"}),
        (named(Kind.UNSUPPORTED_QUALITY, allowed="low, superb, high"), 1, {"allowed": "high"}),
        (named(Kind.UNSUPPORTED_COUNT, limit="2"), 4, {"limit": "2"}),
        (named(Kind.UNSUPPORTED_COUNT, limit="1"), 4, {"limit": "1"}),
        (named(Kind.UNSUPPORTED_COUNT, limit="0"), 4, {}),
        (named(Kind.UNSUPPORTED_COUNT, limit="4"), 4, {}),
        (named(Kind.UNSUPPORTED_COUNT, limit="²"), 4, {}),
        (named(Kind.UNSUPPORTED_COUNT, limit="two"), 4, {}),
        (named(Kind.UNSUPPORTED_COUNT), 4, {}),
        (named(Kind.PROMPT_TOO_LONG, limit="0"), 1, {"limit": "0"}),
        (named(Kind.PROMPT_TOO_LONG, limit="1"), 1, {}),
        (named(Kind.PROMPT_TOO_LONG, limit="1000"), 1, {}),
        (named(Kind.PROMPT_TOO_LONG, limit="many"), 1, {"limit": "many"}),
        (named(Kind.SAFETY_PROMPT, limit="1000"), 1, {"limit": "1000"}),
    ],
)
def test_only_values_that_both_sides_take_are_told(failure: Failure, count: int, facts: Mapping[str, str]) -> None:
    asked = dataclasses.replace(request(), count=count, size="1024x1024", quality="low", prompt="p")
    found = as_told_to_member(asked, Outcome(billed=Billed.NO, status=400), failure, frozenset(), MODEL)
    assert (found.facts, found.who_can_fix) == (facts, failure.who_can_fix)


@pytest.mark.parametrize(
    ("failure", "free", "name"),
    [
        (named(Kind.UNSUPPORTED_QUALITY), {"quality"}, "quality"),
        (named(Kind.UNSUPPORTED_QUALITY), {"size"}, None),
        (named(Kind.UNSUPPORTED_OPTION, param="style"), set(), "style"),
        (named(Kind.UNSUPPORTED_OPTION), set(), "yes"),
        (named(Kind.PROMPT_EMPTY), set(), "yes"),
        (named(Kind.INVALID_REFERENCE_IMAGE), set(), "yes"),
    ],
)
def test_what_a_member_did_not_choose_is_the_operators_to_fix(failure: Failure, free: set[str], name: str | None) -> None:
    found = as_told_to_member(request(), Outcome(billed=Billed.NO, status=400), failure, frozenset(free), MODEL)
    assert found.facts.get("unchosen") == name
    assert (found.who_can_fix is Fixer.OPERATOR) is (name is not None)


def test_a_picture_that_a_member_attached_is_theirs_to_replace() -> None:
    asked = dataclasses.replace(request(), references=("a" * 64,))
    found = as_told_to_member(asked, Outcome(billed=Billed.NO, status=400), named(Kind.INVALID_REFERENCE_IMAGE), frozenset(), MODEL)
    assert (found.facts.get("unchosen"), found.who_can_fix) == (None, Fixer.USER)
    assert "attach another" in explain(found, "member")
    emptied = as_told_to_member(asked, Outcome(billed=Billed.NO, status=400), named(Kind.PROMPT_EMPTY), frozenset(), MODEL)
    assert emptied.who_can_fix is Fixer.OPERATOR
