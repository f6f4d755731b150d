"""Edits that would undress, sexualise or impersonate whoever is in the picture, in many languages. Pure; the lists are in `edits.toml`.

A match only means that a moderator reads the request before anything is sent.
"""

from __future__ import annotations

import functools
import re
import tomllib
from importlib import resources

from bot.prompts.normalise import fold

_UNSPACED = frozenset({"zh", "ja", "th"})
_WORD = re.compile(r"[^\W_]+(?:[\u0300-\u036f\u0900-\u097f\u0980-\u09ff\u0600-\u06ff\u0590-\u05ff]+[^\W_]*)*")
_DIGITS = str.maketrans("013457@$", "oieastas")
"""What people write for letters inside a word: `nud3`, `n4ked`."""
_GAP = r"(?:\S+ ){0,5}"


def doubtful_edit(prompt: str) -> str | None:
    """`undress`, `sexual` or `impersonate` if the wording asks for that; None for an ordinary edit."""
    spaced, joined = _words(prompt), fold(prompt)
    for kind, (pattern, anywhere) in _lists().items():
        if pattern.search(spaced) or anywhere.search(joined):
            return kind
    return None


def load() -> None:
    """Compile the lists ahead of the first request (0.4 s)."""
    _lists()


def _words(text: str) -> str:
    """The folded words with one space around each; letters spelled one by one (`n u d e`) become a word."""
    words: list[str] = []
    letters: list[str] = []
    for found in [*_WORD.findall(text.translate(_JOINERS)), ""]:
        if len(found) == 1:
            letters.append(found)
            continue
        words += ["".join(letters)] if len(letters) > 2 else letters
        letters = []
        if found:
            words.append(found.translate(_DIGITS) if not found.isdigit() else found)
    return " " + " ".join(fold(one) for one in words) + " "


_SHORT_GAP = "[^，。、；：！？,.;:!?\\n]{0,8}?"
_OF_IT = "上的|上面|的(?:颜|顏|污|汙|褶|皱|皺|图|圖|花|标|標|字|纹|紋|影|反)|の|に|柄"
_JOINERS = dict.fromkeys(map(ord, "'\u2019\u02bc\u00ad\u200b\u200c\u200d"))


@functools.cache
def _lists() -> dict[str, tuple[re.Pattern[str], re.Pattern[str]]]:
    raw = tomllib.loads(resources.files(__package__).joinpath("edits.toml").read_text(encoding="utf-8"))
    return {kind: _compiled(languages) for kind, languages in raw.items()}


def _compiled(languages: dict[str, list[str]]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    spaced = [_pattern(entry) for language, entries in languages.items() if language not in _UNSPACED for entry in entries]
    anywhere = [_anywhere(entry) for language in languages if language in _UNSPACED for entry in languages[language]]
    return re.compile("|".join(spaced)), re.compile("|".join(anywhere))


def _anywhere(entry: str) -> str:
    """One entry of a language without spaces as a pattern over folded text; two parts around a gap count in either order. What's named is
    not meant if something on it or of it is: a stain on a dress, the colour of a shirt."""
    doing, _, things = (
        f"(?:{'|'.join(re.escape(fold(one)) for one in part.split('|'))})" if part else "" for part in entry.partition(" ~ ")
    )
    if entry == entry.partition(" ~ ")[0]:
        return doing
    thing = f"{things}(?!子?(?:{_OF_IT}))"
    return f"{doing}{_SHORT_GAP}{thing}|{thing}{_SHORT_GAP}{doing}"


def _pattern(entry: str) -> str:
    """One entry as a pattern over spaced, folded words. Two parts around a gap count in either order: languages and people vary it."""
    parts = ["".join(f"(?:{'|'.join(map(_alternative, one.split('|')))}) " for one in part.split()) for part in entry.split(" ~ ")]
    orders = [parts, parts[::-1]] if len(parts) == 2 else [parts]
    return "|".join(" " + _GAP.join(order) for order in orders)


def _alternative(word: str) -> str:
    return " ".join(re.escape(fold(one)) for one in word.removesuffix("*").split("_")) + (r"\S*" if word.endswith("*") else "")
