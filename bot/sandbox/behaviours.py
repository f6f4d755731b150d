"""Faults that need more than a status and a body: slow and broken connections, tasks, download URLs, partial results.

`faults.py` decides which call meets which fault.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial

from aiohttp import web
from cachetools import FIFOCache

from bot.sandbox.answers import ResponseWriter
from bot.sandbox.asked import Asked
from bot.sandbox.draw import draw, draw_base64
from bot.sandbox.faults import Fault
from bot.sandbox.refusals import HTML, REFUSALS

_KEPT = 100
"""Number of tasks and files to keep; the oldest are dropped first."""


@dataclass(slots=True)
class _Task:
    asked: Asked
    fault: Fault
    polls: int = 0
    turned_away: int = 0
    """How many polls were told to come back later."""


@dataclass(slots=True)
class _File:
    content: bytes
    failures: int
    """How many times it's reported as missing first; -1 for always."""
    retry_after: float | None = None
    """Those times it isn't missing: whoever fetches it is told to come back after so many seconds."""


class Behaviours:
    """Produces faults, and stores the tasks and files that answers refer to."""

    def __init__(self, answers: ResponseWriter) -> None:
        self._answers = answers
        self._tasks: FIFOCache[str, _Task] = FIFOCache(_KEPT)
        self._files: FIFOCache[str, _File] = FIFOCache(_KEPT)

    async def give(self, request: web.Request, asked: Asked, fault: Fault) -> web.StreamResponse:
        if fault.delay:
            await asyncio.sleep(fault.delay)
        if fault.name == "safety_output" and asked.stream:
            # The check of the output comes after the unfinished pictures.
            error = json.loads(REFUSALS[fault.name].text({"request_id": self._answers.request_id()}))
            return await self._answers.stream(request, asked, error)
        if fault.name in REFUSALS:
            facts = {"model": asked.model, "size": asked.size, "quality": asked.quality, "n": asked.n, "length": len(asked.prompt)}
            return await self._answers.refuse(request, fault.name, fault.retry_after, **facts)
        return await BEHAVIOURS[fault.name].answer(self, request, asked, fault)

    async def _slow(self, request: web.Request, asked: Asked, fault: Fault) -> web.StreamResponse:
        if fault.delay is None:
            await asyncio.sleep(self._answers.pace.slow)
        return await self._answers.pictures(request, asked)

    async def _hang(self, request: web.Request, asked: Asked, fault: Fault) -> web.StreamResponse:
        await asyncio.Event().wait()
        raise AssertionError("nobody sets it")

    async def _drip(self, request: web.Request, asked: Asked, fault: Fault) -> web.StreamResponse:
        response = await self._open(request)
        while True:
            await response.write(b" ")
            await asyncio.sleep(self._answers.pace.drip)

    async def _endless(self, request: web.Request, asked: Asked, fault: Fault) -> web.StreamResponse:
        response = await self._open(request)
        await response.write(b'{"data":[')
        while True:
            await response.write(b'{"x":1},' * 8000)

    async def _network_reset(self, request: web.Request, asked: Asked, fault: Fault) -> web.StreamResponse:
        _break_off(request)
        return web.Response()

    async def _cut(self, request: web.Request, asked: Asked, fault: Fault) -> web.StreamResponse:
        response = web.StreamResponse(headers={"content-type": "application/json", "content-length": "100000"})
        await response.prepare(request)
        await response.write(b'{"created": 1, "data": [{"b64_json": "iVBORw0KGgo')
        if request.transport is not None:
            request.transport.close()
        return response

    async def _redirect(self, request: web.Request, asked: Asked, fault: Fault) -> web.StreamResponse:
        return web.Response(status=307, headers={"location": "/elsewhere"})

    async def _gzip(self, request: web.Request, asked: Asked, fault: Fault) -> web.StreamResponse:
        body = await self._answers.off_loop(lambda: gzip.compress(b'{"data":[]}' + b" " * 20_000_000))
        return await self._answers.send(request, 200, {"content-type": "application/json", "content-encoding": "gzip"}, [body])

    async def _partial(self, request: web.Request, asked: Asked, fault: Fault) -> web.StreamResponse:
        return await self._answers.pictures(request, asked, left_out=1)

    async def _partial_safety(self, request: web.Request, asked: Asked, fault: Fault) -> web.StreamResponse:
        # Volcengine's Seedream gives a reason for each missing picture.
        message = "The request failed because the output image may contain sensitive information."
        last = {"error": {"code": "OutputImageSensitiveContentDetected", "message": message}}
        return await self._answers.pictures(request, asked, left_out=1, last=last)

    async def _corrupt_image(self, request: web.Request, asked: Asked, fault: Fault) -> web.StreamResponse:
        picture = await self._answers.draw(asked, 0)
        half = picture[: len(picture) // 8 * 4]
        return await self._answers.listed(request, asked, [b'{"b64_json":"' + half + b'"}'] * asked.n)

    async def _not_taken(self, request: web.Request, asked: Asked, fault: Fault) -> web.StreamResponse:
        return await self._answers.listed(
            request, asked, [b'{"b64_json":"PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4="}'] * asked.n
        )

    async def _download_failed_html(self, request: web.Request, asked: Asked, fault: Fault) -> web.StreamResponse:
        page = self.keep(request, b"<!doctype html><title>Not a picture</title>")
        return await self._answers.listed(request, asked, [json.dumps({"url": page}).encode()] * asked.n)

    async def _jpeg(self, request: web.Request, asked: Asked, fault: Fault) -> web.StreamResponse:
        items = []
        for index in range(asked.n):
            jpeg = await self._answers.off_loop(partial(draw_base64, asked.prompt, asked.width, asked.height, index, None, "JPEG"))
            items.append(b'{"b64_json":"data:image/jpeg;base64,' + jpeg + b'"}')
        return await self._answers.listed(request, asked, items)

    async def _url(self, request: web.Request, asked: Asked, fault: Fault) -> web.StreamResponse:
        return await self._addresses(request, asked, failures=0)

    async def _download_failed(self, request: web.Request, asked: Asked, fault: Fault) -> web.StreamResponse:
        return await self._addresses(request, asked, failures=-1 if fault.times is None else fault.times)

    async def _download_busy(self, request: web.Request, asked: Asked, fault: Fault) -> web.StreamResponse:
        wait = self._answers.pace.retry_after if fault.retry_after is None else fault.retry_after
        return await self._addresses(request, asked, failures=-1 if fault.times is None else fault.times, retry_after=wait)

    async def _addresses(self, request: web.Request, asked: Asked, failures: int, retry_after: float | None = None) -> web.StreamResponse:
        items = []
        for index in range(asked.n):
            content = await self._answers.off_loop(partial(draw, asked.prompt, asked.width, asked.height, index))
            items.append(json.dumps({"url": self.keep(request, content, failures, retry_after)}).encode())
        return await self._answers.listed(request, asked, items)

    async def _task(self, request: web.Request, asked: Asked, fault: Fault) -> web.StreamResponse:
        # The task object of sub2api and of resellers that return one.
        task_id = f"task_sandbox{self._answers.number()}"
        self._tasks[task_id] = _Task(asked, fault)
        body = {"id": task_id, "task_id": task_id, "object": "image.generation.task", "status": "processing"}
        body["poll_url"] = f"/v1/images/tasks/{task_id}"
        headers = {"content-type": "application/json", "location": body["poll_url"], "retry-after": "1"}
        return await self._answers.send(request, 202, headers, [json.dumps(body).encode()])

    async def poll(self, request: web.Request) -> web.StreamResponse:
        """GET /v1/images/tasks/{id}."""
        task_id = request.match_info["task"]
        task = self._tasks.get(task_id)
        if task is None or task.fault.name == "task_lost":
            return web.json_response({"code": 404, "reason": "TASK_NOT_FOUND", "message": "Task not found", "metadata": {}}, status=404)
        if task.fault.name == "task@busy" and (task.fault.times is None or task.turned_away < task.fault.times):
            task.turned_away += 1
            return await self._answers.refuse(request, "rate_limited", task.fault.retry_after, model=task.asked.model)
        task.polls += 1
        if task.fault.name == "task_failed" and task.polls > 1:
            error = {"code": "content_policy_violation", "message": "The prompt was rejected by content moderation."}
            return web.json_response({"id": task_id, "object": "image.generation.task", "status": "failed", "error": error})
        if task.fault.name == "task_running_timeout" or task.polls < 3:
            body = {"id": task_id, "object": "image.generation.task", "status": "processing"}
            return web.json_response(body, headers={"retry-after": "1"})
        drawn = [(await self._answers.draw(task.asked, index)).decode("ascii") for index in range(task.asked.n)]
        result = {
            "created": int(self._answers.now()),
            "data": [{"b64_json": picture} for picture in drawn],
            "usage": task.asked.usage(task.asked.n),
        }
        return web.json_response({"id": task_id, "object": "image.generation.task", "status": "completed", "result": result})

    async def file(self, request: web.Request) -> web.StreamResponse:
        """GET /_sandbox/files/{name}."""
        file = self._files.get(request.match_info["name"])
        if file is None or file.failures:
            if file is not None and file.failures > 0:
                file.failures -= 1
            if file is not None and file.retry_after is not None:
                return await self._answers.refuse(request, "rate_limited", file.retry_after)
            return web.json_response({"RetCode": -148654, "ErrMsg": "file not exist"}, status=404)
        kind = HTML if file.content.startswith(b"<") else "image/png"
        return web.Response(body=file.content, headers={"content-type": kind})

    def keep(self, request: web.Request, content: bytes, failures: int = 0, retry_after: float | None = None) -> str:
        """Store a file and return its URL; `failures` is how often it's reported as missing first, -1 for always."""
        name = f"{self._answers.number()}.png"
        self._files[name] = _File(content, failures, retry_after)
        return f"http://{request.host}/_sandbox/files/{name}"

    async def _open(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"content-type": "application/json"})
        await response.prepare(request)
        return response


