"""Small text tools that the other files of this room share: machine words and header names in one spelling, sets of words."""

from __future__ import annotations

import re
from collections.abc import Mapping

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


def lower_headers(headers: object) -> dict[str, str]:
    """Headers with lower-case names; anything that is no text is left out."""
    if not isinstance(headers, Mapping):
        return {}
    found: dict[str, str] = {}
    for name, value in list(headers.items())[:200]:
        if isinstance(name, str) and isinstance(value, str | int | float):
            found[name.lower().strip()[:100]] = str(value)[:2000]
    return found
