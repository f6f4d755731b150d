"""Conversion of stored pictures to what a platform accepts: smaller, or another format. Every file made here carries the origin mark."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image

from bot.pixels.convert import on_white, plain
from bot.pixels.kinds import FORMATS
from bot.pixels.marks import encoded
from bot.pixels.recode import judging

FitStep = tuple[str, int, float]
"""(format, quality, share of the side length)."""


def shrink(content: bytes, limit: int, steps: Sequence[FitStep]) -> tuple[int, bytes]:
    """Try `steps` until the file fits within `limit` bytes. Returns the index of the step and the file; the last step if none fits."""
    source = pixels(content)
    place, made = -1, content
    for place, (kind, quality, share) in enumerate(steps):  # noqa: B007  # the index of the last try is part of the result
        made = _encoded(source, kind, quality, share)
        if len(made) <= limit:
            break
    return place, made


def for_blocks(content: bytes, large: int, quality: int) -> tuple[str, bytes]:
    """Lossless PNG, or JPEG on white if the PNG would have `large` bytes or more. Returns the file name extension and the file."""
    source = pixels(content)
    made = encoded(source, "PNG")
    if len(made) <= large:
        return "png", made
    return "jpg", encoded(on_white(source), "JPEG", quality=quality, optimize=True)


def pixels(content: bytes) -> Image.Image:
    """Decode a stored picture. It can be a service's own signed file, with any depth, palette and profile."""
    with judging(content), Image.open(io.BytesIO(content), formats=tuple(FORMATS)) as opened:
        opened.load()
        return plain(opened)


def _encoded(source: Image.Image, kind: str, quality: int, share: float) -> bytes:
    image = source
    if share < 1.0:
        image = image.resize((max(1, int(image.width * share)), max(1, int(image.height * share))), Image.Resampling.LANCZOS)
    if kind == "JPEG":
        return encoded(on_white(image), "JPEG", quality=quality, optimize=True)
    return encoded(image, kind, quality=quality, method=3)
