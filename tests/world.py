"""A complete bot on a real SQLite file, with a scripted image service and a chat that records what it shows."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.catalogue.load import Catalogue
from bot.chat.port import Message, SendResult, Sent
from bot.chat.views import Act, ActionName, Audience, Form, Reply, View
from bot.compose import Bot, build
from bot.core import Core, Received
from bot.domain.failure import Evidence
from bot.domain.outcome import Billed, Outcome, Pending, Picture
from bot.domain.requests import Person, Place, Request, Submission
from bot.gate.settings import GateSettings
from bot.ledger import request_rows
from bot.ports import SystemPorts
from bot.providers.port import Call, OnPartial
from bot.requests.rules import Rules
from bot.requests.services import ServicePlan

PICTURE = Picture("ab" * 32, "png", 1024, 1024, 100)
BLOCK = Evidence(
    provider="openai",
    api="images.generations",
    status=400,
    body={"error": {"type": "image_generation_user_error", "code": "moderation_blocked", "message": "Your request was rejected."}},
)
RATE = Evidence(
    provider="openai",
    api="images.generations",
    status=429,
    headers={"retry-after": "1"},
    body={"error": {"code": "rate_limit_exceeded", "type": "requests", "message": "Rate limit reached."}},
)
DOWN = Evidence(
    provider="openai", api="images.generations", status=500, body={"error": {"type": "server_error", "message": "The server had an error."}}
)
BAD_KEY = Evidence(
    provider="openai",
    api="images.generations",
    status=401,
    body={"error": {"code": "invalid_api_key", "type": "invalid_request_error", "message": "Incorrect API key provided."}},
)


def good(count: int = 1) -> Outcome:
    """An outcome with this many pictures."""
    return Outcome(pictures=(PICTURE,) * count, billed=Billed.YES, status=200)


def bad(evidence: Evidence, billed: Billed = Billed.NO) -> Outcome:
    """An outcome without pictures, and the evidence."""
    return Outcome(shortfall=evidence, billed=billed, status=evidence.status)


@dataclass
class Service:
    """An image service that follows a script, then always delivers what was requested."""

    script: list[Outcome] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    hold: asyncio.Event | None = None
    """While set to an unset event, calls wait."""
    name: str = "scripted"
    gate_key: str = "scripted"

    async def call(self, call: Call, on_partial: OnPartial | None = None) -> Outcome:
        self.calls.append(call)
        if self.hold is not None:
            await self.hold.wait()
        return self.script.pop(0) if self.script else good(call.count)

    async def collect(self, call: Call, pending: Pending) -> Outcome:
        return self.script.pop(0) if self.script else good(call.count)

    async def cancel(self, pending: Pending) -> bool:
        return False

    async def aclose(self) -> None:
        return None


@dataclass
class Room:
    """A chat platform: the latest view of every message, and all views in order."""

    now: dict[str, View] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    all: list[tuple[str, View]] = field(default_factory=list)
    answers: Callable[[Message, View], SendResult] = lambda message, view: Sent({"id": message.id})
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, message: Message, view: View) -> SendResult:
        result = self.answers(message, view)
        if isinstance(result, Sent):
            self.now[message.id] = view
            self.messages[message.id] = message
            self.all.append((message.id, view))
            self.changed.set()
        return result

    def about(self, subject: str, audience: Audience | None = None) -> View | None:
        """The view currently shown about a subject."""
        for key, message in self.messages.items():
            if message.subject == subject and audience in (None, message.audience):
                return self.now[key]
        return None


@dataclass
class Everybody:
    """Moderators from a list."""

    moderators: set[str] = field(default_factory=lambda: {"mia", "noor"})
    administrators: set[str] = field(default_factory=lambda: {"olu"})
    left: set[tuple[str, str]] = field(default_factory=set)
    """Who isn't in a community anymore."""

    async def is_moderator(self, person: str, community: str) -> bool:
        return person in self.moderators

    async def is_administrator(self, person: str, community: str) -> bool:
        return person in self.administrators

    async def is_member(self, person: str, community: str) -> bool:
        return (person, community) not in self.left


