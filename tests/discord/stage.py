"""A whole bot over the stand-in Discord: the real adapter and discord.py, the real core on SQLite, a scripted image service."""

from __future__ import annotations

import asyncio
import contextlib
import io
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import structlog
from PIL import Image

from adapters.discord import plugin
from adapters.discord.adapter import DiscordAdapter
from bot.catalogue.load import Catalogue
from bot.compose import Bot, build, context
from bot.domain.outcome import Billed, Outcome, Picture
from bot.gate.settings import GateSettings
from bot.pixels.workers import in_a_thread
from bot.ports import SystemPorts
from bot.requests.rules import Rules
from tests.discord.standin.server import StandIn
from tests.discord.standin.world import Channel, Guild, Interaction, Message, User
from tests.world import PICTURE, Service

# The default renderer draws every local variable of a traceback, which takes seconds.
structlog.configure(
    processors=[structlog.processors.add_log_level, structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
)


def png(size: tuple[int, int] = (64, 64), colour: str = "teal", *, noise: bool = False) -> bytes:
    """A picture; a noisy one does not compress."""
    image = Image.effect_noise(size, 80).convert("RGB") if noise else Image.new("RGB", size, colour)
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=1)
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
        return Picture(key, "png", width, height, len(content))

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

    discord: StandIn
    guild: Guild
    channel: Channel
    ada: User
    service: Service
    store: Store
    folder: Path
    env: dict[str, str]
    bot: Bot | None = None
    adapter: DiscordAdapter | None = None
    serving: asyncio.Task[None] | None = None
    ready: list[str] = field(default_factory=list)

    def pictures(self, count: int = 1, **options: object) -> Outcome:
        """An outcome with so many pictures."""
        return Outcome(tuple(self.store.add(png(**options)) for _ in range(count)), billed=Billed.YES, status=200)  # type: ignore[arg-type]

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
        self.adapter = cast(DiscordAdapter, plugin.build(self.env, context(self.bot, self.folder, demo=False)))
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
        await self.discord.until(found, timeout, what)

    async def imagine(
        self, prompt: str = "a red bicycle", user: User | None = None, channel: Channel | None = None, **more: object
    ) -> Interaction:
        """Type /imagine and wait for the placeholder."""
        event = await self.discord.people.slash(user or self.ada, channel or self.channel, "imagine", prompt=prompt, **more)
        await self.until(lambda: event.callback is not None, what="an acknowledgement")
        return event

    async def answered(self, event: Interaction, words: str = "", timeout: float = 10.0) -> Message:
        """The message behind an interaction once it shows something final (with these words in it)."""

        def done() -> Message | None:
            message = event.original
            if message is None or message.thinking or message.deleted:
                return None
            return message if words in message.text and not _live(message) else None

        found = await self.discord.until(done, timeout, f"{words!r} in the answer")
        assert found is not None
        return found

    async def press(self, user: User, message: Message, label: str) -> Interaction:
        event = await self.discord.people.press(user, message, label)
        await self.until(lambda: event.callback is not None, what="an answer to the press")
        return event

    async def whisper(self, event: Interaction, words: str = "") -> Message:
        """What only the presser was told: a first answer or a further one."""

        def done() -> Message | None:
            candidates = [one for one in [event.original, *event.followups] if one is not None and one is not event.source]
            return next((one for one in candidates if one.ephemeral and not one.thinking and words in one.text), None)

        found = await self.discord.until(done, what=f"a whisper with {words!r}")
        assert found is not None
        return found


def _live(message: Message) -> bool:
    return "Cancel" in message.buttons


@contextlib.asynccontextmanager
async def stage(folder: Path, env: Mapping[str, str] | None = None, *, start: bool = True, **rules: object) -> AsyncIterator[Stage]:
    """A stand-in with a guild, a channel, Ada, and a started bot. Afterwards nothing that the bot sent may have broken a rule."""
    async with StandIn() as discord:
        guild, channel, ada = discord.studio()
        store = Store()
        found = Stage(discord, guild, channel, ada, Service(), store, folder / "data", {**discord.environment(), **(env or {})})
        store.content[PICTURE.sha256] = png()
        if start:
            await found.start(**rules)
        try:
            yield found
        finally:
            await found.stop()
        assert discord.rest.violations == []
        assert discord.rest.unfaithful == []
