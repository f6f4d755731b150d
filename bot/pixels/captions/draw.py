"""Drawing of a caption: position, colours, and the backing that keeps it readable on any picture."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFilter, ImageStat

from bot.domain.picture_changes import AUTO, PLACES, SIZES
from bot.pixels.captions.fonts import BITMAP_SIZE, Fonts
from bot.pixels.captions.layout import LINE_HEIGHT, Run, TextBlock, TextLine, lay_out
from bot.pixels.captions.problems import CannotDraw

GRID = {place: (number % 3, number // 3) for number, place in enumerate(PLACES)}
"""Column and row of each position."""
BY_PREFERENCE = ("bottom-centre", "top-centre", "middle-centre", *(one for one in PLACES if not one.endswith("centre")))
"""Positions as they are tried for AUTO."""
CALMER = 0.8
"""Share of the detail of an earlier position below which a later one is taken for AUTO."""
LOOKED_AT = 256
"""Edge in pixels of the small copy in which detail is measured."""
MARGIN = 0.05
"""Free edge around the text, as a share of the shorter side."""
TALLEST = 0.42
"""Largest share of the picture's height that a caption takes."""
CONTRAST = 4.5
"""Minimum contrast between text and background, as in WCAG 2 (AA)."""
WORST = 0.01
"""Share of the pixels beneath that may have less contrast than the one that is measured."""
SCRIMS = (0.0, 0.35, 0.5, 0.65, 0.8, 0.92)
"""Opacities of the surface behind the text that are tried, in this order."""
WHITE, BLACK = (255, 255, 255), (0, 0, 0)
Colour = tuple[int, int, int]
Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Drawn:
    size: int
    """Font size in pixels."""
    lines: int
    colour: Colour
    scrim: float
    """Opacity of the surface behind the text; 0 for none."""
    contrast: float
    """Measured contrast with the background."""
    box: Box
    """Left, top, right, bottom of the ink in pixels."""


