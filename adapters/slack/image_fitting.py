"""Stored pictures as files for Slack: read by hash, and as PNG or JPEG, since Slack's image blocks show nothing else."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from PIL import Image

from adapters.slack.escape import clean
from bot.chat.views import PictureView
from bot.texts import text

MOST_PICTURES = 10
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
    """Reads and re-encodes; Pillow runs in a thread."""

    read: Callable[[str], Awaitable[bytes]]

    async def load(self, pictures: Sequence[PictureView]) -> tuple[list[FittedImage], list[str]]:
        """What Slack can show, and a sentence for each picture that is gone or cannot be read."""
        found, notes = [], []
        for one in pictures[:MOST_PICTURES]:
            try:
                content = await self.read(one.sha256)
            except LookupError as problem:
                notes.append(str(problem.args[0]) if problem.args else text("slack.picture_gone"))
                continue
            picture = FittedImage(one.sha256, one.filename, one.alt, content)
            try:
                found.append(_named(picture, suffix(content)) if suffix(content) else await asyncio.to_thread(encode, picture))
            except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
                notes.append(text("slack.picture_broken"))
        return found, list(dict.fromkeys(notes))


def suffix(content: bytes) -> str:
    """`png` or `jpg` by the first bytes, whatever the stored format says; empty for all else."""
    return next((name for magic, name in MAGIC.items() if content.startswith(magic)), "")


def encode(picture: FittedImage, large: int = LARGE) -> FittedImage:
    """PNG without loss; JPEG on white where that would be large."""
    with Image.open(io.BytesIO(picture.content)) as opened:
        source = opened.convert("RGBA" if opened.has_transparency_data else "RGB")
    out = io.BytesIO()
    source.save(out, "PNG")
    if len(out.getvalue()) <= large:
        return _named(replace(picture, content=out.getvalue()), "png")
    if source.mode == "RGBA":
        ground = Image.new("RGB", source.size, "white")
        ground.paste(source, mask=source.getchannel("A"))
        source = ground
    out = io.BytesIO()
    source.save(out, "JPEG", quality=QUALITY, optimize=True)
    return _named(replace(picture, content=out.getvalue()), "jpg")


def _named(picture: FittedImage, ending: str) -> FittedImage:
    stem = clean(picture.name.rpartition(".")[0] or picture.name).replace("/", "-").strip()[-80:] or "picture"
    return replace(picture, name=f"{stem}.{ending}")
