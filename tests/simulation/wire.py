"""The network between httpx and the simulated provider, down to HTTP bytes: a backend for httpcore's pool, an h11 server at the far end.

What is on its way stays on its way: a request whose last byte was written arrives even when the process that wrote it is dead by then.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

import h11
import httpcore
import httpx

from tests.simulation.loop import Life, SimLoop, current_life

FLIGHT = 0.02
"""Seconds that bytes travel in each direction."""
PIECE = 1400
"""Bytes that a read gives at most, so that parsers meet every kind of boundary."""


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """What arrived at the provider's server."""

    method: str
    host: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What the server sends, and how it goes wrong on the way."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    think: float = 0.0
    """Seconds between the request's arrival and the first byte of the answer."""
    drip: float = 0.0
    """Seconds between pieces of the body; 0 sends it at once."""
    pieces: int = 1
    cut: float | None = None
    """Share of the bytes after which the connection breaks; 0 breaks it instead of an answer."""
    reset: bool = True
    """How a cut looks: a reset, or an orderly end too early."""
    silent: bool = False
    """No answer, ever; the connection stays open."""
    hang_up: bool = False
    """The server closes the connection after the answer."""


class Exchange(Protocol):
    """The far side's record of one request; told what became of its answer."""

    def answer(self) -> HttpAnswer: ...

    def received(self, life: Life) -> None:
        """The last byte of the answer has reached a living process."""

    def abandoned(self) -> None:
        """The client closed the connection before the answer was complete."""


@dataclass(frozen=True, slots=True)
class ConnectFault:
    """Why a connection does not come about: `refused`, `dns`, `tls` or `hang`."""

    kind: str


class Network(Protocol):
    """The world as the wire needs it."""

    loop: SimLoop

    async def boundary(self, site: str) -> None:
        """A named point at which the process may die; does not return then."""

    def connect_fault(self, host: str) -> ConnectFault | None: ...

    def arrive(self, request: HttpRequest, life: Life) -> Exchange:
        """The server has read a whole request."""

    def outside(self, delay: float, callback: Callable[..., None], *args: Any) -> None:
        """Schedules something that happens whether or not the process lives."""


