"""The guide's form field by field, what is kept when a wording is changed, and what each press that sends nothing says."""

from __future__ import annotations

import dataclasses

import pytest
from sqlalchemy import true

from bot.catalogue.load import Catalogue
from bot.catalogue.sizes import label
from bot.chat.views import ActionName, Choice, FieldKind, Form, FormField, Reply, View
from bot.domain.refusal import Refusal
from bot.domain.requests import Request
from bot.domain.visitor import Visitor
from bot.ledger import request_rows, settings_rows, template_rows
from bot.ledger.template_rows import PromptTemplate
from bot.messages.refusal_view import refusal_sentence
from bot.prompts.parts import CONSTRAINTS, PART_MAX, PARTS, USES
from bot.requests.guide import USE_ROWS, Guide
from bot.requests.prices import price_view
from bot.texts import text
from tests.unit.requests.ground import Ground

A = ActionName
ANA = Visitor("test", "home", "imagine", "ana")
NAMED = PromptTemplate("template22222222", "The cover of the weekly village paper", {"use": "u" * 90, "style": "ink"}, quality="low")
USUAL = tuple(Choice(words, text(f"guide.use.{name}")) for name, words in USES.items())


async def saved(ground: Ground, template: PromptTemplate = NAMED) -> None:
    await ground.ledger.write(lambda tx: template_rows.save(tx, "test", "home", template, "olu"))


async def start(ground: Ground, name: str = "", use: str = "") -> Form | Reply:
    return await Guide(ground.presses).start(ANA, name, use)


async def press(ground: Ground, action: ActionName, row: str, person: str = "ana", key: str = "", **values: str) -> Reply:
    more = {"event_key": key} if key else {}
    return await Guide(ground.presses).handlers.actions[action](ground.act(action, row, person, values, **more))


async def refused(ground: Ground, action: ActionName, row: str, person: str = "ana", key: str = "", **values: str) -> str:
    reply = await press(ground, action, row, person, key, **values)
    assert (reply.changed, reply.view) == (False, None)
    return reply.text


async def form(ground: Ground, action: ActionName, row: str, person: str = "ana") -> Form | Reply:
    return await Guide(ground.presses).handlers.forms[action](ground.act(action, row, person))


async def values(ground: Ground, action: ActionName, row: str) -> dict[str, str]:
    made = await form(ground, action, row)
    assert isinstance(made, Form)
    return {one.name: one.value for one in made.fields}


async def wording(ground: Ground, row: str = USE_ROWS["any"], action: ActionName = A.GUIDE, **values: str) -> View:
    reply = await press(ground, action, row, **values)
    assert reply.view is not None, reply.text
    return reply.view


def row_of(view: View) -> str:
    return view.buttons[0].row


async def sent(ground: Ground, view: View) -> Request:
    assert (await press(ground, A.GUIDE_SEND, row_of(view))).changed
    [made] = await ground.ledger.read(lambda c: request_rows.requests_where(c, true()))
    return made


async def unsent(ground: Ground) -> list[str]:
    return [one.quote for one in await Guide(ground.presses).unsent("test", "home", "ana")]


async def test_the_form_of_a_template_field_by_field(ground: Ground) -> None:
    await saved(ground)
    made = await start(ground, NAMED.name)
    assert isinstance(made, Form)
    assert made.title == text("guide.title_template", name=NAMED.name)[:45]
    assert len(made.title) == 45
    use, *others = made.fields
    choices = (Choice("u" * 90, "u" * 75), *USUAL)
    assert use == FormField("use", text("guide.part.use"), FieldKind.CHOICE, "u" * 90, choices, required=False, spare=True)
    filled = {"style": "ink", "constraints": CONSTRAINTS}
    for name, one in zip(PARTS[1:], others, strict=True):
        kind = FieldKind.PARAGRAPH if name == "constraints" else FieldKind.LINE
        hint, needed = text(f"guide.hint.{name}"), name == "subject"
        field = FormField(name, text(f"guide.part.{name}"), kind, filled.get(name, ""), required=needed, max_length=PART_MAX, hint=hint)
        assert one == field


