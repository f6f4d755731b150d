"""Contact sheets: numbered pictures side by side, for people to choose from."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont

from bot.pixels.crop import with_safe_area

if TYPE_CHECKING:
    from bot.pixels.captions.fonts import Fonts

MOST = 20
"""Pictures of one sheet: more are too small to judge on a phone."""
CELL = 360
"""Longest edge of a picture on the sheet, in pixels."""
GAP, BAND = 16, 56
"""Space between cells, and the height of the words below each."""
PAPER, INK, FAINT = (250, 250, 248), (24, 24, 27), (90, 90, 96)
PICKED, REJECTED = (18, 133, 61), (176, 32, 26)
_RATIOS = ((1, 1), (3, 2), (2, 3), (4, 3), (3, 4), (16, 9), (9, 16), (4, 5), (5, 4), (2, 1), (1, 2), (21, 9))
_COLUMNS = {1: 1, 2: 2, 3: 3, 4: 2}
"""Number of pictures -> columns, where it isn't four (three up to nine pictures)."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One numbered picture."""

    label: str
    """What people choose it by: letters and digits."""
    picture: Image.Image
    title: str = ""
    """What it's about, in any script; cut to the cell's width. Characters without a font are left out."""
    mark: str = ""
    """`picked`, `rejected`, or empty."""


def contact_sheet(cells: Sequence[Cell], *, safe_area: bool = True) -> Image.Image:
    """A sheet with up to MOST cells, each with its label, its ratio and, with `safe_area`, the frame outside of which apps may cover it."""
    shown = cells[:MOST]
    columns = _COLUMNS.get(len(shown), 3 if len(shown) <= 9 else 4)
    rows = max(1, math.ceil(len(shown) / columns))
    pictures = [_fitted(cell.picture, safe_area=safe_area) for cell in shown]
    high = max((one.height for one in pictures), default=CELL)
    paper = Image.new("RGB", (columns * (CELL + GAP) + GAP, rows * (high + BAND + GAP) + GAP), PAPER)
    for place, (cell, picture) in enumerate(zip(shown, pictures, strict=True)):
        left, top = GAP + place % columns * (CELL + GAP), GAP + place // columns * (high + BAND + GAP)
        _draw(paper, cell, picture, (left, top), high)
    return paper


def ratio_of(width: int, height: int) -> str:
    """A picture's ratio in the usual words: `3:2`, or `1.91:1` for an unusual one."""
    for across, down in _RATIOS:
        if abs(width / height - across / down) < 0.01:
            return f"{across}:{down}"
    return f"{width / height:.2f}:1" if width >= height else f"1:{height / width:.2f}"


def _fitted(picture: Image.Image, *, safe_area: bool) -> Image.Image:
    scale = CELL / max(picture.size)
    size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    small = picture.convert("RGB").resize(size, Image.Resampling.LANCZOS)
    return with_safe_area(small) if safe_area else small


def _draw(paper: Image.Image, cell: Cell, picture: Image.Image, corner: tuple[int, int], high: int) -> None:
    left, top = corner[0] + (CELL - picture.width) // 2, corner[1] + (high - picture.height)
    if cell.mark == "rejected":
        picture = Image.blend(picture, Image.new("RGB", picture.size, PAPER), 0.6)
    paper.paste(picture, (left, top))
    pen = ImageDraw.Draw(paper)
    if cell.mark:
        colour = PICKED if cell.mark == "picked" else REJECTED
        pen.rectangle((left - 4, top - 4, left + picture.width + 3, top + picture.height + 3), outline=colour, width=4)
    if cell.mark == "rejected":
        pen.line((left, top + picture.height, left + picture.width, top), fill=REJECTED, width=4)
    _badge(pen, cell, (left, top))
    shape = ratio_of(*cell.picture.size) + f"  {cell.picture.width} x {cell.picture.height}"
    below = top + picture.height + 6
    _words(pen, cell.title, (corner[0], below), CELL)
    pen.text((corner[0], below + 26), shape, font=_plain(15), fill=FAINT)


def _badge(pen: ImageDraw.ImageDraw, cell: Cell, corner: tuple[int, int]) -> None:
    """The label on the picture's corner, readable on every picture; what is picked or rejected also says so without colour."""
    sign = {"picked": " +", "rejected": " x"}.get(cell.mark, "")
    words, font = f"{cell.label}{sign}", _plain(26)
    wide = round(pen.textlength(words, font=font)) + 20
    fill = {"picked": PICKED, "rejected": REJECTED}.get(cell.mark, INK)
    pen.rounded_rectangle((corner[0] + 8, corner[1] + 8, corner[0] + 8 + wide, corner[1] + 44), 8, fill=fill, outline=PAPER, width=2)
    pen.text((corner[0] + 18, corner[1] + 11), words, font=font, fill=(255, 255, 255))


def _words(pen: ImageDraw.ImageDraw, words: str, corner: tuple[int, int], width: int) -> None:
    """One line in whatever fonts have its characters; what doesn't fit is cut."""
    left = float(corner[0])
    for run, font in _runs(words, 18):
        for cut in range(len(run), 0, -1):
            needed = pen.textlength(run[:cut], font=font)
            if left + needed <= corner[0] + width:
                pen.text((left, corner[1]), run[:cut], font=font, fill=INK)
                left += needed
                break
        if cut < len(run):
            return


def _runs(words: str, size: int) -> list[tuple[str, ImageFont.FreeTypeFont | ImageFont.ImageFont]]:
    fonts = _fonts()
    if fonts is None:
        return [("".join(one for one in words if one.isascii()), _plain(size))] if words else []
    from bot.pixels.captions.scripts import clusters, han_of

    found: list[tuple[str, ImageFont.FreeTypeFont | ImageFont.ImageFont]] = []
    last, han = None, han_of(words)
    for cluster in clusters(words):
        face = last if cluster == " " and last is not None else fonts.font_for(cluster, han)
        if face is None or face.is_bitmap:
            continue
        if face is last and found:
            found[-1] = (found[-1][0] + cluster, found[-1][1])
        else:
            found.append((cluster, face.at(size)))
        last = face
    return found


@lru_cache(maxsize=1)
def _fonts() -> Fonts | None:
    """The fonts of the extra `captions`; without them, a sheet has numbers, ratios and plain letters."""
    from bot.pixels.captions.installed import is_installed
    from bot.pixels.captions.problems import CannotDraw

    if not is_installed():
        return None
    from bot.pixels.captions.fonts import find_fonts

    try:
        return find_fonts()
    except CannotDraw:
        return None


@lru_cache(maxsize=8)
def _plain(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
