"""The forms of the buttons under a result, and what their answers make."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from bot.chat.views import Act, ActionName, Form, FormField, Reply
from bot.domain.outcome import Billed, Outcome, Picture
from bot.domain.requests import Request
from bot.ledger import attachment_rows
from bot.texts import text
from tests.world import Service, World, world

SIZE = "1024x1536"


def drawn(count: int, width: int = 1024, height: int = 1536) -> Outcome:
    pictures = tuple(Picture(f"{n:064x}", "png", width, height, 100) for n in range(1, count + 1))
    return Outcome(pictures=pictures, billed=Billed.YES, status=200)


def act(action: ActionName, row: str, key: str = "k", person_name: str = "Ana", **values: str) -> Act:
    return Act(key, "ana", person_name, "test", "home", "imagine", action, row, values)


async def form_of(w: World, action: ActionName, row: str) -> Form:
    form = await w.bot.core.form(act(action, row))
    assert isinstance(form, Form)
    return form


def field(form: Form, name: str) -> FormField:
    return next(one for one in form.fields if one.name == name)


async def newest(w: World) -> Request:
    return max(await w.requests(), key=lambda one: one.created_at)


async def typed(w: World) -> tuple[str, dict[str, object]]:
    """Who the newest request is for, and which options it was given."""
    request = await newest(w)
    return request.person.name, {name: request.typed[name] for name in ("size", "quality", "count")}


async def test_each_button_has_its_own_words(tmp_path: Path) -> None:
    async with world(tmp_path, Service([drawn(1)])) as w:
        made = await w.imagine()
        await w.answer(made)
        edit, reference = [await form_of(w, one, made) for one in (ActionName.EDIT_PICTURE, ActionName.USE_AS_REFERENCE)]
        assert [one.title for one in (edit, reference)] == [text("form.edit_picture_title"), text("form.use_reference_title")]
        assert [one.submit for one in (edit, reference)] == [text("form.edit_picture_submit"), text("form.use_reference_submit")]
        prompts = [field(one, "prompt") for one in (edit, reference)]
        assert [one.label for one in prompts] == [text("form.change"), text("form.reference")]
        assert [one.hint for one in prompts] == [text("form.change_hint"), text("form.reference_hint")]
        assert (edit.masks, reference.masks) == (True, False)
        assert not any(one.name == "picture" for form in (edit, reference) for one in form.fields)


async def test_an_edit_keeps_the_size_that_the_model_makes(tmp_path: Path) -> None:
    odd = drawn(1, 1000, 777)
    async with world(tmp_path, Service([drawn(1), odd])) as w:
        made = await w.imagine(size="1024x1024")
        await w.answer(made)
        kept = field(await form_of(w, ActionName.EDIT_PICTURE, made), "size")
        assert kept.value == SIZE
        assert kept.choices[0].value == SIZE
        assert len({one.value for one in kept.choices}) == len(kept.choices) <= 25  # a platform's menu takes no more
        other = field(await form_of(w, ActionName.USE_AS_REFERENCE, made), "size")
        assert other.value == "1024x1024"
        assert {one.value for one in other.choices} - {""} <= {one.value for one in kept.choices}
        made = await w.imagine(size="1024x1024")
        await w.answer(made)
        assert field(await form_of(w, ActionName.EDIT_PICTURE, made), "size").value == "1024x1024"


@pytest.mark.parametrize("count", [2, 4])
async def test_one_of_several_is_chosen_by_number(tmp_path: Path, count: int) -> None:
    async with world(tmp_path, Service([drawn(count)])) as w:
        made = await w.imagine(count=str(count))
        await w.answer(made)
        choice = field(await form_of(w, ActionName.EDIT_PICTURE, made), "picture")
        assert [one.value for one in choice.choices] == [str(n) for n in range(1, count + 1)]
        assert choice.value == "1"
        for n in range(1, count + 1):
            said = await w.press(ActionName.EDIT_PICTURE, made, values={"prompt": f"number {n}", "picture": str(n)})
            assert said == text("reply.started_picture")
            child = await newest(w)
            assert child.prompt == f"number {n}"
            found = await w.bot.ledger.read(lambda c, id=child.id: attachment_rows.of_request(c, id))  # type: ignore[misc]
            assert f"{n:064x}" in {one.attachment.stored or one.sha256 for one in found}
        for wrong in ("0", str(count + 1), "-1", "x", "²", "001"):
            reply = await w.bot.core.act(act(ActionName.EDIT_PICTURE, made, f"w{wrong}", prompt="x", picture=wrong))
            assert (reply.text, reply.changed) == (text("reply.no_picture_there"), False)


async def test_a_child_takes_the_options_that_were_not_filled_in(tmp_path: Path) -> None:
    async with world(tmp_path, Service([drawn(1)])) as w:
        made = await w.imagine(size="1536x1024", quality="high")
        await w.answer(made)
        first = await w.bot.core.act(act(ActionName.USE_AS_REFERENCE, made, "a", "", prompt="a stamp"))
        assert first.changed
        assert await typed(w) == ("Ana", {"size": "1536x1024", "quality": "high", "count": "1"})
        again = await w.bot.core.act(act(ActionName.USE_AS_REFERENCE, made, "a", prompt="a stamp"))
        assert (again.text, again.changed) == (text("reply.already_done"), False)
        values = {"prompt": "a coin", "size": "1024x1024", "quality": "low", "count": "2"}
        await w.bot.core.act(act(ActionName.USE_AS_REFERENCE, made, "b", "Ana Maria", **values))
        assert await typed(w) == ("Ana Maria", {"size": "1024x1024", "quality": "low", "count": "2"})


async def test_a_request_without_pictures_has_nothing_to_start_from(tmp_path: Path) -> None:
    async with world(tmp_path, Service([dataclasses.replace(drawn(1), pictures=())])) as w:
        made = await w.imagine()
        await w.answer(made)
        reply = await w.bot.core.form(act(ActionName.EDIT_PICTURE, made))
        assert isinstance(reply, Reply)
        assert (reply.text, reply.changed) == (text("reply.no_picture_there"), False)
