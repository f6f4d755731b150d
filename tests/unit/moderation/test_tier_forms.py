"""The forms and lists of tiers: what they show, which words they take, and that nothing changes without a right and a new press."""

from __future__ import annotations

import dataclasses

import pytest
from sqlalchemy import select

from bot.budgets import Limits
from bot.catalogue.check import check_size
from bot.catalogue.load import Catalogue
from bot.chat.views import ActionName, FieldKind, Form, Reply
from bot.core import Visitor
from bot.ledger import memory_rows
from bot.ledger.tables import audit
from bot.moderation.community import SECTIONS, TIERS_ROW
from bot.requests.rules import Rules
from bot.requests.tiers import Tier
from bot.texts import text
from bot.texts.phrases import money
from tests.unit.moderation.ground import ADMIN, ANN, BEN, HOME, MO, Ground
from tests.unit.moderation.test_tiers import GOOD, known, listed

A = ActionName
MODEL = Catalogue.load().default()
OTHER = dataclasses.replace(MODEL, id="other-1", qualities=("auto", "hd"))
SEVERAL = Rules(model=MODEL, models={MODEL.id: MODEL, OTHER.id: OTHER}, limits=Limits(member_day=1_000_000, member_month=10_000_000))


async def saved(ground: Ground, allows: str, name: str = "Few", who: str = "") -> Tier:
    reply = await ground.press(A.TIER_EDIT, TIERS_ROW, ADMIN, {"name": name, "tier_who": who, "allows": allows})
    assert reply.changed, reply.text
    return next(one for one in await known(ground) if one.name == name)


async def refused(ground: Ground, allows: str) -> str:
    reply = await ground.press(A.TIER_EDIT, TIERS_ROW, ADMIN, {"name": "Few", "tier_who": "", "allows": allows})
    assert not reply.changed
    assert await known(ground) == []
    return reply.text


async def test_the_list_says_what_tiers_are_and_opens_forms_for_administrators(ground: Ground) -> None:
    empty = await listed(ground)
    assert (empty.text, empty.final) == ((text("tier.how"), text("tier.none")), True)
    assert [one.label for one in empty.facts] == [text("tier.others")]
    await saved(ground, "Budget per month: 5\nPause: 90")
    view = await listed(ground)
    assert view.text == (text("tier.how"),)
    assert [one.label for one in view.facts] == ["Few"], "a tier for everyone leaves nobody without one"
    assert view.facts[0].value.startswith("everyone · Budget per month: $5.00 · Pause: ")
    for one in view.buttons:
        assert (one.opens_form, one.pressers.administrators) == (True, True)
    reply = await ground.press(A.TIERS, TIERS_ROW, ADMIN)
    assert not reply.changed


async def test_a_tier_of_several_prices_says_the_lowest_and_the_highest(ground: Ground) -> None:
    await saved(ground, "Largest size: 1024x1024\nQualities: low, medium")
    costs = [money(ground.rules.highest_cost("1024x1024", quality, 1, "")) for quality in ("low", "medium")]
    assert (await listed(ground)).facts[0].value.endswith(f" · a picture costs {costs[0]} to {costs[1]}")


async def test_a_tier_of_one_price_says_one_price(ground: Ground) -> None:
    await saved(ground, "Largest size: 1024x1024\nQualities: low\nBudget per day: 0\nPause: 1")
    value = (await listed(ground)).facts[0].value
    assert value.startswith("everyone · Largest size: 1024×1024 · Qualities: low · Budget per day: $0.00 · Pause: ")
    assert value.endswith("a second · a picture costs $0.0062")


async def test_the_form_is_empty_for_a_new_tier_and_filled_for_a_known_one(ground: Ground) -> None:
    new = await ground.form(A.TIER_EDIT, TIERS_ROW, ADMIN)
    assert isinstance(new, Form)
    assert (new.title, [one.name for one in new.fields]) == (text("tier.new"), ["name", "tier_who", "allows"])
    assert [(one.required, one.value) for one in new.fields[:2]] == [(True, ""), (False, "")]
    lines = [one.strip() for one in new.fields[2].value.splitlines()]
    assert lines == ["Largest size:", "Qualities:", "Budget per day:", "Budget per month:", "Pause:"]
    made = await saved(ground, GOOD["allows"], who="m2")
    old = await ground.form(A.TIER_EDIT, made.id, ADMIN)
    assert isinstance(old, Form)
    assert (old.title, old.row) == (text("tier.change_title"), made.id)
    name, who, allows, delete = old.fields
    assert (name.max_length, who.required, allows.required, allows.kind) == (200, False, False, FieldKind.PARAGRAPH)
    assert (delete.kind, delete.value, delete.required) == (FieldKind.SWITCH, "false", False)
    assert "Pause: 30" in allows.value
    gone = await ground.form(A.TIER_EDIT, "id99999999999999", ADMIN)
    assert isinstance(gone, Reply)
    assert (gone.text, gone.changed) == (text("tier.gone"), False)


