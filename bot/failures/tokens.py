"""Text helpers of this room: identifiers reduced to lower-case letters and digits, header names, sets of words."""

from __future__ import annotations

import re
from collections.abc import Mapping

_SQUASH = str.maketrans("", "", "_-. /:")
_WORD_SPLIT = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")


def token_set(text: str) -> frozenset[str]:
    """Words separated by white space."""
    return frozenset(text.split())


def phrases(text: str) -> tuple[str, ...]:
    """Phrases separated by ` / `, over several lines. A `_` at either end of a phrase means a word boundary: `_n_`."""
    return tuple(_bounded(phrase) for phrase in " ".join(text.split()).split(" / "))


def _bounded(phrase: str) -> str:
    inner = phrase.strip("_")
    return f"{' ' * phrase.startswith('_')}{inner}{' ' * phrase.endswith('_')}"


def squash(name: str) -> str:
    """`Content_Filter`, `contentFilter` and `content-filter` become one name."""
    return name.translate(_SQUASH).lower()


def split_words(token: str) -> str:
    """`InputTextSensitiveContentDetected` -> `input text sensitive content detected`."""
    return " ".join(match.lower() for match in _WORD_SPLIT.findall(token))


def lower_headers(headers: object) -> dict[str, str]:
    """Headers with lower-case names; values that aren't text are dropped."""
    if not isinstance(headers, Mapping):
        return {}
    found: dict[str, str] = {}
    for name, value in list(headers.items())[:200]:
        if isinstance(name, str) and isinstance(value, str | int | float):
            found[name.lower().strip()[:100]] = str(value)[:2000]
    return found
