"""A hostile right-to-left prompt and name in every view of the core, as Discord gets it: our own words keep their order."""

from __future__ import annotations

import re

import pytest

from adapters.discord.escape import fit, label
from adapters.discord.render import texts
from bot.chat.views import View
from bot.texts import text
from bot.texts.direction import FSI, PDI
from tests.slack.core_views import of_everything

PROMPT, NAME = "שלום \u202eעולם\u2069", "נועה\u202e"
CASES = list(of_everything(PROMPT, NAME))


def turned(words: str) -> list[str]:
    """Lines in which words of ours stand beside words from right to left that nothing isolates."""
    found = []
    for line in words.split("\n"):
        rest = line
        while (shorter := re.sub(f"{FSI}[^{FSI}{PDI}]*{PDI}", "", rest)) != rest:
            rest = shorter
        if (re.search("[\u0590-\u08ff]", rest) and re.search("[A-Za-z]", rest)) or {FSI, PDI, "\u202e"} & set(rest):
            found.append(line)
    return found


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
