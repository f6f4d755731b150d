"""ASGI: the types of an application, and an answer in one piece."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

AsgiMessage = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[AsgiMessage]]
Send = Callable[[AsgiMessage], Awaitable[None]]
App = Callable[[AsgiMessage, Receive, Send], Awaitable[None]]
Header = tuple[bytes, bytes]

NO_STORE = (b"cache-control", b"no-store")
WORDS = ((b"content-type", b"text/plain; charset=utf-8"), NO_STORE)
"""Headers of an answer in plain words."""


async def respond(send: Send, status: int, headers: Iterable[Header], body: bytes = b"") -> None:
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": body})
