"""The provider behind HTTP on 127.0.0.1: `POST /v1/images/generations`, as OpenAI has it. The pictures are 1x1 whatever was asked."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any

from aiohttp import web

from bench.provider.provider import Provider, Reply

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


class Server:
    """`now` is the loop's clock; scenario time starts with `start`."""

    def __init__(self, provider: Provider, now: Callable[[], float]) -> None:
        self.provider, self.now, self.start_time = provider, now, 0.0

    def t(self) -> float:
        """Scenario time."""
        return self.now() - self.start_time

    async def start(self) -> str:
        """The base address."""
        app = web.Application()
        app.router.add_post("/v1/images/generations", self.generate)
        self.runner = web.AppRunner(app, handler_cancellation=True, keepalive_timeout=36000, access_log=None)
        await self.runner.setup()
        site = web.TCPSite(self.runner, "127.0.0.1", 0, backlog=1024)
        await site.start()
        self.start_time = self.now()
        return f"http://127.0.0.1:{self.runner.addresses[0][1]}/v1"

    async def stop(self) -> None:
        """Close it."""
        await self.runner.cleanup()

    async def generate(self, request: web.Request) -> web.Response:
        """One exchange."""
        body: Any = await request.json()
        found = re.search(r"\[job:(\S+?)\]", str(body.get("prompt", "")))
        reply = self.provider.receive(self.t(), found[1] if found else "?")
        try:
            await asyncio.sleep(reply.after)
        except asyncio.CancelledError:
            self.provider.give_up(reply)
            raise
        self.provider.finish(reply, self.t())
        if reply.status == 0:
            if request.transport is not None:
                request.transport.abort()  # type: ignore[attr-defined]
            return web.Response(status=500)
        return web.json_response(_body(reply), status=reply.status, headers=reply.headers)


def _body(reply: Reply) -> dict[str, Any]:
    if reply.status == 200:
        return {"created": 1790000000, "data": [{"b64_json": PNG}], "usage": {"total_tokens": 1}}
    return {"error": error(reply)}


def error(reply: Reply) -> dict[str, Any]:
    """The error object of an answer that is not a picture."""
    found: dict[str, Any] = {"message": reply.message, "type": reply.type, "param": None, "code": reply.code}
    return found if reply.details is None else {**found, "details": reply.details}
