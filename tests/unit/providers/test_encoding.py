"""A content-encoding is undone whole, however the body is cut into pieces on the way."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable

import pytest

from bot.providers.encoding import PIECE, _Layer


def bare(content: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(content) + packer.flush()


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress, bare])
@pytest.mark.parametrize("size", [1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE + 1])
@pytest.mark.parametrize("step", [1, 65536])
def test_nothing_is_lost_between_pieces(pack: Callable[[bytes], bytes], size: int, step: int) -> None:
    packed, layer = pack(bytes(size)), _Layer(deflate=pack is not gzip.compress)
    found = [part for at in range(0, len(packed), step) for part in layer.feed(packed[at : at + step])]
    layer.end()
    assert b"".join(found) == bytes(size)
    assert all(len(part) <= PIECE for part in found)
