"""Key rotation: SIGHUP reads the settings again and gives the image services' new keys to the running providers.

Calls in progress finish with the old key. Settings other than keys take effect at the next start.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import structlog

from bot.greeting import greet
from bot.lifecycle import Bot
from bot.providers.http_provider import HttpProvider
from bot.requests.stranded_tasks import note_key

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Reloaded:
    """What the settings say now."""

    keys: Mapping[str, str]
    """Name of an image service, as in `Request.service` -> its key."""
    problems: Sequence[str] = ()
    """Why the settings can't be used; the old keys stay then."""


class KeyHolder(Protocol):
    """The provider, as far as its key is concerned."""

    def use_key(self, api_key: str) -> bool: ...


@dataclass(slots=True)
class KeyRotation:
    """Listener for SIGHUP on the running loop."""

    read: Callable[[], Reloaded]
    """Reads environment, `.env` and files of secrets, and makes the logs redact what it found."""
    holders: Mapping[str, KeyHolder]
    """The running providers, by the name of their service."""
    check: Callable[[], Coroutine[Any, Any, None]] | None = None
    """Notes the new keys, asks the service whether it accepts its own, for free, and notifies operators."""
    _checking: set[asyncio.Task[None]] = field(default_factory=set)

    def listen(self) -> None:
        """Handle SIGHUP from now on."""
        with contextlib.suppress(NotImplementedError, RuntimeError, AttributeError):
            asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, self.rotate)

    def rotate(self) -> None:
        """Read the settings and take over new keys. A wrong setting changes nothing."""
        found = self.read()
        if found.problems:
            log.error("settings_not_reloaded", problems=list(found.problems))
            return
        replaced = [name for name, holder in self.holders.items() if (key := found.keys.get(name)) and holder.use_key(key)]
        log.info("key_replaced" if replaced else "key_unchanged", services=[name or "default" for name in replaced])
        if replaced and self.check is not None:
            task = asyncio.get_running_loop().create_task(self.check(), name="key-check")
            self._checking.add(task)
            task.add_done_callback(self._checking.discard)


def rotation_of(bot: Bot, provider: HttpProvider, read: Callable[[], Reloaded]) -> KeyRotation:
    async def check() -> None:
        bot.writes.begin(lambda tx: note_key(tx, bot.services.half_price_key))
        if provider.has_models:
            await greet(provider.list_models, bot.ledger, bot.notices)

    return KeyRotation(read, {one.name: one.provider for one in bot.services if isinstance(one.provider, HttpProvider)}, check)