async def test_answers_that_change_nothing_say_so(ground: Ground) -> None:
    made = await saved(ground, "")
    gone = await ground.press(A.TIER_EDIT, "id99999999999999", ADMIN, {**GOOD, "delete": "true"})
    assert (gone.text, gone.changed) == (text("tier.gone"), False)
    assert (await ground.press(A.TIER_EDIT, TIERS_ROW, ADMIN, {**GOOD, "delete": "true"}, key="new")).changed
    twice = await ground.press(A.TIER_EDIT, TIERS_ROW, ADMIN, {**GOOD, "name": "Twice"}, key="new")
    assert (twice.text, twice.changed) == (text("reply.already_done"), False)
    assert [one.name for one in await known(ground)] == ["Few", "Students"]
    wrong = await ground.press(A.TIER_EDIT, made.id, ADMIN, {**GOOD, "name": ""})
    assert not wrong.changed
    same = await ground.press(A.TIER_EDIT, made.id, ADMIN, {"name": "FEW", "tier_who": "", "allows": "Pause: 5"})
    assert same.changed, "its own name isn't taken"
    assert (await known(ground))[-1] == Tier(made.id, "FEW", pause=5)
    rows = await ground.ledger.read(lambda c: c.execute(select(audit.c.facts).order_by(audit.c.seq)).scalars().all())
    assert [one for one in rows if "changed" in one] == [{"changed": ["tiers"]}] * 3


async def test_a_name_may_have_forty_characters(ground: Ground) -> None:
    assert (await saved(ground, "", "x" * 40)).name == "x" * 40


async def test_where_there_are_several_models_a_tier_names_some_of_them(ground: Ground) -> None:
    ground.rules = SEVERAL
    made = await saved(ground, f"Models: {OTHER.id}, {MODEL.id}; {OTHER.id}\nQualities: hd、low")
    assert (made.models, made.qualities) == ((OTHER.id, MODEL.id), ("hd", "low"))
    value = (await listed(ground)).facts[0].value
    assert value.startswith(f"everyone · Models: {OTHER.id} and {MODEL.id} · Qualities: hd and low · a picture costs $")
    form = await ground.form(A.TIER_EDIT, made.id, ADMIN)
    assert isinstance(form, Form)
    assert form.fields[2].value.splitlines()[0] == f"Models: {OTHER.id}, {MODEL.id}"


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("Largest size: auto", "auto"),
        ("Largest size: " + "7" * 50, "7" * 40),
        ("Qualities: auto", "auto"),
        ("Qualities: low " + "x" * 50, "x" * 40),
        ("Models: none", "none"),
    ],
)
async def test_a_wrong_choice_is_quoted_briefly_with_the_right_ones(ground: Ground, line: str, value: str) -> None:
    ground.rules = SEVERAL
    said = await refused(ground, line)
    assert f"“{value}”" in said
    assert ("low, medium, high and hd" in said) is line.startswith("Qualities")


async def test_a_size_that_one_of_the_models_draws_is_a_largest_size(ground: Ground) -> None:
    ground.rules = dataclasses.replace(
        SEVERAL, model=dataclasses.replace(MODEL, sizes=dataclasses.replace(MODEL.sizes, max_edge=1024, fixed=((1024, 1024),)))
    )
    assert (await saved(ground, "Largest size: 2048 x 1152")).largest == "2048x1152"


@pytest.mark.parametrize(("line", "pause"), [("Pause: 0", 0), ("Pause: 86400", 86_400), ("Pause: 000000060", 60), ("", 0)])
async def test_pauses_that_are_taken(ground: Ground, line: str, pause: int) -> None:
    assert (await saved(ground, line)).pause == pause


