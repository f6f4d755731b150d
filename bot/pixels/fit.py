"""Stored pictures as files that a place takes: smaller, or in another format. Every file that is made carries the mark of origin."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image

from bot.pixels.convert import on_white, plain
from bot.pixels.kinds import FORMATS
from bot.pixels.marks import encoded
from bot.pixels.recode import judging

Step = tuple[str, int, float]
"""(format, quality, share of the side length)."""


def shrink(content: bytes, limit: int, steps: Sequence[Step]) -> tuple[int, bytes]:
    """The first of `steps` that fits within `limit` bytes, by its place, and the file; the last one when none does."""
    source = _pixels(content)
    place, made = -1, content
    for place, (kind, quality, share) in enumerate(steps):  # noqa: B007  # the place of the last try is part of the answer
        made = _encoded(source, kind, quality, share)
        if len(made) <= limit:
            break
    return place, made


def for_blocks(content: bytes, large: int, quality: int) -> tuple[str, bytes]:
    """As PNG without loss, or as JPEG on white where that would be `large` bytes or more; with the ending of the file's name."""
    source = _pixels(content)
    made = encoded(source, "PNG")
    if len(made) <= large:
        return "png", made
    return "jpg", encoded(on_white(source), "JPEG", quality=quality, optimize=True)


def _pixels(content: bytes) -> Image.Image:
    """What the store holds may be a service's own signed file: of any depth, palette and profile."""
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
