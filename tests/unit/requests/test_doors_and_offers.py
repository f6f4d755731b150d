"""Who is let in, what a refusal says, which cheaper requests it offers: row by row. A mutation run found these lines unguarded."""

from __future__ import annotations

import dataclasses

import pytest

from bot.budgets import Limits
from bot.catalogue.check import Checked
from bot.catalogue.cost import partials_micros
from bot.catalogue.load import Catalogue
from bot.catalogue.model import AUTO
from bot.chat.views import ActionName, Audience
from bot.domain.kinds import Kind
from bot.domain.outcome import Billed, Outcome
from bot.domain.refusal import Refusal, Shortage
from bot.domain.request_states import RequestState
from bot.domain.requests import Person, Place
from bot.ledger import message_rows, request_rows, settings_rows
from bot.requests.affordable import offers
from bot.requests.questions import ask_about
from bot.requests.rules import Question, Rules
from bot.requests.transitions import drop
from bot.texts import text
from tests.unit.requests.ground import NOON, Ground, drew, failure

A = ActionName
MODEL = Catalogue.load().default()


@pytest.mark.parametrize(
    ("allowed", "community", "taken"),
    [
        ({}, "home", True),
        ({"test": frozenset()}, "home", True),
        ({"test": frozenset({"home"})}, "home", True),
        ({"other": frozenset({"away"})}, "home", True),
        ({"test": frozenset({"away"})}, "home", False),
        ({"test": frozenset({"away"})}, "dm:ana", True),
    ],
)
async def test_only_communities_that_the_operator_names_are_let_in(
    ground: Ground, allowed: dict[str, frozenset[str]], community: str, taken: bool
) -> None:
    ground.rules = dataclasses.replace(ground.rules, allowed=allowed)
    request = await ground.asked(place=Place("test", community, "imagine"))
    assert (request.state is RequestState.QUEUED) is taken
    if not taken:
        assert request.refusal is not None
        assert request.refusal.reason == "community_not_allowed"


@pytest.mark.parametrize(("prompt", "reason"), [(" \u200b ", "prompt_empty"), ("\ud800", "unreadable")])
async def test_what_cannot_be_read_is_called_so(ground: Ground, prompt: str, reason: str) -> None:
    refusal = (await ground.asked(prompt)).refusal
    assert refusal is not None
    assert refusal.reason == reason


@pytest.mark.parametrize(
    ("typed", "own", "default", "quality"),
    [
        ("low", "high", "medium", "low"),
        (None, "high", "low", "high"),
        (None, None, "low", "low"),
        (None, None, None, MODEL.default_quality),
    ],
)
async def test_a_quality_is_the_members_the_communitys_or_the_operators(
    ground: Ground, typed: str | None, own: str | None, default: str | None, quality: str
) -> None:
    ground.rules = dataclasses.replace(ground.rules, default_quality=default)
    if own:
        await ground.ledger.write(lambda tx: settings_rows.replace(tx, "test", "home", {"quality": own}, "olu"))
    assert (await ground.asked(quality=typed)).quality == quality


async def test_a_wording_that_was_blocked_is_turned_away_at_the_door_also_from_a_form(ground: Ground) -> None:
    blocked = await ground.asked("a dragon bites")
    await ground.end(await ground.called(blocked.id), Outcome(billed=Billed.NO, status=400), failure(Kind.SAFETY_PROMPT))
    done = await ground.drawn(prompt="a quiet meadow")
    await ground.press(A.EDIT, done.id, values={"prompt": "A dragon bites!"})
    [child] = await ground.children(done.id)
    assert child.refusal is not None
    assert (child.state, child.refusal.reason) == (RequestState.REFUSED, "blocked_before")


async def test_only_what_was_dropped_in_silence_is_told_by_a_second_acceptance(ground: Ground) -> None:
    refused = await ground.asked("")
    [before] = (await ground.shown(refused.id)).values()
    assert await ground.accept(refused.id) is None
    [after] = (await ground.shown(refused.id)).values()
    assert after.wanted == before.wanted
    dropped = await ground.row(await ground.received("a cat"))
    await ground.ledger.write(lambda tx: drop(tx, dropped))
    assert await ground.shown(dropped.id) == {}
    await ground.accept(dropped.id)
    assert set(await ground.shown(dropped.id)) == {Audience.CHANNEL}


async def test_a_wrong_value_without_a_near_one_offers_none(ground: Ground) -> None:
    refusal = await ground.accept(await ground.received("x" * (MODEL.prompt_max_chars + 1)))
    assert isinstance(refusal, Refusal)
    assert (refusal.reason, refusal.nearest) == ("prompt_too_long", None)


async def test_nothing_is_proposed_where_a_refusal_names_no_near_value(ground: Ground) -> None:
    refused = await ground.asked("x" * (MODEL.prompt_max_chars + 1), size="1536x1024")
    await ground.press(A.NEAREST, refused.id)
    [child] = await ground.children(refused.id)
    assert child.typed["size"] == "1536x1024"


