"""Slack over HTTP: bolt behind the guard, at one address, inside the bot's event loop.

Events, commands and presses all arrive at `/slack/events`. Anything bolt doesn't acknowledge gets an error, so that Slack sends events
again; the guard verifies requests.
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
"""Seconds for requests in progress at shutdown; after that they're told to retry."""
MOST_AT_ONCE = 500
"""Maximum connections; further ones are told to retry, so that strangers can't fill the memory with bodies."""


class Handler(AsyncSlackRequestHandler):
    """bolt's ASGI handler with two fixes to its request parsing."""

    async def dispatch(self, request: AsgiHttpRequest) -> BoltResponse:
        body = await request.get_raw_body()
        try:
            found = AsyncBoltRequest(body=body, headers=request.get_headers())
        except Exception as error:  # bolt looks for team and channel in fields of any type
            log.warning("slack_request_unreadable", error=type(error).__name__)
            return BoltResponse(status=400)
        if not found.body:
            # bolt treats every form that contains the word "payload" as an interaction, and fails on `/imagine a rocket's payload`
            found.body = payloads.fields_of(body)
            found.context = build_async_context(AsyncBoltContext({}), found.body)
        return await self.app.async_dispatch(found)


async def serve(app: AsyncApp, *, signing_secret: str, host: str, port: int, ports: Ports, ready: Callable[[int], None]) -> None:
    """Serve until cancelled, then close within a second. Calls `ready(port)` once requests are accepted.

    Raises SetupProblem if the address isn't available or there is no secret.
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
