"""Isolation of adapters: each one is served on its own, and again after growing pauses if it ends with an exception.

A problem that only the operator can fix (SetupProblem) ends the process at start, and later if no other platform works.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

import structlog

from bot.adapter import Adapter, AttachmentSource, ReplacesPictures, SetupProblem
from bot.core import Core
from bot.domain.attachments import NotFetched
from bot.supervise import Supervisor

log = structlog.get_logger()

LONGEST_PAUSE = 300.0
"""Maximum seconds between two attempts to serve a failing adapter."""


@dataclass(slots=True)
class Platforms:
    """The connected adapters of one process."""

    adapters: Mapping[str, Adapter]
    core: Core
    supervisor: Supervisor
    ready: Callable[[str], None]
    """Called once per platform with the adapter's ready sentence."""
    _connected: set[str] = field(default_factory=set)
    """Platforms that have been ready since the process started."""
    _down: set[str] = field(default_factory=set)
    """Platforms that wait for the operator."""

    async def run(self) -> None:
        """Serve until cancelled. Raises SetupProblem."""
        tasks = [asyncio.create_task(self._keep(name, adapter), name=f"adapter-{name}") for name, adapter in self.adapters.items()]
        if not tasks:
            await asyncio.Event().wait()  # this process only works for the others
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _keep(self, name: str, adapter: Adapter) -> None:
        watch = f"{name}:adapter"
        self.supervisor.watch(watch, longest=LONGEST_PAUSE)
        link = self.supervisor.link(name)

        def ready(sentence: str) -> None:
            link.set(True)
            self._down.discard(name)
            if name in self._connected:
                log.info("platform_connected_again", platform=name)
                return
            self._connected.add(name)
            self.ready(sentence)

        async def serve() -> None:
            try:
                await adapter.serve(self.core, ready)
            finally:
                link.set(False)

        def fatal(error: Exception) -> bool:
            if not isinstance(error, SetupProblem):
                return False
            self._down.add(name)
            if name not in self._connected or self._down >= set(self.adapters):
                return True
            log.error("platform_needs_the_operator", platform=name, what_to_do=str(error))
            return False

        await self.supervisor.keep(watch, serve, fatal=fatal)


def shows_previews(adapter: object) -> bool:
    """Whether a platform shows unfinished pictures: only where a later edit replaces them."""
    return isinstance(adapter, ReplacesPictures) and adapter.replaces_pictures


def fetcher_of(adapters: Mapping[str, Adapter]) -> Callable[[str, Mapping[str, str]], Awaitable[bytes]]:
    """Fetches attached files from the platform that they came from."""

    async def fetch(platform: str, handle: Mapping[str, str]) -> bytes:
        source: object = adapters.get(platform)
        if not isinstance(source, AttachmentSource):
            raise NotFetched("failed")
        return await source.fetch_attachment(handle)

    return fetch
