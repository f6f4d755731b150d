"""Socket Mode: several connections of one app, replaced one at a time, each new one up before the old one closes.

Independent of commands: envelopes go to bolt, and its answers go back. A problem that the operator must fix is a SetupProblem before the
first connection; later it's a warning, and attempts continue.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any

import aiohttp
import structlog
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.socket_mode.request import SocketModeRequest

from adapters.kit.errors import NETWORK
from adapters.slack import checks
from adapters.slack.connection import CLOSE_WITHIN, ENDED, HEARTBEAT, Connection, NoHello
from adapters.slack.errors import code_of
from bot.adapter import SetupProblem
from bot.ports import Ports
from bot.supervise import Supervisor
from bot.texts import text

log = structlog.get_logger()

AGAIN: tuple[float, ...] = (0.5, 1.0, 2.0, 5.0, 10.0, 15.0)
"""Seconds between connection attempts while Slack is unreachable."""
REFUSED_AGAIN = 60.0
"""Seconds between attempts while Slack rejects the app token that it accepted before."""
MOST_WAIT = 120.0
"""Maximum seconds that Slack may ask to wait before the next attempt."""
OPEN_WITHIN = 15.0
"""Seconds from requesting an address to hello."""
SHORT_LIVED = 5.0
"""Seconds. A connection that ends sooner without a reason is followed by the next one after a growing pause."""
MOST_OPENED, OPENED_IN = 30, 60.0
"""Maximum connections opened without a pause, and the period in seconds; Slack allows fifty a minute (apps.connections.open, Tier 3)."""
QUIET, LINGER = 1.0, 10.0
"""Seconds after which a replaced connection is closed: without an envelope, and at most. Slack itself closes it soon after its warning."""
ELSEWHERE_WITHIN = 2.5
"""Seconds to find another connection for an acknowledgement that couldn't be sent; a command expires after three."""
DRAIN = 1.0
"""Seconds for envelopes in progress at shutdown."""
FOREIGN_AFTER = 60.0
"""Seconds after which unknown connections count as foreign; Slack still counts those of a killed process for a while."""
FOREIGN_AGAIN = 600.0
"""Seconds between checks for foreign connections."""