class SimStream(httpcore.AsyncNetworkStream):
    """One connection: written bytes go to h11's server side, read bytes come out of a buffer that the server fills in virtual time."""

    def __init__(self, network: Network, host: str) -> None:
        self._network = network
        self._host = host
        self._life = current_life()
        self._server = h11.Connection(h11.SERVER)
        self._request: h11.Request | None = None
        self._body = b""
        self._incoming: deque[bytes] = deque()
        self._waiter: asyncio.Future[None] | None = None
        self._ended = False
        self._broken = False
        self._closed = False
        self._exchange: Exchange | None = None
        self._unread = 0
        """Bytes of the current answer that the client has not read yet, counting those that are still on their way."""

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if not buffer:
            return
        if self._request is None:
            await self._network.boundary("http-before")
        if self._broken:
            raise httpcore.WriteError("[Errno 104] Connection reset by peer")
        self._server.receive_data(buffer)
        if self._read_request():
            request = self._whole_request()
            self._unread = 0
            self._network.outside(FLIGHT, self._arrive, request)
            await self._network.boundary("http-sent")

    def _read_request(self) -> bool:
        """Feeds h11; True when a request is complete."""
        while True:
            event = self._server.next_event()
            if event in (h11.NEED_DATA, h11.PAUSED):
                return False
            if isinstance(event, h11.Request):
                self._request, self._body = event, b""
            elif isinstance(event, h11.Data):
                self._body += bytes(event.data)
            elif isinstance(event, h11.EndOfMessage):
                return True

    def _whole_request(self) -> HttpRequest:
        assert self._request is not None
        return HttpRequest(
            method=self._request.method.decode(),
            host=self._host,
            path=self._request.target.decode(),
            headers={name.decode().lower(): value.decode() for name, value in self._request.headers},
            body=self._body,
        )

    def _arrive(self, request: HttpRequest) -> None:
        """The world's side: the request has reached the server, which now thinks and answers."""
        assert self._life is not None
        self._request = None
        if self._ended:  # the server had closed an idle connection: nobody reads this request
            self._break()
            return
        self._exchange = self._network.arrive(request, self._life)
        answer = self._exchange.answer()
        if answer.silent:
            self._unread = 1
            return
        raw = self._serialise(answer)
        pieces = _split(raw, answer.pieces)
        self._unread = sum(map(len, pieces))
        at = answer.think + FLIGHT
        limit = None if answer.cut is None else int(len(raw) * answer.cut)
        sent = 0
        for piece in pieces:
            if limit is not None and sent + len(piece) > limit:
                self._network.outside(at, self._feed, piece[: limit - sent])
                self._network.outside(at, self._break if answer.reset else self._end)
                return
            self._network.outside(at, self._feed, piece)
            sent += len(piece)
            at += max(answer.drip, 1e-6)  # timers of the same moment have no order
        if answer.hang_up:
            self._network.outside(at, self._end)

    def _serialise(self, answer: HttpAnswer) -> bytes:
        headers = [(name.encode(), value.encode()) for name, value in answer.headers.items()]
        headers.append((b"content-length", str(len(answer.body)).encode()))
        if answer.hang_up:
            headers.append((b"connection", b"close"))
        raw = self._server.send(h11.Response(status_code=answer.status, headers=headers))
        raw = (raw or b"") + (self._server.send(h11.Data(data=answer.body)) or b"")
        raw += self._server.send(h11.EndOfMessage()) or b""
        if self._server.our_state is h11.DONE:
            self._server.start_next_cycle()
        return raw

    def _feed(self, data: bytes) -> None:
        if data:
            self._incoming.append(data)
        self._wake()

    def _break(self) -> None:
        self._broken = True
        self._wake()

    def _end(self) -> None:
        self._ended = True
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        loop = self._network.loop
        deadline = None if timeout is None else loop.time() + timeout
        while not self._incoming:
            if self._broken:
                raise httpcore.ReadError("")
            if self._ended:
                return b""
            self._waiter = loop.create_future()
            try:
                async with asyncio.timeout_at(deadline):
                    await self._waiter
            except TimeoutError:
                raise httpcore.ReadTimeout("") from None
            finally:
                self._waiter = None
        data = self._incoming.popleft()
        size = min(max_bytes, PIECE)
        if len(data) > size:
            self._incoming.appendleft(data[size:])
            data = data[:size]
        self._unread -= len(data)
        if self._unread == 0 and self._exchange is not None and self._life is not None:
            exchange, self._exchange = self._exchange, None
            await self._network.boundary("http-answered")
            exchange.received(self._life)
        return data

    async def aclose(self) -> None:
        if not self._closed:
            self._closed = True
            if self._exchange is not None:
                exchange, self._exchange = self._exchange, None
                exchange.abandoned()

    async def start_tls(self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None) -> SimStream:
        fault = self._network.connect_fault(f"tls:{self._host}")
        if fault is not None and fault.kind == "tls":
            raise httpcore.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired (_ssl.c:1006)")
        return self

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable":
            return self._ended or self._broken or bool(self._incoming)
        if info == "server_addr":
            return ("203.0.113.7", 443)
        return None


class SimBackend(httpcore.AsyncNetworkBackend):
    """Connects to the simulated world's servers and to nothing else."""

    def __init__(self, network: Network) -> None:
        self._network = network

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> SimStream:
        fault = self._network.connect_fault(host)
        if fault is None:
            await asyncio.sleep(FLIGHT)
            return SimStream(self._network, host)
        if fault.kind == "hang":
            await asyncio.sleep(1e6 if timeout is None else timeout)
            raise httpcore.ConnectTimeout("")
        await asyncio.sleep(FLIGHT)
        if fault.kind == "dns":
            raise httpcore.ConnectError("[Errno -3] Temporary failure in name resolution") from socket.gaierror(
                -3, "Temporary failure in name resolution"
            )
        raise httpcore.ConnectError("All connection attempts failed")

    async def connect_unix_socket(self, *_: Any, **__: Any) -> SimStream:
        raise httpcore.ConnectError("simulation: no unix sockets")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Handed to the pool so that it does not load a certificate store for each life; the stream's `start_tls` encrypts nothing."""


def transport(network: Network) -> httpx.AsyncHTTPTransport:
    """httpx's own transport over httpcore's own pool; only the sockets are simulated."""
    made = httpx.AsyncHTTPTransport.__new__(httpx.AsyncHTTPTransport)
    made._pool = httpcore.AsyncConnectionPool(
        ssl_context=_NO_TLS,
        max_connections=100,
        max_keepalive_connections=20,
        keepalive_expiry=30.0,
        network_backend=SimBackend(network),
    )
    return made


def _split(raw: bytes, pieces: int) -> list[bytes]:
    size = max(1, -(-len(raw) // max(1, pieces)))
    return [raw[start : start + size] for start in range(0, len(raw), size)]