@pytest.mark.parametrize(("use", "known"), [("", False), ("nonsense", False), ("cover", False), ("social", True)])
async def test_a_use_case_or_a_community_without_templates_leads_to_the_form(ground: Ground, use: str, known: bool) -> None:
    if known:
        await saved(ground)
    made = await start(ground, " ", use)
    assert isinstance(made, Form)
    name = use if use in USES else "any"
    assert (made.row, made.title) == (USE_ROWS[name], text("guide.title"))
    assert (made.fields[0].value, made.fields[0].choices) == (USES[name], USUAL)


async def test_a_name_that_no_template_has_is_repeated_with_those_there_are(ground: Ground) -> None:
    long, short = " ".join(["x" * 40] * 2), ("x" * 40 + " " + "x" * 40)[:60]
    none = await start(ground, f" {long}")
    assert none == Reply(text("guide.no_templates", name=short), changed=False)
    await saved(ground)
    assert await start(ground, long) == Reply(text("guide.unknown_template", name=short, names=NAMED.name), changed=False)
    for use in ("", "nonsense"):
        choice = await start(ground, use=use)
        assert isinstance(choice, Reply)
        assert choice.view is not None
        assert (choice.changed, choice.text) == (False, text("guide.choose"))
        assert [one.row for one in choice.view.buttons] == [NAMED.id, USE_ROWS["any"]]


async def test_presses_that_send_nothing_say_why(ground: Ground) -> None:
    over, foreign = text("guide.over"), text("guide.not_yours")
    assert await form(ground, A.GUIDE, "nowhere222222222") == Reply(over, changed=False)
    view, other = await wording(ground, subject="a robot"), await wording(ground, subject="a boat")
    for action in (A.GUIDE, A.GUIDE_WORDING):
        assert await form(ground, action, row_of(view), "ben") == Reply(foreign, changed=False)
        assert await refused(ground, action, row_of(view), "ben", prompt="mine", subject="mine") == foreign
    assert (await press(ground, A.GUIDE_SEND, row_of(view), key="same")).changed
    assert await refused(ground, A.GUIDE_SEND, row_of(other), key="same") == text("reply.already_done")
    assert await refused(ground, A.GUIDE_SEND, row_of(view)) == text("reply.already_started")
    assert await refused(ground, A.GUIDE_SEND, row_of(view), "ben") == over
    assert await refused(ground, A.GUIDE_DROP, row_of(view)) == over
    assert await refused(ground, A.GUIDE_WORDING, row_of(other), prompt=" ") == text("guide.no_words")
    assert await refused(ground, A.GUIDE, USE_ROWS["any"], scene="a lake") == text("guide.no_subject")
    part = text("guide.part.scene")
    said = text("guide.too_long", part=part, length=501, most=PART_MAX)
    assert await refused(ground, A.GUIDE, USE_ROWS["any"], subject="a boat", scene="x" * 501) == said
    assert await unsent(ground) == ["Subject: a boat"]


async def test_the_same_form_sent_twice_makes_one_wording(ground: Ground) -> None:
    await saved(ground)
    typed = {"subject": "a robot", "style": "ink"}
    cover = await wording(ground, NAMED.id, **typed)
    assert row_of(await wording(ground, NAMED.id, **typed)) == row_of(cover)
    others = [await wording(ground, USE_ROWS[name], **typed) for name in ("cover", "social")]
    assert len({row_of(one) for one in (cover, *others)}) == 3, "another use case is another wording"
    await ground.ledger.write(lambda tx: template_rows.remove(tx, "test", "home", NAMED.id))
    assert row_of(await wording(ground, NAMED.id, **typed)) == row_of(cover)
    assert row_of(await wording(ground, NAMED.id, **typed, scene="a lake")) != row_of(cover)


