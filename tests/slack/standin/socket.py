"""Socket Mode: tickets, hello, ping and pong, envelopes to any one connection, redelivery of events, refreshes and cuts."""

from __future__ import annotations

import asyncio
import itertools
import json
import secrets
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

from tests.platforms.faults import How
from tests.slack.standin.api import Call
from tests.slack.standin.world import Event

if TYPE_CHECKING:
    from tests.slack.standin.server import StandIn

MOST_CONNECTIONS = 10


class Line:
    """One open WebSocket."""

    def __init__(self, ws: web.WebSocketResponse, number: int) -> None:
        self.ws, self.number = ws, number
        self.leaving = False
        """Told to reconnect: nothing new is sent to it while there is another."""
        self.gone = False
        """Cut, although this side may not have noticed yet."""
        self.silent = False
        """Answers no ping and sends nothing, as a connection behind a dead router."""
        self.sent: set[str] = set()

    @property
    def usable(self) -> bool:
        return not self.ws.closed and not self.leaving


class Socket:
    """All connections of the one app."""

    def __init__(self, standin: StandIn) -> None:
        self.standin, self.world = standin, standin.world
        self.lines: list[Line] = []
        self.tickets: set[str] = set()
        self.envelopes: dict[str, Event] = {}
        self.acks: list[tuple[str, Any]] = []
        self.others = 0
        """Connections of somebody else on the same token; told in `hello`."""
        self.redeliver_after = 3.0
        """An event that was not acknowledged for so long is sent again, three times at most."""
        self.strict_acks = False
        """An acknowledgement counts only on the connection that carried the envelope."""
        self.opened = 0
        self.pings = 0
        self._turn = itertools.count()
        self._tasks: set[asyncio.Task[None]] = set()

    # ---- connections ---------------------------------------------------------------------------------------------------------

    def ticket(self) -> str:
        found = secrets.token_hex(12)
        self.tickets.add(found)
        return f"{self.standin.base.replace('http', 'ws', 1)}/link/?ticket={found}&app_id=A0STANDIN1"

    async def connect(self, request: web.Request) -> web.StreamResponse:
        fault = self.standin.faults.find("link", {})
        if fault is not None:
            if fault.how in (How.CUT, How.LOST) and request.transport is not None:
                request.transport.abort()
            return web.Response(status=fault.status)
        self.standin.api.calls.append(Call("link", dict(request.query), "", self.world.now()))
        if request.query.get("ticket") not in self.tickets:
            return web.Response(status=404)
        self.tickets.discard(request.query["ticket"])
        ws = web.WebSocketResponse(autoping=False, max_msg_size=1 << 20)
        await ws.prepare(request)
        line = Line(ws, self.opened)
        self.opened += 1
        self.lines.append(line)
        try:
            await self._hello(line)
            await self.world.notify()
            async for message in ws:
                if message.type is WSMsgType.PING and not line.silent:
                    self.pings += 1
                    await ws.pong(message.data)
                elif message.type is WSMsgType.TEXT and not line.silent:
                    await self._received(line, message.data)
        finally:  # a connection that breaks cancels this handler
            self.lines.remove(line)
            await self.world.notify()
        return ws

    async def _hello(self, line: Line) -> None:
        if len(self.usable) + self.others > MOST_CONNECTIONS:
            await self._tell(line, "too_many_websockets")
        hello = {
            "type": "hello",
            "num_connections": len(self.usable) + self.others,
            "debug_info": {"host": "applink-standin", "build_number": 1, "approximate_connection_time": 18060},
            "connection_info": {"app_id": "A0STANDIN1"},
        }
        await line.ws.send_str(json.dumps(hello))

    @property
    def usable(self) -> list[Line]:
        return [one for one in self.lines if one.usable]

    @property
    def connected(self) -> bool:
        return bool(self.usable)

    async def _received(self, line: Line, text: str) -> None:
        try:
            found = json.loads(text)
            envelope = found["envelope_id"]
        except (ValueError, TypeError, KeyError):
            self.world.violation(f"a frame that is no acknowledgement: {text[:200]!r}")
            return
        self.acks.append((envelope, found.get("payload")))
        event = self.envelopes.get(envelope)
        if event is None:
            self.world.violation(f"an acknowledgement of an envelope that was never sent: {envelope!r}")
        elif envelope in line.sent or not self.strict_acks:
            self.standin.acks.taken(event, found.get("payload"))
        await self.world.notify()

    # ---- delivery ------------------------------------------------------------------------------------------------------------

    async def deliver(self, event: Event, line: Line | None = None) -> None:
        """Send a payload to one connection; events come again until they are acknowledged."""
        if event.kind == "events_api":
            self._later(self._insist(event))
            return
        if not await self._send(event, line):
            event.refused = 0
            await self.world.notify()

    async def again(self, event: Event) -> None:
        """The same payload once more, although it was sent before."""
        await self._send(event, None, attempt=1)

    async def _insist(self, event: Event) -> None:
        for attempt in range(4):
            await self._send(event, None, attempt=attempt)
            await asyncio.sleep(self.redeliver_after)
            if event.acked:
                return

    async def _send(self, event: Event, line: Line | None, *, attempt: int = 0) -> bool:
        envelope = f"{secrets.token_hex(4)}-{len(self.envelopes):04x}-4000-8000-{secrets.token_hex(6)}"
        self.envelopes[envelope] = event
        told: dict[str, Any] = {"envelope_id": envelope, "type": event.kind, "payload": event.payload}
        told["accepts_response_payload"] = event.kind == "slash_commands" or event.payload.get("type") == "view_submission"
        if event.kind == "events_api":
            told |= {"retry_attempt": attempt, "retry_reason": "timeout" if attempt else ""}
        for _ in range(len(self.lines) + 1):
            usable = self.usable or [one for one in self.lines if not one.ws.closed and not one.gone]
            chosen = line or (usable[next(self._turn) % len(usable)] if usable else None)
            if chosen is None:
                return False
            chosen.sent.add(envelope)
            event.deliveries += 1
            try:
                if not chosen.silent:
                    await chosen.ws.send_str(json.dumps(told))
            except (ConnectionError, RuntimeError):
                chosen.leaving = chosen.gone = True
                continue
            return True
        return False

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # ---- trouble -------------------------------------------------------------------------------------------------------------

    async def _tell(self, line: Line, reason: str) -> None:
        line.leaving = True
        await line.ws.send_str(json.dumps({"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-standin"}}))

    async def disconnect(self, reason: str = "refresh_requested", line: Line | None = None) -> Line:
        """Ask one connection (the oldest) to go; `link_disabled` is for all of them."""
        chosen = line or self.usable[0]
        for one in self.usable if reason == "link_disabled" else [chosen]:
            await self._tell(one, reason)
        return chosen

    async def refresh(self, line: Line | None = None) -> Line:
        """As every few hours: a warning, and the connection is replaced."""
        return await self.disconnect("warning", line)

    def cut(self, line: Line | None = None) -> Line:
        """The connection breaks without a word."""
        chosen = line or self.usable[0]
        chosen.leaving = chosen.gone = True
        request = chosen.ws._req
        if request is not None and request.transport is not None:
            request.transport.abort()
        return chosen

    def silence(self, line: Line | None = None) -> Line:
        """The connection stays open and is dead."""
        chosen = line or self.usable[0]
        chosen.silent = True
        return chosen

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        for line in list(self.lines):
            await line.ws.close(code=1001)
