"""The doors through which people reach the core: a stop waits for who is inside, and turns away who comes after."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator


class Doors:
    """Counts the calls that are under way. A press asks its platform between two transactions, so no transaction knows of it."""

    def __init__(self) -> None:
        self._inside = 0
        self._closed = False
        self._empty = asyncio.Event()
        self._empty.set()

    @contextlib.contextmanager
    def enter(self) -> Iterator[bool]:
        """Around one call: whether it may go on. False once the doors are closed."""
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
        """Let nobody in any more, and wait for who is inside: at most `within` seconds."""
        self._closed = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within):
                await self._empty.wait()
