"""What the learned reader sees of a text: pieces of words, whole words and pairs of words. Shared with the trainer."""

from __future__ import annotations

import re

from bot.failures.normal import masked, normalise

MAX_TEXT = 700
"""Characters that are read; what follows repeats or is a stack trace."""
_WORD = re.compile(r"\w+")
_LONGEST = 30
_UNSPACED = "\u0e00"
"""From here on (Thai, Chinese, Japanese, Korean) words are short or not divided by spaces, so shorter pieces tell something."""


def features(text: str, status: int | None = None, api: str = "") -> set[str]:
    """The features of a text and its circumstances, each once. Starts of words and ends are marked by a space."""
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
