"""The contact sheet of candidates: several pictures side by side, each with its number, to point at the one that's meant."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont

EDGE = 1536
"""Longer edge of a sheet in pixels, at most."""
GAP = 12
BACKGROUND, BADGE, DIGIT = (245, 245, 245), (17, 24, 39), (255, 255, 255)


def choice_sheet(found: Sequence[Image.Image]) -> Image.Image:
    """The pictures in rows of at most two, or three from five on, numbered from 1 in their upper left corners."""
    across = min(len(found), 2 if len(found) < 5 else 3)
    down = math.ceil(len(found) / across)
    ratio = found[0].width / found[0].height
    wide = min((EDGE - GAP * (across + 1)) / across, (EDGE - GAP * (down + 1)) / down * ratio)
    width, height = max(64, round(wide)), max(64, round(wide / ratio))
    sheet = Image.new("RGB", (across * width + GAP * (across + 1), down * height + GAP * (down + 1)), BACKGROUND)
    for place, picture in enumerate(found):
        left, top = GAP + place % across * (width + GAP), GAP + place // across * (height + GAP)
        small = picture.convert("RGBA")
        small.thumbnail((width, height), Image.Resampling.LANCZOS)
        sheet.paste(small, (left + (width - small.width) // 2, top + (height - small.height) // 2), small)
        _number(sheet, place + 1, left, top, max(28, min(width, height) // 8))
    return sheet


def _number(sheet: Image.Image, number: int, left: int, top: int, size: int) -> None:
    pen = ImageDraw.Draw(sheet)
    box = (left + GAP, top + GAP, left + GAP + size, top + GAP + size)
    pen.rounded_rectangle(box, radius=size // 4, fill=BADGE, outline=DIGIT, width=max(2, size // 20))
    middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
    pen.text(middle, str(number), fill=DIGIT, font=ImageFont.load_default(size * 0.62), anchor="mm")
