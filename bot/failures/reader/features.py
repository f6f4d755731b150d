"""Features of the learned reader: word pieces, whole words and pairs of words. Shared with the trainer."""

from __future__ import annotations

import re

from bot.failures.normal import masked, normalise

MAX_TEXT = 700
"""Maximum characters to read; the rest is repetition or a stack trace."""
_WORD = re.compile(r"\w+")
_LONGEST = 30
_UNSPACED = "\u0e00"
"""From here on (Thai, Chinese, Japanese, Korean), words are short or not separated by spaces, so shorter pieces are informative."""


def features(text: str, status: int | None = None, api: str = "") -> set[str]:
    """The set of features of a text and its context. Spaces mark the beginnings and ends of words."""
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
    return found
