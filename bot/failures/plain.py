"""Text in its plainest form for multilingual rules: lower case, no accents or punctuation, single spaces."""

from __future__ import annotations

import re
from collections.abc import Iterable

_NO_WORD = re.compile(r"[\W_]+")
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
    return f" {_NO_WORD.sub(' ', text.translate(_ACCENTS)).strip()} "


class Stems:
    """Word stems, indexed by their beginnings, so that a text is only compared with those that can occur in it."""

    __slots__ = ("_by_start", "all")

    def __init__(self, parts: Iterable[str]) -> None:
        self.all: tuple[str, ...] = tuple(dict.fromkeys(parts))
        by_start: dict[str, list[str]] = {}
        for part in self.all:
            by_start.setdefault(part[:3] if part[0] == " " else part[0], []).append(part)
        self._by_start = {start: tuple(found) for start, found in by_start.items()}

    def __or__(self, other: Stems) -> Stems:
        return Stems((*self.all, *other.all))

    def within(self, sentence: Sentence) -> bool:
        """Whether one of these stems occurs in the sentence. Rules share groups, so results are cached."""
        known = sentence.answers.get(self)
        if known is None:
            known = sentence.answers[self] = self._found(sentence)
        return known

    def _found(self, sentence: Sentence) -> bool:
        by_start, text = self._by_start, sentence.text
        for start in by_start.keys() & sentence.starts:
            for part in by_start[start]:
                if part in text:
                    return True
        return False


class Sentence:
    """A text in plain form, with the beginnings of its words."""

    __slots__ = ("answers", "starts", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.answers: dict[Stems, bool] = {}
        self.starts = {f" {word[:2]}" if len(word) > 1 else f" {word} " for word in text.split()} | set(text)


def stems(text: str) -> Stems:
    """Parse stems separated by ` / `, in the form of `plain`; a trailing `_` means the end of a word.

    Stems in scripts without spaces (Chinese, Japanese, Korean) match anywhere.
    """
    return Stems(_stem(part.strip()) for part in " ".join(text.split()).split(" / ") if part.strip())


def _stem(part: str) -> str:
    ends = part.endswith("_")
    bare = part.rstrip("_")
    return f"{' ' if _ALPHABETIC.match(bare) else ''}{bare}{' ' if ends else ''}"
