"""A hostile right-to-left prompt and name in every view of the core, as Slack gets it: our own words keep their order."""

from __future__ import annotations

import re

import pytest

from adapters.slack.render import fallback, message, sheet
from bot.chat.views import View
from bot.texts.direction import FSI, PDI
from tests.slack.core_views import of_everything
from tests.slack.standin import text as reading

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
    shown = [*reading.texts(message(view).blocks), fallback(view), *reading.texts(sheet(view, "A window")["blocks"])]
    assert [line for one in shown for line in turned(one)] == []
