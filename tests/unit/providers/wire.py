"""A server that answers with exactly the bytes a test wants, and the provider in front of it."""

import asyncio
import base64
import io
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

from bot.domain.outcome import Outcome
from bot.ports import SystemPorts
from bot.providers.http_provider import HttpProvider
from bot.providers.pictures import PictureStore
from bot.providers.port import Call

Handler = Callable[["Exchange"], Awaitable[None]]


@dataclass
class Exchange:
    """One request as it arrived, and the way to answer it."""

    head: bytes
    body: bytes
    writer: asyncio.StreamWriter

    @property
    def path(self) -> str:
        return self.head.split(b" ")[1].decode()

    def json(self) -> dict[str, object]:
        answer: dict[str, object] = json.loads(self.body)
        return answer

    async def answer(self, body: bytes | object, status: int = 200, **headers: str) -> None:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        lines = {
            "content-type": "application/json",
            "content-length": str(len(raw)),
            **{k.replace("_", "-"): v for k, v in headers.items()},
        }
        await self.raw(f"HTTP/1.1 {status} X\r\n".encode() + b"".join(f"{k}: {v}\r\n".encode() for k, v in lines.items()) + b"\r\n" + raw)

    async def raw(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()


@dataclass
class Server:
    """Where it listens and what came."""

    port: int
    seen: list[Exchange] = field(default_factory=list)
    closed: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a client went away."""

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"


@asynccontextmanager
async def serving(handler: Handler, **options: object) -> AsyncIterator[Server]:
    server = Server(0)

    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = next((int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
            exchange = Exchange(head, await reader.readexactly(length), writer)
            server.seen.append(exchange)
            await handler(exchange)
            if not writer.is_closing():
                writer.close()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            server.closed.set()

    listening = await asyncio.start_server(connection, "127.0.0.1", 0, **options)  # type: ignore[arg-type]
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()


def picture(size: tuple[int, int] = (64, 64), format_: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.effect_noise(size, 40).convert("RGB").save(out, format_)
    return out.getvalue()


def b64(size: tuple[int, int] = (64, 64)) -> str:
    return base64.b64encode(picture(size)).decode()


def a_call(**changes: object) -> Call:
    values: dict[str, object] = {
        "attempt_id": "a1",
        "model": "gpt-image-2",
        "prompt": "a red bicycle in the rain",
        "size": "1024x1024",
        "quality": "medium",
        "count": 1,
        "timeout": 10.0,
        "member_hash": "c0ffee",
    }
    return Call(**{**values, **changes})  # type: ignore[arg-type]


@asynccontextmanager
async def provider(base_url: str, folder: Path, key: str | None = "sk-test", **options: object) -> AsyncIterator[HttpProvider]:
    store = PictureStore(folder)
    made = HttpProvider(base_url, key, store, SystemPorts(), **options)  # type: ignore[arg-type]
    try:
        yield made
    finally:
        await made.aclose()
        store.close()


async def ask(handler: Handler, folder: Path, **changes: object) -> Outcome:
    """One call of a provider against one answer."""
    async with serving(handler) as server, provider(server.base_url, folder) as made:
        return await made.call(a_call(**changes))


def always(body: bytes | object, status: int = 200, **headers: str) -> Handler:
    async def handler(exchange: Exchange) -> None:
        await exchange.answer(body, status, **headers)

    return handler
