"""Features of the learned reader: pieces of words, words, pairs of words, families of words, and marks of an answer's structure.

Shared with the trainer. Families (`tables/stems.toml`) mean the same in every language, so what was learned in one helps in another.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from bot.failures.data import table
from bot.failures.normal import MARKS, masked, normalise
from bot.failures.plain import Sentence, plain, stems
from bot.failures.rules.load import family
from bot.failures.tokens import phrases, split_words

if TYPE_CHECKING:
    from bot.failures.signals import Signals

MAX_TEXT = 700
"""Maximum characters to read; the rest is repetition or a stack trace."""
_WORD = re.compile(rf"[\w{MARKS}]+")
_LONGEST = 30
_UNSPACED = "\u0e00"
"""From here on (Thai, Chinese, Japanese, Korean), words are short or not separated by spaces, so shorter pieces are informative."""


MAX_MARKS = 40


def marks(seen: Signals) -> set[str]:
    """What an answer looks like besides its text: its codes, the names of its fields, its shape."""
    found = {f"\tcode {code[:_LONGEST]}" for code in sorted(seen.codes)[:MAX_MARKS]}
    found |= {f"\tfield {key[:_LONGEST]}" for key in sorted(seen.keys)[:MAX_MARKS]}
    found |= {f"\tshape {shape}" for shape in seen.shapes}
    found |= {f"\tclass {word}" for name in seen.raw_by_field.get("exceptionclass", ()) for word in split_words(name).split()}
    if seen.inner is not None:
        found.add(f"\tinner {seen.inner}")
    return found


def features(text: str, status: int | None = None, api: str = "", also: Iterable[str] = ()) -> set[str]:
    """The set of features of a text and its context; `also` are the `marks`. Spaces mark the beginnings and ends of words."""
    return pieces(words_of(text)) | context(status, api, also)


def words_of(text: str) -> list[str]:
    """The words that are read. A service's name is a sign that says nothing: what one service's program says, another's does, too."""
    names = _names()
    read = _two_words().sub(_NAME, masked(normalise(text[: 4 * MAX_TEXT]))[:MAX_TEXT])
    return [_NAME if word in names else word for word in _WORD.findall(read)]


_NAME = "\u00aa"
"""Stands for a service's name; it's read as a word."""


@cache
def _names() -> frozenset[str]:
    return frozenset(table("names")["services"].split())


@cache
def _two_words() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(phrases(table('names')['in_two_words']))})\b")


def context(status: int | None, api: str, also: Iterable[str]) -> set[str]:
    """The features that aren't words."""
    return {f"\tstatus {status}", f"\tfamily {status // 100 if status else None}", f"\tapi {api}", *also}


def pieces(words: Sequence[str]) -> set[str]:
    """Words, pairs of words, pieces of words, and families of words."""
    found = _families(words)
    found |= _pairs(found)
    before = ""
    for word in words:
        found.update(_pieces_of(word))
        if word[0] < _UNSPACED and len(word) <= _LONGEST:
            found.add(f"{before} {word}")
        before = word
    found.discard(" ")
    return found


@lru_cache(maxsize=2048)
def _pieces_of(word: str) -> tuple[str, ...]:
    """A word and its pieces. Answers share most of their words, so they are kept."""
    spaced = f" {word} "
    whole = (spaced,) if word[0] < _UNSPACED and len(word) <= _LONGEST else ()
    sizes = (3, 4, 5) if word[0] < _UNSPACED else (1, 2, 3, 4)
    return (*whole, *(spaced[start : start + size] for size in sizes for start in range(len(spaced) - size + 1)))


def _families(words: Sequence[str]) -> set[str]:
    marks_of = _marks_of_stems()
    known = Sentence(plain(" ".join(words))).stems()
    return {mark for stem in marks_of.keys() & known for mark in marks_of[stem]}


_SAYS = "\tsays "


@cache
def _marks_of_stems() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name in table("stems"):
        for stem in family(name).all:
            found[stem] = (*found.get(stem, ()), f"{_SAYS}{name}")
    for name, more in table("tongues").items():
        for stem in stems(
            " / ".join(plain(f"{one} ").strip() + "_" * one.endswith("_") for one in " ".join(more.split()).split(" / "))
        ).all:
            found[stem] = (*found.get(stem, ()), f"{_SAYS}{name}")
    return found


@cache
def _things() -> frozenset[str]:
    """The families that name what a failure is about; the others say what's wrong with it."""
    return frozenset(f"{_SAYS}{name}" for name in table("names")["things"].split())


def _pairs(says: Set[str]) -> set[str]:
    """What is about what: `KEY` with `MISSING` is another failure than with `BAD_KEY`, in every language."""
    things = says & _things()
    return {f"{thing}{wrong}" for wrong in says - things for thing in things}


MAX_SHORTENED = 16
_SHORT = 2
"""Letters of words that carry nothing alone."""
_PIECE = 4
_COMPOUND = 13
"""Letters from which on a word is made of several: `Sicherheitsfilter`, `turvallisuussuodatin`, `xavfsizlik qoidalariga`."""


def shortened(words: list[str]) -> Iterator[list[str]]:
    """The words without each of them in turn; without each half of a compound word, and without each piece of a word in scripts that don't
    separate words. What is said twice is no single word."""
    said = Counter(words)
    for one in [word for word in said if said[word] == 1 and (len(word) > _SHORT or word[0] >= _UNSPACED)][:MAX_SHORTENED]:
        for kept in _without_a_piece(one):
            yield [part for word in words for part in (kept if word == one else (word,))]


def _without_a_piece(word: str) -> Iterator[tuple[str, ...]]:
    if word[0] >= _UNSPACED and len(word) > _PIECE:
        for start in range(0, len(word), _PIECE // 2):
            yield tuple(half for half in (word[:start], word[start + _PIECE :]) if half)
    elif word[0] < _UNSPACED and len(word) >= _COMPOUND:
        middle = len(word) // 2
        yield from ((word[:middle],), (word[middle:],))
    else:
        yield ()
