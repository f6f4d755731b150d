"""Stored pictures as files for Slack: read by hash, and as PNG or JPEG, since Slack's image blocks show nothing else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

from adapters.kit.pictures import stored
from adapters.slack.escape import clean
from bot.chat.views import PictureView
from bot.pixels.errors import BadPicture, NotTaken
from bot.pixels.workers import Work, in_a_thread
from bot.texts import text

LARGE = 15 * 1024 * 1024
"""A re-encoded PNG of more bytes becomes a JPEG."""
MAGIC = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpg"}
QUALITY = 90


@dataclass(frozen=True, slots=True)
class FittedImage:
    """A picture as it will be uploaded."""

    sha256: str
    """Of the stored picture, not of what is uploaded."""
    name: str
    alt: str
    content: bytes


@dataclass(frozen=True, slots=True)
class ImageFitting:
    """Reads, and has encoded anew what Slack does not show: such a file has our mark of origin instead of the service's signature."""

    read: Callable[[str], Awaitable[bytes]]
    work: Work = field(default=in_a_thread)
    large: int = LARGE

    async def load(self, pictures: Sequence[PictureView]) -> tuple[list[FittedImage], list[str]]:
        """What Slack can show, and a sentence for each picture that is gone or cannot be read."""
        read, notes = await stored(self.read, pictures, "slack")
        found = []
        for one, content in read:
            picture = FittedImage(one.sha256, one.filename, one.alt, content)
            try:
                found.append(_named(picture, suffix(content)) if suffix(content) else await self._encoded(picture))
            except (BadPicture, NotTaken, OSError):
                notes.append(text("slack.picture_broken"))
        return found, list(dict.fromkeys(notes))

    async def _encoded(self, picture: FittedImage) -> FittedImage:
        """PNG without loss; JPEG on white where that would be large."""
        values, content = await self.work("for_blocks", {"large": self.large, "quality": QUALITY}, picture.content)
        return _named(replace(picture, content=content), "jpg" if values["ending"] == "jpg" else "png")


def suffix(content: bytes) -> str:
    """`png` or `jpg` by the first bytes, whatever the stored format says; empty for all else."""
    return next((name for magic, name in MAGIC.items() if content.startswith(magic)), "")


def _named(picture: FittedImage, ending: str) -> FittedImage:
    stem = clean(picture.name.rpartition(".")[0] or picture.name).replace("/", "-").strip()[-80:] or "picture"
    return replace(picture, name=f"{stem}.{ending}")
