"""Starts the stand-in on a free port of 127.0.0.1 and offers everything that tests need in one object."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any, Literal, TypeVar

from aiohttp import web

from tests.slack.standin import methods  # noqa: F401 - registers the methods
from tests.slack.standin.acks import Acks
from tests.slack.standin.api import Api, Call, read_arguments
from tests.slack.standin.driver import Driver
from tests.slack.standin.faults import Faults
from tests.slack.standin.files import Files
from tests.slack.standin.http import Http
from tests.slack.standin.messages import Messages
from tests.slack.standin.oauth import OAuth
from tests.slack.standin.socket import Socket
from tests.slack.standin.views import Views
from tests.slack.standin.world import Channel, Event, Message, User, Workspace, World

T = TypeVar("T")


class StandIn:
    """A Slack with one app and a workspace to begin with. Use as an async context manager."""

    def __init__(self, *, rates: bool = False) -> None:
        self.world = world = World()
        self.faults = Faults()
        self.through: Literal["socket", "http"] = "socket"
        self.workspace = world.workspace("Studio")
        self.ada, self.ben = world.user("Ada", self.workspace), world.user("Ben", self.workspace)
        self.mona, self.max = world.user("Mona", self.workspace), world.user("Max", self.workspace)
        self.bot = self.workspace.bot
        self.channel = world.channel(self.workspace, "studio", self.ada, self.ben)
        self.mods = world.channel(self.workspace, "moderators", self.mona, self.max, private=True)
        self.operators = world.channel(self.workspace, "operators", self.max, private=True)
        self.elsewhere = world.channel(self.workspace, "elsewhere", self.ada, self.ben, bot=False)
        self.api = Api(self, self.faults, rates=rates)
        self.messages, self.views, self.files = Messages(world), Views(world), Files(self)
        self.socket, self.http, self.acks = Socket(self), Http(self), Acks(self)
        self.people, self.oauth = Driver(self), OAuth(self)
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> StandIn:
        app = web.Application(client_max_size=512 * 1024 * 1024)
        self._runner = web.AppRunner(app, shutdown_timeout=0.2, handler_cancellation=True)
        app.router.add_route("*", "/api/{method}", self.api.handle)
        app.router.add_get("/link/", self.socket.connect)
        app.router.add_get("/oauth/v2/authorize", self.oauth.authorize)
        app.router.add_post("/upload/{id}/{secret}", self._upload)
        app.router.add_get("/files-pri/{file}/download/{name}", self.files.download)
        app.router.add_post("/respond/{team}/{token}", self._respond)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.base = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *exc: object) -> None:
        self.files.close()
        await self.http.close()
        await self.socket.close()
        assert self._runner is not None
        await self._runner.cleanup()

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        content = await request.read()
        call = Call("upload", {"id": request.match_info["id"], "size": len(content)}, "", self.world.now())
        self.api.calls.append(call)
        url = f"{self.base}{request.path}"
        return await self.api.guarded(request, call, lambda: self.files.receive(url, call, content, request.content_type))

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        args, problem = await read_arguments(request)
        call = Call("respond", args, request.match_info["token"], self.world.now())
        self.api.calls.append(call)
        if problem:
            self.world.violation(f"respond: {problem}")
        return await self.api.guarded(request, call, lambda: self.messages.respond(call.token, args))

    # ---- settings ------------------------------------------------------------------------------------------------------------

    def environment(self, mode: Literal["socket", "http"] = "socket") -> dict[str, str]:
        """What an operator would set."""
        found = {
            "SLACK_BOT_TOKEN": self.workspace.token,
            "SLACK_SIGNING_SECRET": self.world.signing_secret,
            "SLACK_API_URL": f"{self.base}/api/",
            "MODERATOR_CHANNEL_SLACK": self.mods.id,
            "OPERATOR_CHANNEL_SLACK": self.operators.id,
        }
        return found | ({"SLACK_APP_TOKEN": self.world.app_token} if mode == "socket" else {})

    def studio(self) -> tuple[Workspace, Channel, User]:
        """A workspace, a channel with the bot, and a member to begin with."""
        return self.workspace, self.channel, self.ada

    # ---- what happened -------------------------------------------------------------------------------------------------------

    @property
    def violations(self) -> list[str]:
        """What the bot did against the rules; a test ends with none."""
        return self.world.violations

    def calls(self, method: str = "", **args: Any) -> list[Call]:
        """The calls of a method (of all methods), with these arguments."""
        return [
            one for one in self.api.calls if method in ("", one.method) and all(one.args.get(key) == value for key, value in args.items())
        ]

    def visible(self, user: User, channel: Channel | None = None) -> list[Message]:
        return self.world.seen_by(user, channel)

    def final(self, *, with_pictures: bool = True) -> list[Message]:
        """Every message of the bot that shows a picture now, whoever sees it."""
        return [one for one in self.world.messages if not one.deleted and bool(one.pictures) is with_pictures and one.author is self.bot]

    async def acked(self, event: Event, timeout: float = 40.0) -> Event:
        await self.until(lambda: event.acked, timeout, f"an acknowledgement of {event.what}")
        return event

    async def opened(self, event: Event, timeout: float = 40.0) -> Any:
        """The modal that an event opened."""
        return await self.until(lambda: event.opened, timeout, f"a modal after {event.what}")

    async def until(self, found: Callable[[], T], timeout: float = 40.0, what: str = "") -> T:
        """Wait until something is true; returns it. Looks again at every request, event and file, and now and then without any."""
        try:
            async with asyncio.timeout(timeout):
                while not (result := found()):
                    await self._something(0.05)
                return result
        except TimeoutError:
            raise AssertionError(f"waited {timeout} s for {what or 'something that did not happen'}\n{self.describe()}") from None

    async def _something(self, within: float) -> None:
        """Wait until something happens here, at most so long."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within), self.world.changed:
                await self.world.changed.wait()

    def describe(self) -> str:
        """What a failing test needs to know."""
        calls = [f"{one.method} {_short(one.args)} -> {one.status} {one.error}" for one in self.api.calls[-14:]]
        messages = [
            f"{'(deleted) ' if one.deleted else ''}{one.route} #{one.channel.name} {'for ' + one.only_for if one.only_for else ''}"
            f" {one.text[:160]!r} {list(one.buttons)} {one.pictures}"
            for one in self.world.messages[-8:]
        ]
        events = [f"{one.what} acked={one.acked} failed={one.failed} deliveries={one.deliveries}" for one in self.world.events[-5:]]
        parts = {"last calls": calls, "messages": messages, "events": events, "violations": self.violations[-5:]}
        return "\n".join(f"{name}:\n  " + "\n  ".join(lines) for name, lines in parts.items() if lines)


def _short(args: dict[str, Any]) -> str:
    return ", ".join(f"{key}={str(value)[:48]}" for key, value in args.items() if key not in ("blocks", "view"))
