"""Changes that the bot itself makes to finished pictures, without a call to the image service: text drawn on one, a part cut out of one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ChangeKind(StrEnum):
    CAPTION = "caption"
    CROP = "crop"


AUTO = "auto"
PLACES = tuple(f"{vertical}-{horizontal}" for vertical in ("top", "middle", "bottom") for horizontal in ("left", "centre", "right"))
"""Nine positions of a text, row by row. AUTO is the calmest of them."""
SIZES = (AUTO, "small", "medium", "large")
COLOURS = {
    "white": "#ffffff",
    "black": "#000000",
    "grey": "#808080",
    "red": "#d92d20",
    "orange": "#f79009",
    "yellow": "#ffd60a",
    "green": "#12853d",
    "blue": "#1d4ed8",
    "purple": "#7a3ff2",
    "pink": "#e83e8c",
}
"""Colours with a name; any other is typed as `#rrggbb`."""
MAX_LINES, MAX_CHARACTERS = 3, 240
"""Of a text."""
RATIOS = {"16:9": 16 / 9, "1:1": 1.0, "4:5": 4 / 5, "9:16": 9 / 16, "2.35:1": 2.35}
"""Ratios of width to height: cover, square, portrait post, story, article cover."""
PARTS = {"middle": 0.5, "start": 0.0, "end": 1.0}
"""Which part is kept where a picture is too long for its ratio: from its left or upper end (0) to its right or lower end (1)."""


@dataclass(frozen=True, slots=True)
class PictureChange:
    """How a picture was made from another one."""

    kind: ChangeKind
    source: str
    """Hash of the picture that it starts from."""
    text: str = ""
    """The caption; lines are separated by line breaks."""
    place: str = AUTO
    """AUTO or one of PLACES."""
    size: str = AUTO
    """One of SIZES."""
    colour: str = ""
    """`#rrggbb`, or empty for black or white, whichever is easier to read."""
    ratio: str = ""
    """One of RATIOS."""
    part: str = "middle"
    """One of PARTS."""
