"""The option `caption`: checked before anything is sent, drawn once the pictures are there, and made up for after a kill."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.chat.views import ActionName, Form
from bot.domain.picture_changes import ChangeKind, PictureChange
from bot.ledger import block_rows, picture_rows
from bot.prompts.normalise import fingerprint
from bot.requests.captioning import uncaptioned
from bot.requests.choices import Choices, combined
from bot.requests.questions import ask_about
from bot.requests.sweep import sweep
from tests.unit.requests.test_picture_changes import row_of, stage
from tests.unit.requests.test_simplify import REFUSED
from tests.world import bad

A = ActionName


async def test_the_words_are_drawn_on_every_picture_at_no_cost(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        made = await s.result(2, caption="  Grand\n\nopening ")
        view = await s.shown(made, 4)
        assert [one.change and one.change.text for one in await s.pictures(made)] == [None, None, "Grand\nopening", "Grand\nopening"]
        assert "with the text “Grand opening”" in view.pictures[2].alt
        assert view.title == "Here are your 2 pictures"
        assert len(s.world.service.calls) == 1
        assert "Grand" not in s.world.service.calls[0].prompt
        assert await s.world.bot.ledger.read(lambda c: to_draw_of(c)) == []
        form = await s.world.form(A.ADD_TEXT, made)
        assert isinstance(form, Form)
        assert form.fields[1].value == "Grand\nopening"


def to_draw_of(connection: Any) -> list[str]:
    return list(uncaptioned(type("Tx", (), {"connection": connection})()))  # type: ignore[arg-type]


async def test_again_keeps_the_words_and_candidates_are_without_them(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        made = await s.result(1, caption="Open today")
        await s.shown(made, 2)
        for action, values, words in ((A.AGAIN, {}, "Open today"), (A.CANDIDATES, {"prompt": "a bicycle", "count": "2"}, "")):
            await s.press(action, made, **values)
            child = (await s.world.requests())[0]
            assert child.caption == words


@pytest.mark.parametrize(
    ("caption", "said"),
    [
        ("a\nb\nc\nd", "Your text has 4 lines"),
        ("x" * 241, "Your text has 241 characters"),
        ("\u200b", "There's no text yet"),
        ("Call +49 151 2345 6789", "Your text looks like it contains something private"),
        ("blocked words", "The image service blocked these words"),
    ],
)
async def test_what_cannot_be_drawn_is_told_before_anything_is_sent(tmp_path: Path, caption: str, said: str) -> None:
    async with stage(tmp_path, lint=ask_about) as s:
        prompt_fingerprint = fingerprint("blocked words")
        await s.world.bot.ledger.write(lambda tx: block_rows.remember_prompt(tx, "home", prompt_fingerprint, "ben", "", tx.now + 60))
        made = await s.world.imagine("a bicycle", caption=caption)
        view = await s.world.answer(made)
        assert view.text[0] == "The text for your picture can't be drawn like that, so nothing was sent."
        assert view.text[1].startswith(said)
        assert not s.world.service.calls


@pytest.mark.parametrize(("count", "fits"), [(5, True), (6, False), (10, False)])
async def test_more_pictures_than_fit_with_their_text_are_told_before_they_are_paid(tmp_path: Path, count: int, fits: bool) -> None:
    async with stage(tmp_path) as s:
        made = await s.world.imagine("a bicycle", count=str(count), caption="Open today")
        view = await s.world.answer(made)
        assert [one.count for one in s.world.service.calls] == ([count] if fits else [])
        if not fits:
            assert view.text[1].startswith("With text, I can make 5 pictures at once")
            [button] = [one for one in view.buttons if one.action is A.NEAREST]
            assert (await s.press(A.NEAREST, button.row)).changed
            child = (await s.world.requests())[0]
            assert (child.count, child.caption, child.refusal) == (5, "Open today", None)


async def test_without_fonts_it_is_said(tmp_path: Path) -> None:
    async with stage(tmp_path, captions=False) as s:
        view = await s.world.answer(await s.world.imagine("a bicycle", caption="Open"))
        assert view.text[1].startswith("Text can't be drawn on pictures here")


def test_a_typed_line_may_end_in_the_words() -> None:
    typed = {"inline": True}
    found = combined("a red bicycle, 2 pictures, caption: Grand opening, today", typed, captions=True)
    assert found == Choices("a red bicycle", count="2", caption="Grand opening, today")
    assert combined("a poster\nCaption： 开业", typed, captions=True) == Choices("a poster", caption="开业")
    for prompt in ("caption: alone", "a caption: less sign", "a bicycle, caption:"):
        assert combined(prompt, typed, captions=True) == Choices(prompt)
    assert combined("a bicycle, caption: x", typed) == Choices("a bicycle, caption: x")
    assert combined("a bicycle, caption: x", {}, captions=True) == Choices("a bicycle, caption: x")


async def test_a_kill_before_the_words_are_drawn_is_made_up_for(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.world.bot.wakeups.on("caption", lambda request_id: None)
        made = await s.result(1, caption="Open today")
        await s.shown(made, 1)
    async with stage(tmp_path) as s:
        await s.world.bot.ledger.write(lambda tx: sweep(tx, lambda request_id: True))
        await s.shown(made, 2)
        s.world.bot.captioning.work.wake(made)
        assert len(await s.pictures(made)) == 2


async def test_a_deleted_request_gets_no_words(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.world.bot.wakeups.on("caption", lambda request_id: None)
        made = await s.result(1, caption="Open today")
        await s.press(A.DELETE, made)
        await s.world.bot.captioning._draw(made)
        assert not await s.world.bot.ledger.read(lambda c: picture_rows.of_request(c, made))
        assert not s.files()
        assert (await s.world.row(made)).deleted


async def test_a_reported_result_gets_no_words(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.world.bot.wakeups.on("caption", lambda request_id: None)
        made = await s.result(1, caption="Open today")
        assert (await s.press(A.REPORT, made, person="ben", reason="other", comment="mine")).changed
        drawn: list[str] = []

        async def work(job: str, values: object, content: bytes) -> Any:
            drawn.append(job)

        s.store.work = work  # type: ignore[method-assign]
        await s.world.bot.captioning._draw(made)
        assert drawn == []
        assert await s.world.bot.ledger.read(lambda c: to_draw_of(c)) == []


async def test_words_are_drawn_on_as_many_pictures_as_one_message_shows(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.world.bot.wakeups.on("caption", lambda request_id: None)
        made = await s.result(2, caption="Open today")
        [first, _] = await s.pictures(made)
        crops = [replace(first, sha256=f"{n}" * 64, change=PictureChange(ChangeKind.CROP, first.sha256, ratio="1:1")) for n in range(7)]
        await s.world.bot.ledger.write(lambda tx: [picture_rows.put_changed(tx, made, one, "") for one in crops])
        await s.world.bot.captioning._draw(made)
        found = await s.pictures(made)
        assert len(found) == 10
        assert found[-1].change == PictureChange(ChangeKind.CAPTION, first.sha256, text="Open today")


async def test_words_without_a_font_are_named_on_the_result(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        made = await s.result(1, caption="\U00012000\U00012001")
        await s.world.until(lambda: "couldn't draw" in str(s.world.chat.about(f"request:{made}")))
        told = next(one for one in (await s.shown(made, 1)).text if "couldn't draw" in one)
        assert told.startswith("I couldn't draw your text on the picture. There's no font here for some of your characters (Cuneiform).")
        assert told.endswith("Add text tries again, at no cost.")
        await s.press(A.USE_CHANGE, row_of(await s.preview(A.ADD_TEXT, made, text="Open")))
        assert not any("couldn't draw" in one for one in (await s.shown(made, 2)).text)


async def test_the_form_of_edit_has_the_words_and_may_drop_them(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        made = await s.result(1, caption="Open today")
        await s.shown(made, 2)
        form = await s.world.form(A.EDIT, made)
        assert isinstance(form, Form)
        field = next(one for one in form.fields if one.name == "caption")
        assert (field.value, field.required, field.spare) == ("Open today", False, False)
        for values, words in (({"caption": "Closed"}, "Closed"), ({"caption": ""}, ""), ({}, "Open today")):
            await s.press(A.EDIT, made, prompt=f"a bicycle {len(words)}", **values)
            child = (await s.world.requests())[0]
            assert child.caption == words


async def test_a_step_of_simplify_keeps_the_words(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.world.service.script.append(bad(REFUSED))
        failed = await s.world.imagine("a red robot with a lantern, watercolour, oil painting", caption="Open today")
        await s.world.answer(failed)
        step = await s.press(A.SIMPLIFY, failed)
        assert step.view is not None
        await s.press(A.LADDER_SEND, step.view.buttons[0].row)
        [child, _] = await s.world.requests()
        assert child.caption == "Open today"
