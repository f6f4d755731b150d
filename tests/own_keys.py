"""A service with several customers: the sandbox behind a door that knows keys, and writes down who was billed for which prompt."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import httpx
from aiohttp import web

from bot.catalogue.load import Catalogue
from bot.chat.views import Act, ActionName, Form, Reply
from bot.compose import Bot, build
from bot.core import Received
from bot.domain.own_services import CommunityKeys, OwnService
from bot.domain.requests import Person, Place, Submission
from bot.egress import Egress
from bot.gate.settings import GateSettings
from bot.ledger.server import Where
from bot.messages.own_notices import ROW
from bot.ports import SystemPorts
from bot.providers.guarded import GuardedTransport
from bot.providers.http_provider import HttpProvider
from bot.providers.pictures import PictureStore
from bot.providers.services.registry import api_for
from bot.requests.own_services import Connect, OwnKeyPlan
from bot.requests.rules import Rules
from bot.sandbox.server import RunningSandbox
from bot.sandbox.server import start as start_sandbox
from bot.vault import cipher
from tests.local_server import served
from tests.world import Platform, World

OPERATOR, ALPHA, BETA, GAMMA = (f"planted.{name}.7f3c9a1e5b2d408{n}" for n, name in enumerate(("operator", "alpha", "beta", "gamma")))
"""In no shape that a redactor knows by itself."""
BASE = "https://images.art.example/v1"
PUBLIC = "93.184.215.14"
WRONG = {"error": {"message": "Incorrect API key provided.", "type": "invalid_request_error", "param": None, "code": "invalid_api_key"}}


@dataclass
class Door:
    """Lets calls with a known key through to the sandbox."""

    sandbox: RunningSandbox
    url: str = ""
    keys: set[str] = field(default_factory=lambda: {OPERATOR, ALPHA, BETA, GAMMA})
    seen: list[tuple[str, str, str]] = field(default_factory=list)
    """(method and path, key, prompt) of every call, in order."""
    reached: list[tuple[str, str]] = field(default_factory=list)
    """(address that was connected to, name) of each connection of a community's service."""
    echoes: bool = False
    """Every call is refused with the key in every place of the answer."""
    hold: asyncio.Event | None = None
    """Calls that draw wait for it."""
    open_list: bool = False
    """The model list needs no key."""
    inside: bool = False
    """The name leads to a private address now."""
    before: Callable[[], Awaitable[object]] | None = None
    """Awaited before a call is answered."""

    def billed(self) -> list[tuple[str, str]]:
        """(key, prompt) of every call that drew."""
        return [(key, prompt) for call, key, prompt in self.seen if call.startswith("POST") and key in self.keys]

    def sent(self, key: str) -> list[str]:
        """Prompts that were sent with a key, drawn or not."""
        return [prompt for call, used, prompt in self.seen if used == key and call.startswith("POST")]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        body, key = await request.read(), request.headers.get("authorization", "").removeprefix("Bearer ")
        prompt = str(json.loads(body).get("prompt", "")) if body.startswith(b"{") else ""
        self.seen.append((f"{request.method} {request.path}", key, prompt))
        if self.before is not None:
            await self.before()
        if self.hold is not None and request.method == "POST":
            await self.hold.wait()
        if self.echoes and request.method == "POST":
            said = f"Incorrect API key provided: {key}, see https://art.example/keys?key={key}"
            body_said = {"error": {"code": "invalid_api_key", "message": said, "param": key, "type": [key, {key: said}]}}
            return web.json_response(body_said, status=401, headers={"x-request-id": key, "x-key": key})
        if key not in self.keys and not (self.open_list and request.path.endswith("/models")):
            return web.json_response(WRONG, status=401)
        target = self.sandbox.base_url.removesuffix("/v1") + request.path_qs
        headers = {name: value for name, value in request.headers.items() if name.lower() in ("authorization", "content-type", "accept")}
        headers.setdefault("Authorization", f"Bearer {OPERATOR}")
        async with (
            aiohttp.ClientSession() as web_session,
            web_session.request(request.method, target, data=body, headers=headers) as answer,
        ):
            shown = {name: answer.headers[name] for name in ("content-type", "x-request-id") if name in answer.headers}
            return web.Response(body=await answer.read(), status=answer.status, headers=shown)

    def connect(self, folder: Path) -> Connect:
        """How communities' services are reached: through the guard, which believes that the door is at a public address."""
        pictures = PictureStore(folder)

        async def lookup(host: str, port: int) -> Sequence[str]:
            return [PUBLIC] if host.endswith("art.example") and not self.inside else ["10.0.0.7"]

        def connect(service: OwnService, key: str) -> HttpProvider:
            way = GuardedTransport(_ToDoor(self), lookup)
            api = api_for(service.base_url, service.api)
            return HttpProvider(service.base_url, key, pictures, SystemPorts(), api=api, transport=way, egress=Egress())

        return connect