@pytest.mark.parametrize("typed", ["86401", "-1", "1.5", "٣", "60 s", "1000000000", "0000864001", "0000000060", "x" * 30])
async def test_pauses_that_are_not(ground: Ground, typed: str) -> None:
    assert await refused(ground, f"Pause: {typed}") == text("tier.wrong_pause", value=typed[:20], most=86_400)


@pytest.mark.parametrize(
    ("line", "day"), [("", None), ("Budget per day: 1", 1_000_000), ("Budget per day: 0", 0), ("Budget per day: $0.5", 500_000)]
)
async def test_budgets_up_to_the_operators(ground: Ground, line: str, day: int | None) -> None:
    ground.rules = SEVERAL
    made = await saved(ground, line)
    assert (made.day, made.month) == (day, None)


@pytest.mark.parametrize("line", ["Budget per day: 1.01", "Budget per month: 10.01"])
async def test_no_budget_above_the_operators(ground: Ground, line: str) -> None:
    ground.rules = SEVERAL
    assert "more than the operator allows" in await refused(ground, line)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("Pause 5", "“Pause 5”"),
        ("Speed: fast", "“Speed: fast”"),
        ("y" * 60, f"“{'y' * 40}”"),
        ("Pause: 1\n\nPause： 2", "Pause is there twice"),
    ],
)
async def test_lines_that_cannot_be_read_are_quoted(ground: Ground, lines: str, words: str) -> None:
    assert words in await refused(ground, lines)


@pytest.mark.parametrize("lines", ["pause: 5", "PAUSE： 5", "  Pause :5", "\n\nPause:\t5\n"])
async def test_a_label_is_read_in_any_case_and_with_any_colon(ground: Ground, lines: str) -> None:
    assert (await saved(ground, lines)).pause == 5


async def test_a_value_may_have_colons_of_its_own(ground: Ground) -> None:
    assert (await saved(ground, "Largest size： 16:9")).largest == check_size(MODEL, "16:9")


async def role(ground: Ground, person: str, platform: str = "web", community: str = HOME) -> object:
    found = await ground.ledger.read(lambda c: memory_rows.recall(c, f"roles:{platform}:{person}:{community}"))
    return None if found is None else found[0]


async def test_roles_are_asked_for_only_where_a_tier_names_some(ground: Ground) -> None:
    asked: list[tuple[str, str, str]] = []

    async def holds(person: str, community: str, name: str) -> bool:
        asked.append((person, community, name))
        return name == "77"

    ground.check.holds_role = holds  # type: ignore[attr-defined]
    ask = ground.room.tier_roles
    await ask.of("web", HOME, ANN.id)
    assert asked == []
    await ground.press(A.TIER_EDIT, TIERS_ROW, ADMIN, GOOD)
    await ask.of("web", HOME, "")
    await ask.of("web", "elsewhere", ANN.id)
    assert asked == []
    await ask.of("web", HOME, BEN.id)
    await ask.of("web", HOME, ANN.id)
    assert asked == [(BEN.id, HOME, "77"), (ANN.id, HOME, "77"), (ANN.id, HOME, BEN.id)]
    assert (await role(ground, BEN.id), await role(ground, ANN.id)) == (["77"], ["77"])
    before = ground.clock.at
    ground.clock.at += 60
    await ask.of("web", HOME, ANN.id)
    stored = await ground.ledger.read(lambda c: memory_rows.recall(c, f"roles:web:{ANN.id}:{HOME}"))
    assert stored == (["77"], before), "the same answer is written once an hour"


async def test_who_asks_has_their_tier_at_once(ground: Ground) -> None:
    async def holds(person: str, community: str, name: str) -> bool:
        return person == ANN.id

    ground.check.holds_role = holds  # type: ignore[attr-defined]
    await ground.press(A.SETTINGS, SECTIONS["money"], ADMIN, {"budget_member_day": "0.10"})
    await ground.press(A.TIER_EDIT, TIERS_ROW, ADMIN, {**GOOD, "tier_who": "77"})
    for person, tier in ((ANN.id, "Students"), (MO.id, None)):
        own = await ground.room.tier_roles.settings(Visitor("web", HOME, "imagine", person))
        assert own.get("tier") == tier
