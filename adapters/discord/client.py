"""discord.py client: one intent, no mentions, interactions dispatched to their handlers, and none left unanswered.

Unreadable frames and unparsable events cost a reconnect or one event, never the process: discord.py lets any exception of its receive
loop escape from `Client.connect`. Here, such a connection is closed resumably and reopened after a growing pause, while the REST session
stays in use. An event whose parser fails is skipped, because it would recur with every session. The content of frames is never logged.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable
from typing import Any, Protocol, runtime_checkable

import aiohttp
import discord
import structlog
import yarl
from discord.gateway import DiscordWebSocket, KeepAliveHandler, ReconnectWebSocket

from adapters.discord import commands, departures
from adapters.discord.answers import AnyInteraction
from adapters.discord.callers import PLATFORM
from adapters.discord.intake import Intake
from adapters.discord.render import ActionButton
from adapters.discord.settings import DiscordSettings
from bot.adapter import Context, Turn
from bot.egress import Egress
from bot.ports import Ports
from bot.supervise import Watch, places_of

log = structlog.get_logger()

IDENTIFY_EVERY = 5.0
"""Seconds between two IDENTIFYs of a bucket, a Discord rule."""
SPARE = 0.25
"""Seconds added for differing clocks and the way to Discord, if several processes share the buckets."""


def point_at(settings: DiscordSettings) -> None:
    """Configure the library's addresses, which are global to the process."""
    discord.http.Route.BASE = settings.api_base
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(settings.gateway_url)
    install()
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # the bot doesn't use voice
    # Below INFO, the library logs interaction tokens.
    logger = logging.getLogger("discord")
    logger.setLevel(max(logger.getEffectiveLevel(), logging.INFO))


def outgoing(settings: DiscordSettings, egress: Egress) -> dict[str, Any]:
    """Options for `discord.Client`: certificates and proxy from the egress rule.

    Call it inside the running loop; the client closes the connector. discord.py supports a single proxy, so the one for its API is also
    used for the gateway.
    """
    return {"connector": aiohttp.TCPConnector(limit=0, ssl=egress.context()), "proxy": egress.proxy(settings.api_base)}


class LocalTurns:
    """A queue for each name, within this process."""

    def __init__(self, ports: Ports) -> None:
        self._ports, self._next = ports, dict[str, float]()

    async def __call__(self, name: str, every: float) -> float:
        now = self._ports.monotonic()
        at = max(now, self._next.get(name, now))
        self._next[name] = at + every
        return at - now


class Identifies:
    """When each shard may IDENTIFY. A turn that came before its connection was ready to use it is booked once, not at each attempt."""

    def __init__(self, turn: Turn, ports: Ports, application: int = 0, at_once: int = 1, *, shared: bool = False) -> None:
        self._turn, self._ports, self._application, self._at_once = turn, ports, application, max(1, at_once)
        self._every = IDENTIFY_EVERY + (SPARE if shared else 0.0)
        self._booked: dict[int, float] = {}

    async def wait(self, shard: int) -> None:
        now = self._ports.monotonic()
        at = self._booked.get(shard, now - 1.0)
        if at < now:
            at = now + await self._turn(f"discord:{self._application}:{shard % self._at_once}", self._every)
            self._booked[shard] = at
        await asyncio.sleep(max(0.0, at - self._ports.monotonic()))
        self._booked.pop(shard, None)


