"""What the pages of /imagine-settings show, take and refuse, value by value."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import pytest
from sqlalchemy import select

from bot.budgets import Limits
from bot.catalogue.load import Catalogue
from bot.catalogue.sizes import label
from bot.chat.views import ActionName, FieldKind, Form, Reply
from bot.ledger import settings_rows
from bot.ledger.tables import audit
from bot.moderation.community import SECTIONS, TEMPLATES_ROW, TIERS_ROW, deny_reasons, retention_days
from bot.texts import say, text
from tests.unit.moderation.ground import ADMIN, HOME, Ground
from tests.unit.moderation.test_community_and_privacy import Visitor, own

A = ActionName
PEOPLE, MONEY, PICTURES = SECTIONS["people"], SECTIONS["money"], SECTIONS["pictures"]
MODEL = Catalogue.load().default()
LIMIT = "1.00"
SET: dict[str, Mapping[str, str]] = {
    PEOPLE: {
        "moderators_channel": "<#123456>",
        "moderators": "<@&77>, mod2",
        "channels": "#imagine pictures",
        "language": "zh-Hans",
        "zone": "shanghai",
    },
    MONEY: {"budget_member_day": LIMIT, "budget_member_month": "$0.5", "budget_community_day": "0", "budget_community_month": ""},
    PICTURES: {"size": MODEL.sizes.popular[1], "quality": "low", "retention_days": "7", "deny_reasons": "Off topic\n Rude \nRude"},
}


async def saved(ground: Ground) -> None:
    for page, values in SET.items():
        assert (await ground.press(A.SETTINGS, page, ADMIN, values)).changed


async def overview(ground: Ground) -> list[str]:
    reply = await ground.room.community.overview(Visitor(ADMIN.id))
    assert isinstance(reply, Reply)
    assert reply.view is not None
    assert (reply.changed, reply.view.final) == (False, True)
    assert [(button.row, button.opens_form) for button in reply.view.buttons] == [
        *((page, True) for page in SECTIONS.values()),
        (TEMPLATES_ROW, False),
        (TIERS_ROW, False),
    ]
    return [fact.value for fact in reply.view.facts]


async def test_the_overview_says_what_is_set_and_what_holds_otherwise(ground: Ground) -> None:
    default = text("case.settings.default")
    empty = [text(f"case.settings.empty_{name}") for name in ("moderators_channel", "moderators", "channels", "language", "zone")]
    rest = [text(f"case.settings.empty_{name}") for name in ("size", "quality")]
    days, reasons = text("case.settings.days", days=30), text("case.settings.empty_deny_reasons")
    results = [text("case.settings.results_public"), *(text(f"case.settings.empty_{name}") for name in ("reviewers", "reviews_channel"))]
    assert await overview(ground) == [*empty, *results, default, default, default, default, *rest, days, reasons]
    await saved(ground)
    ids = ["123456", "77 and mod2", "imagine and pictures", "简体中文", "Asia/Shanghai"]
    amounts = ["$1.00", "$0.50", "$0.00", default]
    assert await overview(ground) == [
        *ids,
        *results,
        *amounts,
        SET[PICTURES]["size"],
        "low",
        text("case.settings.days", days=7),
        "Off topic and Rude",
    ]


async def test_each_page_is_filled_with_what_is_set(ground: Ground) -> None:
    async def page(row: str) -> list[tuple[object, ...]]:
        form = await ground.form(A.SETTINGS, row, ADMIN)
        assert isinstance(form, Form)
        section = next(name for name, one in SECTIONS.items() if one == row)
        assert (form.row, form.title) == (row, text(f"case.settings.page_{section}"))
        return [(one.name, one.kind, one.value, one.required, one.max_length) for one in form.fields]

    line, choice = FieldKind.LINE, FieldKind.CHOICE
    people, money = list(SET[PEOPLE]), list(SET[MONEY])
    length = (await page(PEOPLE))[0][-1]
    assert await page(PEOPLE) == [(name, choice if name == "language" else line, "", False, length) for name in people]
    assert await page(MONEY) == [(name, line, "", False, 12) for name in money]
    assert [one[2] for one in await page(PICTURES)] == ["", "", "30", ""]
    await saved(ground)
    assert [one[2] for one in await page(PEOPLE)] == ["123456", "77, mod2", "imagine, pictures", "zh-Hans", "Asia/Shanghai"]
    assert [one[2] for one in await page(MONEY)] == ["1.00", "0.50", "0.00", ""]
    assert await page(PICTURES) == [
        ("size", choice, SET[PICTURES]["size"], False, length),
        ("quality", choice, "low", False, length),
        ("retention_days", line, "7", True, 4),
        ("deny_reasons", FieldKind.PARAGRAPH, "Off topic\nRude", False, 20 * 101),
    ]
    form = await ground.form(A.SETTINGS, PICTURES, ADMIN)
    assert isinstance(form, Form)
    size, quality = form.fields[:2]
    assert [(one.value, one.label) for one in size.choices] == [
        ("", text("case.settings.default")),
        *((one, label(one)) for one in MODEL.sizes.popular),
    ]
    assert [one.value for one in quality.choices] == ["", *MODEL.qualities]
    hints = [text("case.settings.hint_money", most=most) for most in ("$1.00", "$10.00", "$10.00", "$100.00")]
    form = await ground.form(A.SETTINGS, MONEY, ADMIN)
    assert isinstance(form, Form)
    assert [one.hint for one in form.fields] == hints


async def test_a_page_that_does_not_exist_is_an_unknown_button(ground: Ground) -> None:
    unknown = Reply(text("reply.unknown_button"), changed=False)
    assert await ground.form(A.SETTINGS, "2222222222222222", ADMIN) == unknown
    assert await ground.press(A.SETTINGS, "2222222222222222", ADMIN) == unknown
    not_here = Reply(text("case.settings.not_here"), changed=False)
    assert await ground.form(A.SETTINGS, PEOPLE, ADMIN, community="dm:admin") == not_here


async def test_what_changed_is_on_record_by_name_and_a_repeated_press_changes_nothing(ground: Ground) -> None:
    await ground.press(A.SETTINGS, MONEY, ADMIN, {"budget_member_day": "0.2", "budget_member_month": "0.4"}, key="one press")
    repeated = await ground.press(A.SETTINGS, MONEY, ADMIN, {"budget_member_day": "0.3"}, key="one press")
    assert repeated == Reply(text("reply.already_done"), changed=False)
    await ground.press(A.SETTINGS, MONEY, ADMIN, {"budget_member_day": "0.2"})
    rows = await ground.ledger.read(lambda c: c.execute(select(audit.c.facts).order_by(audit.c.seq)).all())
    assert [row.facts["changed"] for row in rows] == [["budget_member_day", "budget_member_month"], ["budget_member_month"]]
    assert await own(ground) == {"budget_member_day": 200_000}


@pytest.mark.parametrize(
    ("row", "field", "typed", "kept"),
    [
        (PICTURES, "retention_days", "1", 1),
        (PICTURES, "retention_days", "3650", 3650),
        (PICTURES, "retention_days", "", 30),
        (PICTURES, "retention_days", "3651", None),
        (PICTURES, "retention_days", "000001", None),
        (PEOPLE, "channels", " ".join(f"c{n}" for n in range(50)), [f"c{n}" for n in range(50)]),
        (PEOPLE, "channels", " ".join(f"c{n}" for n in range(51)), None),
        (PEOPLE, "channels", "#", None),
        (PICTURES, "deny_reasons", "\n".join(f"{n}".rjust(100, "x") for n in range(20)), [f"{n}".rjust(100, "x") for n in range(20)]),
        (PEOPLE, "zone", "America/Sao_Paulo", "America/Sao_Paulo"),
        (PEOPLE, "zone", "Middle-earth", None),
        (MONEY, "budget_member_day", "1.000001", None),
        (MONEY, "budget_member_day", LIMIT, 1_000_000),
    ],
)
async def test_values_are_taken_up_to_their_bound(ground: Ground, row: str, field: str, typed: str, kept: object) -> None:
    assert (await ground.press(A.SETTINGS, row, ADMIN, {field: typed})).changed == (kept is not None)
    assert (await own(ground)).get(field) == kept


@pytest.mark.parametrize(
    ("row", "field", "quoted"),
    [(PEOPLE, "moderators", 40), (MONEY, "budget_member_day", 20), (PICTURES, "size", 40), (PICTURES, "retention_days", 20)],
)
async def test_a_refusal_quotes_what_was_typed_and_not_all_of_it(ground: Ground, row: str, field: str, quoted: int) -> None:
    reply = await ground.press(A.SETTINGS, row, ADMIN, {field: "/" * 99})
    assert "/" * quoted in reply.text
    assert "/" * (quoted + 1) not in reply.text


async def test_of_several_ids_the_wrong_one_is_named(ground: Ground) -> None:
    reply = await ground.press(A.SETTINGS, PEOPLE, ADMIN, {"moderators": "mod1 w/ong mod2"})
    assert "w/ong" in reply.text
    assert say(reply.text, "de") == say(text("case.settings.wrong_id", value="w/ong"), "de") != reply.text
    assert "mod1" not in reply.text


async def test_a_list_of_reasons_that_is_empty_is_ours(ground: Ground) -> None:
    for value in ([], "harm"):
        await ground.ledger.write(lambda tx, v=value: settings_rows.replace(tx, "web", HOME, {"deny_reasons": v, "retention_days": 3}, "x"))
        found = await ground.ledger.read(lambda c: (deny_reasons(c, "web", HOME), retention_days(c, "web", HOME)))
        assert ("harm" in {one.value for one in found[0]}, found[1]) == (True, 3)
    assert await ground.ledger.read(lambda c: retention_days(c, "web", "elsewhere")) == 30


async def test_where_the_operator_sets_no_limit_a_community_may_set_any(ground: Ground) -> None:
    ground.rules = dataclasses.replace(ground.rules, limits=Limits(member_day=None))
    assert (await ground.press(A.SETTINGS, MONEY, ADMIN, {"budget_member_day": "1000000"})).changed
    form = await ground.form(A.SETTINGS, MONEY, ADMIN)
    assert isinstance(form, Form)
    field = form.fields[0]
    assert (field.value, field.hint) == ("1000000.00", text("case.settings.hint_money", most=text("case.settings.unlimited")))