@dataclass
class Platform:
    """The tests' adapter."""

    chat: Room = field(default_factory=Room)
    moderators: Everybody = field(default_factory=Everybody)
    name: str = "test"
    acked: bool = True

    async def serve(self, core: Core, ready: Callable[[str], None]) -> None:
        await asyncio.Event().wait()

    async def acknowledged(self, place: Place) -> bool:
        return self.acked

    def operators_place(self) -> Place | None:
        return Place("test", "home", "operators")

    def home_moderators_place(self) -> Place | None:
        return Place("test", "home", "moderators")


@dataclass
class Pictures:
    """Records which pictures were deleted."""

    forgotten: list[str] = field(default_factory=list)

    async def read(self, sha256: str) -> bytes:
        return b""

    async def delete(self, sha256: str) -> bool:
        self.forgotten.append(sha256)
        return True

    def close(self) -> None:
        return None


@dataclass
class World:
    """The bot and its surroundings."""

    bot: Bot
    service: Service
    platform: Platform
    pictures: Pictures
    events: int = 0

    @property
    def chat(self) -> Room:
        return self.platform.chat

    async def imagine(self, prompt: str = "a red bicycle", person: str = "ana", **options: object) -> str:
        """Type /imagine. Returns the request's id."""
        self.events += 1
        private = bool(options.pop("private", False))
        submission = Submission(Person(person, person.title()), Place("test", "home", "imagine"), prompt, private=private, **options)  # type: ignore[arg-type]
        received = await self.bot.core.receive(f"test:{self.events}", submission)
        assert isinstance(received, Received)
        await self.bot.core.accept(received.request_id)
        return received.request_id

    async def press(self, action: ActionName, row: str, person: str = "ana", values: Mapping[str, str] | None = None, key: str = "") -> str:
        """Press a button. Returns what the presser is told."""
        return (await self.reply(action, row, person, values, key)).text

    async def reply(
        self, action: ActionName, row: str, person: str = "ana", values: Mapping[str, str] | None = None, key: str = ""
    ) -> Reply:
        """Press a button. Returns all that the presser gets."""
        self.events += 1
        return await self.bot.core.act(self._act(key or f"press:{self.events}", action, row, person, values))

    async def form(self, action: ActionName, row: str, person: str = "ana") -> Form | Reply:
        """Press a button that opens a form."""
        return await self.bot.core.form(self._act("form", action, row, person))

    def _act(self, key: str, action: ActionName, row: str, person: str, values: Mapping[str, str] | None = None) -> Act:
        return Act(key, person, person.title(), "test", "home", "imagine", action, row, values or {})

    async def row(self, request_id: str) -> Request:
        """A request as it is stored."""
        found = await self.bot.ledger.read(lambda c: request_rows.get(c, request_id))
        assert found is not None
        return found

    async def requests(self, person: str = "ana") -> list[Request]:
        """Somebody's requests, newest first."""
        return list(await self.bot.ledger.read(lambda c: request_rows.of_person(c, "test", person)))

    async def until(self, check: Callable[[], object], seconds: float = 30.0) -> None:
        """Wait until a shown view makes the check true."""
        async with asyncio.timeout(seconds):
            while not check():
                self.chat.changed.clear()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(0.05):
                        await self.chat.changed.wait()

    async def answer(self, request_id: str) -> View:
        """The final view of a request."""
        await self.until(lambda: (view := self.chat.about(f"request:{request_id}")) is not None and view.final)
        view = self.chat.about(f"request:{request_id}")
        assert view is not None
        return view


@contextlib.asynccontextmanager
async def world(
    data_dir: Path,
    service: Service | None = None,
    platform: Platform | None = None,
    pictures: Any = None,
    fallbacks: Sequence[ServicePlan] = (),
    **rules: object,
) -> AsyncIterator[World]:
    """Start a bot, and stop it afterwards."""
    service, platform, pictures = service or Service(), platform or Platform(), pictures or Pictures()
    rules.setdefault("model", Catalogue.load().default())
    bot = await build(
        data_dir=data_dir,
        ports=SystemPorts(),
        rules=Rules(**rules),  # type: ignore[arg-type]
        gate_settings=GateSettings(),
        provider=service,
        pictures=pictures,
        fallbacks=fallbacks,
    )
    bot.add(platform)
    found = await bot.start()
    await bot.accept_received(found)
    try:
        yield World(bot, service, platform, pictures)
    finally:
        await bot.stop(0.0)
