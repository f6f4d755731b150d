"""Open forms about a message's pictures: for who opened one, for a day, and after a restart."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from adapters.discord.picture_forms import LIFE, MOST, PREFIX, PictureForms
from adapters.kit.files import AppendLog
from bot.domain.attachments import Attachment

NOON = 1_800_000_000.0
PICTURES = (Attachment("a.png", size=9, handle={"url": "https://cdn.example/a"}, made_here=True), Attachment("b.png", size=8, handle={}))


def opened(folder: Path, now: float = NOON) -> PictureForms:
    forms = PictureForms(AppendLog(folder / "forms.log"))
    forms.load(now)
    return forms


def test_the_pictures_are_there_for_who_opened_the_form_until_it_is_sent(tmp_path: Path) -> None:
    forms = opened(tmp_path)
    assert not (tmp_path / "forms.log").exists()
    form = forms.keep("f1", "ana", PICTURES, NOON)
    assert form == f"{PREFIX}f1"
    assert (tmp_path / "forms.log").stat().st_mode & 0o077 == 0
    for each in (forms, opened(tmp_path)):
        assert each.pictures(form, "ana", NOON + LIFE - 1) == PICTURES
        assert each.pictures(form, "ben", NOON) == ()
        assert each.pictures(f"{PREFIX}f2", "ana", NOON) == ()
    forms.close(f"{PREFIX}f2", NOON)
    forms.close(form, NOON)
    for each in (forms, opened(tmp_path)):
        assert each.pictures(form, "ana", NOON) == ()
    assert "cdn.example" not in (tmp_path / "forms.log").read_text()


def test_a_form_is_forgotten_after_a_day_and_the_oldest_first(tmp_path: Path) -> None:
    forms = opened(tmp_path)
    form = forms.keep("f1", "ana", PICTURES, NOON)
    assert forms.pictures(form, "ana", NOON + LIFE) == (), "its links have expired"
    opened(tmp_path, NOON + LIFE)
    assert (tmp_path / "forms.log").read_text() == ""
    for number in range(MOST + 1):
        forms.keep(f"n{number}", "ana", PICTURES[:1], NOON)
    assert [forms.pictures(f"{PREFIX}n{number}", "ana", NOON) for number in (0, 1)] == [(), PICTURES[:1]]


@pytest.mark.parametrize(
    "line",
    [
        "half a li",
        "7",
        "{}",
        json.dumps({"form": "f1", "person": "ana", "until": "later", "pictures": []}),
        json.dumps({"form": "f1", "person": "ana", "until": NOON + 9, "pictures": [{"name": "a"}]}),
        json.dumps({"form": "f1", "person": "ana", "until": NOON + 9, "pictures": 7}),
        json.dumps({"form": "f1", "person": "ana", "until": NOON + 9}),
    ],
)
def test_a_damaged_line_costs_its_form_alone(tmp_path: Path, line: str) -> None:
    other = opened(tmp_path).keep("f2", "ana", PICTURES, NOON)
    log = tmp_path / "forms.log"
    log.write_text(f"{line}\n{log.read_text()}")
    forms = opened(tmp_path)
    assert forms.pictures(f"{PREFIX}f1", "ana", NOON) == ()
    assert forms.pictures(other, "ana", NOON) == PICTURES