class _ToDoor(httpx.AsyncHTTPTransport):
    def __init__(self, door: Door) -> None:
        super().__init__()
        self.door = door

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.door.reached.append((request.url.host, str(request.extensions.get("sni_hostname"))))
        there = httpx.URL(self.door.url)
        url = request.url.copy_with(scheme="http", host=there.host, port=there.port)
        return await super().handle_async_request(httpx.Request(request.method, url, headers=request.headers, stream=request.stream))


@contextlib.asynccontextmanager
async def open_door() -> AsyncIterator[Door]:
    sandbox = await start_sandbox()
    door = Door(sandbox)
    try:
        async with served(door.handle) as door.url:
            yield door
    finally:
        await sandbox.stop()


def encryption_key() -> str:
    return cipher.new_key()


@dataclass
class Town(World):
    """A bot with communities; Olu administrates all of them."""

    door: Door = field(kw_only=True)

    async def until(self, check: Callable[[], object], seconds: float = 40.0) -> None:
        """As in every world, with the patience that real exchanges need on a loaded machine."""
        await super().until(check, seconds)

    async def ask(self, community: str, prompt: str, person: str = "ana", **options: Any) -> str:
        """Type /imagine in a community. Returns the request's id."""
        self.events += 1
        submission = Submission(Person(person, person.title()), Place("test", community, "imagine"), prompt, **options)
        received = await self.bot.core.receive(f"town:{id(self)}:{self.events}", submission)
        assert isinstance(received, Received)
        await self.bot.core.accept(received.request_id)
        return received.request_id

    def act(self, community: str, action: ActionName, values: dict[str, str] | None = None, person: str = "olu") -> Act:
        self.events += 1
        key = f"town press:{id(self)}:{self.events}"
        return Act(key, person, person.title(), "test", community, "imagine", action, ROW, values or {})

    async def set_key(self, community: str, key: str, models: str = "gpt-image-2", address: str = BASE, api: str = "gateway") -> str:
        """Submit the form for a key. Returns the answer."""
        values = {"own_api": api, "own_address": address, "own_models": models, "own_key": key}
        return (await self.bot.core.act(self.act(community, ActionName.OWN_KEY_EDIT, values))).text

    async def remove_key(self, community: str) -> str:
        return (await self.bot.core.act(self.act(community, ActionName.OWN_KEY_REMOVE))).text

    async def page(self, community: str, person: str = "olu") -> Reply:
        return await self.bot.core.act(self.act(community, ActionName.OWN_KEY, person=person))

    async def key_form(self, community: str, person: str = "olu") -> Form | Reply:
        return await self.bot.core.form(self.act(community, ActionName.OWN_KEY_EDIT, person=person))


async def open_bot(
    folder: Path,
    door: Door,
    keys: Sequence[str],
    mode: CommunityKeys = CommunityKeys.OPTIONAL,
    database: Where | None = None,
    platform: Platform | None = None,
    **more: Any,
) -> Town:
    """Start a bot whose operator's key is one of the door's."""
    pictures, model = PictureStore(folder), Catalogue.load().default()
    bot: Bot = await build(
        data_dir=folder,
        database=database,
        ports=SystemPorts(),
        rules=Rules(model=model, community_keys=mode, **more.pop("rules", {})),
        gate_settings=more.pop("limits", GateSettings()),
        provider=HttpProvider(f"{door.url}/v1", OPERATOR, pictures, SystemPorts()),
        pictures=pictures,  # type: ignore[arg-type]
        own=OwnKeyPlan(tuple(keys), door.connect(folder)),
        **more,
    )
    platform = platform or Platform()
    bot.add(platform)
    await bot.accept_received(await bot.start())
    return Town(bot, None, platform, None, door=door)  # type: ignore[arg-type]


@contextlib.asynccontextmanager
async def town(
    folder: Path, door: Door, keys: Sequence[str], mode: CommunityKeys = CommunityKeys.OPTIONAL, **more: Any
) -> AsyncIterator[Town]:
    """The same, and stop it afterwards."""
    made = await open_bot(folder, door, keys, mode, **more)
    try:
        yield made
    finally:
        await made.bot.stop(0.0)
