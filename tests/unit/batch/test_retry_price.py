"""Which failed topics are drawn again, and what another try costs at most, as tables."""

from __future__ import annotations

import dataclasses

import pytest

from bot.batch.estimate import due_again, price, retry_price
from bot.domain.batches import Batch, BatchItem, BatchState, ItemState
from bot.domain.kinds import Kind
from bot.domain.requests import Person, Place
from tests.unit.batch.test_rules import MODEL, PLAN, RULES, item

HALF = dataclasses.replace(PLAN, half_price=True)
WITHOUT = dataclasses.replace(RULES, equals={})


def failed(reason: str, number: int = 1, **values: object) -> BatchItem:
    return dataclasses.replace(item(ItemState.FAILED, number), **{"reason": reason, "tries": 1, **values})  # type: ignore[arg-type]


def batch(**plan: object) -> Batch:
    made = dataclasses.replace(PLAN, **plan)  # type: ignore[arg-type]
    return Batch("b", 1, BatchState.FINISHED, Person("ana"), Place("test", "home", "imagine"), "t", made, 0.0, 0.0)


@pytest.mark.parametrize(
    ("one", "by_itself", "asked"),
    [
        (failed(Kind.AUTH_INVALID_KEY.value), True, True),
        (failed(Kind.AUTH_INVALID_KEY.value, tries=2), False, True),
        (failed(Kind.SERVER_ERROR.value), False, True),
        (failed("interrupted"), False, True),
        (failed(Kind.SAFETY_PROMPT.value), False, False),
        (failed(Kind.UNSUPPORTED_SIZE.value), False, False),
        (failed(Kind.AUTH_INVALID_KEY.value, state=ItemState.DRAFT), False, False),
        (failed(Kind.SERVER_ERROR.value, state=ItemState.FINAL), False, False),
    ],
)
def test_what_is_drawn_again(one: BatchItem, by_itself: bool, asked: bool) -> None:
    assert due_again([one], asked=False) == [one] * by_itself
    assert due_again([one], asked=True) == [one] * asked


DRAFT, FINAL = failed("interrupted", 1), failed("interrupted", 2, picked="ab" * 32, prompt="a harbour at night")
WAITS = dataclasses.replace(item(ItemState.FINAL, 3, "a mill"), picked="cd" * 32)
BLOCKED = failed(Kind.SAFETY_PROMPT.value, 4, picked="ef" * 32)
ALL = (DRAFT, FINAL, WAITS, BLOCKED)


def test_at_the_whole_price_drafts_and_finished_pictures_cost_what_each_costs() -> None:
    expected = price(RULES, PLAN, DRAFT, final=False) + price(RULES, PLAN, FINAL, final=True)
    assert retry_price(RULES, batch(), ALL) == (2, expected, False)
    assert retry_price(WITHOUT, batch(), ALL) == (2, expected, False)


def test_where_the_service_still_has_half_the_price_it_is_asked_for() -> None:
    expected = price(RULES, PLAN, DRAFT, final=False) + price(RULES, HALF, FINAL, final=True)
    assert retry_price(RULES, batch(half_price=True), ALL) == (2, expected, True)
    assert retry_price(RULES, batch(half_price=True), [DRAFT]) == (1, price(RULES, PLAN, DRAFT, final=False), False)


def test_where_it_has_not_what_waits_for_it_is_drawn_at_the_whole_price_too() -> None:
    expected = sum(price(RULES, PLAN, one, final=one is not DRAFT) for one in (DRAFT, FINAL, WAITS))
    assert retry_price(WITHOUT, batch(half_price=True), ALL) == (3, expected, False)


def test_it_is_the_price_of_the_plans_model() -> None:
    other = dataclasses.replace(MODEL, id="other", qualities=("medium",), default_quality="medium")
    rules = dataclasses.replace(RULES, models={MODEL.id: MODEL, "other": other})
    found = retry_price(rules, batch(model="other"), [FINAL])
    assert found == (1, price(rules.for_model("other"), PLAN, FINAL, final=True), False)
    assert found[1] != price(rules, PLAN, FINAL, final=True)
