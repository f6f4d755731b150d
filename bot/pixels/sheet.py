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
    label: str
    """What people choose it by: letters and digits."""
    picture: Image.Image
    title: str = ""
    """What it's about, in any script; cut to the cell's width. Characters without a font are left out."""
    mark: str = ""
    """`picked`, `rejected`, or empty."""


def contact_sheet(cells: Sequence[Cell], *, safe_area: bool = True, size: int = CELL) -> Image.Image:
    """A sheet with up to MOST cells, each with its label, its ratio and, with `safe_area`, the frame outside of which apps may cover it.

    `size`: longest edge of a picture on it, in pixels.
    """
    shown, scale = cells[:MOST], size / CELL
    gap, band = round(GAP * scale), round(BAND * scale)
    columns = _COLUMNS.get(len(shown), 3 if len(shown) <= 9 else 4)
    rows = max(1, math.ceil(len(shown) / columns))
    pictures = [_fitted(cell.picture, size, safe_area=safe_area) for cell in shown]
    high = max((one.height for one in pictures), default=size)
    paper = Image.new("RGB", (columns * (size + gap) + gap, rows * (high + band + gap) + gap), PAPER)
    for place, (cell, picture) in enumerate(zip(shown, pictures, strict=True)):
        left, top = gap + place % columns * (size + gap), gap + place // columns * (high + band + gap)
        _draw(paper, cell, picture, (left, top), high, scale)
    return paper


def ratio_of(width: int, height: int) -> str:
    """A picture's ratio in the usual words: `3:2`, or `1.91:1` for an unusual one."""
    for across, down in _RATIOS:
        if abs(width / height - across / down) < 0.01:
            return f"{across}:{down}"
    return f"{width / height:.2f}:1" if width >= height else f"1:{height / width:.2f}"


def _fitted(picture: Image.Image, longest: int, *, safe_area: bool) -> Image.Image:
    scale = longest / max(picture.size)
    size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    small = picture.convert("RGB").resize(size, Image.Resampling.LANCZOS)
    return with_safe_area(small) if safe_area else small


def _draw(paper: Image.Image, cell: Cell, picture: Image.Image, corner: tuple[int, int], high: int, scale: float) -> None:
    width = round(CELL * scale)
    left, top = corner[0] + (width - picture.width) // 2, corner[1] + (high - picture.height)
    if cell.mark == "rejected":
        picture = Image.blend(picture, Image.new("RGB", picture.size, PAPER), 0.6)
    paper.paste(picture, (left, top))
    pen = ImageDraw.Draw(paper)
    if cell.mark:
        colour = PICKED if cell.mark == "picked" else REJECTED
        pen.rectangle((left - 4, top - 4, left + picture.width + 3, top + picture.height + 3), outline=colour, width=4)
    if cell.mark == "rejected":
        pen.line((left, top + picture.height, left + picture.width, top), fill=REJECTED, width=4)
    _badge(pen, cell, (left, top), scale)
    shape = ratio_of(*cell.picture.size) + f"  {cell.picture.width} x {cell.picture.height}"
    below = top + picture.height + round(6 * scale)
    _words(pen, cell.title, (corner[0], below), width, scale)
    pen.text((corner[0], below + round(26 * scale)), shape, font=_plain(round(15 * scale)), fill=FAINT)


def _badge(pen: ImageDraw.ImageDraw, cell: Cell, corner: tuple[int, int], scale: float) -> None:
    """The label on the picture's corner, readable on every picture; what is picked or rejected also says so without colour."""
    sign = {"picked": " +", "rejected": " x"}.get(cell.mark, "")
    words, font = f"{cell.label}{sign}", _plain(round(26 * scale))
    near, far, inset = round(8 * scale), round(44 * scale), round(10 * scale)
    wide = round(pen.textlength(words, font=font)) + 2 * inset
    fill = {"picked": PICKED, "rejected": REJECTED}.get(cell.mark, INK)
    box = (corner[0] + near, corner[1] + near, corner[0] + near + wide, corner[1] + far)
    pen.rounded_rectangle(box, near, fill=fill, outline=PAPER, width=2)
    pen.text((corner[0] + near + inset, corner[1] + round(11 * scale)), words, font=font, fill=(255, 255, 255))


def _words(pen: ImageDraw.ImageDraw, words: str, corner: tuple[int, int], width: int, scale: float) -> None:
    """One line in whatever fonts have its characters; what doesn't fit is cut."""
    left = float(corner[0])
    for run, font in _runs(words, round(18 * scale)):
        for cut in range(len(run), 0, -1):
            needed = pen.textlength(run[:cut], font=font)
            if left + needed <= corner[0] + width:
                pen.text((left, corner[1]), run[:cut], font=font, fill=INK)
                left += needed
                break
        if cut < len(run):
            return


def _runs(words: str, size: int) -> list[tuple[str, ImageFont.FreeTypeFont | ImageFont.ImageFont]]:
    if not words:
        return []  # without looking for fonts
    fonts = _fonts()
    if fonts is None:
        return [("".join(one for one in words if one.isascii()), _plain(size))]
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
