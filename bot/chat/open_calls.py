"""Admission control for people's calls into the core, so that shutdown can wait for calls in progress and reject new ones."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator


class OpenCalls:
    """Counts calls in progress. A button press queries its platform between two transactions, so no transaction knows about it."""

    def __init__(self) -> None:
        self._inside = 0
        self._closed = False
        self._empty = asyncio.Event()
        self._empty.set()

    @contextlib.contextmanager
    def enter(self) -> Iterator[bool]:
        """Wraps one call. Yields whether it may proceed; False after `close`."""
        if self._closed:
            yield False
            return
        self._inside += 1
        self._empty.clear()
        try:
            yield True
        finally:
            self._inside -= 1
            if self._inside == 0:
                self._empty.set()

    async def close(self, within: float) -> None:
        """Close admission and wait for calls in progress, for at most `within` seconds."""
        self._closed = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within):
                await self._empty.wait()
