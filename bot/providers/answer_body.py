"""Reading of one answer's body: JSON, or the bare image file that some services send."""

from __future__ import annotations

import httpx

from bot.pixels.errors import NotTaken
from bot.pixels.kinds import is_decoded, kind_of
from bot.providers.answer import Item
from bot.providers.body import BodyReader, TooBig
from bot.providers.download import MAX_BYTES
from bot.providers.encoding import body_of


async def read_body(response: httpx.Response, limit: int) -> BodyReader | Item:
    """The parsed body of an answer, or the bare image file that some services send. Raises NotTaken for more than `limit` bytes."""
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    body: BodyReader | None = None if kind.startswith("image/") else BodyReader(limit)
    undeclared = kind in ("", "application/octet-stream", "binary/octet-stream")
    raw: list[bytes] = []
    total = 0
    try:
        async for piece in body_of(response):
            total += len(piece)
            if undeclared and total == len(piece) and is_decoded(kind_of(piece)):
                body = None
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
    return Item(raw=raw) if body is None else body
