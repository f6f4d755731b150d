"""Tiers in /imagine-settings: written by administrators, asked of the platform, and a sentence for everything that can't be one."""

from __future__ import annotations

import dataclasses

import pytest

from bot.chat.views import ActionName, Form, View
from bot.ledger import memory_rows, settings_rows
from bot.moderation.community import SECTIONS, TIERS_ROW
from bot.moderation.tiers import MOST
from bot.requests.tiers import Tier, forget_roles, settings_for, tiers_of
from bot.texts import languages, say, text
from tests.unit.moderation.ground import ADMIN, ANN, HOME, Ground

A = ActionName
LINES = "Largest size: 1024x1024\nQualities: low, medium\nBudget per day: 0.50\n\nPause: 30"
GOOD = {"name": "Students", "tier_who": "<@&77>, m2", "allows": LINES}


async def known(ground: Ground) -> list[Tier]:
    return list(tiers_of(await ground.ledger.read(lambda c: settings_rows.of_community(c, "web", HOME))))


async def listed(ground: Ground) -> View:
    reply = await ground.press(A.TIERS, TIERS_ROW, ADMIN)
    assert reply.view is not None
    return reply.view


async def test_an_administrator_writes_changes_and_deletes_a_tier_and_sees_its_costs(ground: Ground) -> None:
    assert [one.label for one in (await listed(ground)).buttons] == ["New tier"]
    said = (await ground.press(A.TIER_EDIT, TIERS_ROW, ADMIN, GOOD)).text
    assert said.startswith("Saved “Students”: a picture costs $0.0")
    [made] = await known(ground)
    assert made == Tier(made.id, "Students", ("77", "m2"), (), "1024x1024", ("low", "medium"), 500_000, None, 30)
    view = await listed(ground)
    assert [one.label for one in view.buttons] == ["New tier", "Change Students"]
    shown = "77 and m2 · Largest size: 1024×1024 · Qualities: low and medium · Budget per day: $0.50 · Pause: 30 seconds"
    assert view.facts[0].value.startswith(f"{shown} · a picture costs $")
    assert view.facts[1].label == "Without a tier"
    assert view.facts[1].value.startswith("a picture costs $")
    assert view.facts[1].value != view.facts[0].value.rpartition(" · ")[2]
    form = await ground.form(A.TIER_EDIT, made.id, ADMIN)
    assert isinstance(form, Form)
    assert len(form.fields) <= 5
    values = {one.name: one.value for one in form.fields}
    assert (await ground.press(A.TIER_EDIT, made.id, ADMIN, {**values, "name": "Pupils"})).changed
    assert await known(ground) == [dataclasses.replace(made, name="Pupils")]
    assert (await ground.press(A.TIER_EDIT, made.id, ADMIN, {**values, "delete": "true"})).text.startswith("Deleted “Pupils”")
    assert await known(ground) == []
    assert "isn't there anymore" in (await ground.press(A.TIER_EDIT, made.id, ADMIN, GOOD)).text


@pytest.mark.parametrize("language", sorted(languages()))
async def test_the_forms_own_lines_are_read_in_every_language(ground: Ground, language: str) -> None:
    await ground.press(A.TIER_EDIT, TIERS_ROW, ADMIN, GOOD)
    [made] = await known(ground)
    form = await ground.form(A.TIER_EDIT, made.id, ADMIN)
    assert isinstance(form, Form)
    values = {one.name: say(one.value, language) for one in form.fields}
    assert (await ground.press(A.TIER_EDIT, made.id, ADMIN, values)).changed
    assert await known(ground) == [made]


