"""Reasons why a caption can't be drawn, as values that the caller turns into a sentence."""

from __future__ import annotations


class CannotDraw(Exception):
    """The caption can't be drawn. `why` is one of WHYS."""

    def __init__(self, why: str, value: str = "") -> None:
        super().__init__(f"{why}={value}")
        self.why = why
        self.value = value


WHYS = ("empty", "lines", "long", "font", "library", "colour", "place", "size")
"""Nothing visible; too many lines; too long for the picture at a readable size; no font for a script (`value` names it); no Raqm or a
missing package (`value` names it); an unknown colour, position or size."""
