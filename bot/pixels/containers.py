"""Container formats of PNG, JPEG and WebP, without decoding: the parts of a file, whether it holds only pixels and a C2PA manifest, and a
copy without metadata.

Dropping metadata first means that a damaged text or profile doesn't cost the picture.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_PNG = b"\x89PNG\r\n\x1a\n"
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_C2PA = bytes.fromhex("63327061001100108000 00AA00389B71")
MAX_MANIFEST = 16 * 1024 * 1024
"""In bytes; a manifest with thumbnails of a 2048² picture has about two million."""
MAX_PROFILE = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class FileBlock:
    name: str
    """Such as `IDAT`, `APP11` or `VP8 `."""
    body: bytes
    whole: bytes
    """Including its frame, as in the file."""
    sound: bool = True
    """Complete and with a valid checksum."""


@dataclass(frozen=True, slots=True)
class Container:
    """A file's parts in order, plus trailing or unreadable bytes."""

    kind: str
    start: bytes
    parts: tuple[FileBlock, ...]
    rest: bytes = b""

    def named(self, name: str) -> list[FileBlock]:
        return [part for part in self.parts if part.name == name]


def read(data: bytes) -> Container | None:
    """The parts of a PNG, JPEG or WebP; None for other files."""
    if data.startswith(_PNG):
        return _collected("PNG", _PNG, data, 8, _png)
    if data.startswith(b"\xff\xd8"):
        return _collected("JPEG", b"\xff\xd8", data, 2, _jpeg)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _collected("WEBP", data[:12], data, 12, _riff)
    return None


def lean(found: Container, *, bare: bool) -> bytes:
    """The file with only its pixels and what affects their look (profile, orientation). `bare`: pixels only."""
    keep = _LEAN[found.kind]
    parts = [part for part in found.parts if keep(part, bare)]
    if found.kind == "WEBP":
        return _riff_of(parts)
    return b"".join((found.start, *(part.whole for part in parts), found.rest))


def manifest(found: Container) -> bytes:
    """The C2PA manifest store of a signed file; empty if there is no valid one."""
    store = _jpeg_manifest(found) if found.kind == "JPEG" else b"".join(part.body for part in found.named(_MANIFESTS[found.kind]))
    return store if _is_c2pa(store) else b""


def is_clean(found: Container) -> bool:
    """Whether the file has only pixels, what affects their look, and a manifest, all in valid parts, with nothing after the end."""
    names = [part.name for part in found.parts]
    if found.rest or not all(part.sound and _CLEAN[found.kind](part) for part in found.parts):
        return False
    if found.kind == "PNG":
        once = [name for name in names if name != "IDAT"]
        return names[:1] == ["IHDR"] and names[-1:] == ["IEND"] and len(once) == len(set(once)) and "IDAT" in names
    if found.kind == "WEBP":
        return len(names) == len(set(names)) and int.from_bytes(found.start[4:8], "little") + 8 == 12 + sum(
            len(p.whole) for p in found.parts
        )
    return names[-1:] == ["EOI"] and "SOS" in names


def _collected(kind: str, start: bytes, data: bytes, at: int, parts: Callable[[bytes, int], Iterator[FileBlock]]) -> Container:
    found = []
    for part in parts(data, at):
        found.append(part)
        at += len(part.whole)
    return Container(kind, start, tuple(found), data[at:])


def _png(data: bytes, at: int) -> Iterator[FileBlock]:
    while at + 12 <= len(data):
        end = at + 12 + int.from_bytes(data[at : at + 4])
        if end > len(data):
            return
        body = data[at + 8 : end - 4]
        name = data[at + 4 : at + 8].decode("latin-1")
        # The decoder checks the pixels.
        sound = name == "IDAT" or zlib.crc32(data[at + 4 : end - 4]) == int.from_bytes(data[end - 4 : end])
        yield FileBlock(name, body, data[at:end], sound)
        if name == "IEND":
            return
        at = end


def _jpeg(data: bytes, at: int) -> Iterator[FileBlock]:
    while at + 2 <= len(data) and data[at] == 0xFF:
        code = data[at + 1]
        if code == 0xD9:
            yield FileBlock("EOI", b"", data[at : at + 2])
            return
        if code == 0xFF or code == 0 or 0xD0 <= code <= 0xD8:
            return
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4])
        if end > len(data) or end < at + 4:
            return
        body = data[at + 4 : end]
        if code == 0xDA:  # entropy-coded data follows, up to the next marker
            following = _MARKER.search(data, end)
            end = following.start() if following else len(data)
        yield FileBlock(_jpeg_name(code), body, data[at:end])
        at = end


def _jpeg_name(code: int) -> str:
    if 0xE0 <= code <= 0xEF:
        return f"APP{code - 0xE0}"
    return {0xDA: "SOS", 0xDB: "DQT", 0xC4: "DHT", 0xDD: "DRI", 0xFE: "COM"}.get(code, "SOF" if 0xC0 <= code <= 0xCF else f"{code:02X}")


