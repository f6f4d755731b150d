"""Writers for the sandbox's ordinary HTTP answers: pictures, event streams and error responses.

Faults that need more than a status and a body are in `behaviours.py`.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TypeVar

from aiohttp import web

from bot.sandbox.asked import Asked
from bot.sandbox.dialects import DIALECT
from bot.sandbox.draw import draw_base64
from bot.sandbox.refusals import REFUSALS

_SLICE = 64 * 1024
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Delays:
    latency: float = 0.0
    """Before every picture, so that people can watch the bot work."""
    slow: float = 8.0
    retry_after: float = 3.0
    timeout: float = 2.0
    """Before the gateway's timeout page."""
    partial: float = 0.0
    """After each unfinished picture."""
    drip: float = 0.5
    """Between two bytes of a slow body."""


WATCHED = Delays(partial=1.5)
"""For people, who want to see unfinished pictures change."""


class ResponseWriter:
    def __init__(self, pace: Delays, now: Callable[[], float]) -> None:
        self.pace = pace
        self.now = now
        self._drawing = ThreadPoolExecutor(1, thread_name_prefix="sandbox-drawing")
        self._numbers = itertools.count(1)

    def close(self) -> None:
        self._drawing.shutdown(wait=False, cancel_futures=True)

    def number(self) -> str:
        return f"{next(self._numbers):08d}"

    def request_id(self) -> str:
        return f"req_sandbox{self.number()}"

    async def refuse(self, request: web.Request, name: str, retry_after: float | None = None, **values: object) -> web.StreamResponse:
        if name.startswith("timeout"):
            await asyncio.sleep(self.pace.timeout)
        spoken = request.get(DIALECT)
        refusal = REFUSALS[name] if spoken is None else spoken.refused.get(name, REFUSALS[name])
        shown = f"{self.pace.retry_after if retry_after is None else retry_after:g}"
        request_id = self.request_id()
        text = refusal.text({**{key: str(value)[:100] for key, value in values.items()}, "request_id": request_id})
        headers = {key: value.replace("*", shown) for key, value in refusal.headers.items()}
        body = text.replace("in *s.", f"in {shown}s.").replace("after * seconds", f"after {shown} seconds").encode()
        headers = {"content-type": "application/json", "x-request-id": request_id, **headers}
        return await self.send(request, refusal.status, headers, [body])

    async def ordinary(self, request: web.Request, asked: Asked) -> web.StreamResponse:
        await asyncio.sleep(self.pace.latency)
        return await (self.stream(request, asked) if asked.stream else self.pictures(request, asked))

    async def pictures(self, request: web.Request, asked: Asked, left_out: int = 0, last: object = None) -> web.StreamResponse:
        """An ordinary answer, written in slices. `left_out` pictures are omitted; if `last` isn't None, it takes their place."""
        drawn = [await self.draw(asked, index) for index in range(max(0, asked.n - left_out))]
        return await self.listed(request, asked, [b'{"b64_json":"' + picture + b'"}' for picture in drawn], last)

    async def listed(
        self, request: web.Request, asked: Asked, items: list[bytes], last: object = None, status: int = 200
    ) -> web.StreamResponse:
        if last is not None:
            items = [*items, json.dumps(last).encode()]
        head = {"created": int(self.now()), "background": "opaque", "output_format": "png", "quality": asked.quality, "size": asked.size}
        given, spoken = len(items) if last is None else len(items) - 1, request.get(DIALECT)
        tail: dict[str, object] = {"usage": asked.usage(given)}
        if spoken is not None and spoken.cost is not None:
            tail["usage"] = {**asked.usage(given), "cost": round(spoken.cost * given, 6)}
        if asked.safety_identifier:
            tail["safety_identifier"] = asked.safety_identifier
        body = [
            json.dumps(head).encode()[:-1] + f',"{"data" if spoken is None else spoken.container}":['.encode(),
            *_joined(items),
            b"]," + json.dumps(tail).encode()[1:],
        ]
        headers = {"content-type": "application/json", "x-request-id": self.request_id(), "x-ratelimit-limit-requests": "100"}
        headers["x-ratelimit-remaining-requests"] = "99"
        return await self.send(request, status, headers, body)

    async def send(self, request: web.Request, status: int, headers: dict[str, str], body: list[bytes]) -> web.StreamResponse:
        response = web.StreamResponse(status=status, headers={**headers, "content-length": str(sum(map(len, body)))})
        with contextlib.suppress(ConnectionResetError):  # whoever asked is gone, such as a killed bot
            await response.prepare(request)
            for part in body:
                for start in range(0, len(part), _SLICE):
                    await response.write(part[start : start + _SLICE])
            await response.write_eof()
        return response

    async def stream(self, request: web.Request, asked: Asked, error: object = None) -> web.StreamResponse:
        """An event stream: for each picture the unfinished ones, then the finished one, or `error` in its place."""
        kind = "image_edit" if asked.references else "image_generation"
        response = web.StreamResponse(headers={"content-type": "text/event-stream; charset=utf-8", "x-request-id": self.request_id()})
        await response.prepare(request)
        facts = {
            "created_at": int(self.now()),
            "size": asked.size,
            "quality": asked.quality,
            "background": "opaque",
            "output_format": "png",
        }
        for index in range(asked.n):
            for partial in range(asked.partial_images):
                unfinished = (await self.draw(replace(asked, prompt=f"{partial + 1}: {asked.prompt}"), index)).decode("ascii")
                event = {"type": f"{kind}.partial_image", "partial_image_index": partial, "b64_json": unfinished, **facts}
                await response.write(_event(event))
                await asyncio.sleep(self.pace.partial)
            if error is not None:
                await response.write(_event({"type": "error", **(error if isinstance(error, dict) else {})}))
                break
            picture = (await self.draw(asked, index)).decode("ascii")
            usage = asked.usage(1)
            await response.write(_event({"type": f"{kind}.completed", "b64_json": picture, "usage": usage, **facts}))
        await response.write_eof()
        return response

    async def draw(self, asked: Asked, index: int) -> bytes:
        behind = asked.references[0] if asked.references else None
        return await self.off_loop(lambda: draw_base64(asked.prompt, asked.width, asked.height, index, behind))

    async def off_loop(self, work: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._drawing, work)


def _joined(items: list[bytes]) -> list[bytes]:
    """Join items with commas without making one big copy."""
    return [part for at, item in enumerate(items) for part in ((b",", item) if at else (item,))]


def _event(value: dict[str, object]) -> bytes:
    return f"event: {value['type']}\ndata: {json.dumps(value)}\n\n".encode()
