"""Templates in /imagine-settings: written by administrators, read by members, and a sentence for everything that can't be one."""

from __future__ import annotations

import dataclasses

import pytest
from sqlalchemy import select

from bot.catalogue.load import Catalogue
from bot.catalogue.sizes import label
from bot.chat.views import ActionName, Choice, FieldKind, Form, FormField, Pressers, Reply, View
from bot.ledger import template_rows
from bot.ledger.tables import audit
from bot.ledger.template_rows import PromptTemplate
from bot.moderation.community import TEMPLATES_ROW, TIERS_ROW
from bot.moderation.templates import MOST, NAME_MAX
from bot.prompts.parts import PARTS
from bot.requests.tiers import Tier
from bot.texts import say, text
from tests.unit.moderation import test_tiers
from tests.unit.moderation.ground import ADMIN, ANN, HOME, MO, Ground

A = ActionName
FIELDS = "Use case: article cover\nSubject:\n\nStyle: flat illustration\ncomposition: 16:9"
GOOD = {"name": "Weekly cover", "fields": FIELDS, "size": "1536x1024", "quality": "low"}


async def known(ground: Ground) -> list[PromptTemplate]:
    return list(await ground.ledger.read(lambda c: template_rows.of_community(c, "web", HOME)))


async def listed(ground: Ground) -> View:
    reply = await ground.press(A.TEMPLATES, TEMPLATES_ROW, ADMIN)
    assert reply.view is not None
    return reply.view


async def test_an_administrator_writes_changes_and_deletes_a_template(ground: Ground) -> None:
    assert [one.label for one in (await listed(ground)).buttons] == ["New template"]
    assert (await ground.press(A.TEMPLATE_EDIT, TEMPLATES_ROW, ADMIN, GOOD)).text.startswith("Saved “Weekly cover”.")
    [made] = await known(ground)
    assert (made.name, made.size, made.quality) == ("Weekly cover", "1536x1024", "low")
    assert {name: words for name, words in made.parts.items() if words} == {
        "use": "article cover",
        "style": "flat illustration",
        "composition": "16:9",
    }
    view = await listed(ground)
    assert [one.label for one in view.buttons] == ["New template", "Change Weekly cover"]
    assert view.facts[0].value == "article cover · flat illustration · 16:9 · 1536×1024 · low"
    form = await ground.form(A.TEMPLATE_EDIT, made.id, ADMIN)
    assert isinstance(form, Form)
    assert len(form.fields) <= 5
    values = {one.name: one.value for one in form.fields}
    assert values["fields"].splitlines()[0] == "Use case: article cover"
    again = await ground.press(A.TEMPLATE_EDIT, made.id, ADMIN, {**values, "name": "weekly  COVER", "quality": ""})
    assert again.changed
    [changed] = await known(ground)
    assert (changed.id, changed.name, changed.quality, changed.parts) == (made.id, "weekly COVER", "", made.parts)
    assert (await ground.press(A.TEMPLATE_EDIT, made.id, ADMIN, {**values, "delete": "true"})).text.startswith("Deleted “weekly COVER”")
    assert await known(ground) == []
    for delete in ("true", "false"):
        reply = await ground.press(A.TEMPLATE_EDIT, made.id, ADMIN, {**GOOD, "delete": delete})
        assert (reply.changed, "isn't there anymore" in reply.text) == (False, True)


@pytest.mark.parametrize(
    ("new", "shown", "edited", "values"),
    [(TEMPLATES_ROW, A.TEMPLATES, A.TEMPLATE_EDIT, GOOD), (TIERS_ROW, A.TIERS, A.TIER_EDIT, test_tiers.GOOD)],
)
async def test_nobody_else_sees_or_changes_them_and_every_try_is_on_record(
    ground: Ground, new: str, shown: ActionName, edited: ActionName, values: dict[str, str]
) -> None:
    await ground.press(edited, new, ADMIN, values)
    before: list[PromptTemplate | Tier] = [*await known(ground), *await test_tiers.known(ground)]
    [made] = before
    for person in (ANN, MO):
        for action in (shown, edited):
            reply = await ground.press(action, made.id, person, {**values, "delete": "true"})
            assert (reply.changed, reply.text) == (False, "Only administrators of this community can see and change its settings.")
        assert isinstance(await ground.form(edited, made.id, person), Reply)
    assert [*await known(ground), *await test_tiers.known(ground)] == before
    rows = await ground.ledger.read(lambda c: c.execute(select(audit.c.outcome)).scalars().all())
    assert sorted(rows) == ["done", *["refused"] * 6]


async def test_lines_may_have_a_chinese_colon_and_labels_of_any_language(ground: Ground) -> None:
    label = say(text("guide.part.style"), "zh-Hans")
    assert (await ground.press(A.TEMPLATE_EDIT, TEMPLATES_ROW, ADMIN, {**GOOD, "fields": f"{label}：水彩: 柔和"})).changed
    [made] = await known(ground)
    assert made.parts["style"] == "水彩: 柔和"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"name": " \u200b"}, "needs a name"),
        ({"name": "x" * 41}, "The name has 41 characters, and 40 fit."),
        ({"name": "poster  A"}, "already a template “poster A”"),
        ({"fields": "a red robot"}, "can't read the line “a red robot”"),
        ({"fields": "Mood: gloomy"}, "Every line begins with one of these and a colon: Use case, Subject"),
        ({"fields": "Style: photo\nstyle: comic"}, "Style is there twice"),
        ({"fields": "Scene: " + "x" * 501}, "Scene has 501 characters, and 500 fit"),
        ({"fields": "Style:\n\nScene: \u2800"}, "The template is empty"),
        ({"fields": "Subject: call +49 170 1234567"}, "looks like private data"),
        ({"size": "7x7"}, "7x7"),
        ({"quality": "best"}, "best"),
        ({"quality": "q" * 41}, f"“{'q' * 40}”"),
    ],
)
async def test_what_cannot_be_a_template_is_a_sentence_and_changes_nothing(ground: Ground, values: dict[str, str], words: str) -> None:
    await ground.press(A.TEMPLATE_EDIT, TEMPLATES_ROW, ADMIN, {**GOOD, "name": "Poster A"})
    before = await known(ground)
    reply = await ground.press(A.TEMPLATE_EDIT, TEMPLATES_ROW, ADMIN, {**GOOD, **values})
    assert (reply.changed, words in reply.text) == (False, True), reply.text
    assert await known(ground) == before


