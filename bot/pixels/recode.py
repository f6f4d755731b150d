"""Re-encoding of untrusted files for storage.

Checks a pixel limit before decoding, decodes completely, then keeps the original bytes if they are signed and clean, or encodes just the
pixels with the bot's own origin mark.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from PIL import Image, PngImagePlugin, UnidentifiedImageError

from bot.pixels import containers
from bot.pixels.containers import MAX_PROFILE, Container
from bot.pixels.convert import plain
from bot.pixels.errors import BadPicture, NotTaken
from bot.pixels.kinds import DECODED, FORMATS, is_decoded, kind_of
from bot.pixels.marks import encoded

MAX_PIXELS = 25_000_000
"""Checked in the header before decoding. Pillow's own limit would let a 236 kB file use 211 MB of memory."""
PNG_LEVEL = 2
"""Measured on 2048² pictures: level 3 saves 2 % of the bytes for 50 % more time; level 1 costs 8 % more bytes on smooth pictures."""

PngImagePlugin.MAX_TEXT_CHUNK = MAX_PROFILE  # texts never reach Pillow; a profile can be this large


_SIZE = re.compile(r"\((\d+) pixels\)")
"""How Pillow says how many pixels a file claims to have."""


@dataclass(frozen=True, slots=True)
class Recoded:
    """Properties of the file to store."""

    format: str
    """One of FORMATS; also the file extension."""
    width: int
    height: int
    signed: bool
    """The file arrived with a C2PA manifest."""
    kept: bool
    """The original bytes are stored, including the manifest."""


def recode(raw: bytes) -> tuple[Recoded, bytes]:
    """Decode a picture completely. Returns the properties and bytes to store.

    Raises BadPicture for damage, NotTaken for anything that would always be rejected.
    """
    if not raw:
        raise BadPicture("UnidentifiedImageError: no bytes")
    found = containers.read(raw)
    signed = found is not None and bool(containers.manifest(found))
    picture, kind = _decoded(raw, found)
    if found is not None and found.named("VP8L"):
        kind = "PNG"  # lossless, as it arrived
    if found is not None and signed and containers.is_clean(found) and picture.mode != "CMYK":
        return Recoded(FORMATS[found.kind], *picture.size, signed=True, kept=True), raw
    with judging(raw):
        made = plain(picture)
        content = _encoded(made, kind)
    return Recoded(FORMATS[kind], *made.size, signed=signed, kept=False), content


def _decoded(raw: bytes, found: Container | None) -> tuple[Image.Image, str]:
    """All pixels of the first frame, and the format to store them in."""
    if found is None:
        return _open(raw)
    try:
        return _open(containers.lean(found, bare=False))
    except BadPicture as damaged:
        try:
            return _open(containers.lean(found, bare=True))
        except BadPicture:
            raise damaged from None


def _open(data: bytes) -> tuple[Image.Image, str]:
    with judging(data):
        opened = Image.open(io.BytesIO(data), formats=DECODED)
        width, height = opened.size
        if width * height > MAX_PIXELS:
            raise NotTaken("pixels", f"{width}x{height}")
        opened.load()
        kind = opened.format or ""
        return opened, "JPEG" if kind == "MPO" else kind if kind in FORMATS else "PNG"


@contextmanager
def judging(data: bytes) -> Iterator[None]:
    """Convert anything that Pillow's decoders raise (OSError, SyntaxError, ValueError, struct.error, ...) to BadPicture or NotTaken."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about metadata; the pixel limit is the bot's own
            yield
    except (BadPicture, NotTaken):
        raise
    except Image.DecompressionBombError as error:
        raise NotTaken("pixels", f"{int(_SIZE.findall(str(error))[0]) // 1_000_000} million pixels") from None
    except MemoryError:
        raise NotTaken("memory", "not enough") from None
    except Exception as error:
        kind = kind_of(data)
        if isinstance(error, UnidentifiedImageError) and not is_decoded(kind):
            raise NotTaken("type", kind) from None
        raise BadPicture(f"{type(error).__name__}: {_reason(error)}") from None


def _reason(error: Exception) -> str:
    """The message without the object addresses that Pillow includes, so that truncated and unknown files can be told apart."""
    return str(error).split(" <")[0][:120]


def _encoded(picture: Image.Image, kind: str) -> bytes:
    if kind == "PNG":
        return encoded(picture, "PNG", compress_level=PNG_LEVEL)
    if kind == "WEBP":
        return encoded(picture, "WEBP", quality=95, method=2)
    if picture.format == "JPEG":
        # Reusing the quantisation tables loses next to nothing; only an unmodified picture still has them.
        return encoded(picture, "JPEG", quality="keep")
    return encoded(picture, "JPEG", quality=95, subsampling=0)
