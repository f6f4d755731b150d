"""What a person says about a picture that came out but isn't what they wanted: kind `output_rejected`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.outcome import Picture


class RejectionReason(StrEnum):
    TEXT = "text"
    """Words or letters in it are wrong."""
    COMPOSITION = "composition"
    CROP = "crop"
    """Something is cut off, or the shape is wrong."""
    BRAND = "brand"
    """It doesn't look like the brand."""
    OTHER = "other"
    """In the person's own words."""


FEWEST, MOST = 2, 4
"""Candidates that are made after a rejection."""
KEPT_ASIDE = 86400.0
"""Seconds for which candidates that weren't picked can still be fetched."""


@dataclass(frozen=True, slots=True)
class Rejected:
    reason: RejectionReason
    words: str = ""
    """What the person added."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of several pictures to pick from."""

    id: str
    """Of its row; a button carries it."""
    number: int
    """As on the contact sheet, from 1."""
    picture: Picture


@dataclass(frozen=True, slots=True)
class Candidates:
    found: Sequence[Candidate]
    sheet: Picture | None = None
    """The contact sheet, once it's made."""
