"""Stored pictures as Discord uploads, re-encoded if they're too large for the channel."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

from adapters.discord.escape import label
from adapters.kit.pictures import read_pictures
from bot.chat.views import PictureView
from bot.pixels.errors import BadPicture, NotTaken
from bot.pixels.workers import Work, in_a_thread

REQUEST_BYTES = 24 * 1024 * 1024
"""Maximum bytes of all files in one request; Discord accepts 25 MiB."""
STEPS: tuple[tuple[str, int, float], ...] = (
    ("WEBP", 92, 1.0),
    ("WEBP", 85, 1.0),
    ("WEBP", 75, 1.0),
    ("JPEG", 80, 0.75),
    ("JPEG", 75, 0.5),
    ("JPEG", 70, 0.35),
    ("JPEG", 60, 0.2),
)
"""(format, quality, scale factor), from best to smallest."""
SUFFIX = {"WEBP": "webp", "JPEG": "jpg"}


@dataclass(frozen=True, slots=True)
class FittedImage:
    name: str
    alt: str
    content: bytes
    step: int = -1
    """Index of the encoding step; -1 for the stored file."""


@dataclass(slots=True)
class ImageFitting:
    """Reads pictures and re-encodes those that don't fit; a re-encoded file has the bot's origin mark instead of the service's
    signature."""

    read: Callable[[str], Awaitable[bytes]]
    work: Work = field(default=in_a_thread)

    async def load(self, pictures: Sequence[PictureView]) -> tuple[list[FittedImage], list[str]]:
        """The stored bytes, and a sentence for each missing picture."""
        found, notes = await read_pictures(self.read, pictures, "discord")
        return [FittedImage(f"{number}-{one.filename}"[-100:], one.alt, content) for number, (one, content) in enumerate(found, 1)], notes

    async def fit(self, pictures: Sequence[FittedImage], limit: int) -> list[FittedImage]:
        """Fit every picture within `limit` bytes, and all of them within the request's limit."""
        share = min(limit, REQUEST_BYTES // max(1, len(pictures)))
        return [one if len(one.content) <= share else await self.shrink(one, share) for one in pictures]

    async def shrink(self, picture: FittedImage, limit: int) -> FittedImage:
        """The best encoding within the limit that hasn't been tried; the smallest one if none fits."""
        left = STEPS[picture.step + 1 :]
        if not left:
            return picture
        try:
            values, content = await self.work("shrink", {"limit": limit, "steps": left}, picture.content)
        except (BadPicture, NotTaken, OSError):
            return picture  # stored file; let the platform decide
        step = picture.step + 1 + int(values["place"])
        name = label(f"{picture.name.rpartition('.')[0] or picture.name}.{SUFFIX[STEPS[step][0]]}", 100)
        return replace(picture, content=content, step=step, name=name)

    async def smaller(self, pictures: Sequence[FittedImage]) -> list[FittedImage] | None:
        """Halve the largest picture after Discord rejected a size without naming a limit; None if nothing can get smaller."""
        largest = max((len(one.content) for one in pictures), default=0)
        if largest < 50_000:
            return None
        return await self.fit(pictures, largest // 2)