async def test_a_retry_is_made_once_and_says_whether_it_worked(ground: Ground) -> None:
    failed = await ground.asked()
    await ground.end(await ground.called(failed.id), Outcome(billed=Billed.NO, status=400), failure(Kind.BAD_REQUEST_OTHER))
    assert (await ground.press(A.RETRY, failed.id)).changed
    assert (await ground.press(A.AGAIN, failed.id)).changed, "Again is another picture, also beside a retry"
    for words in ("already_started", "already_worked"):
        ground.at[0] += 60
        reply = await ground.press(A.RETRY, failed.id)
        assert (reply.text, reply.changed) == (text(f"reply.{words}"), False)
        [child] = [one for one in await ground.children(failed.id) if one.origin.value == "retry"]
        if child.state is RequestState.QUEUED:
            await ground.end(await ground.called(child.id), drew(1))


async def test_what_gave_pictures_may_be_asked_for_again_and_again(ground: Ground) -> None:
    first = await ground.drawn()
    for number in range(1, 3):
        ground.at[0] += 60
        assert (await ground.press(A.RETRY, first.id)).text == text("reply.started_retry")
        children = await ground.children(first.id)
        assert len(children) == number
        await ground.end(await ground.called(children[-1].id), drew(1))


async def test_a_retry_of_a_retry_counts_for_the_first_button_too(ground: Ground) -> None:
    first = await ground.asked("")
    last = first
    for _ in range(3):
        assert (await ground.press(A.RETRY, last.id)).changed
        [last] = await ground.children(last.id)
        assert last.state is RequestState.REFUSED
    await ground.ledger.write(lambda tx: request_rows.mark(tx, last.id, state="queued"))
    assert (await ground.press(A.RETRY, first.id)).text == text("reply.already_started")


async def test_the_length_of_options_is_bounded_and_the_deadline_begins_at_the_door(ground: Ground) -> None:
    request = await ground.row(await ground.received(size="1" * 500, quality="q" * 500, count="9" * 500, model="m" * 500))
    assert {name: len(str(request.typed[name])) for name in ("size", "quality", "count", "model")} == {
        "size": 100,
        "quality": 100,
        "count": 100,
        "model": 200,
    }
    assert (request.deadline_at, request.person) == (NOON + ground.rules.deadline, Person("ana", "Ana"))


async def test_a_question_is_shown_anew_only_when_it_ends(ground: Ground) -> None:
    ground.rules = dataclasses.replace(ground.rules, lint=lambda prompt: Question("email", cleaned="a cat"))
    held = await ground.asked("mail to ana@example.org")
    [before] = await _questions(ground, held.id)
    await ground.press(A.DISCARD, held.id)
    [after] = await _questions(ground, held.id)
    assert after.wanted == before.wanted + 1


async def _questions(ground: Ground, request: str) -> list[message_rows.Stored]:
    return list(await ground.ledger.read(lambda c: message_rows.of_subject(c, f"question:{request}")))


def test_a_prompt_is_asked_about_when_it_holds_something_private() -> None:
    assert ask_about("a red bicycle") is None
    found = ask_about("a poster that says write to ana@example.org for tickets to the summer fair")
    assert found is not None
    assert found.reason == "email"
    assert "ana@example.org" not in (found.cleaned or "")


# ---- money ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize(("without", "leave_out"), [({"size"}, set()), (set(), {"quality"}), ({"size"}, {"quality"}), (set(), set())])
def test_what_the_service_chooses_may_cost_the_most_that_is_published(known: bool, without: set[str], leave_out: set[str]) -> None:
    rules = Rules(model=dataclasses.replace(MODEL, known=known), leave_out=frozenset(leave_out))  # type: ignore[type-var]
    plain = Rules(model=rules.model)
    left = (without | leave_out) if known else set()
    size, quality = (AUTO if "size" in left else "1024x1024"), (AUTO if "quality" in left else "low")
    found = rules.highest_cost("1024x1024", "low", 2, "a cat", frozenset(without))
    assert found == plain.highest_cost(size, quality, 2, "a cat")
    assert (found > plain.highest_cost("1024x1024", "low", 2, "a cat")) == bool(left)


def test_the_rules_of_a_request_are_those_of_the_model_that_draws_it() -> None:
    other, third, cheap = (dataclasses.replace(MODEL, id=name) for name in ("other", "third", "cheap"))  # type: ignore[type-var]
    offered = {one.id: one for one in (MODEL, other, third)}
    rules = Rules(model=MODEL, models=offered, equals={"stand-in": {MODEL.id: cheap}, "second key": {}})
    found = [rules.for_model(name).model.id for name in (MODEL.id, "other", "no longer offered")]
    assert found == [MODEL.id, "other", MODEL.id]
    calls = [("", MODEL.id), ("stand-in", MODEL.id), ("stand-in", "other"), ("second key", "other"), ("gone", "other")]
    assert [rules.for_call(*one).model.id for one in calls] == [MODEL.id, "cheap", "other", "other", "other"]
    assert rules.for_call("stand-in", MODEL.id) == dataclasses.replace(rules, model=cheap)
    assert [rules.has_fallback(name) for name in (MODEL.id, "other")] == [True, True]  # another key draws everything
    alone = dataclasses.replace(rules, equals={"stand-in": {MODEL.id: cheap}})
    assert [alone.has_fallback(name) for name in (MODEL.id, "other")] == [True, False]
    assert not Rules(model=MODEL).has_fallback(MODEL.id)


