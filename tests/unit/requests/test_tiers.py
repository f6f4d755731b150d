"""What a tier changes for its members: options, budgets and pauses, and that a role which isn't confirmed changes nothing."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import pytest

from bot.budgets import Limits
from bot.catalogue.load import Catalogue
from bot.domain.kinds import Kind
from bot.domain.outcome import Billed, Outcome
from bot.domain.refusal import Refusal
from bot.domain.request_states import Answer, RequestState
from bot.domain.requests import Lineage, Origin, Person, Place, Submission
from bot.ledger import settings_rows
from bot.messages.refusal_view import refusal_sentence
from bot.requests.accept import RolesUnknown, accept
from bot.requests.attempt import Ended, Opened
from bot.requests.omitted_options import defaulted_options
from bot.requests.rules import Rules
from bot.requests.submit import store_submission
from bot.requests.tiers import KNOWN_FOR, Tier, as_stored, cost_range, knows_roles, most_generous, remember_roles, tiers_of
from tests.unit.requests.ground import Ground, drew, failure

MODEL = Catalogue.load().default()
OTHER = dataclasses.replace(MODEL, id="gpt-image-2.5-flare")
RULES = Rules(model=MODEL, models={MODEL.id: MODEL, OTHER.id: OTHER})
SMALL = Tier("t1", "Small", ("77",), largest="1024x1024", qualities=("low",))
RICH = Tier("t2", "Rich", ("88", "ana"), day=5_000_000)


async def tiers(ground: Ground, *given: Tier, held: tuple[str, ...] | None = None, **own: object) -> None:
    def body(tx: Any) -> None:
        settings_rows.replace(tx, "test", "home", {**own, "tiers": as_stored(given)}, "olu")
        if held is not None:
            remember_roles(tx, "test", "home", "ben", held)

    await ground.ledger.write(body)


async def asks(ground: Ground, **options: Any) -> Refusal | None:
    row = await ground.asked(person="ben", **options)
    assert (row.state is RequestState.REFUSED) == (row.refusal is not None)
    return row.refusal


def own(*given: Tier, **values: object) -> Mapping[str, Any]:
    return {**values, "tiers": as_stored(given)}


async def test_a_command_is_accepted_once_the_platform_has_been_asked_about_the_roles_that_count(ground: Ground) -> None:
    async def accepted(request: str, *, roles_known: bool = False) -> object:
        return await ground.ledger.write(lambda tx: accept(tx, request, ground.rules, ground.open_case, roles_known=roles_known))

    await tiers(ground, Tier("t1", "Mine", ("ana",)))
    assert getattr(await accepted(await ground.received("a cat")), "state", None) is RequestState.QUEUED, "nobody has to be asked"
    await tiers(ground, Tier("t1", "Mine", ("ana",)), SMALL)
    waiting = await ground.received("a dog")
    with pytest.raises(RolesUnknown) as raised:
        await accepted(waiting)
    assert (raised.value.request.id, (await ground.row(waiting)).state) == (waiting, RequestState.RECEIVED)
    assert getattr(await accepted(waiting, roles_known=True), "state", None) is RequestState.QUEUED


def test_stored_tiers_are_read_as_they_were() -> None:
    full = Tier("t3", "Full", ("1",), (MODEL.id,), "1536x1024", ("low", "high"), 0, 7, 60)
    assert tiers_of(own(SMALL, RICH, full)) == (SMALL, RICH, full)
    assert tiers_of({}) == tiers_of({"tiers": "x"}) == tiers_of({"tiers": ["x"]}) == ()


def test_of_several_tiers_the_most_generous_counts_and_nobody_has_less_than_everyone() -> None:
    rules = dataclasses.replace(RULES, limits=Limits(member_day=9_000_000, member_month=None))
    given = own(SMALL, RICH, budget_member_day=1_000_000)
    assert most_generous(given, "ben", ["77", "88"], rules)["tier"] == "Rich"
    assert "tier" not in most_generous(given, "ben", [], rules)
    assert "tier" not in most_generous(given, "ben", ["77"], rules), "everyone has as much money and dearer pictures"
    assert most_generous(given, "ana", [], rules)["tier"] == "Rich", "a listed person"
    everyone = own(dataclasses.replace(SMALL, who=()), RICH)
    assert most_generous(everyone, "ben", [], rules)["tier"] == "Small"
    longer = dataclasses.replace(SMALL, id="t9", name="Longer", pause=60)
    assert most_generous(own(longer, SMALL, dataclasses.replace(longer, who=())), "ben", ["77"], rules)["tier"] == "Small"


def test_a_tier_never_allows_more_than_the_operator() -> None:
    rules = dataclasses.replace(RULES, limits=Limits(member_day=2_000_000))
    rich = most_generous(own(dataclasses.replace(RICH, models=("gone", MODEL.id))), "ana", [], rules)
    assert rules.limits.within(rich).member_day == 2_000_000
    assert rich["models"] == [MODEL.id]
    narrowed = most_generous(own(dataclasses.replace(RICH, models=("gone",)), models=[OTHER.id]), "ana", [], rules)
    assert narrowed["models"] == [OTHER.id], "a tier whose models are gone has the community's, not all"


def test_the_cost_range_is_from_the_smallest_cheapest_to_the_largest_dearest_picture() -> None:
    low, high = cost_range({}, RULES)
    small = cost_range({"tier": "Small", "largest": "1024x1024", "qualities": ["low"]}, RULES)
    assert low <= small[0] <= small[1] < high
    assert small == (RULES.highest_cost("1024x1024", "low", 1, ""),) * 2


@pytest.mark.parametrize(
    ("options", "reason", "words"),
    [
        ({"size": "1536x1024"}, "tier_size", "Your tier “Small” doesn't include the size 1536x1024. It has Square 1024×1024."),
        ({"size": "77x3"}, "tier_size", "Your tier “Small” doesn't include the size 77x3."),
        ({"quality": "high"}, "tier_quality", "Your tier “Small” doesn't include the quality high. It has low."),
        ({"quality": "lots"}, "tier_quality", "Your tier “Small” doesn't include the quality lots."),
        ({"model": OTHER.id}, "tier_model", f"Your tier “Small” doesn't include a model “{OTHER.id}”. It has {MODEL.id}."),
    ],
)
async def test_what_a_tier_lacks_is_refused_with_what_it_has_and_a_button(
    ground: Ground, options: dict[str, str], reason: str, words: str
) -> None:
    ground.rules = RULES
    await tiers(ground, dataclasses.replace(SMALL, who=(), models=(MODEL.id,)))
    refusal = await asks(ground, **options)
    assert refusal is not None
    assert refusal.reason == reason
    assert words in refusal_sentence(refusal)
    assert refusal.nearest is not None
    name = reason.removeprefix("tier_")
    assert await asks(ground, **{**options, name: refusal.nearest.value}) is None, "the button's value is allowed"


@pytest.mark.parametrize(("size", "fits"), [("1536x1024", True), ("1440x960", True), ("2048x2048", False), ("3840x2160", False)])
async def test_a_largest_size_also_holds_above_the_popular_sizes(ground: Ground, size: str, fits: bool) -> None:
    popular = ("1024x1024", "1536x1024")
    ground.rules = Rules(model=dataclasses.replace(MODEL, sizes=dataclasses.replace(MODEL.sizes, popular=popular)))
    await tiers(ground, Tier("t1", "Small", largest="1536x1024"))
    refusal = await asks(ground, size=size)
    assert (refusal is None) is fits
    assert refusal is None or (refusal.reason, refusal.nearest is None) == ("tier_size", False)


async def test_a_value_that_no_tier_limits_is_wrong_as_for_everyone(ground: Ground) -> None:
    ground.rules = RULES
    await tiers(ground, Tier("t1", "Cheap", qualities=("low",)))
    refusal = await asks(ground, size="77x3", quality="low")
    assert refusal is not None
    assert refusal.reason == Kind.UNSUPPORTED_SIZE.value


async def test_options_are_left_out_for_those_whose_tier_does_not_limit_them(ground: Ground) -> None:
    ground.rules = dataclasses.replace(ground.rules, limits=Limits(member_day=5_000_000))
    supporters = Tier("t9", "Supporters", ("ann",), largest="1024x1024", qualities=("high",), day=5_000_000)
    await tiers(ground, supporters, budget_member_day=1_000_000)
    for person, limited in (("ben", False), ("ann", True)):
        asked = await ground.asked(person=person)
        found = await ground.ledger.read(lambda c, asked=asked: defaulted_options(c, asked, ground.rules, ground.ledger.now()))  # type: ignore[misc]
        assert bool({"quality", "size"} & found) is not limited


async def test_an_answer_about_roles_is_stored_when_it_is_new_or_an_hour_old(ground: Ground) -> None:
    await tiers(ground, SMALL, held=("77",))
    now = ground.ledger.now()

    async def knows(held: tuple[str, ...], at: float) -> bool:
        return await ground.ledger.read(lambda c: knows_roles(c, "test", "home", "ben", held, at))

    assert await knows(("77",), now + 3599)
    assert not await knows(("77",), now + 3600)
    assert not await knows((), now)


async def test_what_nobody_chose_becomes_what_the_tier_has(ground: Ground) -> None:
    ground.rules = dataclasses.replace(ground.rules, default_quality="medium")
    await tiers(ground, dataclasses.replace(SMALL, who=()), size="1536x1024")
    for typed in ({}, {"size": "1536x1024", "quality": "medium"}):
        row = await ground.asked(person="ben", **typed)
        assert (row.state, row.size, row.quality) == (RequestState.QUEUED, "1024x1024", "low")


async def test_a_role_counts_once_the_platform_has_said_yes_and_no_longer_than_that(ground: Ground) -> None:
    ground.rules = dataclasses.replace(ground.rules, limits=Limits(member_day=9_000_000))
    await tiers(ground, RICH, budget_member_day=0)
    refusal = await asks(ground)
    assert refusal is not None
    assert refusal.budget is not None
    await tiers(ground, RICH, held=("88",), budget_member_day=0)
    assert await asks(ground) is None
    ground.at[0] += KNOWN_FOR
    assert await asks(ground) is not None
    await tiers(ground, RICH, held=("88",), budget_member_day=0)
    await tiers(ground, RICH, held=(), budget_member_day=0)
    assert await asks(ground) is not None


async def test_the_budget_of_the_tier_counts_when_the_exchange_begins(ground: Ground) -> None:
    ground.rules = dataclasses.replace(ground.rules, limits=Limits(member_day=9_000_000))
    await tiers(ground, RICH, held=("88",), budget_member_day=0)
    kept, lost = await ground.asked(person="ben"), await ground.asked(person="ben")
    assert isinstance(await ground.begin(kept.id), Opened)
    await tiers(ground, RICH, held=(), budget_member_day=0)
    assert await ground.begin(lost.id) == Ended(Answer.FAILED)


async def test_a_pause_lies_between_two_requests_that_brought_something(ground: Ground) -> None:
    await tiers(ground, Tier("t4", "Slow", pause=60))
    first = await ground.asked(person="ben")
    ground.at[0] += 59
    refusal = await asks(ground)
    assert refusal is not None
    assert (refusal.reason, refusal.until) == ("tier_pause", first.created_at + 60)
    assert "Your tier “Slow” has a pause of a minute between two requests." in refusal_sentence(refusal)
    assert (await ground.asked(person="cleo")).state is RequestState.QUEUED, "somebody else's requests don't count"
    ground.at[0] += 1
    assert await asks(ground) is None, "neither does what was refused"


async def test_what_ended_without_a_picture_asks_for_no_pause(ground: Ground) -> None:
    await tiers(ground, Tier("t4", "Slow", pause=60))
    first = await ground.asked(person="ben")
    for _ in range(3):
        if (await ground.row(first.id)).state is RequestState.QUEUED:
            ground.at[0] = (await ground.row(first.id)).due_at
            await ground.end(await ground.called(first.id), Outcome(billed=Billed.NO, status=400), failure(Kind.BAD_REQUEST_OTHER))
    assert (await ground.row(first.id)).answer is Answer.FAILED
    second = await ground.asked(person="ben")
    assert second.state is RequestState.QUEUED
    await ground.end(await ground.called(second.id), drew())
    third = await asks(ground)
    assert third is not None
    assert third.reason == "tier_pause"


async def test_a_moderators_wording_waits_for_no_pause(ground: Ground) -> None:
    await tiers(ground, Tier("t4", "Slow", pause=60))
    await ground.asked(person="ben")

    def body(tx: Any) -> object:
        made = tx.new_id()
        asked = Submission(Person("ben"), Place("test", "home", "imagine"), "tea")
        store_submission(tx, made, made, asked, ground.rules, Lineage(Origin.REWRITE))
        return accept(tx, made, ground.rules, ground.open_case)

    assert not isinstance(await ground.ledger.write(body), Refusal)
