"""Stored pictures as Slack uploads: PNG or JPEG, because Slack's image blocks show nothing else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

from adapters.kit.pictures import read_pictures
from adapters.slack.escape import clean
from bot.chat.views import PictureView
from bot.pixels.errors import BadPicture, NotTaken
from bot.pixels.workers import Work, in_a_thread
from bot.texts import text

LARGE = 15 * 1024 * 1024
"""A re-encoded PNG with more bytes becomes a JPEG."""
MAGIC = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpg"}
QUALITY = 90


@dataclass(frozen=True, slots=True)
class FittedImage:
    sha256: str
    """Of the stored picture, not the uploaded file."""
    name: str
    alt: str
    content: bytes


@dataclass(frozen=True, slots=True)
class ImageFitting:
    """Reads pictures and re-encodes those that Slack can't show; a re-encoded file has the bot's origin mark instead of the service's
    signature."""

    read: Callable[[str], Awaitable[bytes]]
    work: Work = field(default=in_a_thread)
    large: int = LARGE

    async def load(self, pictures: Sequence[PictureView]) -> tuple[list[FittedImage], list[str]]:
        """Pictures that Slack can show, and a sentence for each one that is missing or unreadable."""
        read, notes = await read_pictures(self.read, pictures, "slack")
        found = []
        for one, content in read:
            picture = FittedImage(one.sha256, one.filename, one.alt, content)
            try:
                found.append(_named(picture, suffix(content)) if suffix(content) else await self._encoded(picture))
            except (BadPicture, NotTaken, OSError):
                notes.append(text("slack.picture_broken"))
        return found, list(dict.fromkeys(notes))

    async def _encoded(self, picture: FittedImage) -> FittedImage:
        """Lossless PNG, or JPEG on white if that would be large."""
        values, content = await self.work("for_blocks", {"large": self.large, "quality": QUALITY}, picture.content)
        return _named(replace(picture, content=content), "jpg" if values["ending"] == "jpg" else "png")


def suffix(content: bytes) -> str:
    """`png` or `jpg` by the magic bytes, independent of the stored format; empty for anything else."""
    return next((name for magic, name in MAGIC.items() if content.startswith(magic)), "")


def _named(picture: FittedImage, ending: str) -> FittedImage:
    stem = clean(picture.name.rpartition(".")[0] or picture.name).replace("/", "-").strip()[-80:] or "picture"
    return replace(picture, name=f"{stem}.{ending}")