def _riff(data: bytes, at: int) -> Iterator[FileBlock]:
    while at + 8 <= len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        end = at + 8 + size + size % 2
        name = data[at : at + 4].decode("latin-1")
        if end > len(data):
            # libwebp decodes what there is of the last picture; any other part is useless if truncated.
            if name in _WEBP_PIXELS:
                yield FileBlock(name, data[at + 8 :], data[at:], sound=False)
            return
        yield FileBlock(name, data[at + 8 : at + 8 + size], data[at:end])
        at = end


_PNG_PIXELS = frozenset({"IHDR", "PLTE", "IDAT", "IEND", "tRNS"})
_WEBP_PIXELS = frozenset({"VP8 ", "VP8L", "VP8X", "ALPH", "ANIM", "ANMF"})
_WEBP_FLAGS = {"ICCP": 0x20, "EXIF": 0x08, "XMP ": 0x04}


def _png_lean(part: FileBlock, bare: bool) -> bool:
    if part.name == "tRNS":
        return part.sound or not bare
    return part.name in _PNG_PIXELS or (not bare and part.sound and part.name in ("iCCP", "eXIf") and len(part.body) <= MAX_PROFILE)


def _jpeg_lean(part: FileBlock, bare: bool) -> bool:
    if part.name in ("APP1", "APP2"):
        return not bare and part.body.startswith((b"Exif\0\0", b"ICC_PROFILE\0"))
    return part.name != "COM" and (not part.name.startswith("APP") or part.name in ("APP0", "APP14"))


def _webp_lean(part: FileBlock, bare: bool) -> bool:
    return part.name in _WEBP_PIXELS or (not bare and part.name in ("ICCP", "EXIF"))


_LEAN: dict[str, Callable[[FileBlock, bool], bool]] = {"PNG": _png_lean, "JPEG": _jpeg_lean, "WEBP": _webp_lean}


def _riff_of(parts: list[FileBlock]) -> bytes:
    names = {part.name for part in parts}
    gone = sum(flag for name, flag in _WEBP_FLAGS.items() if name not in names)
    body = b"".join(
        part.whole[:8] + bytes([part.body[0] & ~gone]) + part.whole[9:] if part.name == "VP8X" and part.body else part.whole
        for part in parts
    )
    return b"RIFF" + (4 + len(body)).to_bytes(4, "little") + b"WEBP" + body


def _png_clean(part: FileBlock) -> bool:
    limits = {"caBX": MAX_MANIFEST, "iCCP": MAX_PROFILE, "IHDR": 13, "IEND": 0, "PLTE": 768, "IDAT": 1 << 31}
    return (part.name in limits and len(part.body) <= limits[part.name]) or (
        part.name in ("tRNS", "sRGB", "gAMA", "cHRM", "sBIT", "pHYs", "bKGD", "cICP") and len(part.body) <= 256
    )


def _jpeg_clean(part: FileBlock) -> bool:
    match part.name:
        case "APP0":
            return part.body[:5] == b"JFIF\0" and len(part.body) == 14  # no thumbnail
        case "APP2":
            return part.body[:12] == b"ICC_PROFILE\0"
        case "APP11":
            return part.body[:2] == b"JP"
        case "APP14":
            return part.body[:5] == b"Adobe" and len(part.body) == 12
    return part.name in ("DQT", "DHT", "DRI", "SOF", "SOS", "EOI")


def _webp_clean(part: FileBlock) -> bool:
    if part.name == "VP8X":
        return len(part.body) == 10 and not part.body[0] & 0x0E  # no animation, no EXIF, no XMP
    return part.name in ("VP8 ", "VP8L", "ALPH", "C2PA") or (part.name == "ICCP" and len(part.body) <= MAX_PROFILE)


_CLEAN: dict[str, Callable[[FileBlock], bool]] = {"PNG": _png_clean, "JPEG": _jpeg_clean, "WEBP": _webp_clean}
_MANIFESTS = {"PNG": "caBX", "WEBP": "C2PA"}


def _jpeg_manifest(found: Container) -> bytes:
    """The box spread over APP11 segments. Each repeats its length and type after `JP`, its box number and its sequence number."""
    boxes = [part.body for part in found.named("APP11")]
    if not boxes or any(body[:4] != boxes[0][:4] or body[4:8] != place.to_bytes(4) for place, body in enumerate(boxes, 1)):
        return b""
    return boxes[0][8:] + b"".join(body[16:] for body in boxes[1:])


def _is_c2pa(store: bytes) -> bool:
    """A JUMBF superbox of the C2PA type whose length is right (C2PA 2.1, 11.1.4)."""
    size = int.from_bytes(store[:4])
    return size == len(store) <= MAX_MANIFEST and store[4:8] == b"jumb" and store[12:16] == b"jumd" and store[16:32] == _C2PA
