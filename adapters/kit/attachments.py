"""Download of attached files with retries, within the minute that the core allows."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from bot.domain.attachments import NotFetched

PAUSES = (0.5, 2.0, 6.0)
"""Seconds before each further try."""


async def fetch_with_retries(fetch: Callable[[], Awaitable[bytes]]) -> bytes:
    """Fetch a file, several times if need be. Raises NotTaken at once, and NotFetched at once unless it may pass."""
    for pause in PAUSES:
        try:
            return await fetch()
        except NotFetched as problem:
            if problem.why != "failed":
                raise
        await asyncio.sleep(pause)
    return await fetch()
