"""Reference pictures and masks: untrusted files from members, checked and re-encoded as an image service takes them.

What leaves here is only pixels: 8-bit sRGB, turned as the camera held it, without metadata. The content decides what a file is, never its
name.
"""

from __future__ import annotations

import hashlib
import io
import re
from contextlib import suppress
from dataclasses import dataclass

from PIL import Image

from bot.pixels import containers
from bot.pixels.containers import Container
from bot.pixels.convert import on_white, plain
from bot.pixels.errors import BadPicture, NotTaken
from bot.pixels.kinds import FORMATS, is_decoded, kind_of
from bot.pixels.recode import PNG_LEVEL, judging

MAX_PIXELS = 50_000_000
"""Of a delivered file, from its header; the largest telephone camera makes 48 million by default."""
LEAST_EDGE = 32
"""In pixels, before and after shrinking. Less than that shows nothing."""
DECODED = ("PNG", "JPEG", "WEBP", "AVIF", "GIF", "BMP", "TIFF")
"""Pillow's names of what members may attach, besides HEIF."""
_HEIF = re.compile(rb".{4}ftyp(?:hei[cxms]|hev[cx]|mif1|msf1)", re.DOTALL)
_PARTS = frozenset({"MPO", "HEIF", "AVIF"})
"""Formats in which further pictures are thumbnails, depth maps or the other eye, not an animation."""
_FOREIGN = (b"PK\x03\x04", b"%PDF-", b"MZ", b"\x7fELF", b"Rar!", b"7z\xbc\xaf")
"""Beginnings of other files behind a picture's end. What telephones append (a film, a second picture) isn't among them."""
_SCRIPTS = (b"<script", b"<html", b"<!doctype", b"<svg", b"<?php", b"%pdf-")
_ZIP_END = b"PK\x05\x06"
_SEARCHED = 70_000
"""Bytes at the end of a file in which a ZIP's directory ends."""
_QUALITIES = (92, 85, 75)
_SHARES = (1.0, 0.75, 0.5, 0.35, 0.25)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Limits of the file to make."""

    max_edge: int
    max_bytes: int
    mask_of: tuple[int, int] | None = None
    """It's a mask for a picture of this original size; None for a picture."""
    fitted: tuple[int, int] | None = None
    """The size to which that picture was shrunk, and to which its mask has to be."""
    fit_mask: bool = False
    """Make a usable mask of it: stretch one of another size, take white or bright as the part to change where nothing is transparent."""


@dataclass(frozen=True, slots=True)
class Reference:
    """The file to send and its source format."""

    sha256: str
    format: str
    width: int
    height: int
    size: int
    """In bytes."""
    original: tuple[int, int]
    """Width and height of the delivered file, after its orientation is applied."""


def reference(raw: bytes, wanted: Wanted) -> tuple[Reference, bytes]:
    """Check and re-encode one file. Raises BadPicture for damage, NotTaken with a reason of REASONS for everything that isn't accepted."""
    if not raw:
        raise BadPicture("UnidentifiedImageError: no bytes")
    found = containers.read(raw)
    type_ = kind_of(raw[:4096])
    if (is_decoded(type_) or _HEIF.match(raw)) and _hides_a_file(raw, found):
        raise NotTaken("polyglot", type_)
    if is_decoded(type_) and type_.upper() not in DECODED:
        raise NotTaken("type", type_)  # services may send it; members may not attach it
    picture, kind, original = _opened(raw, found, wanted)
    with judging(raw):
        if min(original) < LEAST_EDGE:
            raise NotTaken("small", "{}x{}".format(*original))
        content, ending = _mask(picture, wanted) if wanted.mask_of is not None else _picture(picture, kind, wanted)
        with Image.open(io.BytesIO(content)) as made:
            width, height = made.size
    return Reference(hashlib.sha256(content).hexdigest(), ending, width, height, len(content), original), content


REASONS = ("polyglot", "small", "animated", "narrow", "mask_size", "mask_opaque", "mask_empty", "heavy")
"""Reasons of NotTaken besides those of `bot.pixels.errors.WHYS`."""


def _opened(raw: bytes, found: Container | None, wanted: Wanted) -> tuple[Image.Image, str, tuple[int, int]]:
    """The same as `_decoded`; texts and profiles that are damaged or too large don't cost a picture."""
    try:
        with judging(raw):
            return _decoded(raw, wanted)
    except BadPicture as damaged:
        if found is None or found.named("acTL"):
            raise  # an animation would lose what makes it one
        for bare in (False, True):
            with suppress(BadPicture):
                leaner = containers.lean(found, bare=bare)
                with judging(leaner):
                    return _decoded(leaner, wanted)
        raise damaged from None


