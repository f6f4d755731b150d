"""Decoding of content-encodings that some gateways send unasked.

gzip and deflate are decompressed in small chunks, so that the reader can stop at its own limit; others are rejected by name.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import AsyncIterator, Iterator

import httpx

from bot.pixels.errors import NotTaken

PIECE = 256 * 1024
_MOST_LAYERS = 2
_GZIP, _ZLIB, _RAW = 31, 15, -15
_GZIP_START = b"\x1f\x8b\x08"
_ZLIB_METHOD = 8
"""Low nibble of a zlib header's first byte (RFC 1950, 2.2); a raw deflate block never begins with it (RFC 1951, 3.2.3)."""
_NAME = re.compile(r"[a-z0-9_-]{1,20}", re.ASCII)


def body_of(response: httpx.Response) -> AsyncIterator[bytes]:
    """The decoded body. Raises NotTaken immediately for an unknown encoding, httpx.DecodingError for corrupt data."""
    pieces = response.aiter_raw()
    layers = _layers(response.headers.get("content-encoding", ""))
    for name in reversed(layers):
        pieces = _undone(pieces, name)
    return pieces if layers else _undeclared(pieces)


async def _undeclared(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The body, decompressed if it's gzip although no header says so. No picture and no JSON begins like gzip."""
    layer: _Layer | None = None
    begun = False
    async for piece in pieces:
        if piece and not begun:
            begun, layer = True, _Layer(deflate=False) if piece.startswith(_GZIP_START) else None
        for part in (piece,) if layer is None else layer.feed(piece):
            yield part
    if layer is not None:
        layer.end()


def _layers(header: str) -> list[str]:
    names = [name for one in header.lower().split(",") if (name := one.strip()) not in ("", "identity")]
    odd = [name for name in names if name not in ("gzip", "x-gzip", "deflate")]
    if odd or len(names) > _MOST_LAYERS:
        name = odd[0] if odd else "gzip"
        raise NotTaken("encoding", name if _NAME.fullmatch(name) else "unknown")
    return names


async def _undone(pieces: AsyncIterator[bytes], name: str) -> AsyncIterator[bytes]:
    layer = _Layer(deflate=name == "deflate")
    async for piece in pieces:
        for part in layer.feed(piece):
            yield part
    layer.end()


class _Layer:
    """One layer of gzip (including concatenated members) or deflate (with or without the zlib header; servers disagree)."""

    def __init__(self, *, deflate: bool) -> None:
        self._deflate = deflate
        self._inflate = zlib.decompressobj(_ZLIB if deflate else _GZIP)
        self._begun = False

    def feed(self, piece: bytes) -> Iterator[bytes]:
        if piece and not self._begun:
            self._begun = True
            if self._deflate and piece[0] & 0x0F != _ZLIB_METHOD:
                self._inflate = zlib.decompressobj(_RAW)
        part = b""
        while piece or len(part) == PIECE:  # a full chunk: the decompressor may hold more
            if self._inflate.eof:
                if self._deflate or not piece.strip(b"\0"):
                    return  # padding after the end
                self._inflate = zlib.decompressobj(_GZIP)
            try:
                part = self._inflate.decompress(piece, PIECE)
            except zlib.error as error:
                raise httpx.DecodingError(str(error)) from None
            piece = self._inflate.unconsumed_tail or self._inflate.unused_data
            if part:
                yield part

    def end(self) -> None:
        if self._begun and not self._inflate.eof:
            raise httpx.DecodingError("incomplete compressed body")


async def first_bytes(response: httpx.Response, most: int) -> bytes:
    """The first `most` bytes of an error body. A server that never stops is cut off, and an undecodable body counts as empty."""
    kept = bytearray()
    try:
        async for piece in body_of(response):
            kept += piece
            if len(kept) > most:
                break
    except (NotTaken, httpx.DecodingError):
        pass
    return bytes(kept[:most])
