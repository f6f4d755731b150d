"""Times within texts for platforms that show each reader the time on their own clock: a mark that carries the instant and, for places that
can't, the words. Adapters turn marks into the platform's markup, or into words."""

from __future__ import annotations

import re
from collections.abc import Callable

_OPEN, _WORDS, _CLOSE = "\ue0f0", "\ue0f1", "\ue0f2"
"""For private use: adapters let none of them through by itself, and what others wrote loses them (`unmarked`)."""
_ONES = re.compile(f"[{_OPEN}{_WORDS}{_CLOSE}]")
MARK = re.compile(f"({_OPEN}\\d{{1,12}}{_WORDS}[^{_OPEN}{_WORDS}{_CLOSE}]{{1,120}}{_CLOSE})")
"""A whole mark, as a group, so that `split` keeps it."""
_PART = re.compile(f"{_OPEN}\\d{{0,12}}|[{_WORDS}{_CLOSE}]")


def marked(at: float, words: str) -> str:
    """An instant, in seconds since the epoch, with the words for it."""
    return f"{_OPEN}{max(0, round(at))}{_WORDS}{words}{_CLOSE}"


def unmarked(text: str) -> str:
    """Words of people and services without these characters: a mark among them would be shown as a time, and hide what else it says."""
    return text if text.isascii() else _ONES.sub("", text)


def spelled(text: str, spell: Callable[[int, str], str]) -> str:
    """The text with each mark replaced by `spell(instant, words)`."""
    return MARK.sub(lambda found: spell(*_parts(found[0])), text) if _OPEN in text else text


def in_words(text: str) -> str:
    """The text with the words of its marks; what is left of one that was cut is removed."""
    if _OPEN not in text and _WORDS not in text and _CLOSE not in text:
        return text
    return _PART.sub("", spelled(text, lambda _, words: words))


def _parts(mark: str) -> tuple[int, str]:
    at, _, words = mark[1:-1].partition(_WORDS)
    return int(at), words