async def test_other_settings_keep_the_tiers_and_tiers_keep_the_others(ground: Ground) -> None:
    await ground.press(A.TIER_EDIT, TIERS_ROW, ADMIN, GOOD)
    await ground.press(A.SETTINGS, SECTIONS["money"], ADMIN, {"budget_member_day": "0.10"})
    await ground.press(A.TIER_EDIT, TIERS_ROW, ADMIN, {**GOOD, "name": "More"})
    own = await ground.ledger.read(lambda c: settings_rows.of_community(c, "web", HOME))
    assert (own["budget_member_day"], [one.name for one in tiers_of(own)]) == (100_000, ["Students", "More"])


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"name": " \u200b"}, "needs a name"),
        ({"name": "x" * 41}, "The name has 41 characters, and 40 fit."),
        ({"name": "STUDENTS"}, "already a tier “STUDENTS”"),
        ({"tier_who": "no one!"}, "isn't the id of a channel, role or person"),
        (
            {"allows": "everything"},
            "can't read the line “everything”. Every line begins with one of these and a colon: Largest size, Qualities",
        ),
        ({"allows": "Models: gpt-image-2"}, "can't read the line “Models: gpt-image-2”"),
        ({"allows": "Pause: 1\npause: 2"}, "Pause is there twice"),
        ({"allows": "Largest size: huge"}, "“huge” doesn't work here"),
        ({"allows": "Qualities: low, lots"}, "“lots” doesn't work here. You can choose low"),
        ({"allows": "Budget per day: much"}, "“much” isn't an amount"),
        ({"allows": "Budget per day: 5000"}, "more than the operator allows"),
        ({"allows": "Pause: a while"}, "“a while” isn't a number of seconds from 0 to 86400."),
        ({"allows": "Pause: 86401"}, "isn't a number of seconds"),
    ],
)
async def test_a_wrong_value_is_a_sentence_and_changes_nothing(ground: Ground, values: dict[str, str], words: str) -> None:
    await ground.press(A.TIER_EDIT, TIERS_ROW, ADMIN, GOOD)
    reply = await ground.press(A.TIER_EDIT, TIERS_ROW, ADMIN, {**GOOD, "name": "Other", **values})
    assert (reply.changed, words in reply.text) == (False, True), reply.text
    assert [one.name for one in await known(ground)] == ["Students"]


async def test_there_is_a_limit_of_tiers_and_a_second_delivery_makes_no_second_one(ground: Ground) -> None:
    for number in range(MOST):
        assert (await ground.press(A.TIER_EDIT, TIERS_ROW, ADMIN, {**GOOD, "name": f"T{number}"}, key=f"k{number}")).changed
    assert f"already {MOST} tiers" in (await ground.press(A.TIER_EDIT, TIERS_ROW, ADMIN, GOOD)).text
    first = (await known(ground))[0]
    await ground.press(A.TIER_EDIT, first.id, ADMIN, {"delete": "true"})
    assert (await ground.press(A.TIER_EDIT, TIERS_ROW, ADMIN, GOOD, key="k1")).text == text("reply.already_done")


@pytest.mark.parametrize("answer", [True, False, RuntimeError("no route"), "perhaps"])
async def test_only_a_plain_yes_of_the_platform_gives_a_role(ground: Ground, answer: object) -> None:
    async def holds(person: str, community: str, role: str) -> object:
        if isinstance(answer, Exception):
            raise answer
        return answer if role == "77" else False

    ground.check.holds_role = holds  # type: ignore[attr-defined]
    await ground.press(A.TIER_EDIT, TIERS_ROW, ADMIN, GOOD)
    await ground.room.tier_roles.of("web", HOME, ANN.id)
    [(held, _)] = [await ground.ledger.read(lambda c: memory_rows.recall(c, f"roles:web:{ANN.id}:{HOME}") or ([], 0.0))]
    assert held == (["77"] if answer is True else [])


async def test_where_nobody_can_be_asked_the_listed_people_still_have_theirs_and_privacy_forgets_roles(ground: Ground) -> None:
    everyone = {"name": "All", "tier_who": "", "allows": "Budget per day: 0"}
    await ground.press(A.TIER_EDIT, TIERS_ROW, ADMIN, everyone)
    await ground.press(A.TIER_EDIT, TIERS_ROW, ADMIN, GOOD)

    async def tier(person: str) -> str:
        await ground.room.tier_roles.of("web", HOME, person)
        own = await ground.ledger.read(lambda c: settings_for(c, "web", HOME, person, ground.rules, ground.clock.at))
        return str(own["tier"])

    assert [await tier(person) for person in ("m1", "m2")] == ["All", "Students"]
    assert await ground.ledger.read(lambda c: memory_rows.keys(c, "roles:")) != []
    await ground.ledger.write(lambda tx: (forget_roles(tx, "web", "m1"), forget_roles(tx, "web", "m2")))
    assert await ground.ledger.read(lambda c: memory_rows.keys(c, "roles:")) == []
