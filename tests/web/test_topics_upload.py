"""A file of topics that a page uploads: read into the form, or too large, of which little more than its limit is held."""

from __future__ import annotations

import tracemalloc
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
from fastapi import FastAPI, Request, Response

from adapters.kit.commands import HEAVY
from adapters.web import uploads
from tests.world import world

PIECE = b"a lighthouse\n" * 5000


async def pieces(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // len(PIECE) + 1):
        yield PIECE


async def test_a_file_of_topics_is_read_and_one_above_the_limit_is_a_sentence(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        app = FastAPI()

        @app.post("/topics")
        async def topics(request: Request) -> Response:
            return await uploads.topics_of(request, w.bot.core)

        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://web") as client:
            small = await client.post("/topics?name=covers.csv", content=b"topic\na harbour\n")
            tracemalloc.start()
            try:
                large = await client.post("/topics?name=covers.csv", content=pieces(36 << 20))
                most = tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()
    assert "a harbour" in small.json()["words"]
    assert "larger than 4 MB" in str(large.json())
    assert most < 4 * HEAVY