def _break_off(request: web.Request) -> None:
    """Reset the connection without closing it cleanly, as networks do."""
    transport = request.transport
    if transport is None:
        return
    raw = transport.get_extra_info("socket")
    if raw is not None:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


@dataclass(frozen=True, slots=True)
class Behaviour:
    says: str
    """Description for docs/sandbox.md."""
    answer: Callable[[Behaviours, web.Request, Asked, Fault], Awaitable[web.StreamResponse]]


BEHAVIOURS: Mapping[str, Behaviour] = {
    "slow": Behaviour("takes its time, then works", Behaviours._slow),
    "hang": Behaviour("takes the request and never answers", Behaviours._hang),
    "drip": Behaviour("answers one byte at a time, without end", Behaviours._drip),
    "endless": Behaviour("answers as fast as it can, without end", Behaviours._endless),
    "network_reset": Behaviour("breaks the connection off before an answer", Behaviours._network_reset),
    "malformed_response@cut": Behaviour("breaks the connection off in the middle of an answer", Behaviours._cut),
    "redirect": Behaviour("answers with a redirect to another path", Behaviours._redirect),
    "gzip": Behaviour("answers in gzip, 20 MB in 20 kB, although nobody asked for it", Behaviours._gzip),
    "url": Behaviour("answers with an address instead of the picture", Behaviours._url),
    "jpeg": Behaviour("answers with a JPEG, as base64 with a data: prefix", Behaviours._jpeg),
    "partial": Behaviour("one picture fewer than asked for, and no word why", Behaviours._partial),
    "partial_safety": Behaviour("the last picture is blocked by the output check", Behaviours._partial_safety),
    "corrupt_image": Behaviour("half a picture", Behaviours._corrupt_image),
    "not_taken": Behaviour("a drawing (SVG) where the picture should be", Behaviours._not_taken),
    "download_failed@html": Behaviour("an address with a page of HTML where the picture should be", Behaviours._download_failed_html),
    "download_failed": Behaviour(
        "an address under which nothing lies; with *N only the first N times it is fetched", Behaviours._download_failed
    ),
    "download_failed@busy": Behaviour(
        "an address whose host asks to come back later; with *N only the first N times it is fetched", Behaviours._download_busy
    ),
    "task": Behaviour("a task that is finished when it is asked for the third time", Behaviours._task),
    "task@busy": Behaviour("a task whose polls are asked to come back later; with *N only the first N of them", Behaviours._task),
    "task_running_timeout": Behaviour("a task that never ends", Behaviours._task),
    "task_lost": Behaviour("a task that nobody remembers", Behaviours._task),
    "task_failed": Behaviour("a task that ends blocked by moderation", Behaviours._task),
}
