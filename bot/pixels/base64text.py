"""Base64 as servers really send it: with a `data:` prefix, line breaks, the URL alphabet, escapes, or without padding."""

from __future__ import annotations

import binascii
import json
from collections.abc import Iterator, Sequence
from urllib.parse import unquote_to_bytes

from bot.pixels.errors import BadPicture, NotTaken

SLICE = 1024 * 1024
_URLSAFE = bytes.maketrans(b"-_", b"+/")
_SPACE = b" \t\r\n"
_MAX_PREFIX = 200


def from_base64(pieces: Sequence[bytes]) -> bytes:
    """Decode base64 in slices, so that the whole text is never copied.

    Raises BadPicture, and NotTaken for a `data:` URL of text, such as an SVG's.
    """
    if any(b"\\" in piece for piece in pieces):
        pieces = _unescaped(pieces)
    if any(b"%" in piece for piece in pieces):
        pieces = [unquote_to_bytes(b"".join(pieces))]
    decoded = bytearray()
    rest = b""
    for piece in _sliced(_without_prefix(pieces)):
        clean = rest + piece.translate(_URLSAFE, _SPACE)
        usable = len(clean) - len(clean) % 4
        decoded += _decode(clean[:usable])
        rest = clean[usable:]
        if rest and clean[:usable].endswith(b"="):
            raise BadPicture("binascii.Error: data after the padding")
    if rest:
        decoded += _decode(rest.rstrip(b"=") + b"=" * (-len(rest.rstrip(b"=")) % 4))
    return bytes(decoded)


def _without_prefix(pieces: Sequence[bytes]) -> Iterator[bytes]:
    whole = iter(pieces)
    start = b""
    for piece in whole:
        start += piece
        if len(start) > _MAX_PREFIX:
            break
    if start.lstrip()[:5].lower() == b"data:":
        kind, comma, start = start.partition(b",")
        if not comma or b"base64" not in kind.lower():
            if b"svg" in kind.lower():
                raise NotTaken("type", "svg")
            raise BadPicture("binascii.Error: a data address that is not base64")
    yield start
    yield from whole


def _sliced(pieces: Iterator[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        for start in range(0, len(piece), SLICE):
            yield piece[start : start + SLICE]


def _unescaped(pieces: Sequence[bytes]) -> list[bytes]:
    try:
        return [json.loads(b'"' + b"".join(pieces) + b'"').encode("ascii")]
    except ValueError:
        raise BadPicture("binascii.Error: not base64") from None


def _decode(clean: bytes) -> bytes:
    try:
        return binascii.a2b_base64(clean, strict_mode=True) if clean else b""
    except binascii.Error:
        raise BadPicture("binascii.Error: not base64") from None