class Sockets:
    """Keeps `connections` connections of one app alive."""

    def __init__(
        self,
        app: AsyncApp,
        app_token: str,
        ports: Ports,
        connections: int = 2,
        warn: Callable[[str], None] | None = None,
        supervisor: Supervisor | None = None,
        proxy_for: Callable[[str], str | None] = lambda url: None,
    ) -> None:
        """`warn` receives sentences for the operator in addition to the log: somebody else uses the app token, Socket Mode was switched
        off."""
        watched = supervisor or Supervisor(ports)
        self._frames, self._links = watched.watch("slack:envelopes"), watched.watch("slack:connection")
        self._link = watched.link("slack:connection")
        self._app, self._token, self._ports = app, app_token, ports
        self._count, self._on_warning, self._proxy_for = connections, warn, proxy_for
        self._session: aiohttp.ClientSession | None = None
        self._opening = asyncio.Lock()
        self._alive: list[Connection] = []
        self._lingering: set[asyncio.Task[None]] = set()
        self._working: set[asyncio.Task[Any]] = set()
        """Envelopes in progress, including those whose connection is gone."""
        self._changed = asyncio.Event()
        """Set, and replaced by a new one, when a connection is up."""
        self._opened: deque[float] = deque(maxlen=MOST_OPENED)
        self._up = asyncio.Event()
        """Set with the first hello; the other connections are opened after it."""
        self._foreign_since: float | None = None
        self._warned = False
        self._complained: set[str] = set()
        self._connected: Callable[[], None] = lambda: None

    @property
    def alive(self) -> int:
        """Number of receiving connections, including those about to be closed."""
        return sum(not one.ended.is_set() for one in self._alive)

    async def run(self, connected: Callable[[], None]) -> None:
        """Run until cancelled. `connected()` is called once, at the first connection's hello.

        Raises SetupProblem if Slack rejects the app token before that.
        """
        self._connected = connected
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=OPEN_WITHIN)
        async with aiohttp.ClientSession(timeout=timeout) as self._session:
            tasks = [asyncio.create_task(self._keep(number), name="slack-connection") for number in range(self._count)]
            tasks.append(asyncio.create_task(self._check_foreign_connections(), name="slack-strangers"))
            try:
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
            finally:
                await self._end(tasks)

    # ---- one of the connections ----------------------------------------------------------------------------------------------

    async def _keep(self, number: int) -> None:
        """Maintain one connection: open it, wait until it has to be replaced, open the next."""
        if number:
            await self._up.wait()
        old: Connection | None = None
        broken = 0
        """Consecutive connections that ended immediately."""
        while True:
            new = await self._open_at_last()
            if old is not None:
                self._let_go(old)
            old = new
            reason = await new.parting
            self._note_state()
            log.info("slack_connection_parts", reason=reason, lived=round(self._ports.monotonic() - new.opened, 1))
            if reason == "link_disabled":
                self._complain("slack_socket_mode_off", text("slack.setup.socket.link_disabled"))
            if reason == "too_many_websockets":  # its slot must be free before another one can connect
                await self._close(new)
            elif reason == ENDED and self._ports.monotonic() - new.opened < SHORT_LIVED:
                broken = min(broken + 1, len(AGAIN))
                await asyncio.sleep(AGAIN[broken - 1] * self._ports.uniform(0.8, 1.2))
                continue
            broken = 0

    async def _open_at_last(self) -> Connection:
        """Open a connection, however long it takes. One at a time, while the others keep running."""
        failed = 0
        async with self._opening:
            while True:
                await self._pacing()
                try:
                    return await self._open()
                except SetupProblem as problem:
                    if not self._up.is_set():
                        raise
                    self._complain("slack_refused", str(problem))
                    error, wait = "refused", REFUSED_AGAIN
                except checks.NotReachable as failure:
                    error, wait = str(failure), min(failure.after or 0.0, MOST_WAIT)
                except NETWORK as failure:
                    error, wait = f"{type(failure).__name__} {failure}" if isinstance(failure, NoHello) else type(failure).__name__, 0.0
                except Exception as failure:  # an unreadable answer, or a bug in the library or here
                    error, wait = type(failure).__name__, self._links.failed(failure)
                self._note_state()
                log.warning("slack_not_connected", error=error, tries=failed + 1, connections=self.alive)
                pause = AGAIN[min(failed, len(AGAIN) - 1)] * self._ports.uniform(0.8, 1.2)
                failed += 1
                await asyncio.sleep(max(wait, pause))

    async def _pacing(self) -> None:
        """Limit connection attempts if a server drops every connection immediately."""
        if len(self._opened) == MOST_OPENED:
            await asyncio.sleep(max(0.0, self._opened[0] + OPENED_IN - self._ports.monotonic()))
        self._opened.append(self._ports.monotonic())

    async def _open(self) -> Connection:
        assert self._session is not None
        client = self._app.client
        async with asyncio.timeout(OPEN_WITHIN):
            address = await checks.app_token(client, self._token)
            socket = await self._session.ws_connect(
                address,
                heartbeat=HEARTBEAT,
                timeout=aiohttp.ClientWSTimeout(ws_close=CLOSE_WITHIN),
                proxy=self._proxy_for(address),
                ssl=client.ssl if client.ssl is not None else True,
            )
            connection = Connection(socket, self._ports, self._handle, self._elsewhere, self._frames.failed)
            self._alive.append(connection)
            try:
                self._on_hello(await connection.greeting())
            except BaseException:
                await self._close(connection)
                raise
        return connection

    def _note_state(self) -> None:
        self._link.set(any(one.usable and not one.ended.is_set() for one in self._alive))

    def _warn(self, event: str, sentence: str) -> None:
        log.warning(event, what_to_do=sentence)
        if self._on_warning is not None:
            self._on_warning(sentence)

    def _complain(self, event: str, sentence: str) -> None:
        """Warn the operator, once until a connection works again."""
        if event not in self._complained:
            self._complained.add(event)
            self._warn(event, sentence)

    def _on_hello(self, counted: int | None) -> None:
        self._complained.clear()
        self._links.works()
        self._link.set(True)
        self._count_foreign_connections(counted)
        self._changed.set()
        self._changed = asyncio.Event()
        if not self._up.is_set():
            self._up.set()
            self._connected()

    def _let_go(self, old: Connection) -> None:
        task = asyncio.create_task(self._retire(old), name="slack-connection-lingers")
        self._lingering.add(task)
        task.add_done_callback(self._lingering.discard)

    async def _retire(self, old: Connection) -> None:
        await old.linger(QUIET, LINGER)
        await self._close(old)

    async def _close(self, connection: Connection) -> None:
        await connection.close()
        if connection in self._alive:
            self._alive.remove(connection)

    # ---- envelopes -----------------------------------------------------------------------------------------------------------

    async def _handle(self, connection: Connection, request: SocketModeRequest) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._working.add(task)
        task.add_done_callback(self._working.discard)
        began = self._ports.now()
        response = await run_async_bolt_app(self._app, request)
        self._frames.works()
        if response.status != 200:  # send no frame: events are redelivered, and a command shows an error
            log.warning("slack_not_acknowledged", kind=code_of(request.type), status=response.status)
        await send_async_response(connection, request, response, began)

    async def _elsewhere(self, connection: Connection, message: str) -> None:
        """Send an acknowledgement on any other connection, even one that is being opened."""
        try:
            async with asyncio.timeout(ELSEWHERE_WITHIN):
                changed = self._changed
                while not await self._sent_by_another(connection, message):
                    await changed.wait()
                    changed = self._changed
            log.info("slack_ack_sent_elsewhere")
        except TimeoutError:
            log.warning("slack_ack_not_sent", connections=self.alive)

    async def _sent_by_another(self, connection: Connection, message: str) -> bool:
        for other in [*reversed(self._alive)]:
            if other is not connection and other.hello.done() and await other.try_send(message):
                return True
        return False

    # ---- somebody else's connections -----------------------------------------------------------------------------------------

    def _count_foreign_connections(self, counted: int | None) -> None:
        now = self._ports.monotonic()
        if counted is None or counted <= self.alive:
            self._foreign_since, self._warned = None, False
        elif self._foreign_since is None:
            self._foreign_since = now
        elif now - self._foreign_since >= FOREIGN_AFTER and not self._warned:
            self._warned = True
            self._warn("slack_app_token_shared", text("slack.setup.socket.shared", counted=counted, ours=self.alive))

    async def _check_foreign_connections(self) -> None:
        """Slack only states the count in hello: if it was too high, renew one connection a minute later to get it again."""
        while True:
            await asyncio.sleep(FOREIGN_AGAIN if self._warned else FOREIGN_AFTER * 1.05)
            if self._foreign_since is not None:
                for connection in self._alive[:1]:
                    connection.part("look_again")

    # ---- the end -------------------------------------------------------------------------------------------------------------

    async def _end(self, tasks: list[asyncio.Task[None]]) -> None:
        """Stop receiving, let envelopes in progress send their acknowledgement, and close all connections."""
        tasks = [*tasks, *self._lingering]
        for connection in self._alive:
            connection.stop_reading()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if working := [*self._working]:
            await asyncio.wait(working, timeout=DRAIN)
            for task in working:
                task.cancel()
            await asyncio.gather(*working, return_exceptions=True)
        await asyncio.gather(*(self._close(one) for one in [*self._alive]))