class ImagineClient(discord.Client):
    def __init__(
        self,
        settings: DiscordSettings,
        context: Context,
        intake: Intake,
        connected: Callable[[], None],
        permissions_changed: Callable[[int | None], Awaitable[None]],
        **sharding: Any,
    ) -> None:
        super().__init__(
            intents=discord.Intents(guilds=True),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_ratelimit_timeout=30.0,
            http_trace=intake.answers.tries.trace(),
            enable_debug_events=False,
            heartbeat_timeout=LOST,
            **outgoing(settings, context.egress),
            **sharding,
        )
        self.settings, self.intake, self.core, self.answers = settings, intake, intake.core, intake.answers
        self.interactions, self.welcome = intake.interactions, intake.interactions.welcome
        self._known_commands = context.data_dir / "discord" / "commands.sha256"
        self._connected, self._permissions_changed = connected, permissions_changed
        self._identifies = Identifies(LocalTurns(context.ports), context.ports)
        self._servers: set[str] = set()
        """Servers that are noted, or about to be."""
        self.gateway_watch = context.supervisor.watch("discord:gateway", longest=LONGEST_PAUSE)
        self.gateway_link = context.supervisor.link("discord:gateway")
        self._events = context.supervisor.watch("discord:events")
        guard_parsers(self, self._events)
        departures.report_servers(self)
        self.tree = commands.build(self, commands.offer(self.core.options()))
        self.add_dynamic_items(ActionButton)

    async def setup_hook(self) -> None:
        assert self.application_id is not None
        done = await commands.sync(self.tree, self.application_id, self.settings.api_base, self._known_commands)
        log.info("discord_commands", registered=done)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Wait only as long as Discord's rule requires, instead of always five seconds."""
        await self._identifies.wait(shard_id or 0)

    async def on_connect(self) -> None:
        self.gateway_link.set(True)
        self._connected()

    async def on_resumed(self) -> None:
        self.gateway_link.set(True)

    async def on_disconnect(self) -> None:
        self.gateway_link.set(False)

    def on_gateway_silent(self, shard_id: int | None, seconds: float) -> None:
        """Discord hasn't answered a heartbeat, although the connection seems to stand."""
        self.gateway_link.set(False, seconds)

    def on_gateway_heard(self, shard_id: int | None) -> None:
        """Discord answers again on a connection that was silent."""
        self.gateway_link.set(True)

    async def on_interaction(self, interaction: AnyInteraction) -> None:
        """Handle forms, which the library forgets at a restart, and presses that it couldn't match."""
        if interaction.type is discord.InteractionType.component:
            await self.interactions.component(interaction)
        elif interaction.type is discord.InteractionType.modal_submit:
            await (self.intake if self.intake.is_own(interaction) else self.interactions).submitted(interaction)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """The bot was removed from a server, or the server is gone. An outage of Discord is another event."""
        ended = await self.core.community_left(PLATFORM, str(guild.id))
        log.info("discord_guild_left", guild=guild.id, requests=ended)
        self._servers.discard(str(guild.id))
        await self.core.note_communities(PLATFORM, str(self.application_id), (), [str(guild.id)])

    async def on_guild_join(self, guild: discord.Guild) -> None:
        if str(guild.id) not in self._servers:
            self._servers.add(str(guild.id))
            await self.core.note_communities(PLATFORM, str(self.application_id), [str(guild.id)])

    async def on_guild_available(self, guild: discord.Guild) -> None:
        """Within seconds of a session's beginning, the library says this of a new server too."""
        await self.on_guild_join(guild)

    async def on_servers(self, told: departures.ServerList) -> None:
        self._servers |= told.servers
        await departures.look(self, self.core, told)

    async def on_guild_channel_update(self, before: Any, after: discord.abc.GuildChannel) -> None:
        await self._permissions_changed(after.id)

    async def on_guild_role_update(self, before: discord.Role, after: discord.Role) -> None:
        if before.permissions != after.permissions:
            await self._permissions_changed(None)

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        error = sys.exc_info()[1]
        if error is not None:
            self._events.failed(error)


# ---- the guarded gateway connection ---------------------------------------------------------------------------------------------

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
BEAT = 10.0
"""Maximum seconds between two heartbeats: a connection that went silent shows with the next one. Discord allows two frames a second."""
SILENT = 12.0
"""Seconds without a frame after which a connection counts as down."""
LOST = 30.0
"""Seconds without a frame after which it's closed and opened again."""


class QuickKeepAlive(KeepAliveHandler):
    """discord.py's heartbeat, more often, and with word of a connection that is silent."""

    def __init__(self, *, ws: DiscordWebSocket, interval: float | None = None, shard_id: int | None = None) -> None:
        super().__init__(ws=ws, interval=interval, shard_id=shard_id)
        self.stated = interval
        """The interval that Discord named."""
        self.silent = False
        self._client = _client_of(ws)
        self._heard = self._now()
        if interval is not None and HEARTBEATS[0] <= interval <= HEARTBEATS[1]:
            self.interval = min(interval, BEAT)

    def get_payload(self) -> dict[str, Any]:
        """Called before each heartbeat, from the thread that sends them."""
        seconds = self._now() - self._heard
        if seconds > SILENT and not self.silent:
            self.silent = True
            self.ws.loop.call_soon_threadsafe(self._client.on_gateway_silent, self.shard_id, seconds)
        return super().get_payload()

    def tick(self) -> None:
        super().tick()
        self._heard = self._now()
        if self.silent:
            self.silent = False
            self._client.on_gateway_heard(self.shard_id)

    def _now(self) -> float:
        return self._client.gateway_watch.ports.monotonic()


class GatewaySocket(DiscordWebSocket):
    """discord.py's connection with a guarded receive loop."""

    async def poll_event(self) -> None:
        watch = _client_of(self).gateway_watch
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
    gateway_watch: Watch

    def on_gateway_silent(self, shard_id: int | None, seconds: float) -> None: ...

    def on_gateway_heard(self, shard_id: int | None) -> None: ...


def _client_of(socket: DiscordWebSocket) -> GuardedClient:
    client = getattr(socket._dispatch, "__self__", None)  # from `Client.dispatch`, set by the library
    assert isinstance(client, GuardedClient)
    return client


def _check_heartbeat(socket: DiscordWebSocket) -> None:
    beat = socket._keep_alive
    if isinstance(beat, QuickKeepAlive) and not HEARTBEATS[0] <= (beat.stated or 0.0) <= HEARTBEATS[1]:
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
    discord.gateway.KeepAliveHandler = QuickKeepAlive  # type: ignore[assignment,misc]  # the name that a connection looks up
    discord.client.DiscordWebSocket = GatewaySocket  # type: ignore[misc]  # the name that `Client.connect` looks up
    discord.shard.DiscordWebSocket = GatewaySocket  # type: ignore[misc]  # the same for shards


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
