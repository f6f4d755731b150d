"""Slack over HTTP: bolt behind the guard, on one address, served inside the bot's own event loop.

Events, commands and presses all come to `/slack/events`. What bolt does not acknowledge is answered with an error, so that Slack sends
events again; what makes a request genuine is the guard's matter.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import structlog
import uvicorn
from slack_bolt.adapter.asgi.async_handler import AsyncSlackRequestHandler
from slack_bolt.adapter.asgi.http_request import AsgiHttpRequest
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.request.async_internals import build_async_context
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from adapters.kit import serving
from adapters.kit.listening import listening
from adapters.slack import payloads
from adapters.slack.guard import PATH, App, Guard
from bot.adapter import SetupProblem
from bot.ports import Ports
from bot.texts import text

log = structlog.get_logger()

STOP_WITHIN = 0.5
"""Seconds for requests that are being answered when the server stops; then they are told to come again."""
MOST_AT_ONCE = 500
"""Connections; more are told to come again, so that strangers cannot fill the memory with bodies."""


class Handler(AsyncSlackRequestHandler):
    """bolt's own ASGI handler, with two repairs of how it reads a request."""

    async def dispatch(self, request: AsgiHttpRequest) -> BoltResponse:
        body = await request.get_raw_body()
        try:
            found = AsyncBoltRequest(body=body, headers=request.get_headers())
        except Exception as error:  # bolt looks for team and channel in fields that may hold anything
            log.warning("slack_request_unreadable", error=type(error).__name__)
            return BoltResponse(status=400)
        if not found.body:
            # bolt takes every form with the word "payload" in it for an interaction, and `/imagine a rocket's payload` for nothing at all
            found.body = payloads.fields_of(body)
            found.context = build_async_context(AsyncBoltContext({}), found.body)
        return await self.app.async_dispatch(found)


async def serve(app: AsyncApp, *, signing_secret: str, host: str, port: int, ports: Ports, ready: Callable[[int], None]) -> None:
    """Until cancelled; then closes within a second. Calls `ready(port)` once requests can come.

    Raises SetupProblem when the address cannot be had or there is no secret.
    """
    if not signing_secret.strip():
        raise SetupProblem(text("slack.setup.http.no_secret"))
    sock = listening(host, port, "slack.setup.http")
    guard = Guard(cast(App, Handler(app, PATH)), signing_secret, ports)
    config = uvicorn.Config(
        guard,
        interface="asgi3",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=MOST_AT_ONCE,
        timeout_graceful_shutdown=1,
    )
    await serving.serve(
        config,
        sock,
        ready=lambda: ready(int(sock.getsockname()[1])),
        failed=text("slack.setup.http.start_failed"),
        stop_within=STOP_WITHIN,
        stop=guard.stop,
    )
