"""Wake-ups: "look at X, not before T". They carry no state; the sweep recovers lost ones.

A heap and one timer of the event loop. If several processes share the ledger, `bot/ledger/listener.py` passes on the others' wake-ups.
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable

import structlog

from bot.ports import Ports
from bot.supervise import places_of

log = structlog.get_logger()

LONGEST_SLEEP = 30.0
"""Seconds. Stored times may have moved since; looking early is harmless."""


class WakeUps:
    """In-process wake-ups. Due times are wall-clock times, waited for on the monotonic clock. Handlers must be fast and synchronous."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._handlers: dict[str, Callable[[str], None]] = {}
        self._heap: list[tuple[float, str, str]] = []
        self._timer: asyncio.TimerHandle | None = None
        self._armed_for = float("inf")

    def on(self, topic: str, handler: Callable[[str], None]) -> None:
        """Register the handler for a topic's rows."""
        self._handlers[topic] = handler

    def wake(self, topic: str, row: str, at: float | None = None) -> None:
        """Wake a row's handler, now (`at` is None or past) or at a wall-clock time."""
        left = 0.0 if at is None else at - self._ports.now()
        if left <= 0:
            self._look(topic, row)
            return
        at = self._ports.monotonic() + left
        heapq.heappush(self._heap, (at, topic, row))
        if at < self._armed_for or self._armed_for <= self._ports.monotonic():
            self._arm()

    def stop(self) -> None:
        """Cancel all wake-ups and accept no more."""
        self._handlers.clear()
        self._heap.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._armed_for = float("inf")
        if self._heap:
            self._armed_for = self._heap[0][0]
            delay = min(LONGEST_SLEEP, max(0.0, self._armed_for - self._ports.monotonic()))
            self._timer = asyncio.get_running_loop().call_later(delay, self._fire)

    def _fire(self) -> None:
        self._timer = None
        now = self._ports.monotonic()
        due: dict[tuple[str, str], None] = {}  # each row once, in order
        while self._heap and self._heap[0][0] <= now:
            _, topic, row = heapq.heappop(self._heap)
            due[topic, row] = None
        self._arm()
        for topic, row in due:
            self._look(topic, row)

    def _look(self, topic: str, row: str) -> None:
        handler = self._handlers.get(topic)
        if handler is None:
            return
        try:
            handler(row)
        except Exception as error:
            # One failing row must not cost the others their wake-up; the sweep will find it again.
            log.error("wake_up_failed", topic=topic, row=row, error=type(error).__name__, at=places_of(error))
