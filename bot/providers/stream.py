"""Event streams (SSE): partial pictures during the call, and the final events as one answer.

Bounded like any other answer. A stream that breaks off after a final event keeps that picture, because it was made and charged.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx
from httpx_sse import EventSource, SSEError

from bot.pixels.errors import NotTaken
from bot.providers.body import NotJson, parse

OnData = Callable[[str], Awaitable[None]]
"""Takes a partial picture as base64."""
_PARTIAL = ".partial_image"
_DONE = "[DONE]"


class _Bounded(httpx.AsyncByteStream):
    """The response's bytes, up to a limit, without a byte order mark and with an end after the last event, which some servers leave out."""

    def __init__(self, inner: httpx.AsyncByteStream, limit: int) -> None:
        self._inner, self._left = inner, limit
        self._limit = limit
        self._begun = False
        self.kept: list[bytes] | None = None
        """All bytes of a body that begins like JSON and unlike events, whatever it's declared as."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._inner:
            self._left -= len(piece)
            if self._left < 0:
                raise NotTaken("bytes", f"{self._limit >> 20} mb")
            if not self._begun and piece:
                piece, self._begun = piece.removeprefix(b"\xef\xbb\xbf"), True
                self.kept = [] if piece.lstrip()[:1] in (b"{", b"[") else None
            if self.kept is not None:
                self.kept.append(piece)
            yield piece
        yield b"\n\n"

    async def aclose(self) -> None:
        await self._inner.aclose()


@dataclass(slots=True)
class _Previews:
    """Shows one partial picture at a time; one that arrives meanwhile replaces those that still wait."""

    show: OnData
    _waiting: str | None = None
    _task: asyncio.Task[None] | None = field(default=None)

    def take(self, data: str) -> None:
        self._waiting = data
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._run(), name="partial-picture")

    async def _run(self) -> None:
        while self._waiting is not None:
            data, self._waiting = self._waiting, None
            await self.show(data)

    async def close(self) -> None:
        """Nothing more is shown. Waits for one in progress, so that its file has an owner."""
        self._waiting = None
        if self._task is not None:
            await asyncio.wait([self._task])
            if not self._task.cancelled() and (bug := self._task.exception()) is not None:
                raise bug


def is_stream(headers: httpx.Headers) -> bool:
    """Whether an answer is an event stream that can be parsed incrementally."""
    plain = headers.get("content-encoding", "identity").strip().lower() in ("", "identity")
    return plain and headers.get("content-type", "").partition(";")[0].strip().lower() == "text/event-stream"


async def read_stream(response: httpx.Response, limit: int, on_partial: OnData | None) -> list[Any]:
    """The events of a stream except partial pictures, which go to `on_partial` as they come.

    Raises NotTaken for more than `limit` bytes and httpx errors for a connection that breaks before the first final event.
    """
    bounded = None
    if isinstance(response.stream, httpx.AsyncByteStream):
        response.stream = bounded = _Bounded(response.stream, limit)
    previews = None if on_partial is None else _Previews(on_partial)
    found: list[Any] = []
    try:
        async for event in EventSource(response).aiter_sse():
            if event.data.strip() == _DONE:
                break
            try:
                value = parse(event.data.encode("utf-8", "surrogatepass"))
            except NotJson:
                continue
            data = value.get("b64_json") if isinstance(value, dict) else None
            if isinstance(value, dict) and str(value.get("type", "")).endswith(_PARTIAL):
                if previews is not None and isinstance(data, str) and data:
                    previews.take(data)
            else:
                found.append(value)
    except (httpx.HTTPError, SSEError):
        if not found:
            raise
    finally:
        if previews is not None:
            await previews.close()
    if not found and bounded is not None and bounded.kept is not None:
        with suppress(NotJson):
            found.append(parse(b"".join(bounded.kept)))
    return found


def as_answer(events: list[Any]) -> Any:
    """The events as one answer of the usual form, with their usage added up."""
    counted = [event["usage"] for event in events if isinstance(event, dict) and isinstance(event.get("usage"), dict)]
    if not counted:
        return events
    return {"data": events, "usage": _sum(counted)}


def _sum(counted: list[Any]) -> Any:
    """Numbers of several usage objects added up, name by name."""
    names = dict.fromkeys(name for usage in counted if isinstance(usage, dict) for name in usage)
    total: dict[str, Any] = {}
    for name in names:
        values = [usage[name] for usage in counted if isinstance(usage, dict) and name in usage]
        if all(isinstance(value, dict) for value in values):
            total[name] = _sum(values)
        elif all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
            total[name] = sum(values)
    return total
