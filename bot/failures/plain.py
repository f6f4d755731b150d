"""Text in its plainest form for multilingual rules: lower case, no accents or punctuation, single spaces."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.failures.normal import MARKS

_NO_WORD = re.compile(rf"(?:[^\w{MARKS}]|_)+")
_ACCENTS = str.maketrans(
    {
        **dict(zip("áàâãäåāăąéèêëēėęěíìîïīıóòôõöøōőúùûü", "aaaaaaaaaeeeeeeeeiiiiiioooooooouuuu", strict=True)),
        **dict(zip("ūůűçćčñńňýÿšśşžźżłđďťţřğ", "uuucccnnnyyssszzzlddttrg", strict=True)),
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "ё": "е",
    }
)
_ALPHABETIC = re.compile(r"[a-z0-9\u0400-\u04ff\u0370-\u03ff]")


def plain(text: str) -> str:
    """`Le contenu n'est pas autorisé.` -> ` le contenu n est pas autorise `, with a space at both ends."""
    bare = text if text.isascii() else text.translate(_ACCENTS)
    return f" {_NO_WORD.sub(' ', bare).strip()} "


class Stems:
    """Word stems; whether one of them occurs is looked up in what a sentence contains."""

    __slots__ = ("all", "known")

    def __init__(self, parts: Iterable[str]) -> None:
        self.all: tuple[str, ...] = tuple(dict.fromkeys(parts))
        self.known = frozenset(self.all)
        _index.add(self.all)

    def __or__(self, other: Stems) -> Stems:
        return Stems((*self.all, *other.all))

    def within(self, sentence: Sentence) -> bool:
        """Whether one of these stems occurs in the sentence."""
        return not self.known.isdisjoint(sentence.stems())


def _start(part: str) -> str:
    """By what a stem is found: its first character, or the beginning of its first word."""
    if part[0] != " ":
        return part[0]
    return part[:4] if len(part) > 3 and " " not in part[1:3] else part[:3]


class _Index:
    """All stems, by their beginnings: a text is only compared with those that can occur in it, and once for all rules."""

    def __init__(self) -> None:
        self.by_start: dict[str, list[str]] = {}
        self.all: set[str] = set()

    def add(self, parts: Iterable[str]) -> None:
        for part in parts:
            if part not in self.all:
                self.all.add(part)
                self.by_start.setdefault(_start(part), []).append(part)

    def within(self, text: str) -> frozenset[str]:
        words = {f" {word} " for word in text.split()}
        starts = {word[:3] for word in words} | {word[:4] for word in words} | set(text)
        by_start = self.by_start
        return frozenset(part for start in by_start.keys() & starts for part in by_start[start] if part in text)


_index = _Index()


class Sentence:
    """A text in plain form, with the stems that occur in it."""

    __slots__ = ("_known", "_stems", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._known = -1
        self._stems: frozenset[str] = frozenset()

    def stems(self) -> frozenset[str]:
        """Every known stem within the sentence."""
        if self._known != len(_index.all):
            self._known = len(_index.all)
            self._stems = _index.within(self.text)
        return self._stems


def stems(text: str) -> Stems:
    """Parse stems separated by ` / `, in the form of `plain`; a trailing `_` means the end of a word.

    Stems in scripts without spaces (Chinese, Japanese, Korean) match anywhere.
    """
    return Stems(_stem(part.strip()) for part in " ".join(text.split()).split(" / ") if part.strip())


def _stem(part: str) -> str:
    ends = part.endswith("_")
    bare = part.rstrip("_")
    return f"{' ' if _ALPHABETIC.match(bare) else ''}{bare}{' ' if ends else ''}"