def _decoded(raw: bytes, wanted: Wanted) -> tuple[Image.Image, str, tuple[int, int]]:
    """The pixels in one of the PLAIN modes, the source format, and the delivered size after its orientation is applied."""
    formats: tuple[str, ...] = DECODED
    if _HEIF.match(raw):
        _teach_heif()
        formats = ("HEIF",)
    with Image.open(io.BytesIO(raw), formats=formats) as opened:
        width, height = opened.size
        if width * height > MAX_PIXELS:
            raise NotTaken("pixels", f"{width}x{height}")
        kind = opened.format or ""
        if kind not in _PARTS and (getattr(opened, "is_animated", False) or getattr(opened, "n_frames", 1) > 1):
            raise NotTaken("animated", kind.lower())
        if kind in ("JPEG", "MPO") and wanted.mask_of is None:
            opened.draft(None, (wanted.max_edge, wanted.max_edge))  # decode large photos at a half or a quarter: less time and memory
        opened.load()
        made = plain(opened)
    turned = (made.width < made.height) != (width < height)
    return made, kind, (height, width) if turned else (width, height)


def _teach_heif() -> None:
    from pi_heif import register_heif_opener  # loaded with the first HEIC file only

    register_heif_opener(thumbnails=False)


def _picture(picture: Image.Image, kind: str, wanted: Wanted) -> tuple[bytes, str]:
    """A photo stays a JPEG; anything else becomes a lossless PNG, or a JPEG if that is too large and nothing is transparent."""
    fitted = _within(picture, wanted.max_edge)
    see_through = _is_transparent(fitted)
    if not see_through:
        fitted = on_white(fitted) if fitted.mode in ("LA", "RGBA") else fitted
    photo = kind in ("JPEG", "MPO", "HEIF", "AVIF") or (kind == "WEBP" and not see_through)
    for share in _SHARES:
        smaller = _within(fitted, max(LEAST_EDGE, int(max(fitted.size) * share)))
        if not photo or see_through:
            made = _file(smaller, "PNG", compress_level=PNG_LEVEL)
            if len(made) <= wanted.max_bytes:
                return made, FORMATS["PNG"]
        if not see_through:
            for quality in _QUALITIES:
                made = _file(smaller, "JPEG", quality=quality, subsampling=0)
                if len(made) <= wanted.max_bytes:
                    return made, FORMATS["JPEG"]
    raise NotTaken("heavy", f"{wanted.max_bytes >> 20} mb")


def _mask(picture: Image.Image, wanted: Wanted) -> tuple[bytes, str]:
    """A mask as services want it: a PNG whose transparent pixels are the part to change, in the size of its picture."""
    assert wanted.mask_of is not None
    size = wanted.fitted or wanted.mask_of
    if picture.size not in (wanted.mask_of, size) and not wanted.fit_mask:
        raise NotTaken("mask_size", "{}x{}".format(*picture.size))
    if _is_transparent(picture):
        alpha = picture.getchannel("A").point(lambda value: 255 if value >= 128 else 0)
    elif wanted.fit_mask:
        alpha = picture.convert("L").point(lambda value: 0 if value >= 128 else 255)
    else:
        raise NotTaken("mask_opaque", picture.mode)
    if alpha.size != size:
        alpha = alpha.resize(size, Image.Resampling.NEAREST)
    if alpha.getextrema()[0] == 255:
        raise NotTaken("mask_empty", "nothing")
    made = Image.new("RGBA", size)
    made.putalpha(alpha)
    content = _file(made, "PNG", optimize=True)
    if len(content) > wanted.max_bytes:
        raise NotTaken("heavy", f"{wanted.max_bytes >> 20} mb")
    return content, FORMATS["PNG"]


def _within(picture: Image.Image, edge: int) -> Image.Image:
    if max(picture.size) <= edge:
        return picture
    scale = edge / max(picture.size)
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    if min(size) < LEAST_EDGE:
        raise NotTaken("narrow", "{}x{}".format(*picture.size))
    return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def _is_transparent(picture: Image.Image) -> bool:
    return picture.mode in ("LA", "RGBA") and picture.getchannel("A").getextrema()[0] < 255  # type: ignore[operator]


def _file(picture: Image.Image, kind: str, **options: object) -> bytes:
    picture.info = {}
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def _hides_a_file(raw: bytes, found: Container | None) -> bool:
    """Whether a second file of another type is inside: behind the picture's end, in its texts, or as an archive's directory."""
    if _is_archive(raw):
        return True
    if found is None:
        return any(mark in raw[-_SEARCHED:].lower() for mark in _SCRIPTS)
    texts = [part.body for part in found.parts if _is_text(part.name)]
    return found.rest.lstrip(b"\0 \r\n").startswith(_FOREIGN) or any(
        mark in piece.lower() for piece in (found.rest, *texts) for mark in _SCRIPTS
    )


def _is_archive(raw: bytes) -> bool:
    """Whether the file ends with a ZIP's directory, whose comment reaches exactly to the end."""
    at = raw.rfind(_ZIP_END, max(0, len(raw) - _SEARCHED))
    return at >= 0 and at + 22 + int.from_bytes(raw[at + 20 : at + 22], "little") == len(raw)


def _is_text(name: str) -> bool:
    return name in ("COM", "tEXt", "iTXt", "zTXt")
