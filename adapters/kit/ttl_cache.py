"""TTL cache for a platform's answers; concurrent callers share one query."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import structlog
from cachetools import FIFOCache

from adapters.kit.errors import Classify
from bot.ports import Ports

log = structlog.get_logger()

MOST = 5000
"""Maximum number of cached answers."""

V = TypeVar("V")


@dataclass(slots=True)
class TtlCache(Generic[V]):
    """Answers by query."""

    platform: str
    ports: Ports
    ask: Callable[[str], Awaitable[V]]
    life: float
    """Seconds for which an answer is valid, from the time of the query."""
    classify: Classify
    _known: FIFOCache[str, tuple[float, V]] = field(default_factory=lambda: FIFOCache(MOST))
    _asking: dict[str, asyncio.Task[V]] = field(default_factory=dict)

    async def get(self, key: str, within: float) -> V | None:
        """The answer; None if the platform doesn't answer within this many seconds."""
        known = self._known.get(key)
        if known is not None and self.ports.monotonic() < known[0] + self.life:
            return known[1]
        try:
            async with asyncio.timeout(within):
                return await asyncio.shield(self._query_of(key))
        except Exception as error:
            classified = self.classify(error)
            detail = type(error).__name__ if classified is None else classified.detail
            log.warning(f"{self.platform}_does_not_say", asked=key, error=detail)
            return None

    def last_known(self, key: str) -> V | None:
        known = self._known.get(key)
        return None if known is None else known[1]

    def _query_of(self, key: str) -> asyncio.Task[V]:
        asking = self._asking.get(key)
        if asking is None:
            asking = self._asking[key] = asyncio.ensure_future(self._ask(key))
            asking.add_done_callback(lambda task: self._forget_query(key, task))
        return asking

    async def _ask(self, key: str) -> V:
        begun = self.ports.monotonic()
        found = await self.ask(key)
        self._known[key] = (begun, found)
        return found

    def _forget_query(self, key: str, task: asyncio.Task[V]) -> None:
        self._asking.pop(key, None)
        if not task.cancelled():
            task.exception()  # mark the exception as retrieved, even if nobody is waiting