async def test_a_community_has_as_many_templates_as_a_message_has_buttons_for(ground: Ground) -> None:
    for number in range(MOST):
        assert (await ground.press(A.TEMPLATE_EDIT, TEMPLATES_ROW, ADMIN, {**GOOD, "name": f"T{number}"})).changed
    assert "already 24 templates" in (await ground.press(A.TEMPLATE_EDIT, TEMPLATES_ROW, ADMIN, GOOD)).text
    view = await listed(ground)
    assert len(view.facts) == MOST
    [first, *_] = await known(ground)
    assert (await ground.press(A.TEMPLATE_EDIT, first.id, ADMIN, GOOD)).changed


async def form_of(ground: Ground, row: str) -> Form:
    form = await ground.form(A.TEMPLATE_EDIT, row, ADMIN)
    assert isinstance(form, Form)
    return form


async def test_the_form_field_by_field(ground: Ground) -> None:
    """A new template's form has no switch to delete it."""
    default, model = Choice("", text("case.settings.default")), Catalogue.load().default()
    sizes = (default, *(Choice(one, label(one)) for one in model.sizes.popular))
    qualities = (default, *(Choice(one, one) for one in model.qualities))
    name = FormField("name", text("template.name"), max_length=200, hint=text("template.hint_name", most=NAME_MAX))
    size = FormField("size", text("case.settings.size"), FieldKind.CHOICE, "", sizes, required=False)
    quality = FormField("quality", text("case.settings.quality"), FieldKind.CHOICE, "", qualities, required=False)
    new = await form_of(ground, TEMPLATES_ROW)
    empty = "\n".join(f"{text(f'guide.part.{one}')}: " for one in PARTS)
    assert new.title == text("template.new_title")
    assert (new.fields[0], *new.fields[2:]) == (name, size, quality)
    assert (new.fields[1].kind, new.fields[1].value, new.fields[1].required) == (FieldKind.PARAGRAPH, empty, True)
    await ground.press(A.TEMPLATE_EDIT, TEMPLATES_ROW, ADMIN, GOOD)
    [made] = await known(ground)
    form = await form_of(ground, made.id)
    delete = FormField("delete", text("template.delete"), FieldKind.SWITCH, "false", required=False, hint=text("template.hint_delete"))
    assert form.title == text("template.change_title")
    replaced = [dataclasses.replace(one, value=GOOD[one.name]) for one in (name, size, quality)]
    assert (form.fields[0], *form.fields[2:]) == (*replaced, delete)
    assert "Use case: article cover\nSubject: \n" in form.fields[1].value
    gone = await ground.form(A.TEMPLATE_EDIT, "nowhere222222222", ADMIN)
    assert gone == Reply(text("template.gone"), changed=False)


async def test_the_list_is_for_administrators_and_says_how(ground: Ground) -> None:
    for how in ("template.none", "template.how"):
        reply = await ground.press(A.TEMPLATES, TEMPLATES_ROW, ADMIN)
        assert reply.view is not None
        assert (reply.changed, reply.view.text, reply.view.final) == (False, (text(how),), True)
        assert all(one.opens_form and one.pressers == Pressers(administrators=True) for one in reply.view.buttons)
        await ground.press(A.TEMPLATE_EDIT, TEMPLATES_ROW, ADMIN, {**GOOD, "fields": "Scene: " + "x" * 400})
    assert reply.view is not None
    assert len((await listed(ground)).facts[0].value) == 300


async def test_the_longest_name_and_the_longest_words_that_fit(ground: Ground) -> None:
    at_most = len("Subject: a boat")
    ground.rules = dataclasses.replace(ground.rules, model=dataclasses.replace(ground.rules.model, prompt_max_chars=at_most))
    fits = {**GOOD, "name": "n" * NAME_MAX, "fields": "Subject: a boat"}
    assert (await ground.press(A.TEMPLATE_EDIT, TEMPLATES_ROW, ADMIN, fits)).changed
    reply = await ground.press(A.TEMPLATE_EDIT, TEMPLATES_ROW, ADMIN, {**GOOD, "fields": "Subject: a boat!"})
    assert (reply.changed, reply.text) == (False, text("guide.prompt_too_long", length=at_most + 1, most=at_most))


async def test_a_form_that_arrives_twice_makes_one_template(ground: Ground) -> None:
    assert (await ground.press(A.TEMPLATE_EDIT, TEMPLATES_ROW, ADMIN, GOOD, key="same")).changed
    again = await ground.press(A.TEMPLATE_EDIT, TEMPLATES_ROW, ADMIN, {**GOOD, "name": "Other"}, key="same")
    assert (again.changed, again.text) == (False, text("reply.already_done"))
    assert len(await known(ground)) == 1
