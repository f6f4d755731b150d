"""Starts the stand-in on a free port of 127.0.0.1 and offers everything that tests need in one object."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from aiohttp import web

from tests.discord.standin.driver import Driver
from tests.discord.standin.faults import Faults
from tests.discord.standin.files import served
from tests.discord.standin.gateway import Gateway
from tests.discord.standin.rest import Call, Rest
from tests.discord.standin.world import Channel, Guild, Message, User, World

T = TypeVar("T")


class StandIn:
    """A Discord with one bot. Use as an async context manager."""

    def __init__(self) -> None:
        self.world = World()
        self.faults = Faults()
        self.fetched: list[dict[str, str]] = []
        """Headers of every request for a file."""
        self.cdn_stuck: asyncio.Event | None = None
        """While set to an unset event, no file arrives."""
        self.cdn_failures = 0
        """How many of the next requests for a file fail."""
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> StandIn:
        app = web.Application(client_max_size=512 * 1024 * 1024)
        self._runner = web.AppRunner(app, shutdown_timeout=0.2, handler_cancellation=True)
        app.router.add_route("*", "/api/v10/{rest:.*}", self._rest)
        app.router.add_get("/gw/", self._gateway)
        app.router.add_get("/attachments/{id}/{name}", self._attachment)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.base = f"http://127.0.0.1:{port}"
        self.api = f"{self.base}/api/v10"
        self.gateway_url = f"ws://127.0.0.1:{port}/gw/"
        self.rest = Rest(self.world, self.faults, self.base, self.gateway_url)
        self.gateway = Gateway(self.world, self.gateway_url)
        self.people = Driver(self.world, self.gateway, self.base)
        return self

    async def __aexit__(self, *exc: object) -> None:
        if self.gateway.connected:
            await self.gateway.close(1001)
        assert self._runner is not None
        await self._runner.cleanup()

    async def _rest(self, request: web.Request) -> web.StreamResponse:
        return await self.rest.handle(request)

    async def _gateway(self, request: web.Request) -> web.WebSocketResponse:
        return await self.gateway.connect(request)

    async def _attachment(self, request: web.Request) -> web.StreamResponse:
        self.fetched.append(dict(request.headers))
        await self.world.notify()
        if self.cdn_stuck is not None:
            await self.cdn_stuck.wait()
        if self.cdn_failures:
            self.cdn_failures -= 1
            raise web.HTTPServiceUnavailable
        file = served(self.world, request.match_info["id"], request.query.get("ex", ""))
        if file is None:
            raise web.HTTPNotFound
        if file.redirect:
            raise web.HTTPFound(file.redirect)
        return web.Response(body=file.content) if file.pour is None else await file.pour.answer(request)

    def environment(self) -> dict[str, str]:
        """What an operator would set."""
        return {"DISCORD_BOT_TOKEN": self.world.token, "DISCORD_API_BASE": self.api, "DISCORD_GATEWAY_URL": self.gateway_url}

    async def until(self, found: Callable[[], T], timeout: float = 40.0, what: str = "") -> T:
        """Wait until something is true; returns it. Looks again at every request and event."""
        try:
            async with asyncio.timeout(timeout), self.world.changed:
                while not (result := found()):
                    await self.world.changed.wait()
                return result
        except TimeoutError:
            calls = "\n  ".join(f"{one.method} {one.template or one.path} -> {one.status}" for one in self.rest.calls[-12:])
            raise AssertionError(f"waited {timeout} s for {what or 'something that did not happen'}; last calls:\n  {calls}") from None

    def calls(self, method: str, part: str) -> list[Call]:
        """The requests whose template or path holds `part`."""
        return [one for one in self.rest.calls if one.method == method and (part in one.template or part in one.path)]

    def visible(self, user: User, channel: Channel | None = None) -> list[Message]:
        return self.world.seen_by(user, channel)

    def studio(self) -> tuple[Guild, Channel, User]:
        """A guild, a channel and a member to begin with."""
        guild = self.world.guild()
        channel = self.world.channel(guild, "general")
        ada = self.world.user("Ada")
        self.world.join(guild, ada)
        return guild, channel, ada