def draw(picture: Image.Image, text: str, fonts: Fonts, place: str = AUTO, colour: str = "", size: str = AUTO) -> tuple[Image.Image, Drawn]:
    """A copy of the picture with the text. `colour` is `#rrggbb`, or empty for the better one of white and black.

    Raises CannotDraw if the text doesn't fit at a readable size, or if it, the place, the size or the colour is none.
    """
    if place != AUTO and place not in PLACES:
        raise CannotDraw("place", place)
    if size not in SIZES:
        raise CannotDraw("size", size)
    wanted = _colour(colour)
    made = picture.convert("RGBA")
    margin = round(min(made.size) * MARGIN)
    room = made.width - 2 * margin, round(made.height * TALLEST) - margin
    block = lay_out(text, fonts, *room, shorter_side=min(made.size), wanted=size)
    if place == AUTO:
        place = _calmest(made, block, margin)
    ink, box = _ink(block, made.size, margin, place)
    emoji = _emoji(block, made.size, margin, place)
    if emoji is not None and (around := emoji.getchannel("A").getbbox()) is not None:
        box = min(box[0], around[0]), min(box[1], around[1]), max(box[2], around[2]), max(box[3], around[3])
    chosen, scrim, contrast = _readable(made, box, wanted)
    if scrim:
        _surface(made, box, _opposite(chosen), scrim, margin // 2)
    made.alpha_composite(Image.composite(Image.new("RGBA", made.size, (*chosen, 255)), Image.new("RGBA", made.size), ink.getchannel("A")))
    if emoji is not None:
        made.alpha_composite(emoji)
    return made if picture.mode == "RGBA" else made.convert("RGB"), Drawn(block.size, len(block.lines), chosen, scrim, contrast, box)


def _calmest(picture: Image.Image, block: TextBlock, margin: int) -> str:
    """The position whose pixels have the least detail. One that is hardly calmer than a better known one isn't taken."""
    share = min(1.0, LOOKED_AT / max(picture.size))
    small = picture.convert("L").resize((max(3, round(picture.width * share)), max(3, round(picture.height * share))))
    edges = small.filter(ImageFilter.FIND_EDGES).crop((1, 1, small.width - 1, small.height - 1))
    best, least = BY_PREFERENCE[0], float("inf")
    for place in BY_PREFERENCE:
        box = [round(one * share) - 1 for one in _line_box(block, picture.size, margin, place)]
        part = edges.crop((max(0, box[0]), max(0, box[1]), max(box[2], box[0] + 2), max(box[3], box[1] + 2)))
        detail = ImageStat.Stat(part).mean[0]
        if detail < least * CALMER:
            best, least = place, detail
    return best


def _colour(typed: str) -> Colour | None:
    if not typed:
        return None
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", typed):
        raise CannotDraw("colour", typed)
    return int(typed[1:3], 16), int(typed[3:5], 16), int(typed[5:7], 16)


def _baselines(block: TextBlock, size: tuple[int, int], margin: int, place: str) -> list[tuple[float, float, TextLine]]:
    """Left end and baseline of each line."""
    column, row = GRID[place]
    top = (margin, (size[1] - block.height) / 2, size[1] - margin - block.height)[row]
    found = []
    for number, line in enumerate(block.lines):
        left = (margin, (size[0] - line.width(block.size)) / 2, size[0] - margin - line.width(block.size))[column]
        found.append((left, top + block.size * (LINE_HEIGHT * number + 1.05), line))
    return found


def _ink(block: TextBlock, size: tuple[int, int], margin: int, place: str) -> tuple[Image.Image, Box]:
    """The letters as an opaque layer, and the box around their ink. Ink outside of the picture is moved inside."""
    layer = Image.new("RGBA", (size[0] + 2 * block.size, size[1] + 2 * block.size))
    pen = ImageDraw.Draw(layer)
    for left, baseline, line in _baselines(block, size, margin, place):
        for run in line.runs:
            if not run.font.is_bitmap:
                _write(pen, run, (left + block.size, baseline + block.size), block.size)
            left += run.width(block.size)
    box = layer.getchannel("A").getbbox()
    if box is None:
        return layer.crop((block.size, block.size, block.size + size[0], block.size + size[1])), _line_box(block, size, margin, place)
    across = _shift(box[0] - block.size, box[2] - block.size, size[0])
    down = _shift(box[1] - block.size, box[3] - block.size, size[1])
    origin = block.size - across, block.size - down
    cut = layer.crop((*origin, origin[0] + size[0], origin[1] + size[1]))
    return cut, (box[0] - origin[0], box[1] - origin[1], box[2] - origin[0], box[3] - origin[1])


def _shift(low: int, high: int, length: int) -> int:
    """How far to move ink so that it's inside."""
    return -low if low < 0 else min(0, length - high)


def _line_box(block: TextBlock, size: tuple[int, int], margin: int, place: str) -> Box:
    lines = _baselines(block, size, margin, place)
    left, right = min(one[0] for one in lines), max(one[0] + one[2].width(block.size) for one in lines)
    top = lines[0][1] - block.size
    return round(left), round(top), round(right), round(top + block.height)


def _write(pen: ImageDraw.ImageDraw, run: Run, at: tuple[float, float], size: int) -> None:
    direction = "rtl" if run.right_to_left else "ltr"
    pen.text(at, run.text, font=run.font.at(size), fill=(255, 255, 255, 255), anchor="ls", direction=direction)


def _emoji(block: TextBlock, size: tuple[int, int], margin: int, place: str) -> Image.Image | None:
    """Colour emoji, which have their own colours; None if there are none."""
    if not any(run.font.is_bitmap for line in block.lines for run in line.runs):
        return None
    layer = Image.new("RGBA", size)
    for left, baseline, line in _baselines(block, size, margin, place):
        for run in line.runs:
            if run.font.is_bitmap:
                font = run.font.at(block.size)
                large = Image.new("RGBA", (max(1, round(font.getlength(run.text))), round(BITMAP_SIZE * 1.3)))
                ImageDraw.Draw(large).text((0, BITMAP_SIZE), run.text, font=font, embedded_color=True, anchor="ls")
                share = block.size / BITMAP_SIZE
                small = large.resize((max(1, round(large.width * share)), max(1, round(large.height * share))), Image.Resampling.LANCZOS)
                layer.alpha_composite(small, (max(0, round(left)), max(0, round(baseline - block.size))))
            left += run.width(block.size)
    return layer


def _surface(picture: Image.Image, box: Box, colour: Colour, opacity: float, padding: int) -> None:
    layer = Image.new("RGBA", picture.size)
    around = (box[0] - padding, box[1] - padding, box[2] + padding, box[3] + padding)
    ImageDraw.Draw(layer).rounded_rectangle(around, radius=padding, fill=(*colour, round(255 * opacity)))
    picture.alpha_composite(layer)


def _readable(picture: Image.Image, box: Box, wanted: Colour | None) -> tuple[Colour, float, float]:
    """Colour of the text, opacity of the surface behind it, and their contrast: the least surface that reaches CONTRAST."""
    beneath = picture.crop(box).convert("RGB")
    beneath.thumbnail((96, 96), Image.Resampling.BOX)
    pixels = [beneath.getpixel((x, y)) for x in range(beneath.width) for y in range(beneath.height)] or [WHITE]
    best: tuple[Colour, float, float] | None = None
    for scrim in SCRIMS:
        tried = [(colour, scrim, _worst(pixels, colour, scrim)) for colour in ((wanted,) if wanted else (WHITE, BLACK))]
        best = max(tried, key=lambda one: one[2])
        if best[2] >= CONTRAST:
            break
    assert best is not None
    return best


def _worst(pixels: Sequence[object], colour: Colour, scrim: float) -> float:
    behind = _opposite(colour)
    found = []
    for pixel in pixels:
        assert isinstance(pixel, tuple)
        mixed = [round(one * (1 - scrim) + other * scrim) for one, other in zip(pixel, behind, strict=True)]
        found.append(contrast(colour, (mixed[0], mixed[1], mixed[2])))
    return sorted(found)[int(len(found) * WORST)]


def _opposite(colour: Colour) -> Colour:
    return max(WHITE, BLACK, key=lambda one: contrast(one, colour))


def contrast(one: Colour, other: Colour) -> float:
    """Contrast ratio of two colours as defined by WCAG 2, from 1 to 21."""
    brighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def _luminance(colour: Colour) -> float:
    red, green, blue = colour
    return 0.2126 * _LINEAR[red] + 0.7152 * _LINEAR[green] + 0.0722 * _LINEAR[blue]


_LINEAR = [value / 255 / 12.92 if value / 255 <= 0.04045 else ((value / 255 + 0.055) / 1.055) ** 2.4 for value in range(256)]
