"""What somebody looks for among pictures: which ones, and by what. Standard library only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Shelf(StrEnum):
    """Which pictures to look through."""

    OWN = "own"
    FAVOURITES = "favourites"
    PUBLIC = "public"
    """Everybody's, as the channel has seen them; for moderators."""


@dataclass(frozen=True, slots=True)
class GallerySearch:
    """A search. Empty values don't limit it."""

    words: str = ""
    """All of them must be in the prompt or in the text on the picture, in any order and case."""
    since: float | None = None
    until: float | None = None
    """Wall-clock times; `until` isn't part of the span."""
    model: str = ""
    """A part of the model's name."""
    tag: str = ""
    """The member's own tag, the template, or the cost tag."""
    shelf: Shelf = Shelf.OWN

    @property
    def by_content(self) -> bool:
        return bool(self.words or self.model or self.tag)


@dataclass(frozen=True, slots=True)
class GalleryMark:
    """What a member noted about one of their results."""

    favourite: bool = False
    tag: str = ""


NO_MARK = GalleryMark()
