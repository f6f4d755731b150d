"""A TLS front for plain servers, and a forward proxy that speaks CONNECT and plain forwarding."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import ssl
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

AUTHORITY = Path(__file__).with_name("authority.pem")
SERVER = Path(__file__).with_name("server.pem")


def server_context() -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(SERVER)
    return context


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError, ssl.SSLError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    with contextlib.suppress(OSError, RuntimeError):
        writer.close()


async def _join(one: tuple[asyncio.StreamReader, asyncio.StreamWriter], other: tuple[asyncio.StreamReader, asyncio.StreamWriter]) -> None:
    await asyncio.gather(_copy(one[0], other[1]), _copy(other[0], one[1]))


@contextlib.asynccontextmanager
async def tls_front(port: int) -> AsyncIterator[int]:
    """The port on which the plain server at `port` of this machine is spoken to over TLS."""
    running: set[asyncio.Task[None]] = set()

    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        running.add(task)
        with contextlib.suppress(OSError, asyncio.CancelledError):
            await _join((reader, writer), await asyncio.open_connection("127.0.0.1", port))

    server = await asyncio.start_server(connection, "127.0.0.1", 0, ssl=server_context())
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


@dataclass
class Proxy:
    """A forward proxy; `asked` are the targets as they were asked for, plain requests with their method."""

    port: int = 0
    login: str | None = None
    asked: list[str] = field(default_factory=list)
    leads: Mapping[str, int] = field(default_factory=dict)
    """Target -> port of this machine, for what only exists in a test."""
    _running: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def address(self) -> str:
        return f"http://{f'{self.login}@' if self.login else ''}127.0.0.1:{self.port}"

    async def connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._running.add(task)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await self._serve(reader, writer)
        writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        method, target, _ = head.split(b"\r\n")[0].decode().split(" ")
        wanted = b"Basic " + base64.b64encode((self.login or "").encode())
        if self.login and wanted not in head:
            writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n")
            return
        if method == "CONNECT":
            self.asked.append(target)
            there = await self._open(target)
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        else:
            parts = urlsplit(target)
            self.asked.append(f"{method} {parts.netloc}")
            there = await self._open(parts.netloc)
            there[1].write(head.replace(target.encode(), (parts.path or "/").encode(), 1))
        await _join((reader, writer), there)

    async def _open(self, target: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        host, _, port = target.rpartition(":")
        if target in self.leads:
            return await asyncio.open_connection("127.0.0.1", self.leads[target])
        return await asyncio.open_connection(host, int(port))


@contextlib.asynccontextmanager
async def forward_proxy(login: str | None = None, leads: Mapping[str, int] | None = None) -> AsyncIterator[Proxy]:
    proxy = Proxy(login=login, leads=leads or {})
    server = await asyncio.start_server(proxy.connection, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        for task in proxy._running:
            task.cancel()
        await asyncio.gather(*proxy._running, return_exceptions=True)
