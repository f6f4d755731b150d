"""The forms Add text and Crop: what they ask, what they are filled with, and the bounds of what is typed into them."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from bot.chat.views import ActionName, FieldKind, Form, FormField
from bot.domain.outcome import Picture
from bot.domain.picture_changes import AUTO, COLOURS, MAX_CHARACTERS, PARTS, PLACES, RATIOS, SIZES, ChangeKind, PictureChange
from bot.ledger import draft_rows
from bot.ledger.draft_rows import PictureDraft
from bot.requests.change_choices import MOST_PICTURES, TYPED, ChangeProblem, WantedChange, change_form, wanted_of
from bot.requests.picture_changes import _lacks_room
from bot.texts import text
from tests.unit.messages.views import PNG, request
from tests.world import world

A, CAPTION, CROP = ActionName, ChangeKind.CAPTION, ChangeKind.CROP
PLAIN = [dataclasses.replace(PNG, sha256=f"{n:064x}") for n in range(3)]


def changed(sha256: str, kind: ChangeKind = CAPTION, **values: str) -> Picture:
    return dataclasses.replace(PNG, sha256=sha256 * 64, change=PictureChange(kind, PLAIN[0].sha256, **values))


def form(found: list[Picture], action: ActionName = A.ADD_TEXT, draft: WantedChange | None = None) -> dict[str, FormField]:
    return {one.name: one for one in made(found, action, draft).fields}


def made(found: list[Picture], action: ActionName = A.ADD_TEXT, draft: WantedChange | None = None) -> Form:
    return change_form(action, "row", request(), found, draft)


@pytest.mark.parametrize(("action", "name", "fields"), [(A.ADD_TEXT, "text", "text place size colour"), (A.CROP, "crop", "ratio part")])
def test_each_form_has_its_own_words_and_fields(action: ActionName, name: str, fields: str) -> None:
    found = made(PLAIN[:1], action)
    assert (found.action, found.row, len(found.pictures)) == (action, "row", 1)
    assert (found.title, found.submit, found.text) == tuple(text(f"change.{name}_{part}") for part in ("title", "submit", "form"))
    assert [one.name for one in found.fields] == fields.split()


def test_a_new_text_is_empty_and_everything_else_automatic() -> None:
    fields = form(PLAIN[:1])
    assert (fields["text"].value, fields["text"].kind, fields["text"].max_length) == ("", FieldKind.PARAGRAPH, TYPED)
    assert [one.value for one in fields["place"].choices] == [AUTO, *PLACES]
    assert [one.label for one in fields["place"].choices][:2] == [text("change.auto"), text("change.top_left")]
    assert [one.value for one in fields["size"].choices] == list(SIZES)
    assert [one.label for one in fields["size"].choices] == [text("change.auto"), *(text(f"change.size_{one}") for one in SIZES[1:])]
    colour = fields["colour"]
    assert (colour.value, colour.required, colour.max_length) == (AUTO, False, 20)
    assert (fields["place"].value, fields["size"].value) == (AUTO, AUTO)


def test_a_crop_offers_every_ratio_and_part() -> None:
    fields = form(PLAIN[:1], A.CROP)
    assert ([one.value for one in fields["ratio"].choices], fields["ratio"].value) == (list(RATIOS), next(iter(RATIOS)))
    assert ([one.value for one in fields["part"].choices], fields["part"].value) == (list(PARTS), "middle")
    again = form([PLAIN[0], changed("a", CROP, ratio="4:5", part="end")], A.CROP)
    assert (again["ratio"].value, again["part"].value) == ("4:5", "end")


def test_it_is_filled_with_the_last_text_that_was_drawn() -> None:
    found = [PLAIN[0], changed("a", text="one"), PLAIN[1], changed("b", text="two", colour=COLOURS["red"]), changed("c", CROP, ratio="1:1")]
    fields = form(found)
    assert (fields["picture"].value, fields["text"].value, fields["colour"].value) == ("4", "two", "red")
    which = [text("change.which_original" if n in (1, 3, 5) else "change.which_caption", number=n) for n in range(1, 6)]
    assert [(one.value, one.label) for one in fields["picture"].choices] == list(zip("12345", which, strict=True))
    assert form([PLAIN[0], PLAIN[1]])["picture"].value == "1"
    assert "picture" not in form([PLAIN[0]])
    assert form([changed("a", colour="#123456")])["colour"].value == "#123456"


def test_a_draft_is_filled_in_with_the_picture_that_it_is_for() -> None:
    found = [PLAIN[0], PLAIN[1], changed("b", text="two")]
    beside = WantedChange(PictureChange(CAPTION, PLAIN[1].sha256, text="beside"), "")
    assert [form(found, draft=beside)[name].value for name in ("picture", "text")] == ["2", "beside"]
    instead = WantedChange(PictureChange(CAPTION, PLAIN[0].sha256, text="instead"), found[2].sha256)
    assert [form(found, draft=instead)[name].value for name in ("picture", "text")] == ["3", "instead"]
    gone = WantedChange(PictureChange(CAPTION, "e" * 64, text="gone"), "")
    assert form(found, draft=gone)["picture"].value == "3"


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("a" * MAX_CHARACTERS, None),
        ("a" * (MAX_CHARACTERS + 1), ("characters", str(MAX_CHARACTERS + 1))),
        ("a" * TYPED, ("characters", str(TYPED))),
        ("a" * (TYPED + 1), ("characters", f"{TYPED + 1:,}")),
        ("one\ntwo\nthree", None),
        ("one\ntwo\nthree\nfour", ("lines", "4")),
    ],
)
def test_as_much_as_can_be_drawn_is_taken(typed: str, problem: tuple[str, str] | None) -> None:
    found = wanted_of(PLAIN[:1], CAPTION, {"text": typed})
    assert found == (ChangeProblem(*problem) if problem else WantedChange(PictureChange(CAPTION, PLAIN[0].sha256, text=typed), ""))


@pytest.mark.parametrize("number", ["0", "4", "-1", "x", "²", "001", "003"])
def test_there_must_be_a_picture_with_that_number(number: str) -> None:
    assert wanted_of(PLAIN, CAPTION, {"picture": number, "text": "words"}) is None


def test_a_full_message_takes_a_change_only_in_the_place_of_another() -> None:
    full = [dataclasses.replace(PNG, sha256=f"{n:064x}") for n in range(MOST_PICTURES)]
    beside = PictureDraft("d", "r", PictureChange(CAPTION, full[0].sha256), "")
    assert _lacks_room(full, beside) == ChangeProblem("full")
    assert _lacks_room(full[:-1], beside) is None
    assert _lacks_room(full, dataclasses.replace(beside, replaces=full[3].sha256)) is None
    assert _lacks_room(full, dataclasses.replace(beside, replaces="f" * 64)) == ChangeProblem("full")


async def test_a_draft_is_read_as_it_was_stored(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        change = PictureChange(CAPTION, PLAIN[0].sha256, text="words", place=PLACES[4], size="large", colour="#123456")
        drawn = dataclasses.replace(PNG, width=640, height=480, size=1234, format="jpeg")
        for draft in (
            PictureDraft("a" * 16, "r" * 16, change, "b" * 64, drawn, "c" * 64),
            PictureDraft("d" * 16, "r" * 16, change, ""),
        ):
            await w.bot.ledger.write(lambda tx, draft=draft: draft_rows.add(tx, draft))  # type: ignore[misc]
            assert await w.bot.ledger.read(lambda c, draft=draft: draft_rows.get(c, draft.id)) == draft  # type: ignore[misc]
