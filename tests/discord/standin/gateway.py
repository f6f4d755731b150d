"""The gateway side: HELLO, IDENTIFY, RESUME with replay, heartbeats, and on demand RECONNECT, closes and invalid sessions."""

from __future__ import annotations

import json
import time
import zlib
from typing import Any

from aiohttp import WSMsgType, web

from tests.discord.standin.world import Guild, World


class Session:
    """One gateway session; what it missed while nobody was connected is kept for a RESUME."""

    def __init__(self, identity: str) -> None:
        self.id = identity
        self.seq = 0
        self.log: list[dict[str, Any]] = []
        self.line: Line | None = None


class Line:
    """One open WebSocket, compressed as the client asked."""

    def __init__(self, ws: web.WebSocketResponse, compress: str) -> None:
        self.ws, self.compress = ws, compress
        self.closed_by_us = False
        """A close by the server leaves the session resumable, a client's 1000 or 1001 ends it."""
        self._zlib = zlib.compressobj()
        self._zstd: Any = None
        if compress == "zstd-stream":
            import zstandard

            self._zstd = zstandard.ZstdCompressor().compressobj()
            self._flush = zstandard.COMPRESSOBJ_FLUSH_BLOCK

    async def send(self, payload: dict[str, Any]) -> None:
        await self.send_text(json.dumps(payload).encode())

    async def send_text(self, text: bytes) -> None:
        """Any text, compressed as everything is."""
        if self._zstd is not None:
            await self.ws.send_bytes(self._zstd.compress(text) + self._zstd.flush(self._flush))
        elif self.compress == "zlib-stream":
            await self.ws.send_bytes(self._zlib.compress(text) + self._zlib.flush(zlib.Z_SYNC_FLUSH))
        else:
            await self.ws.send_str(text.decode())


