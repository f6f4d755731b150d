"""Features of the learned reader: word pieces, whole words, pairs of words, and marks of an answer's structure. Shared with the trainer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from bot.failures.normal import masked, normalise

if TYPE_CHECKING:
    from bot.failures.signals import Signals

MAX_TEXT = 700
"""Maximum characters to read; the rest is repetition or a stack trace."""
_WORD = re.compile(r"\w+")
_LONGEST = 30
_UNSPACED = "\u0e00"
"""From here on (Thai, Chinese, Japanese, Korean), words are short or not separated by spaces, so shorter pieces are informative."""


MAX_MARKS = 40


def marks(seen: Signals) -> set[str]:
    """What an answer looks like besides its text: its codes, the names of its fields, its shape."""
    found = {f"\tcode {code[:_LONGEST]}" for code in sorted(seen.codes)[:MAX_MARKS]}
    found |= {f"\tfield {key[:_LONGEST]}" for key in sorted(seen.keys)[:MAX_MARKS]}
    found |= {f"\tshape {shape}" for shape in seen.shapes}
    if seen.inner is not None:
        found.add(f"\tinner {seen.inner}")
    return found


def features(text: str, status: int | None = None, api: str = "", also: Iterable[str] = ()) -> set[str]:
    """The set of features of a text and its context; `also` are the `marks`. Spaces mark the beginnings and ends of words."""
    found: set[str] = set()
    before = ""
    for word in _WORD.findall(masked(normalise(text[: 4 * MAX_TEXT]))[:MAX_TEXT]):
        spaced = f" {word} "
        if word[0] < _UNSPACED:
            if len(word) <= _LONGEST:
                found.add(spaced)
                found.add(f"{before} {word}")
            sizes: tuple[int, ...] = (3, 4, 5)
        else:
            sizes = (1, 2, 3, 4)
        for size in sizes:
            found.update([spaced[start : start + size] for start in range(len(spaced) - size + 1)])
        before = word
    found.discard(" ")
    found.add(f"\tstatus {status}")
    found.add(f"\tfamily {status // 100 if status else None}")
    found.add(f"\tapi {api}")
    found.update(also)
    return found


MAX_SHORTENED = 40
_PIECE = 4


def shortened(text: str) -> Iterator[str]:
    """The text without each of its words in turn; without each piece of a word in scripts that don't separate words."""
    words = _WORD.findall(masked(normalise(text[: 4 * MAX_TEXT]))[:MAX_TEXT])
    for one in list(dict.fromkeys(words))[:MAX_SHORTENED]:
        if one[0] < _UNSPACED or len(one) <= _PIECE:
            yield " ".join(word for word in words if word != one)
            continue
        for start in range(0, len(one), _PIECE // 2):
            yield " ".join(f"{word[:start]} {word[start + _PIECE :]}" if word == one else word for word in words)