async def test_a_changed_wording_keeps_what_was_not_changed(ground: Ground) -> None:
    first = await wording(ground, subject="a robot", composition="3:2")
    assert (await values(ground, A.GUIDE, row_of(first)))["constraints"] == "", "left empty on purpose"
    assert (await values(ground, A.GUIDE_WORDING, row_of(first)))["size"] == "3:2"
    free = await wording(ground, row_of(first), A.GUIDE_WORDING, prompt="just a boat", quality="high", count="2")
    again = await wording(ground, row_of(free), A.GUIDE_WORDING, prompt="just a ship")
    typed = {"size": "3:2", "quality": "high", "count": "2"}
    assert again.text == (price_view("just a ship", typed, {}, ground.rules).text[0],)
    assert (await values(ground, A.GUIDE_WORDING, row_of(again))) == {"prompt": "just a ship", **typed}
    labelled = "Subject: a ship\nScene: a lake\nComposition: 1:1"
    parts = await wording(ground, row_of(again), A.GUIDE_WORDING, prompt=labelled)
    known = await values(ground, A.GUIDE, row_of(parts))
    assert {name: one for name, one in known.items() if one} == {"subject": "a ship", "scene": "a lake", "composition": "1:1"}
    request = await sent(ground, parts)
    assert (request.prompt, request.size, request.quality, request.count) == (labelled, "1024x1024", "high", 2)


async def test_the_form_of_a_wording_shows_the_ratio_beside_the_sizes(ground: Ground) -> None:
    made = await form(ground, A.GUIDE_WORDING, row_of(await wording(ground, subject="a robot", composition="3:2")))
    assert isinstance(made, Form)
    by_name = {one.name: one for one in made.fields}
    sizes = tuple(Choice(one, label(one)) for one in ground.rules.model.sizes.popular)
    assert by_name["size"].choices == (Choice("3:2", "3:2"), *sizes)
    assert (by_name["count"].value, by_name["count"].choices[0]) == ("1", Choice("1", "1"))
    assert by_name["quality"].choices == tuple(Choice(one, one) for one in ground.rules.model.qualities)
    assert not any(one.spare for one in made.fields)


async def test_a_text_for_the_picture_stays_until_it_is_emptied(ground: Ground) -> None:
    ground.rules = dataclasses.replace(ground.rules, captions=True)
    first = await wording(ground, subject="a robot")
    captioned = await wording(ground, row_of(first), A.GUIDE_WORDING, prompt="a robot", caption="Hello")
    kept = await wording(ground, row_of(captioned), A.GUIDE_WORDING, prompt="a blue robot")
    assert (await values(ground, A.GUIDE_WORDING, row_of(kept)))["caption"] == "Hello"
    emptied = await wording(ground, row_of(kept), A.GUIDE_WORDING, prompt="a red robot", caption="")
    assert (await values(ground, A.GUIDE_WORDING, row_of(emptied)))["caption"] == ""
    last = await wording(ground, row_of(emptied), A.GUIDE_WORDING, prompt="a green robot", caption="Hello")
    assert "Hello" in (await sent(ground, last)).caption


async def test_a_wording_as_long_as_the_model_takes_is_the_longest(ground: Ground) -> None:
    first, most = await wording(ground, subject="a robot"), ground.rules.model.prompt_max_chars
    longest = await wording(ground, row_of(first), A.GUIDE_WORDING, prompt="x" * most)
    said = text("guide.prompt_too_long", length=most + 1, most=most)
    assert await refused(ground, A.GUIDE_WORDING, row_of(longest), prompt="x" * (most + 1)) == said


async def test_the_community_says_which_models_a_wording_can_have(ground: Ground) -> None:
    models = {one: Catalogue.load().models[one] for one in (ground.rules.model.id, "gpt-image-1.5")}
    ground.rules = dataclasses.replace(ground.rules, models=models)
    first = await wording(ground, subject="a robot")
    other = await wording(ground, row_of(first), A.GUIDE_WORDING, prompt="a robot", model="gpt-image-1.5")
    assert "gpt-image-1.5" in other.text[-1]
    await ground.ledger.write(lambda tx: settings_rows.replace(tx, "test", "home", {"models": [ground.rules.model.id]}, "olu"))
    again = await wording(ground, row_of(other), A.GUIDE_WORDING, prompt="a boat")
    refusal = Refusal("invalid_model", {"value": "gpt-image-1.5", "allowed": [ground.rules.model.id]})
    assert again.text == (refusal_sentence(refusal),)
