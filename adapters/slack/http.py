"""Slack over HTTP: bolt behind the guard, on one address, served inside the bot's own event loop.

Events, commands and presses all come to `/slack/events`. What bolt does not acknowledge is answered with an error, so that Slack sends
events again; what makes a request genuine is the guard's matter.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
from collections.abc import Callable, Iterator
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


class _Server(uvicorn.Server):
    """uvicorn without its hands on the process's signals: the composition root owns them."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(app: AsyncApp, *, signing_secret: str, host: str, port: int, ports: Ports, ready: Callable[[int], None]) -> None:
    """Until cancelled; then closes within a second. Calls `ready(port)` once requests can come.

    Raises SetupProblem when the address cannot be had or there is no secret.
    """
    if not signing_secret.strip():
        raise SetupProblem(text("slack.setup.http.no_secret"))
    sock = listen(host, port)
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
    server = _Server(config)
    running = asyncio.create_task(server.serve([sock]), name="slack-http")
    try:
        while not server.started:
            if running.done():
                raise SetupProblem(text("slack.setup.http.start_failed"), may_pass=True)
            await asyncio.sleep(0.01)
        ready(int(sock.getsockname()[1]))
        await asyncio.shield(running)
    finally:
        server.should_exit = True
        await asyncio.wait([running], timeout=STOP_WITHIN)
        guard.stop()
        with contextlib.suppress(asyncio.CancelledError, SystemExit):
            await running
        sock.close()


def listen(host: str, port: int) -> socket.socket:
    """A bound socket. Raises SetupProblem with what to do when the address cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host.strip("[]"), port))
        sock.listen(128)
        sock.setblocking(False)
    except (OSError, UnicodeError, TypeError) as error:  # the latter two: a name that cannot be one
        sock.close()
        taken = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
        raise SetupProblem(_why_not(error, host, port), may_pass=taken) from error
    return sock


def _why_not(error: Exception, host: str, port: int) -> str:
    if isinstance(error, PermissionError):
        return text("slack.setup.http.port_forbidden", port=port)
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        return text("slack.setup.http.port_in_use", port=port, host=host)
    return text("slack.setup.http.host_unknown", host=host)
