"""A whole bot over the stand-in Slack: the real adapter, slack_bolt and slack_sdk, the real core on SQLite, a scripted image service."""

from __future__ import annotations

import asyncio
import contextlib
import io
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, cast

import structlog
from PIL import Image

from adapters.slack import plugin
from adapters.slack.adapter import SlackAdapter
from bot.catalogue.load import Catalogue
from bot.compose import Bot, build, context
from bot.domain.outcome import Billed, Outcome, Picture
from bot.gate.settings import GateSettings
from bot.ledger import message_rows
from bot.pixels.workers import in_a_thread
from bot.ports import SystemPorts
from bot.requests.rules import Rules
from tests.slack.standin.server import StandIn
from tests.slack.standin.world import Channel, Event, Message, User, Workspace
from tests.world import PICTURE, Service

# The default renderer draws every local variable of a traceback, which takes seconds.
structlog.configure(
    processors=[structlog.processors.add_log_level, structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
)

Mode = Literal["socket", "http"]
MODES: tuple[Mode, ...] = ("socket", "http")


def png(size: tuple[int, int] = (64, 64), colour: str = "teal", kind: str = "PNG", *, noise: bool = False) -> bytes:
    """A picture; a noisy one does not compress."""
    image = Image.effect_noise(size, 80).convert("RGB") if noise else Image.new("RGB", size, colour)
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


@dataclass
class Store:
    """Pictures in memory."""

    content: dict[str, bytes] = field(default_factory=dict)

    def add(self, content: bytes) -> Picture:
        key = f"{len(self.content):064x}"
        self.content[key] = content
        with Image.open(io.BytesIO(content)) as image:
            width, height = image.size
            kind = (image.format or "PNG").lower()
        return Picture(key, kind, width, height, len(content))

    async def read(self, sha256: str) -> bytes:
        if sha256 not in self.content:
            raise LookupError("The picture is not stored any more.")
        return self.content[sha256]

    async def delete(self, sha256: str) -> bool:
        return self.content.pop(sha256, None) is not None

    async def work(self, job: str, values: Mapping[str, Any], content: bytes) -> tuple[dict[str, Any], bytes]:
        return await in_a_thread(job, values, content)

    def close(self) -> None:
        return None


@dataclass
class Stage:
    """What tests play on."""

    slack: StandIn
    workspace: Workspace
    channel: Channel
    ada: User
    service: Service
    store: Store
    folder: Path
    env: dict[str, str]
    mode: Mode
    bot: Bot | None = None
    adapter: SlackAdapter | None = None
    serving: asyncio.Task[None] | None = None
    ready: list[str] = field(default_factory=list)

    def pictures(self, count: int = 1, kind: str = "PNG", **options: object) -> Outcome:
        """An outcome with so many pictures."""
        made = tuple(self.store.add(png(kind=kind, **options)) for _ in range(count))  # type: ignore[arg-type]
        return Outcome(made, billed=Billed.YES, status=200)

    async def start(self, **rules: object) -> None:
        """Start the bot and wait until it is connected."""
        self.folder.mkdir(exist_ok=True)
        self.bot = await build(
            data_dir=self.folder,
            ports=SystemPorts(),
            rules=Rules(model=Catalogue.load().default(), **rules),  # type: ignore[arg-type]
            gate_settings=GateSettings(),
            provider=self.service,
            pictures=self.store,
        )
        assert plugin.problems(self.env) == []
        self.adapter = cast(SlackAdapter, plugin.build(self.env, context(self.bot, self.folder, demo=False)))
        self.bot.add(self.adapter)
        found = await self.bot.start()
        connected = asyncio.Event()

        def ready(sentence: str) -> None:
            self.ready.append(sentence)
            connected.set()

        self.serving = asyncio.create_task(self.adapter.serve(self.bot.core, ready))
        waiter = asyncio.create_task(connected.wait())
        try:
            async with asyncio.timeout(10):
                await asyncio.wait([self.serving, waiter], return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiter.cancel()
        if self.serving.done():
            self.serving.result()
        if self.mode == "http":
            self.slack.through = "http"
            self.slack.http.address = f"http://127.0.0.1:{self.env['SLACK_HTTP_PORT']}/slack/events"
        await self.bot.finish_received(found)

    async def stop(self) -> None:
        if self.serving is not None:
            self.serving.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await self.serving
        if self.bot is not None:
            await self.bot.stop(0.0)
        self.bot = self.adapter = self.serving = None

    async def until(self, found: Callable[[], object], timeout: float = 10.0, what: str = "") -> None:
        await self.slack.until(found, timeout, what)

    # ---- what people do ------------------------------------------------------------------------------------------------------

    async def imagine(self, prompt: str = "a red bicycle", user: User | None = None, channel: Channel | None = None) -> Event:
        """Type /imagine and wait for the acknowledgement."""
        event = await self.slack.people.slash(user or self.ada, channel or self.channel, "/imagine", prompt)
        await self.until(lambda: event.acked or event.refused is not None, what="an acknowledgement")
        return event

    async def press(self, user: User, message: Message, label: str) -> Event:
        event = await self.slack.people.press(user, message, label)
        await self.until(lambda: event.acked or event.refused is not None, what="an answer to the press")
        return event

    async def form(self, event: Event) -> None:
        """Wait until a form is open."""
        await self.until(lambda: event.opened is not None and event.opened.body.get("submit"), what="a form")

    # ---- what people see -----------------------------------------------------------------------------------------------------

    def messages(self, channel: Channel | None = None, user: User | None = None, words: str = "") -> list[Message]:
        """What a person (Ada, unless named) reads in a channel, oldest first."""
        seen = self.slack.world.seen_by(user or self.ada, channel)
        return [one for one in seen if one.author.is_bot and words in one.text]

    async def message(self, words: str, channel: Channel | None = None, user: User | None = None, timeout: float = 10.0) -> Message:
        """The newest message with these words."""
        await self.until(lambda: self.messages(channel, user, words), timeout, f"{words!r} in a message")
        return self.messages(channel, user, words)[-1]

    async def picture(self, channel: Channel | None = None, user: User | None = None, timeout: float = 10.0) -> Message:
        """The newest message with a picture."""

        def found() -> list[Message]:
            return [one for one in self.messages(channel or self.channel, user) if one.pictures]

        await self.until(found, timeout, "a picture")
        return found()[-1]

    async def whisper(self, user: User, words: str = "") -> Message:
        """What only this person was told."""

        def found() -> list[Message]:
            return [one for one in self.messages(None, user, words) if one.only_for == user.id]

        await self.until(found, what=f"a whisper with {words!r}")
        return found()[-1]

    async def settled(self) -> None:
        """Wait until the ledger knows that everything is shown."""
        assert self.bot is not None
        async with asyncio.timeout(30):
            while await self.bot.ledger.read(message_rows.unsettled):  # noqa: ASYNC110 - the ledger tells nobody
                await asyncio.sleep(0.02)


@contextlib.asynccontextmanager
async def stage(
    folder: Path, env: Mapping[str, str] | None = None, *, mode: Mode = "socket", start: bool = True, **rules: object
) -> AsyncIterator[Stage]:
    """A stand-in with a workspace, a channel, Ada, and a started bot. Afterwards nothing that the bot sent may have broken a rule."""
    async with StandIn() as slack:
        workspace, channel, ada = slack.studio()
        store = Store()
        settings = {**slack.environment(mode=mode), **(env or {})}
        if mode == "http":
            settings.setdefault("SLACK_HTTP_PORT", str(free_port()))
        found = Stage(slack, workspace, channel, ada, Service(), store, folder / "data", settings, mode)
        store.content[PICTURE.sha256] = png()
        if start:
            await found.start(**rules)
        try:
            yield found
        finally:
            await found.stop()
        assert slack.violations == []


def free_port() -> int:
    import socket

    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
