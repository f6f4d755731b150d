"""A hostile right-to-left prompt and name in every view of the core, as Discord gets it: our own words keep their order."""

from __future__ import annotations

import pytest

from adapters.discord.escape import fit, label
from adapters.discord.render import texts
from bot.chat.views import View
from bot.texts import text
from bot.texts.direction import FSI, PDI
from tests.platforms.direction import CASES, turned


@pytest.mark.parametrize(("name", "view"), CASES, ids=[name for name, _ in CASES])
def test_no_line_is_turned(name: str, view: View) -> None:
    shown = [*texts(view), *(label(one.label, 80) for one in view.buttons), *(label(one.alt, 1024) for one in view.pictures)]
    assert [line for one in shown for line in turned(one)] == []


@pytest.mark.parametrize("room", range(50, 140, 7))
def test_a_sentence_that_is_cut_keeps_its_isolates_closed(room: int) -> None:
    said = text("request.revised", prompt="שלום עולם " * 20)
    for shown in (fit(said, room), label(said, room)):
        assert len(shown) <= room
        assert shown.count(FSI) == shown.count(PDI) == 1
        assert shown.endswith(f"{PDI}…")
