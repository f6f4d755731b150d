"""The rules of tiers as tables: what each narrows, which of several counts, and which values of a request become which."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import pytest

from bot.budgets import Limits
from bot.catalogue.check import Checked, Problem
from bot.catalogue.load import Catalogue
from bot.catalogue.model import AUTO
from bot.domain.kinds import Kind
from bot.ledger import memory_rows, settings_rows
from bot.ledger.store import Tx
from bot.requests.rules import Rules
from bot.requests.tiers import (
    KNOWN_FOR,
    Tier,
    allowed_model,
    as_stored,
    cost_range,
    knows_roles,
    limited,
    most_generous,
    qualities_in,
    settings_for,
    sizes_in,
    tiers_of,
    within,
)
from tests.unit.requests.ground import Ground

MODEL = Catalogue.load().default()
OTHER = dataclasses.replace(MODEL, id="other-1")
RULES = Rules(model=MODEL, models={MODEL.id: MODEL, OTHER.id: OTHER}, limits=Limits(member_day=9_000_000, member_month=90_000_000))
SMALLEST = "1024x1024"


def test_a_stored_tier_without_values_is_as_its_community() -> None:
    assert tiers_of({"tiers": [{"id": "t", "name": "n"}]}) == (Tier("t", "n"),)


@pytest.mark.parametrize(
    ("tier", "changed"),
    [
        (Tier("t", "n"), {"tier": "n"}),
        (Tier("t", "n", day=0, month=0), {"tier": "n", "budget_member_day": 0, "budget_member_month": 0}),
        (Tier("t", "n", day=1, month=2, pause=3), {"tier": "n", "budget_member_day": 1, "budget_member_month": 2, "pause": 3}),
        (Tier("t", "n", models=("gone-1",), largest=SMALLEST), {"tier": "n", "largest": SMALLEST}),
        (Tier("t", "n", models=("gone-1", OTHER.id), qualities=("low",)), {"tier": "n", "models": [OTHER.id], "qualities": ["low"]}),
    ],
)
def test_a_tier_changes_only_what_it_names(tier: Tier, changed: Mapping[str, Any]) -> None:
    own = {"budget_member_day": 5, "models": [MODEL.id], "pause": 7, "results": "private"}
    assert within(own, tier, RULES) == {**own, **changed}


def test_without_a_choice_of_models_the_usual_one_can_be_named() -> None:
    assert within({}, Tier("t", "n", models=(MODEL.id,)), Rules(model=MODEL))["models"] == [MODEL.id]


@pytest.mark.parametrize(
    ("one", "other", "wins"),
    [
        ({"day": 2}, {"day": 1}, "one"),
        ({"day": 2, "month": 1}, {"day": 1, "month": 9}, "one"),
        ({"day": 1, "month": 2}, {"day": 1, "month": 1}, "one"),
        ({"day": 1, "month": 2}, {"day": 1, "month": 3, "pause": 60}, "other"),
        ({"day": 1, "qualities": ("low",)}, {"day": 1, "qualities": ("high",), "pause": 60}, "other"),
        ({"day": 1, "largest": "3840x2160", "pause": 60}, {"day": 1, "largest": SMALLEST}, "one"),
        ({"day": 1, "pause": 60}, {"day": 1, "pause": 61}, "one"),
        ({"day": 1, "pause": 1}, {"day": 1}, "other"),
        ({"day": 0}, {}, "other"),
    ],
)
def test_money_then_the_dearest_picture_then_the_pause_say_which_is_most_generous(
    one: Mapping[str, Any], other: Mapping[str, Any], wins: str
) -> None:
    given = [Tier("1", "one", ("a",), **one), Tier("2", "other", ("b",), **other), Tier("3", "none", pause=86_400, day=0)]
    for tiers in (given, given[::-1]):
        found = most_generous({"tiers": as_stored(tiers)}, "ben", ["a", "b"], RULES)
        assert found["tier"] == wins


def test_no_limit_of_the_operator_is_more_than_any_limit() -> None:
    free = dataclasses.replace(RULES, limits=Limits(member_day=None, member_month=None))
    given = [Tier("1", "limited", ("a",), day=10**12), Tier("2", "free", ("b",), pause=60)]
    assert most_generous({"tiers": as_stored([*given, Tier("3", "all", day=0)])}, "ben", ["a", "b"], free)["tier"] == "free"


def test_a_role_that_no_tier_names_changes_nothing_and_a_tier_for_everyone_is_everyones() -> None:
    own = {"tiers": as_stored([Tier("1", "staff", ("a",), day=1)])}
    assert most_generous(own, "ben", ["b"], RULES) == own
    everyone = {"tiers": as_stored([Tier("1", "staff", ("a",), day=1), Tier("2", "all", day=0)])}
    assert most_generous(everyone, "ben", [], RULES)["tier"] == "all"
    assert most_generous(everyone, "a", [], RULES)["tier"] == "staff"


@pytest.mark.parametrize(
    ("largest", "sizes"),
    [
        (None, MODEL.sizes.popular),
        ("", MODEL.sizes.popular),
        (7, MODEL.sizes.popular),
        ("3840x2160", MODEL.sizes.popular),
        ("2048x1152", ("1024x1024", "1536x1024", "1024x1536", "2048x1152")),
        ("1536x1024", ("1024x1024", "1536x1024", "1024x1536")),
        ("1024x1024", ("1024x1024",)),
        ("1008x1024", ("1024x1024",)),
    ],
)
def test_the_sizes_of_a_tier(largest: object, sizes: tuple[str, ...]) -> None:
    assert sizes_in({"largest": largest}, MODEL) == sizes
    turned = dataclasses.replace(MODEL, sizes=dataclasses.replace(MODEL.sizes, popular=MODEL.sizes.popular[::-1]))
    assert sizes_in({"largest": largest}, turned) == sizes[::-1], "the smallest by its pixels, not by its place"


@pytest.mark.parametrize(
    ("named", "qualities"),
    [
        (None, MODEL.qualities),
        ([], MODEL.qualities),
        ("low", MODEL.qualities),
        (["low"], ("low",)),
        (["high", "low"], ("low", "high")),
        (["hd"], ("low",)),
    ],
)
def test_the_qualities_of_a_tier(named: object, qualities: tuple[str, ...]) -> None:
    assert qualities_in({"qualities": named}, MODEL) == qualities
    turned = dataclasses.replace(MODEL, qualities=MODEL.qualities[::-1])
    assert qualities_in({"qualities": named}, turned) == qualities[::-1], "the cheapest by its price, not by its place"


@pytest.mark.parametrize(
    ("qualities", "usual"), [(["low", "high"], "high"), (["low", "medium", "high"], "medium"), (["low"], "low"), (None, "medium")]
)
def test_a_model_within_a_tier_has_its_usual_quality_or_the_best_that_is_left(qualities: object, usual: str) -> None:
    found = allowed_model({"qualities": qualities}, MODEL)
    assert (found.default_quality, found.qualities) == (usual, qualities_in({"qualities": qualities}, MODEL))


@pytest.mark.parametrize(
    ("own", "sizes", "qualities"),
    [
        ({"largest": "1536x1024", "qualities": ["low", "medium"]}, ("1024x1024", "1536x1024", "1024x1536"), ("low", "medium")),
        ({"largest": "1600x1600", "qualities": ["low"]}, ("1024x1024", "1536x1024", "1024x1536", "2048x1152", "1600x1600"), ("low",)),
        ({"largest": "7x7", "qualities": ["low"]}, ("1024x1024",), ("low",)),
        ({"qualities": ["high"]}, MODEL.sizes.popular, ("high",)),
    ],
)
def test_what_one_picture_costs_within_a_tier(own: Mapping[str, Any], sizes: tuple[str, ...], qualities: tuple[str, ...]) -> None:
    costs = [RULES.highest_cost(size, quality, 1, "") for size in sizes for quality in qualities]
    assert cost_range(own, RULES) == (min(costs), max(costs))


FEW = {"tier": "Few", "largest": "1536x1024", "qualities": ["low", "medium"]}


def checked(size: str = SMALLEST, quality: str = "low") -> Checked:
    return Checked(size, quality, 1)


@pytest.mark.parametrize(
    ("found", "size", "quality", "usual", "expected"),
    [
        (checked(), SMALLEST, "low", (None, None), checked()),
        (checked("1536x1024", "medium"), "1536x1024", "medium", (None, None), checked("1536x1024", "medium")),
        (checked("1440x960"), "1440x960", "low", (None, None), checked("1440x960")),
        (checked("2048x1152"), None, "low", ("2048x1152", None), checked("1536x1024")),
        (checked("2048x1152"), "2048x1152", "low", ("2048x1152", None), checked("1536x1024")),
        (checked(AUTO), None, "low", (None, None), checked("1024x1024")),
        (checked(quality="high"), None, None, (None, "high"), checked(quality="medium")),
        (checked(quality="high"), None, "high", (None, "high"), checked(quality="medium")),
        (checked(quality=AUTO), None, None, (None, None), checked(quality="medium")),
    ],
)
def test_what_fits_stays_and_what_nobody_chose_becomes_the_nearest(
    found: Checked, size: str | None, quality: str | None, usual: tuple[str | None, str | None], expected: Checked
) -> None:
    assert limited(found, size, quality, FEW, RULES, usual) == expected
    assert limited(found, size, quality, {**FEW, "tier": ""}, RULES, usual) == found, "only tiers narrow"


@pytest.mark.parametrize(
    ("own", "size"),
    [
        ({"largest": "1600x1600"}, "1600x1600"),
        ({"largest": "1600x1600"}, "2048x1248"),
        ({"largest": "1008x1024"}, "1024x1024"),
        ({}, "1440x960"),
        ({}, "3840x2160"),
    ],
)
def test_the_largest_size_itself_and_the_smallest_of_the_model_are_always_allowed(own: Mapping[str, Any], size: str) -> None:
    assert limited(checked(size), size, "low", {"tier": "Few", **own}, RULES, (None, None)) == checked(size)


SIZES = ("1024x1024", "1536x1024", "1024x1536")


@pytest.mark.parametrize(
    ("found", "size", "quality", "kind", "value", "allowed", "near"),
    [
        (checked("2048x1152"), "2048x1152", None, Kind.UNSUPPORTED_SIZE, "2048x1152", SIZES, "1536x1024"),
        (checked("2048x2048"), " " * 38 + "2048x2048", None, Kind.UNSUPPORTED_SIZE, " " * 38 + "20", SIZES, "1024x1024"),
        (checked(quality="high"), None, "high", Kind.UNSUPPORTED_QUALITY, "high", ("low", "medium"), "medium"),
        (checked(quality="high"), None, "high" + "." * 40, Kind.UNSUPPORTED_QUALITY, "high" + "." * 36, ("low", "medium"), "medium"),
    ],
)
def test_what_somebody_chose_and_the_tier_lacks_is_named(
    found: Checked, size: str | None, quality: str | None, kind: Kind, value: str, allowed: tuple[str, ...], near: str
) -> None:
    assert limited(found, size, quality, FEW, RULES, (None, None)) == Problem(kind, value, allowed, near, "Few")


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        (Problem(Kind.UNSUPPORTED_SIZE, "x", ("a",), "3840x2160"), (SIZES, "1536x1024", "Few")),
        (Problem(Kind.UNSUPPORTED_SIZE, "x", ("a",), None), (SIZES, "1024x1024", "Few")),
        (Problem(Kind.UNSUPPORTED_QUALITY, "x", ("a",), "low"), (("low", "medium"), "low", "Few")),
        (Problem(Kind.UNSUPPORTED_QUALITY, "x", ("a",), "high"), (("low", "medium"), "medium", "Few")),
        (Problem(Kind.UNSUPPORTED_COUNT, "x", ("a",), "3"), (("a",), "3", "")),
        (Problem(Kind.PROMPT_TOO_LONG, "x", ("a",), None), (("a",), None, "")),
    ],
)
def test_a_wrong_value_is_answered_with_what_the_tier_has(problem: Problem, expected: tuple[Any, ...]) -> None:
    found = limited(problem, "x", "x", FEW, RULES, (None, None))
    assert isinstance(found, Problem)
    assert (found.allowed, found.nearest, found.tier) == expected
    only_size = limited(problem, "x", "x", {**FEW, "qualities": None}, RULES, (None, None))
    assert isinstance(only_size, Problem)
    assert only_size.tier == ("Few" if problem.kind is Kind.UNSUPPORTED_SIZE else "")


@pytest.mark.parametrize(
    ("stored", "age", "counts"),
    [
        (["a"], 0.0, True),
        (["a"], KNOWN_FOR - 1, True),
        (["a"], KNOWN_FOR, False),
        (["a"], -60.0, True),
        (["a"], -KNOWN_FOR, False),
        ("a", 0.0, False),
        (None, 0.0, False),
    ],
)
async def test_an_answer_about_roles_counts_for_a_day_by_any_clock(ground: Ground, stored: object, age: float, counts: bool) -> None:
    now = ground.ledger.now()

    def body(tx: Tx) -> None:
        tiers = as_stored([Tier("1", "staff", ("a",), day=5), Tier("2", "all", day=0)])
        settings_rows.replace(tx, "test", "home", {"tiers": tiers}, "olu")
        memory_rows.remember(tx, "roles:test:ben:home", stored)

    await ground.ledger.write(body)
    found = await ground.ledger.read(lambda c: settings_for(c, "test", "home", "ben", RULES, now + age))
    assert found["tier"] == ("staff" if counts else "all")
    for place in (("other", "home"), ("test", "elsewhere")):
        elsewhere = await ground.ledger.read(lambda c, place=place: settings_for(c, *place, "ben", RULES, now))  # type: ignore[misc]
        assert "tier" not in elsewhere


async def test_an_answer_from_the_future_is_stored_again(ground: Ground) -> None:
    now = ground.ledger.now()
    await ground.ledger.write(lambda tx: memory_rows.remember(tx, "roles:test:ben:home", ["a", "b"]))

    async def knows(at: float, *held: str, person: str = "ben") -> bool:
        return await ground.ledger.read(lambda c: knows_roles(c, "test", "home", person, held, at))

    assert await knows(now, "b", "a")
    assert not await knows(now - 1, "a", "b")
    assert not await knows(now, "a", "b", person="cleo")
