"""A download of an attached file ends at its limit, whatever its host says or doesn't say of its length."""

from __future__ import annotations

import gzip

import pytest

from bot.pixels.errors import NotTaken
from bot.providers.attachment_download import AttachmentDownload
from tests.unit.providers.wire import Exchange, Server, serving

LIMIT = 1 << 20
PIECE = b"x" * 65536
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/csv\r\n"


async def fetched(server: Server, most: int = LIMIT) -> bytes:
    return await AttachmentDownload()(f"{server.base_url}/covers.csv", own=server.base_url, most=most)


async def refused(server: Server) -> None:
    with pytest.raises(NotTaken) as problem:
        await fetched(server)
    assert (problem.value.why, problem.value.value) == ("bytes", "1 mb")


async def test_a_file_at_the_limit_is_whole_and_one_byte_more_is_refused() -> None:
    async def exact(exchange: Exchange) -> None:
        await exchange.raw(HEAD + b"\r\n" + b"x" * LIMIT)  # ends with the connection

    async with serving(exact) as server:
        assert await fetched(server) == b"x" * LIMIT
        with pytest.raises(NotTaken):
            await fetched(server, LIMIT - 1)


async def test_a_host_that_states_too_much_is_not_read() -> None:
    async def huge(exchange: Exchange) -> None:
        await exchange.raw(HEAD + b"content-length: 90000000\r\n\r\n")  # whoever reads on waits for its first byte
        await exchange.writer.wait_closed()

    async with serving(huge) as server:
        await refused(server)


async def test_a_file_without_end_is_left_at_the_limit() -> None:
    sent = 0

    async def endless(exchange: Exchange) -> None:
        nonlocal sent
        await exchange.raw(HEAD + b"transfer-encoding: chunked\r\n\r\n")
        while sent < 64 * LIMIT:
            await exchange.raw(f"{len(PIECE):x}\r\n".encode() + PIECE + b"\r\n")
            sent += len(PIECE)

    async with serving(endless) as server:
        await refused(server)
        await server.closed.wait()
    assert sent < 32 * LIMIT


async def test_a_small_file_that_unpacks_to_a_large_one_is_refused() -> None:
    packed = gzip.compress(b"\0" * 64 * LIMIT)

    async def bomb(exchange: Exchange) -> None:
        await exchange.answer(packed, content_encoding="gzip")

    assert len(packed) < LIMIT
    async with serving(bomb) as server:
        await refused(server)