class Gateway:
    """All sessions of the one bot."""

    def __init__(self, world: World, url: str) -> None:
        self.world, self.url = world, url
        self.sessions: dict[str, Session] = {}
        self.current: Session | None = None
        self.identifies: list[dict[str, Any]] = []
        self.shards: dict[int, Session] = {}
        """The latest session of each shard, if the bot has several."""
        self.count = 1
        self.identified_at: list[tuple[int, float]] = []
        """Shard, and when it identified."""
        self.resumes = 0
        self.refuse_with: int | None = None
        """Close code for the next IDENTIFY (4004 for a wrong token, 4014 for a forbidden intent)."""
        self.forget_sessions = False
        """The next RESUME is answered with INVALID_SESSION(false)."""
        self.heartbeat_ms = 41_250
        self.silent = False
        """Frames are taken and none is answered, as over a link that was cut in between."""
        self.away = False
        """No connection is accepted."""
        self.in_outage: set[str] = set()
        """Servers that READY lists and that stay unavailable."""
        self.unlisted: set[str] = set()
        """Servers that READY forgets."""

    async def connect(self, request: web.Request) -> web.WebSocketResponse:
        if self.away:
            raise web.HTTPServiceUnavailable
        ws = web.WebSocketResponse(max_msg_size=4096)
        await ws.prepare(request)
        line = Line(ws, request.query.get("compress", ""))
        await line.send({"op": 10, "d": {"heartbeat_interval": self.heartbeat_ms}, "s": None, "t": None})
        async for message in ws:
            if message.type is WSMsgType.TEXT:
                await self._received(line, json.loads(message.data))
        for session in [one for one in self.sessions.values() if one.line is line]:
            session.line = None
            if ws.close_code in (1000, 1001) and not line.closed_by_us:
                self.sessions.pop(session.id, None)
        await self.world.notify()
        return ws

    async def _received(self, line: Line, payload: dict[str, Any]) -> None:
        if self.silent:
            return
        match payload["op"]:
            case 1:
                await line.send({"op": 11, "d": None, "s": None, "t": None})
            case 2:
                await self._identify(line, payload["d"])
            case 6:
                await self._resume(line, payload["d"])

    async def _identify(self, line: Line, data: dict[str, Any]) -> None:
        self.identifies.append(data)
        if data["token"] != self.world.token:
            await line.ws.close(code=4004, message=b"Authentication failed.")
            return
        if self.refuse_with is not None:
            code, self.refuse_with = self.refuse_with, None
            await line.ws.close(code=code)
            return
        shard, count = data.get("shard") or (0, 1)
        if not 0 <= shard < count:
            await line.ws.close(code=4010)
            return
        self.identified_at.append((shard, time.monotonic()))
        self.count = count
        session = Session(self.world.new_id())
        self.sessions[session.id] = self.current = self.shards[shard] = session
        session.line = line
        guilds = {one: guild for one, guild in self.world.guilds.items() if self.shard_of(one) == shard and one not in self.unlisted}
        ready = {
            "v": 10,
            "user": self.world.bot.json(),
            "session_id": session.id,
            "resume_gateway_url": self.url,
            "shard": [shard, count],
            "guilds": [{"id": one, "unavailable": True} for one in guilds],
            "session_type": "normal",
            "application": {"id": self.world.application, "flags": 0},
            "private_channels": [],
            "relationships": [],
        }
        await self.dispatch("READY", ready, session)
        for guild in (guild for one, guild in guilds.items() if one not in self.in_outage):
            await self.dispatch("GUILD_CREATE", {**self._whole(guild), "unavailable": False}, session)
        await self.world.notify()

    def _whole(self, guild: Guild) -> dict[str, Any]:
        channels = [one.json() for one in guild.channels.values() if one.type != 11]
        threads = [one.json() for one in guild.channels.values() if one.type == 11]
        extra = {"joined_at": "2026-01-01T00:00:00+00:00", "large": False, "member_count": 2, "voice_states": [], "presences": []}
        members = [guild.member_json(self.world.bot)]
        more = {"channels": channels, "threads": threads, "members": members, "stage_instances": [], "guild_scheduled_events": []}
        return {**guild.json(), **extra, **more}

    async def join(self, guild: Guild) -> None:
        """The bot is added to a server."""
        await self.dispatch("GUILD_CREATE", self._whole(guild))

    async def _resume(self, line: Line, data: dict[str, Any]) -> None:
        session = self.sessions.get(data["session_id"])
        if session is None or self.forget_sessions or data["token"] != self.world.token:
            self.forget_sessions = False
            await line.send({"op": 9, "d": False, "s": None, "t": None})
            return
        self.resumes += 1
        self.current, session.line = session, line
        for payload in session.log:
            if payload["s"] > (data["seq"] or 0):
                await line.send(payload)
        await self.dispatch("RESUMED", {"_trace": []}, session)
        await self.world.notify()

    def shard_of(self, guild: object) -> int:
        """The shard that gets a server's events; direct messages go to the first one."""
        return (int(str(guild)) >> 22) % self.count if guild else 0

    async def dispatch(self, event: str, data: dict[str, Any], to: Session | None = None) -> None:
        """Send an event to its shard; when nobody is connected it is kept for a RESUME."""
        session = to or (self.current if self.count == 1 else self.shards.get(self.shard_of(data.get("guild_id"))))
        if session is None:
            raise RuntimeError("no bot has identified")
        session.seq += 1
        payload = {"op": 0, "t": event, "s": session.seq, "d": data}
        session.log.append(payload)
        if session.line is not None and not session.line.ws.closed:
            await session.line.send(payload)

    @property
    def connected(self) -> bool:
        return self.current is not None and self.current.line is not None and not self.current.line.ws.closed

    def connected_shards(self) -> set[int]:
        return {shard for shard, one in self.shards.items() if one.line is not None and not one.line.ws.closed}

    def _line(self) -> Line:
        assert self.current is not None
        assert self.current.line is not None
        return self.current.line

    async def send_text(self, text: bytes) -> None:
        """Any text in the place of a frame."""
        await self._line().send_text(text)

    async def send_bytes(self, content: bytes) -> None:
        """A binary message that is not compressed as it should be."""
        await self._line().ws.send_bytes(content)

    async def ask_to_reconnect(self) -> None:
        await self._line().send({"op": 7, "d": None, "s": None, "t": None})

    async def invalidate(self, *, resumable: bool = False) -> None:
        if not resumable:
            self.sessions.clear()
        await self._line().send({"op": 9, "d": resumable, "s": None, "t": None})

    async def close(self, code: int = 4000) -> None:
        line = self._line()
        line.closed_by_us = True
        await line.ws.close(code=code)

    def cut(self) -> None:
        """The connection breaks without a word."""
        transport = self._line().ws._req.transport  # type: ignore[union-attr]
        if transport is not None:
            transport.abort()
        assert self.current is not None
        self.current.line = None