def test_unfinished_pictures_cost_on_top_of_the_finished_ones() -> None:
    plain, shown = Rules(model=MODEL), Rules(model=MODEL, partial_images=2)
    more = partials_micros(MODEL, 3, 2)
    asked = ("1024x1024", "low", 3, "a cat")
    assert shown.highest_cost(*asked) == plain.highest_cost(*asked) + more > plain.highest_cost(*asked)


def price(size: str, quality: str, count: int) -> int:
    return {"1024x1024": 10, "1536x1024": 20}.get(size, 40) * {"low": 1, "medium": 2}.get(quality, 4) * count


@pytest.mark.parametrize(
    ("asked", "most", "expected"),
    [
        (
            ("1536x1024", "high", 3),
            239,
            {"fewer": ("1536x1024", "high", 2), "lower": ("1536x1024", "medium", 3), "smaller": ("1024x1024", "high", 3)},
        ),
        (
            ("1536x1024", "medium", 3),
            80,
            {"fewer": ("1536x1024", "medium", 2), "lower": ("1536x1024", "low", 3), "smaller": ("1024x1024", "medium", 3)},
        ),
        # No single change is enough.
        (("1536x1024", "medium", 1), 19, {"smaller": ("1024x1024", "low", 1)}),
        (("1536x1024", "high", 3), 30, {"smaller": ("1024x1024", "low", 3), "fewer": ("1536x1024", "low", 1)}),
        (("1536x1024", "high", 3), 20, {"fewer": ("1536x1024", "low", 1), "lower": ("1024x1024", "low", 2)}),
        (("1536x1024", "high", 2), 10, {"fewer": ("1024x1024", "low", 1)}),
        (("1536x1024", "high", 2), 9, {}),
        (("1024x1024", "low", 1), 99, {}),
    ],
)
def test_offers_change_one_thing_where_that_is_enough_and_keep_as_many_pictures_as_they_can(
    asked: tuple[str, str, int], most: int, expected: dict[str, tuple[str, str, int]]
) -> None:
    found = offers(MODEL, "a cat", Checked(*asked), price, lambda one: one.price <= most)
    assert {name: (one.size, one.quality, one.count) for name, one in found.items()} == expected
    assert all(one.price == price(one.size, one.quality, one.count) for one in found.values())


@pytest.mark.parametrize(("spare", "shortage"), [(0, Shortage.TOO_EXPENSIVE), (-1, Shortage.USED_UP)])
async def test_a_budget_is_used_up_when_not_even_the_cheapest_picture_is_left_in_it(ground: Ground, spare: int, shortage: Shortage) -> None:
    def cost(size: str, quality: str) -> int:
        return ground.rules.highest_cost(size, quality, 1, "a red bicycle")

    cheapest = min(cost(size, quality) for size in MODEL.sizes.popular for quality in MODEL.qualities)
    ground.rules = dataclasses.replace(ground.rules, limits=Limits(member_day=cost("1024x1024", "high") + cheapest + spare))
    await ground.called((await ground.asked(quality="high")).id)
    refusal = (await ground.asked(quality="high")).refusal
    assert refusal is not None
    assert refusal.budget is not None
    assert (refusal.budget.shortage, bool(refusal.budget.offers)) == (shortage, spare == 0)


async def test_a_budget_that_is_used_up_leaves_nothing_and_says_whether_it_fits_when_renewed(ground: Ground) -> None:
    cost = ground.rules.highest_cost("1024x1024", "medium", 1, "a red bicycle")
    ground.rules = dataclasses.replace(ground.rules, limits=Limits(member_day=cost))
    first = await ground.asked()
    await ground.called(first.id)
    second = await ground.asked()
    assert second.refusal is not None
    assert second.refusal.budget is not None
    found = second.refusal.budget
    assert (found.left, found.limit, found.shortage, found.renewed_fits) == (0, cost, Shortage.USED_UP, True)
    assert found.offers == {}


async def test_a_namesake_on_another_platform_has_a_budget_of_their_own(ground: Ground) -> None:
    ground.rules = dataclasses.replace(ground.rules, limits=Limits(member_pictures_day=1))
    await ground.called((await ground.asked()).id)
    assert (await ground.asked()).state is RequestState.REFUSED
    assert (await ground.asked(place=Place("other", "home", "imagine"))).state is RequestState.QUEUED
