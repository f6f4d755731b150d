"""Listens for the other processes' wake-ups, on a connection and a thread of its own."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable

import psycopg
import structlog

from bot.ledger import announcing
from bot.ledger.announcing import EVERYTHING, Wakes
from bot.ledger.participant import Participant
from bot.ledger.postgres import CONNECT
from bot.ledger.server import LedgerServer

log = structlog.get_logger()

LOOK = 0.5
"""Seconds between two looks whether to stop."""
PAUSE = 1.0
"""Seconds before it connects again."""


class WakeUpListener:
    """From `start` until `stop`. What was sent while it wasn't connected is lost, so a new connection wakes everything."""

    def __init__(self, server: LedgerServer, participant: Participant, deliver: Callable[[Wakes], None]) -> None:
        self._server, self._participant, self._deliver = server, participant, deliver
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Listen in the background. Event loop only."""
        loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._run, args=(loop,), name="ledger-listener", daemon=True)
        self._thread.start()

    async def stop(self) -> None:
        self._stopping.set()
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join)

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        while not self._stopping.is_set():
            try:
                self._listen(loop)
            except psycopg.Error as error:
                log.warning("listener_lost", error=type(error).__name__)
                self._stopping.wait(PAUSE)

    def _listen(self, loop: asyncio.AbstractEventLoop) -> None:
        name = f"imagine-bot {self._participant.id[:12]} listening"
        with psycopg.connect(self._server.url, autocommit=True, application_name=name, **CONNECT) as connection:  # type: ignore[arg-type]
            connection.execute(f"LISTEN {announcing.CHANNEL}")
            self._hand_on(loop, [(EVERYTHING, EVERYTHING, None)])
            while not self._stopping.is_set():
                for heard in connection.notifies(timeout=LOOK):
                    sender, wakes = announcing.read(heard.payload)
                    if sender != self._participant.id:
                        self._hand_on(loop, wakes)

    def _hand_on(self, loop: asyncio.AbstractEventLoop, wakes: Wakes) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(self._deliver, wakes)
