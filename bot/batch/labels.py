"""Reading of the numbers that people pick drafts by: `1 4 7b 9-12`. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

_LABEL = re.compile(r"(\d{1,4})([a-z])?", re.ASCII | re.IGNORECASE)
_RANGE = re.compile(r"(\d{1,4})\s*[-–]\s*(\d{1,4})", re.ASCII)
_SEPARATORS = re.compile(r"[\s,;#]+")


class LabelProblem(ValueError):
    """A word that is no number of a draft."""


def labels(words: str, last: int) -> Sequence[tuple[int, int]]:
    """Numbers of items, each with the position of its draft. Raises LabelProblem with the word that is none."""
    found: dict[tuple[int, int], None] = {}
    for word in _SEPARATORS.split(words.replace(" - ", "-").strip()):
        if not word:
            continue
        several = _RANGE.fullmatch(word)
        if several is not None and 1 <= int(several[1]) <= int(several[2]) <= last:
            found |= dict.fromkeys((number, 0) for number in range(int(several[1]), int(several[2]) + 1))
            continue
        one = _LABEL.fullmatch(word)
        if one is None or not 1 <= int(one[1]) <= last:
            raise LabelProblem(word[:20])
        found[int(one[1]), 0 if one[2] is None else ord(one[2].lower()) - ord("a")] = None
    return tuple(found)
