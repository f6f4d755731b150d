"""The smallest app on the real bolt: everything is recorded and acknowledged, nothing is done. For tests of what lies under bolt."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import http
from adapters.slack.sockets import Sockets
from bot.ports import SystemPorts
from tests.slack.standin.server import StandIn

ANYTHING = re.compile(".*", re.DOTALL)


class Echo:
    """What came in, in order, and the sentences for the operator."""

    def __init__(self, slack: StandIn, session: aiohttp.ClientSession) -> None:
        self.slack = slack
        self.heard: list[str] = []
        self.warnings: list[str] = []
        self.greetings = 0
        self.before_ack: Callable[[dict[str, Any]], Awaitable[None]] | None = None
        client = AsyncWebClient(token=slack.workspace.token, base_url=f"{slack.base}/api/", session=session)
        self.app = AsyncApp(client=client, signing_secret=slack.world.signing_secret, process_before_response=True)
        for register in (self.app.command, self.app.action, self.app.view, self.app.event):
            register(ANYTHING)(self._listen)
        self.sockets = Sockets(self.app, slack.world.app_token, SystemPorts(), warn=self.warnings.append)
        self.running: asyncio.Task[None] | None = None

    async def _listen(self, ack: Callable[[], Awaitable[None]], body: dict[str, Any]) -> None:
        if self.before_ack is not None:
            await self.before_ack(body)
        self.heard.append(body.get("text") or body.get("event", {}).get("text") or body.get("type") or "")
        await ack()
        await self.slack.world.notify()

    def connected(self) -> None:
        self.greetings += 1

    async def stop(self) -> None:
        if self.running is not None:
            self.running.cancel()
            await asyncio.gather(self.running, return_exceptions=True)


@contextlib.asynccontextmanager
async def over_sockets(slack: StandIn, connections: int = 2, *, wait: bool = True) -> AsyncIterator[Echo]:
    """The echo over Socket Mode, with every connection up."""
    async with aiohttp.ClientSession() as session:
        echo = Echo(slack, session)
        echo.sockets = Sockets(echo.app, slack.world.app_token, SystemPorts(), connections, warn=echo.warnings.append)
        echo.running = asyncio.create_task(echo.sockets.run(echo.connected))
        try:
            if wait:
                await slack.until(lambda: len(slack.socket.usable) == connections, what="the connections")
            yield echo
        finally:
            await echo.stop()


@contextlib.asynccontextmanager
async def over_http(slack: StandIn) -> AsyncIterator[Echo]:
    """The echo as a server that the stand-in calls."""
    async with aiohttp.ClientSession() as session:
        echo = Echo(slack, session)
        port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        secret = slack.world.signing_secret
        work = http.serve(echo.app, signing_secret=secret, host="127.0.0.1", port=0, ports=SystemPorts(), ready=port.set_result)
        echo.running = asyncio.create_task(work)
        slack.through, slack.http.address = "http", f"http://127.0.0.1:{await port}/slack/events"
        try:
            yield echo
        finally:
            await echo.stop()
