"""Reading of one answer's body: JSON, or the bare image file that some services send, by its bytes and not by what its headers say."""

from __future__ import annotations

import re
from collections.abc import Sequence

import httpx

from bot.pixels.errors import NotTaken
from bot.pixels.kinds import is_decoded, kind_of
from bot.providers.answer import Item
from bot.providers.body import BodyReader, TooBig
from bot.providers.download import MAX_BYTES
from bot.providers.encoding import body_of

_WORDS = ("json", "html", "xml", "text")
"""Kinds of bodies that say something, whatever type they're declared as: an answer, an error, or a page."""
_WEAK = ("bmp", "ppm", "unknown")
"""Kinds that words can be mistaken for; believed only if no type of text is declared."""
_BOUNDARY = re.compile(r"boundary=\"?([!-~]{1,70}?)\"?(?:;|$)", re.IGNORECASE)


async def read_body(response: httpx.Response, limit: int) -> BodyReader | Item:
    """The parsed body of an answer, or the bare image file that some services send. Raises NotTaken for more than `limit` bytes."""
    declared = response.headers.get("content-type", "")
    kind = declared.partition(";")[0].strip().lower()
    body: BodyReader | None = None if kind.startswith("multipart/") else BodyReader(limit)
    raw: list[bytes] = []
    total = 0
    try:
        async for piece in body_of(response):
            if body is not None and total == 0 and _is_file(piece, kind):
                body = None
            total += len(piece)
            if body is not None:
                body.feed(piece)
            elif total > MAX_BYTES:
                raise NotTaken("bytes", f"{MAX_BYTES >> 20} mb")
            else:
                raw.append(piece)
    except TooBig as error:
        if error.pictures:
            raise NotTaken("bytes", f"{limit >> 20} mb") from None
        assert body is not None
    if body is None and kind.startswith("multipart/"):
        return _from_parts(b"".join(raw), declared, limit)
    return Item(raw=raw) if body is None else body


def _is_file(start: bytes, declared: str) -> bool:
    """Whether a body that begins so is a file: a picture, or another one that can be named."""
    kind = kind_of(start)
    if kind in _WORDS:
        return False
    if kind in _WEAK:
        return bool(start) and (declared.startswith("image/") or (kind != "unknown" and _may_be_anything(declared)))
    return True


def _may_be_anything(declared: str) -> bool:
    return declared in ("", "application/octet-stream", "binary/octet-stream")


def _from_parts(whole: bytes, declared: str, limit: int) -> BodyReader | Item:
    """The first picture of a multipart body, or else its first JSON."""
    contents = _contents(whole, declared)
    pictures = [one for one in contents if is_decoded(kind_of(one))]
    if pictures:
        return Item(raw=[pictures[0]])
    body = BodyReader(limit)
    body.feed(next((one for one in contents if kind_of(one) == "json"), whole))
    return body


def _contents(whole: bytes, declared: str) -> Sequence[bytes]:
    found = _BOUNDARY.search(declared)
    if found is None:
        return ()
    parts = (b"\r\n" + whole).split(b"\r\n--" + found[1].encode("ascii"))
    return [part.partition(b"\r\n\r\n")[2] for part in parts[1:]]
