"""The part of a start that can wait until the platforms listen."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.requests.questions import load as load_lint
from bot.responsiveness import resume_collection

LISTENING_WITHIN = 10.0
"""Seconds after which the start is finished even if no platform listens yet."""


@dataclass(slots=True)
class Startup:
    """The start of one process: `announce` is told when a platform listens, and `finish` waits for that."""

    ready: Callable[[str], None]
    """Called with each platform's ready sentence."""
    _listening: asyncio.Event = field(default_factory=asyncio.Event)

    def announce(self, sentence: str) -> None:
        """Pass on a platform's ready sentence."""
        self._listening.set()
        self.ready(sentence)

    async def finish(self) -> None:
        """Resume garbage collection and load the lint's libraries once a platform listens: before, both would delay it."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LISTENING_WITHIN):
                await self._listening.wait()
        resume_collection()
        await asyncio.to_thread(load_lint)
