"""Robust gateway connection: unreadable frames and unparsable events cost a reconnect or one event, never the process.

discord.py lets any exception of its receive loop escape from `Client.connect`. Here, such a connection is closed resumably and reopened
after a growing pause, while the REST session stays in use. An event whose parser fails is skipped, because it would recur with every
session. The content of frames is never logged.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Protocol, runtime_checkable

import aiohttp
import discord
import structlog
from discord.gateway import DiscordWebSocket, ReconnectWebSocket

from bot.supervise import Watch, places_of

log = structlog.get_logger()

OF_THE_LIBRARY = (
    *(discord.HTTPException, discord.GatewayNotFound, discord.ConnectionClosed, ReconnectWebSocket),
    *(aiohttp.ClientError, OSError, TimeoutError),
)
"""Exceptions that `Client.connect` handles itself, by reconnecting or deliberately ending."""
FRAMES_RESUMED = 3
"""Consecutive unreadable frames after which the session is no longer resumed: the server would replay them."""
SESSION_EVENTS = frozenset({"READY", "RESUMED"})
"""Events without which a session is useless."""
LONGEST_PAUSE = 40.0
"""Maximum seconds between two connections. discord.py allows a minute for connecting, which includes the pause."""
HEARTBEATS = (1.0, 600.0)
"""Allowed range in seconds for Discord's heartbeat interval (normally 41); less would flood Discord."""


class GatewaySocket(DiscordWebSocket):
    """discord.py's connection with a guarded receive loop."""

    async def poll_event(self) -> None:
        watch = _watch_of(self)
        try:
            await super().poll_event()
            _check_heartbeat(self)
        except OF_THE_LIBRARY:
            raise
        except Exception as error:
            pause = watch.failed(error)
            await self.close(code=4000)
            await asyncio.sleep(pause)
            raise ReconnectWebSocket(self.shard_id, resume=watch.failures <= FRAMES_RESUMED) from None
        watch.works()


@runtime_checkable
class GuardedClient(Protocol):
    """A discord.py client whose gateway connection is supervised."""

    gateway_watch: Watch


def _watch_of(socket: DiscordWebSocket) -> Watch:
    client = getattr(socket._dispatch, "__self__", None)  # from `Client.dispatch`, set by the library
    assert isinstance(client, GuardedClient)
    return client.gateway_watch


def _check_heartbeat(socket: DiscordWebSocket) -> None:
    beat = socket._keep_alive
    if beat is not None and not HEARTBEATS[0] <= (beat.interval or 0.0) <= HEARTBEATS[1]:
        raise ValueError("heartbeat interval")


class _WithoutContent(logging.Filter):
    """Drops the library's one log line that quotes a frame: an unknown opcode can be any text."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.msg == "Unknown OP code %s." and record.args:
            record.args = tuple(one if isinstance(one, int) else type(one).__name__ for one in record.args)
        return True


_FILTER = _WithoutContent()


def install() -> None:
    """Make every client of this process use the guarded connection."""
    logging.getLogger(DiscordWebSocket.__module__).addFilter(_FILTER)
    discord.client.DiscordWebSocket = GatewaySocket  # type: ignore[misc]  # the name that `Client.connect` looks up


def guard_parsers(client: discord.Client, watch: Watch) -> None:
    """Skip events whose parser fails, and report each kind of event once."""
    parsers: dict[str, Callable[[Any], Any]] = client._connection.parsers
    logged: set[str] = set()

    def guarded(event: str, parse: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def parsed(data: Any) -> Any:
            try:
                found = parse(data)
            except Exception as error:
                if event not in logged:
                    logged.add(event)
                    log.warning("discord_event_left_out", kind=event, error=type(error).__name__, at=places_of(error))
                    watch.failed(type(error).__name__)
                return None
            watch.works()
            return found

        return parsed

    for event, parse in list(parsers.items()):
        if event not in SESSION_EVENTS:
            parsers[event] = guarded(event, parse)
