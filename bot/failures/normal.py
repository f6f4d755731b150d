"""Normalisation of texts with the same meaning: character forms, case, Chinese scripts; and masks for parts that vary between answers."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opencc import OpenCC

MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0900-\u0963\u0966-\u0dff"
    "\u0e31-\u0e3a\u0e47-\u0e4e\u0eb1-\u0ecd\u1000-\u109f\u1780-\u17d3\u200c\u200d"
)
"""Signs that belong to a word although `\\w` excludes them: accents, points, and the vowels of Indic and South-East Asian scripts."""
_HAN = re.compile("[\u3400-\u9fff]")
_KANA = re.compile("[\u3041-\u30ff]")
_LINK = re.compile(r"\b(?:https?|wss?)://[^\s\"'<>，。）)]{1,2000}")
_ID = re.compile(r"(?<![\w-])(?=[\w-]{0,60}\d)(?=[\w-]{0,60}[a-z])[a-z0-9][\w-]{13,80}(?![\w-])")
"""Request ids, UUIDs, hashes: long, with letters and digits."""
_NAMED = re.compile(r"[a-z]{2,20}(?:[_-][a-z0-9.]{1,20}){1,6}")
_DIGITS = re.compile(r"\d+")
_QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "`": "'", "\u200b": None})


def normalise(text: str) -> str:
    """Resolve compatibility forms (`ＡＰＩ` is `API`), convert to lower case and plain quotes, and Traditional to Simplified Chinese.

    Texts with Japanese syllables keep their characters. Digits and names stay; see `masked`.
    """
    if text.isascii():
        return text.replace("`", "'").lower()
    plain = unicodedata.normalize("NFKC", text).translate(_QUOTES).lower()
    if _HAN.search(plain) and not _KANA.search(plain):
        simplified: str = _simplifier().convert(plain)
        return simplified
    return plain


def masked(text: str) -> str:
    """A normalised text without its varying parts: links become `(link)`, ids `(id)`, numbers `0`."""
    text = _LINK.sub("(link)", text)
    return _DIGITS.sub("0", _ID.sub(_id_or_name, text))


def _id_or_name(match: re.Match[str]) -> str:
    """`gpt-image-1-mini` is a name and stays."""
    return match[0] if _NAMED.fullmatch(match[0]) else "(id)"


@cache
def _simplifier() -> OpenCC:
    """Loading the library's dictionaries takes about 50 ms, so it waits for the first Chinese text."""
    from opencc import OpenCC

    return OpenCC("tw2sp")
