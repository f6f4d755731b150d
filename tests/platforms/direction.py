"""A right-to-left prompt and name that try to turn our own words around, and which lines of a view they do turn."""

from __future__ import annotations

import re

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
