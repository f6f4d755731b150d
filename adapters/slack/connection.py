"""One Socket Mode connection: receives envelopes, reports announcements, sends acknowledgements. It never reconnects itself.

slack_sdk's own clients reconnect internally: they close the old socket before the new one is up, retry one address forever, and hide their
tasks. This is the SDK's base class with a single receive loop, so that `adapters.slack.sockets` can open the replacement first.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import structlog
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from adapters.slack.errors import code_of
from bot.ports import Ports

log = structlog.get_logger()

HEARTBEAT = 4.0
"""Seconds between pings. Half of this without a pong ends the connection, so a silent one is detected within six seconds."""
CLOSE_WITHIN = 1.0
"""Seconds for the closing handshake; Slack doesn't always answer it (node-slack-sdk 3.2.0)."""
ENDED = "ended"
"""Reason of a connection that ended without one."""

UNSENT = (aiohttp.ClientError, OSError, RuntimeError)
"""Raised by aiohttp if a frame can't be written."""


class NoHello(ConnectionError):
    """The connection ended before it was usable; the text is the reason, if one was given."""


class Connection(AsyncBaseSocketModeClient):
    """An open WebSocket. `handle` receives each envelope; `elsewhere` receives an acknowledgement that couldn't be sent here."""

    def __init__(
        self,
        socket: aiohttp.ClientWebSocketResponse,
        ports: Ports,
        handle: Callable[[Connection, SocketModeRequest], Awaitable[None]],
        elsewhere: Callable[[Connection, str], Awaitable[None]],
        on_error: Callable[[BaseException], object] = lambda error: None,
    ) -> None:
        """`on_error` is called for each envelope that couldn't be read or answered."""
        self.logger = logging.getLogger("slack_sdk.socket_mode")
        self.closed = False
        self._socket, self._ports = socket, ports
        self._handle, self._elsewhere, self._on_error = handle, elsewhere, on_error
        loop = asyncio.get_running_loop()
        self.hello: asyncio.Future[int | None] = loop.create_future()
        """Done when the server has sent hello, with its count of the app's connections if it states one."""
        self.parting: asyncio.Future[str] = loop.create_future()
        """Done with the reason when this connection has to be replaced. It may keep receiving for a while."""
        self.ended = asyncio.Event()
        """Nothing more is received."""
        self.opened = self.last = ports.monotonic()
        """When it was opened, and when the last envelope arrived."""
        self.listeners: set[asyncio.Task[None]] = set()
        self._reading = asyncio.create_task(self._read(), name="slack-socket")

    @property
    def usable(self) -> bool:
        """Whether an acknowledgement can be sent here."""
        return not self.closed and not self._socket.closed

    async def greeting(self) -> int | None:
        """The connection count from hello. Raises NoHello if the server disconnects instead."""
        waiting: set[asyncio.Future[Any]] = {self.hello, self.parting}
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        if self.hello.cancelled() or not self.hello.done():
            raise NoHello(self.parting.result())
        return self.hello.result()

    async def _read(self) -> None:
        try:
            async for message in self._socket:
                if message.type is aiohttp.WSMsgType.TEXT:
                    self._take(message.data)
                elif message.type is aiohttp.WSMsgType.ERROR:
                    break
        finally:
            self.ended.set()
            self.part(ENDED)
            self.hello.cancel()

    def _take(self, raw: str) -> None:
        try:
            message = json.loads(raw)
            kind = message["type"]
            request = None if kind in ("hello", "disconnect") else SocketModeRequest.from_dict(message)
        except Exception as error:
            log.warning("slack_envelope_malformed", length=len(raw), error=type(error).__name__)
            self._on_error(error)
            return
        if kind == "hello":
            count = message.get("num_connections")
            if not self.hello.done():
                self.hello.set_result(count if isinstance(count, int) and not isinstance(count, bool) else None)
        elif kind == "disconnect":
            self.part(code_of(message.get("reason")) or "unknown")
        elif request is not None:
            self.last = self._ports.monotonic()
            if not self.hello.done():  # a server that sends work has said hello
                self.hello.set_result(None)
            task = asyncio.create_task(self._listen(request), name="slack-envelope")
            self.listeners.add(task)
            task.add_done_callback(self.listeners.discard)

    async def _listen(self, request: SocketModeRequest) -> None:
        try:
            await self._handle(self, request)
        except Exception as error:  # one envelope must not affect the others
            log.warning("slack_envelope_failed", kind=code_of(request.type), error=type(error).__name__)
            self._on_error(error)

    def part(self, reason: str) -> None:
        if not self.parting.done():
            self.parting.set_result(reason)

    async def send_message(self, message: str) -> None:
        """Send an acknowledgement, on another connection of the app if this one can't anymore."""
        if not await self.try_send(message):
            await self._elsewhere(self, message)

    async def try_send(self, message: str) -> bool:
        if not self.usable:
            return False
        try:
            await self._socket.send_str(message)
        except UNSENT:
            return False
        return True

    async def linger(self, quiet: float, most: float) -> None:
        """Keep receiving until the server closes, or nothing has arrived for `quiet` seconds and nothing is being processed."""
        until = self._ports.monotonic() + most
        while not self.ended.is_set() and (now := self._ports.monotonic()) < until:
            if now - self.last >= quiet and not self.listeners:
                return
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(min(max(self.last + quiet - now, 0.05), until - now)):
                    await self.ended.wait()

    def stop_reading(self) -> None:
        """Stop receiving; acknowledgements can still be sent."""
        self._reading.cancel()

    async def close(self) -> None:
        self.closed = True
        with contextlib.suppress(*UNSENT, TimeoutError):
            async with asyncio.timeout(2 * CLOSE_WITHIN):
                await self._socket.close()
        self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)
        self.part(ENDED)
