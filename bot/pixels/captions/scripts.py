"""Writing systems of a text: which script a character belongs to, and which kind of Han characters a text uses."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

SAMPLES = {
    "Latin": "Aß",
    "Greek": "Ωλ",
    "Cyrillic": "Жя",
    "Arabic": "مر",
    "Hebrew": "שא",
    "Devanagari": "हि",
    "Thai": "สว",
    "Chinese": "汉字",
    "Japanese": "かカ",
    "Korean": "한국",
    "Emoji": "😀",
}
"""Characters by which a script is looked for in the fonts of a machine."""
_RANGES = (
    (0x0370, 0x03FF, "Greek"),
    (0x0400, 0x052F, "Cyrillic"),
    (0x0590, 0x05FF, "Hebrew"),
    (0x0600, 0x06FF, "Arabic"),
    (0x0750, 0x077F, "Arabic"),
    (0x08A0, 0x08FF, "Arabic"),
    (0x0900, 0x097F, "Devanagari"),
    (0x0E00, 0x0E7F, "Thai"),
    (0x1100, 0x11FF, "Korean"),
    (0x1F00, 0x1FFF, "Greek"),
    (0x3040, 0x30FF, "Japanese"),
    (0x3130, 0x318F, "Korean"),
    (0x31F0, 0x31FF, "Japanese"),
    (0x3400, 0x4DBF, "Chinese"),
    (0x4E00, 0x9FFF, "Chinese"),
    (0xA8E0, 0xA8FF, "Devanagari"),
    (0xAC00, 0xD7AF, "Korean"),
    (0xF900, 0xFAFF, "Chinese"),
    (0xFB1D, 0xFB4F, "Hebrew"),
    (0xFB50, 0xFDFF, "Arabic"),
    (0xFE70, 0xFEFF, "Arabic"),
    (0x1F000, 0x1FAFF, "Emoji"),
    (0x20000, 0x323AF, "Chinese"),
)
INVISIBLE = frozenset("\u200c\u200d\u2060\ufeff\u00ad\u034f") | {chr(point) for point in range(0xFE00, 0xFE10)}
"""Joiners, variation selectors and other characters that a font needn't have."""
MARKS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Explicit directional marks. They are taken out: a caption's direction follows from its words."""


@lru_cache(maxsize=4096)
def script_of(character: str) -> str:
    """The script's English name; the Unicode name's first word for a script that isn't listed."""
    point = ord(character)
    for first, last, name in _RANGES:
        if first <= point <= last:
            return name
    word = unicodedata.name(character, "unknown").split(" ")[0].title()
    return "Latin" if point < 0x250 else word


def scripts_of(text: Iterable[str]) -> list[str]:
    """Names of the scripts of these characters, in order of appearance."""
    return list(dict.fromkeys(script_of(one) for one in text))


def han_of(text: str) -> str:
    """Variant of Han characters for a text: `Japanese` beside kana, `Korean` beside Hangul, else `Chinese`."""
    found = {script_of(one) for one in text}
    return "Japanese" if "Japanese" in found else "Korean" if "Korean" in found and "Chinese" in found else "Chinese"


@lru_cache(maxsize=512)
def clusters(text: str) -> tuple[str, ...]:
    """What a reader sees as one character each, such as a letter with its marks or an emoji sequence."""
    import regex

    return tuple(regex.findall(r"\X", text))
