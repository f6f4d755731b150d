"""Downloads of files that are larger than the platform stated, from a host that doesn't state their length."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

from aiohttp import web

PIECE = b"a lighthouse\n" * 5000
MOST = 48 << 20
"""Bytes after which it ends even if somebody still reads: above every limit of the bot."""


@dataclass(slots=True)
class Pour:
    """The content of such a file."""

    taken: int = 0
    """Bytes that its reader, or the connection to it, has taken."""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Lines without end until the reader goes away."""
        answer = web.StreamResponse()
        answer.enable_chunked_encoding()
        await answer.prepare(request)
        with contextlib.suppress(ConnectionError):
            while self.taken < MOST:
                await answer.write(PIECE)
                self.taken += len(PIECE)
        return answer
