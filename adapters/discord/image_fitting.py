"""Stored pictures as files for Discord: read by hash, and encoded smaller where a place does not take them as they are."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

from adapters.discord.escape import label
from adapters.kit.pictures import stored
from bot.chat.views import PictureView
from bot.pixels.errors import BadPicture, NotTaken
from bot.pixels.workers import Work, in_a_thread

REQUEST_BYTES = 24 * 1024 * 1024
"""All files of one request together: Discord takes 25 MiB."""
STEPS: tuple[tuple[str, int, float], ...] = (
    ("WEBP", 92, 1.0),
    ("WEBP", 85, 1.0),
    ("WEBP", 75, 1.0),
    ("JPEG", 80, 0.75),
    ("JPEG", 75, 0.5),
    ("JPEG", 70, 0.35),
    ("JPEG", 60, 0.2),
)
"""(format, quality, share of the side length), from best to smallest."""
SUFFIX = {"WEBP": "webp", "JPEG": "jpg"}


@dataclass(frozen=True, slots=True)
class FittedImage:
    """A picture as it will be uploaded."""

    name: str
    alt: str
    content: bytes
    step: int = -1
    """Index of the encoding step; -1 as stored."""


@dataclass(slots=True)
class ImageFitting:
    """Reads, and has encoded anew what does not fit: such a file has our mark of origin instead of the service's signature."""

    read: Callable[[str], Awaitable[bytes]]
    work: Work = field(default=in_a_thread)

    async def load(self, pictures: Sequence[PictureView]) -> tuple[list[FittedImage], list[str]]:
        """The stored bytes, and a sentence for each picture that is gone."""
        found, notes = await stored(self.read, pictures, "discord")
        return [FittedImage(f"{number}-{one.filename}"[-100:], one.alt, content) for number, (one, content) in enumerate(found, 1)], notes

    async def fit(self, pictures: Sequence[FittedImage], limit: int) -> list[FittedImage]:
        """All of them within `limit` bytes each and the request's limit together."""
        share = min(limit, REQUEST_BYTES // max(1, len(pictures)))
        return [one if len(one.content) <= share else await self.shrink(one, share) for one in pictures]

    async def shrink(self, picture: FittedImage, limit: int) -> FittedImage:
        """The best encoding within the limit that was not tried before; the smallest one when none is."""
        left = STEPS[picture.step + 1 :]
        if not left:
            return picture
        try:
            values, content = await self.work("shrink", {"limit": limit, "steps": left}, picture.content)
        except (BadPicture, NotTaken, OSError):
            return picture  # as stored; the platform says what it makes of it
        step = picture.step + 1 + int(values["place"])
        return replace(picture, content=content, step=step, name=_renamed(picture.name, SUFFIX[STEPS[step][0]]))

    async def smaller(self, pictures: Sequence[FittedImage]) -> list[FittedImage] | None:
        """Half of the largest, after Discord refused a size that it did not name; None when they cannot get smaller."""
        largest = max((len(one.content) for one in pictures), default=0)
        if largest < 50_000:
            return None
        return await self.fit(pictures, largest // 2)


def _renamed(name: str, suffix: str) -> str:
    return label(f"{name.rpartition('.')[0] or name}.{suffix}", 100)
