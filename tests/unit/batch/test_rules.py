"""The rules of batches as tables: what a form asks for, what a request's end means, what may be tried again, and what it costs."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from bot.batch.estimate import CHEAPEST_FIRST, draft_quality, estimate, final_quality, finish_price, first_wrong, price
from bot.batch.judge import (
    SERVICE_CHANGED,
    WAITS,
    BackInLine,
    ItemDrawn,
    ItemFailed,
    judge,
    may_be_tried_again,
    shows_service_works,
    waits_for_operator,
)
from bot.batch.labels import LabelProblem, labels
from bot.batch.steps import BatchProblem
from bot.batch.topics import MAX_FIELD
from bot.batch.wish import Wish, limits_of, wish_of
from bot.catalogue.load import Catalogue
from bot.catalogue.model import AUTO, Sizes, at_half_price
from bot.domain.attachments import ReferenceLimits
from bot.domain.batches import Batch, BatchItem, BatchPlan, BatchState, ItemState, Topic
from bot.domain.kinds import KINDS, Fixer, Group, Kind
from bot.domain.refusal import Refusal
from bot.domain.request_states import Answer, RequestState
from bot.domain.requests import Person, Place
from bot.requests.rules import Rules
from bot.requests.services import HALF_PRICE
from tests.unit.messages.views import failed, request

MODEL = dataclasses.replace(Catalogue.load().default(), references=ReferenceLimits(count=4))
RULES = Rules(model=MODEL, equals={HALF_PRICE: {MODEL.id: at_half_price(MODEL)}})
PLAN = BatchPlan(max_pictures=10, budget=1_000_000)


def item(state: ItemState = ItemState.DRAFT, number: int = 1, prompt: str = "a lighthouse", **values: Any) -> BatchItem:
    return BatchItem(f"i{number}", "b", number, state, Topic("a lighthouse", **values), prompt)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, Wish()),
        ({"drafts": " 1 ", "max_pictures": "1", "budget": "0.000001"}, Wish(drafts=1, max_pictures=1, budget=1)),
        ({"drafts": "4", "max_pictures": "100000", "budget": "1000000"}, Wish(drafts=4, max_pictures=100_000, budget=10**12)),
        ({"budget": "$5,50"}, Wish(budget=5_500_000)),
        ({"budget": " 5 $ "}, Wish(budget=5_000_000)),
        ({"budget": "0.0000001"}, Wish(budget=1)),
        ({"template": " a  poster of {topic}\0", "style": "ink\nwash", "size": " 1x1 ", "tag": " a b "},
         Wish("a poster of {topic}", "ink wash", "1x1", "a b")),
        ({"style": "x" * MAX_FIELD, "size": "x" * 40, "tag": "x" * 60}, Wish(style="x" * MAX_FIELD, size="x" * 40, tag="x" * 60)),
    ],
)  # fmt: skip
def test_a_form_is_read_as_it_was_meant(values: dict[str, str], expected: Wish) -> None:
    assert wish_of(values) == expected


@pytest.mark.parametrize(
    ("values", "key", "facts"),
    [
        ({"drafts": "0"}, "drafts", {"value": "0", "most": 4}),
        ({"drafts": "5"}, "drafts", {"value": "5", "most": 4}),
        ({"drafts": "two"}, "drafts", {"value": "two", "most": 4}),
        ({"max_pictures": "0"}, "max_pictures_value", {"value": "0", "most": 100_000}),
        ({"max_pictures": "100001"}, "max_pictures_value", {"value": "100001", "most": 100_000}),
        ({"max_pictures": "9" * 25}, "max_pictures_value", {"value": "9" * 20, "most": 100_000}),
        ({"max_pictures": "0000000001"}, "max_pictures_value", {"value": "0000000001", "most": 100_000}),
        ({"budget": "0"}, "budget_value", {"value": "0"}),
        ({"budget": "-1"}, "budget_value", {"value": "-1"}),
        ({"budget": "NaN"}, "budget_value", {"value": "NaN"}),
        ({"budget": "Infinity"}, "budget_value", {"value": "Infinity"}),
        ({"budget": "1000000.01"}, "budget_value", {"value": "1000000.01"}),
        ({"budget": "five dollars and fifty cents"}, "budget_value", {"value": "five dollars and fif"}),
        ({"template": "a poster"}, "template", {"placeholder": "{topic}"}),
        ({"template": "{topic}" + "x" * MAX_FIELD}, "long", {"field": "template", "count": MAX_FIELD + 7, "most": MAX_FIELD}),
        ({"style": "x" * (MAX_FIELD + 1)}, "long", {"field": "style", "count": MAX_FIELD + 1, "most": MAX_FIELD}),
        ({"size": "x" * 41}, "long", {"field": "size", "count": 41, "most": 40}),
        ({"tag": "x" * 61}, "long", {"field": "tag", "count": 61, "most": 60}),
    ],
)
def test_what_cannot_be_read_is_named_with_what_fits(values: dict[str, str], key: str, facts: dict[str, object]) -> None:
    with pytest.raises(BatchProblem) as problem:
        wish_of(values)
    assert (problem.value.key, problem.value.facts) == (key, facts)


def test_new_limits_are_read_like_the_first_ones() -> None:
    assert limits_of({"max_pictures": "6", "budget": "5"}) == (6, 5_000_000)
    assert limits_of({}) == (None, None)


@pytest.mark.parametrize(
    ("words", "last", "found"),
    [
        ("1", 1, ((1, 0),)),
        ("1a 1B", 1, ((1, 0), (1, 1))),
        ("2 2 2a", 2, ((2, 0),)),
        ("1-1", 1, ((1, 0),)),
        ("1 - 3", 3, ((1, 0), (2, 0), (3, 0))),
        ("1–2", 2, ((1, 0), (2, 0))),
        ("9999", 9999, ((9999, 0),)),
        (" ", 3, ()),
        ("#2 1", 2, ((2, 0), (1, 0))),
        ("3 1-2 3a 4", 4, ((3, 0), (1, 0), (2, 0), (4, 0))),
    ],
)
def test_numbers_of_drafts(words: str, last: int, found: tuple[tuple[int, int], ...]) -> None:
    assert labels(words, last) == found


@pytest.mark.parametrize(("words", "named"), [("1 0-1", "0-1"), ("2-4", "2-4"), ("0", "0"), ("4", "4"), ("x" * 30, "x" * 20)])
def test_the_first_word_that_is_no_number_is_named(words: str, named: str) -> None:
    with pytest.raises(LabelProblem) as problem:
        labels(words, 3)
    assert str(problem.value) == named


@pytest.mark.parametrize("state", [one for one in RequestState if one not in (RequestState.REFUSED, RequestState.ANSWERED)])
def test_a_request_that_goes_on_means_nothing_yet(state: RequestState) -> None:
    assert judge(request(state, answer=None)) is None


@pytest.mark.parametrize(
    ("values", "meaning"),
    [
        ({"answer": Answer.PICTURES}, ItemDrawn()),
        ({"answer": Answer.CANCELLED}, BackInLine()),
        ({"answer": Answer.EXPIRED}, BackInLine()),
        ({"answer": Answer.EXPIRED, "attempts": 1}, ItemFailed("expired")),
        ({"answer": Answer.INTERRUPTED}, ItemFailed("interrupted")),
        ({"answer": Answer.FAILED}, ItemFailed("failed")),
        ({"answer": Answer.FAILED, "refusal": Refusal("caption_long")}, ItemFailed("failed")),
        ({"answer": Answer.FAILED, "failure": failed(Kind.SERVER_ERROR)}, ItemFailed("server_error")),
        ({"answer": Answer.FAILED, "failure": failed(Kind.AUTH_INVALID_KEY)}, ItemFailed("auth_invalid_key", operator=True)),
        ({"answer": Answer.FAILED, "failure": failed(Kind.SAFETY_PROMPT), "refusal": Refusal("budget")}, ItemFailed("safety_prompt")),
        ({"answer": Answer.FAILED, "failure": failed(Kind.TASK_LOST), "service": HALF_PRICE}, ItemFailed("not_in_time")),
        ({"answer": Answer.FAILED, "failure": failed(Kind.TASK_LOST)}, ItemFailed("task_lost", operator=True)),
        (
            {"answer": Answer.FAILED, "failure": failed(Kind.TASK_LOST, code="batch_cancelled"), "service": HALF_PRICE},
            ItemFailed("called_off"),
        ),
        ({"answer": Answer.FAILED, "failure": failed(Kind.TASK_LOST, status="410"), "service": HALF_PRICE}, ItemFailed("task_gone")),
        ({"answer": Answer.FAILED, "failure": failed(Kind.RATE_LIMITED), "service": HALF_PRICE}, BackInLine(full=True)),
        ({"answer": Answer.FAILED, "failure": failed(Kind.RATE_LIMITED)}, ItemFailed("rate_limited")),
        ({"answer": Answer.FAILED, "refusal": Refusal(SERVICE_CHANGED)}, ItemFailed(SERVICE_CHANGED)),
        (
            {"answer": Answer.FAILED, "failure": failed(Kind.SAFETY_PROMPT), "refusal": Refusal(SERVICE_CHANGED)},
            ItemFailed("safety_prompt"),
        ),
        ({"answer": Answer.FAILED, "failure": failed(Kind.EMPTY_RESULT), "service": HALF_PRICE}, ItemFailed("empty_result")),
        ({"state": RequestState.REFUSED, "refusal": Refusal("cancelled")}, BackInLine()),
        ({"state": RequestState.REFUSED, "refusal": Refusal("abandoned")}, BackInLine()),
        ({"state": RequestState.REFUSED, "refusal": Refusal("blocked_before")}, ItemFailed("blocked_before")),
        *(({"state": RequestState.REFUSED, "refusal": Refusal(one)}, BackInLine(Refusal(one))) for one in sorted(WAITS)),
        ({"state": RequestState.REFUSED, "refusal": None}, ItemFailed("refused")),
    ],
)
def test_what_an_end_means(values: dict[str, Any], meaning: object) -> None:
    assert judge(request(**values)) == meaning


def test_what_was_blocked_or_is_wrong_with_the_topic_is_never_paid_for_again() -> None:
    again = {kind for kind in Kind if may_be_tried_again(kind.value)}
    assert again == {
        kind
        for kind, rule in KINDS.items()
        if rule.group in (Group.SERVICE, Group.UNUSABLE) or (rule.group is Group.PARAMETERS and rule.who_can_fix is Fixer.OPERATOR)
    }
    assert not again & {Kind.SAFETY_PROMPT, Kind.SAFETY_REFERENCE_IMAGE, Kind.SAFETY_OUTPUT, Kind.SAFETY_ACCOUNT_FLAGGED}
    assert {Kind.TIMEOUT, Kind.CORRUPT_IMAGE, Kind.AUTH_INVALID_KEY, Kind.INVALID_MODEL} <= again
    reasons = ("interrupted", "expired", "not_in_time", "failed", "refused", "blocked_before", "")
    assert [may_be_tried_again(one) for one in reasons] == [True, True, True, False, False, False, False]


def test_what_the_operator_mends_and_what_shows_that_the_service_works() -> None:
    operators = {kind for kind in Kind if waits_for_operator(kind.value)}
    assert {Kind.AUTH_INVALID_KEY, Kind.QUOTA_EXHAUSTED, Kind.INVALID_MODEL, Kind.MALFORMED_RESPONSE} <= operators
    assert not operators & {Kind.SAFETY_ACCOUNT_FLAGGED, Kind.SAFETY_PROMPT, Kind.SERVER_ERROR, Kind.UNSUPPORTED_SIZE}
    works = {kind for kind in Kind if shows_service_works(kind.value)}
    assert {Kind.SAFETY_PROMPT, Kind.UNSUPPORTED_SIZE, Kind.EMPTY_RESULT} <= works
    assert not works & {kind for kind, rule in KINDS.items() if rule.group is Group.SERVICE}
    assert [waits_for_operator("interrupted"), shows_service_works("interrupted")] == [False, False]


@pytest.mark.parametrize(
    ("qualities", "draft", "final"),
    [
        (("high", "medium", "low"), "low", "high"),
        (("standard", "hd"), "standard", "hd"),
        (("medium", AUTO), "medium", AUTO),
        (("odd", "other"), "other", "other"),
    ],
)
def test_drafts_are_the_cheapest_and_finished_pictures_the_best_unless_the_plan_says_otherwise(
    qualities: tuple[str, ...], draft: str, final: str
) -> None:
    model = dataclasses.replace(MODEL, qualities=qualities, default_quality=qualities[-1])
    assert (draft_quality(model, PLAN), final_quality(model, PLAN)) == (draft, final)
    chosen = dataclasses.replace(PLAN, draft_quality="high", final_quality="low")
    assert (draft_quality(model, chosen), final_quality(model, chosen)) == ("high", "low")
    assert CHEAPEST_FIRST[0] == "low"


def test_the_price_is_of_what_will_be_sent() -> None:
    assert price(RULES, PLAN, item(), final=False) == RULES.highest_cost(MODEL.sizes.default, "low", 1, "a lighthouse")
    assert price(RULES, PLAN, item(), final=True) == RULES.highest_cost(MODEL.sizes.default, "high", 1, "a lighthouse", references=1)
    several = dataclasses.replace(PLAN, drafts=3, size="1536x1024")
    assert price(RULES, several, item(), final=False) == RULES.highest_cost("1536x1024", "low", 3, "a lighthouse")
    assert price(RULES, several, item(), final=True) == RULES.highest_cost("1536x1024", "high", 1, "a lighthouse", references=1)
    own = item(size="1024x1536")
    assert price(RULES, several, own, final=False) == RULES.highest_cost("1024x1536", "low", 3, "a lighthouse")
    assert price(RULES, PLAN, item(size="7x7"), final=False) == price(RULES, PLAN, item(prompt=" "), final=True) == 0
    alone = dataclasses.replace(RULES, service_references=ReferenceLimits(count=0, mask=False))
    assert price(alone, PLAN, item(), final=True) == RULES.highest_cost(MODEL.sizes.default, "high", 1, "a lighthouse")


@pytest.mark.parametrize(
    ("plan", "items", "found"),
    [
        ({}, [item(), item(prompt=" ", number=2)], None),
        ({"draft_quality": "odd"}, [item(prompt=" "), item(number=2)], (2, "odd")),
        ({"final_quality": "odd"}, [item()], (1, "odd")),
        ({"size": "7x7"}, [item(size="1024x1536"), item(number=2)], (2, "7x7")),
        ({}, [item(size="1024x1536"), item(size="7x7", number=2), item(size="8x8", number=3)], (2, "7x7")),
        ({"model": "other", "size": "1024x1536"}, [item()], (1, "1024x1536")),
    ],
)
def test_what_the_model_cannot_draw_is_found_before_anything_is_drawn(
    plan: dict[str, str], items: list[BatchItem], found: tuple[int, str] | None
) -> None:
    square = dataclasses.replace(MODEL, id="other", sizes=Sizes("1024x1024", ("1024x1024",), fixed=("1024x1024",)))
    rules = dataclasses.replace(RULES, models={MODEL.id: MODEL, "other": square})
    wrong = first_wrong(rules, dataclasses.replace(PLAN, **plan), items)
    assert (None if wrong is None else (wrong[0].number, wrong[1].value)) == found


def test_only_finished_pictures_are_at_half_the_price() -> None:
    half = dataclasses.replace(PLAN, half_price=True)
    cheaper = dataclasses.replace(RULES, model=at_half_price(MODEL))
    assert price(RULES, half, item(), final=True) == price(cheaper, PLAN, item(), final=True) < price(RULES, PLAN, item(), final=True)
    assert price(RULES, half, item(), final=False) == price(RULES, PLAN, item(), final=False)


def test_an_estimate_adds_up_every_topic_and_a_finish_what_is_picked() -> None:
    found = [item(number=1), item(number=2, prompt="a harbour at night")]
    several = dataclasses.replace(PLAN, drafts=2)
    total = estimate(RULES, several, found)
    assert total.drafts == sum(price(RULES, several, one, final=False) for one in found)
    assert total.all == total.drafts + sum(price(RULES, several, one, final=True) for one in found)
    assert total.draft_pictures == 4
    batch = Batch(
        "b",
        1,
        BatchState.DRAFTED,
        Person("ana"),
        Place("test", "home", "imagine"),
        "t",
        dataclasses.replace(several, half_price=True),
        0.0,
        0.0,
    )
    items = [item(state, number) for number, state in enumerate(ItemState, 1)]
    picked = next(one for one in items if one.state is ItemState.PICKED)
    assert finish_price(RULES, batch, items) == (1, price(RULES, several, picked, final=True))
    assert finish_price(RULES, batch, items, half_price=True) == (1, price(RULES, batch.plan, picked, final=True))


def test_the_model_of_the_plan_counts_not_the_usual_one() -> None:
    other = dataclasses.replace(MODEL, id="other", qualities=("medium",), default_quality="medium")
    rules = dataclasses.replace(RULES, models={MODEL.id: MODEL, "other": other})
    plan = dataclasses.replace(PLAN, model="other")
    batch = Batch("b", 1, BatchState.DRAFTED, Person("ana"), Place("test", "home", "imagine"), "t", plan, 0.0, 0.0)
    medium = rules.for_model("other")
    assert estimate(rules, plan, [item()]).drafts == price(medium, plan, item(), final=False)
    assert finish_price(rules, batch, [item(ItemState.PICKED)])[1] == price(medium, plan, item(), final=True)
