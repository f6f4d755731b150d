"""Small text tools that the other files of this room share: machine words in one spelling, sets of words written as text."""

from __future__ import annotations

import re

_SQUASH = str.maketrans("", "", "_-. /:")
_WORD_SPLIT = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")


def token_set(text: str) -> frozenset[str]:
    """Words divided by white space."""
    return frozenset(text.split())


def phrases(text: str) -> tuple[str, ...]:
    """Phrases divided by ` / `, over as many lines as it takes. `_` at an end of a phrase stands for the end of a word: `_n_`."""
    return tuple(_bounded(phrase) for phrase in " ".join(text.split()).split(" / "))


def _bounded(phrase: str) -> str:
    inner = phrase.strip("_")
    return f"{' ' * phrase.startswith('_')}{inner}{' ' * phrase.endswith('_')}"


def squash(name: str) -> str:
    """`Content_Filter`, `contentFilter` and `content-filter` are one name."""
    return name.translate(_SQUASH).lower()


def split_words(token: str) -> str:
    """`InputTextSensitiveContentDetected` -> `input text sensitive content detected`."""
    return " ".join(match.lower() for match in _WORD_SPLIT.findall(token))
