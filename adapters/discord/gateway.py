"""The gateway connection: frames that cannot be read and events that cannot be parsed cost a reconnect or one event, never the process.

discord.py lets any exception of its receive loop out of `Client.connect`. Here such a connection is closed resumably, and made anew after
a growing pause while the REST session stays in use. A single event whose parser fails is left out, as it would come again with every
session. Nothing of a frame is ever logged.
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
"""What `Client.connect` answers by itself, with a reconnect or an end that it means."""
FRAMES_RESUMED = 3
"""Unreadable frames in a row after which the session is not resumed any more: the server would replay what cannot be read."""
SESSION_EVENTS = frozenset({"READY", "RESUMED"})
"""Events without which a session is of no use."""
LONGEST_PAUSE = 40.0
"""Seconds between two connections; discord.py gives a connection a minute to come up, and the pause lies within it."""
HEARTBEATS = (1.0, 600.0)
"""Seconds between which Discord's heartbeat interval must lie; it is 41. Less would flood Discord."""


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
class Watched(Protocol):
    """A client with a watch over its gateway connection."""

    gateway_watch: Watch


def _watch_of(socket: DiscordWebSocket) -> Watch:
    client = getattr(socket._dispatch, "__self__", None)  # of `Client.dispatch`, which the library puts there
    assert isinstance(client, Watched)
    return client.gateway_watch


def _check_heartbeat(socket: DiscordWebSocket) -> None:
    beat = socket._keep_alive
    if beat is not None and not HEARTBEATS[0] <= (beat.interval or 0.0) <= HEARTBEATS[1]:
        raise ValueError("heartbeat interval")


class _WithoutContent(logging.Filter):
    """The library's one line that repeats what a frame held: an opcode that it does not know may be any text."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.msg == "Unknown OP code %s." and record.args:
            record.args = tuple(one if isinstance(one, int) else type(one).__name__ for one in record.args)
        return True


_FILTER = _WithoutContent()


def install() -> None:
    """Let every client of this process use the guarded connection."""
    logging.getLogger(DiscordWebSocket.__module__).addFilter(_FILTER)
    discord.client.DiscordWebSocket = GatewaySocket  # type: ignore[misc]  # the name that `Client.connect` looks up


def guard_parsers(client: discord.Client, watch: Watch) -> None:
    """Leave out an event whose parser fails, and say so once per kind of event."""
    parsers: dict[str, Callable[[Any], Any]] = client._connection.parsers
    told: set[str] = set()

    def guarded(event: str, parse: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def parsed(data: Any) -> Any:
            try:
                found = parse(data)
            except Exception as error:
                if event not in told:
                    told.add(event)
                    log.warning("discord_event_left_out", kind=event, error=type(error).__name__, at=places_of(error))
                    watch.failed(type(error).__name__)
                return None
            watch.works()
            return found

        return parsed

    for event, parse in list(parsers.items()):
        if event not in SESSION_EVENTS:
            parsers[event] = guarded(event, parse)
