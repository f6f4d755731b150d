"""Cutting a picture to a usual ratio, without another call to the service."""

from __future__ import annotations

from PIL import Image, ImageDraw

from bot.domain.picture_changes import RATIOS

SMALLEST = 64
"""Minimum side of a crop in pixels."""
SAFE_AREA = 0.08
"""Share of each side that apps may cover with their own buttons and titles."""
Box = tuple[int, int, int, int]


def crop_box(size: tuple[int, int], ratio: str, along: float = 0.5) -> Box | None:
    """The largest box with this ratio: left, top, right, bottom.

    `along` is its position within the spare room, from 0 to 1. None for a ratio that isn't in RATIOS, or if the box would be too small.
    """
    wanted, (width, height) = RATIOS.get(ratio), size
    if wanted is None:
        return None
    wide, high = (round(height * wanted), height) if width / height > wanted else (width, round(width / wanted))
    if min(wide, high) < SMALLEST:
        return None
    along = min(max(along, 0.0), 1.0)
    left, top = round((width - wide) * along), round((height - high) * along)
    return left, top, left + wide, top + high


def with_safe_area(picture: Image.Image) -> Image.Image:
    """A copy for the preview: outside of the frame, apps may cover the picture."""
    shown = picture.convert("RGB")
    across, down = round(shown.width * SAFE_AREA), round(shown.height * SAFE_AREA)
    line = max(1, min(shown.size) // 240)
    frame = (across, down, shown.width - across - 1, shown.height - down - 1)
    pen = ImageDraw.Draw(shown)
    pen.rectangle(frame, outline=(0, 0, 0), width=3 * line)
    pen.rectangle((frame[0] + line, frame[1] + line, frame[2] - line, frame[3] - line), outline=(255, 255, 255), width=line)
    return shown
