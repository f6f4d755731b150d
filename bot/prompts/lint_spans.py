"""Spans: positions and kinds of lint findings in a prompt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class What(StrEnum):
    """Kinds of private data; also keys under `held.` in the texts."""

    SECRET = "secret"  # noqa: S105 - the name of a kind
    PHONE = "phone"
    EMAIL = "email"
    CARD = "card"
    ACCOUNT = "account"
    """Bank accounts and national ID numbers."""
    BRAND = "brand"
    INTENSE = "intense"


@dataclass(frozen=True, slots=True)
class Span:
    """A finding from character `start` to `end` (exclusive)."""

    start: int
    end: int
    what: What


def merged(spans: Iterable[Span]) -> list[Span]:
    """Sorted and without overlaps. Of two overlapping spans, the first keeps its kind and covers both."""
    result: list[Span] = []
    for span in sorted(spans, key=lambda one: (one.start, -one.end)):
        if result and span.start < result[-1].end:
            last = result[-1]
            result[-1] = Span(last.start, max(last.end, span.end), last.what)
        else:
            result.append(span)
    return result
