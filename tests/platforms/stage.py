"""A whole bot over a platform's stand-in: the real adapter and library, the real core on SQLite, a scripted image service."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image

from bot.adapter import Adapter, Plugin
from bot.catalogue.load import Catalogue
from bot.compose import Bot, build, context
from bot.domain.outcome import Billed, Outcome, Picture
from bot.gate.settings import GateSettings
from bot.lifecycle import Pictures
from bot.pixels.workers import in_a_thread
from bot.ports import SystemPorts
from bot.providers.port import Provider
from bot.requests.own_services import NO_OWN_KEYS, OwnKeyPlan
from bot.requests.rules import Rules
from bot.requests.services import ServicePlan
from tests.world import PICTURE, Service

WITHIN = 20.0
"""Seconds: the bound of a loaded machine, and still less than the 30 s after which a sweep mends what a test is about."""


def png(size: tuple[int, int] = (64, 64), colour: str = "teal", kind: str = "PNG", *, noise: bool = False) -> bytes:
    """A picture; a noisy one does not compress."""
    image = Image.effect_noise(size, 80).convert("RGB") if noise else Image.new("RGB", size, colour)
    out = io.BytesIO()
    image.save(out, kind, **({"compress_level": 1} if kind == "PNG" else {}))
    return out.getvalue()


def mask_of(size: tuple[int, int]) -> bytes:
    """A mask that leaves a square in the top left corner open."""
    image = Image.new("RGBA", size, (0, 0, 0, 255))
    image.paste((0, 0, 0, 0), (8, 8, 24, 24))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


@dataclass
class Store:
    """Pictures in memory."""

    content: dict[str, bytes] = field(default_factory=lambda: {PICTURE.sha256: png()})

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

    async def keep(self, content: bytes, sha256: str, format: str) -> None:
        self.content[sha256] = content

    async def work(self, job: str, values: Mapping[str, Any], content: bytes) -> tuple[dict[str, Any], bytes]:
        return await in_a_thread(job, values, content)

    def close(self) -> None:
        return None


@dataclass(kw_only=True)
class BotStage:
    """What tests play on. A platform's own stage says what its people do and see."""

    standin: Any
    plugin: Plugin
    folder: Path
    env: dict[str, str]
    service: Service = field(default_factory=Service)
    store: Store = field(default_factory=Store)
    bot: Bot | None = None
    adapter: Adapter | None = None
    serving: asyncio.Task[None] | None = None
    ready: list[str] = field(default_factory=list)
    keys: Sequence[str] = ()
    """ENCRYPTION_KEYS."""
    own: OwnKeyPlan = NO_OWN_KEYS
    """How communities' own services are reached."""
    real: Callable[[Path], tuple[Provider, Pictures, Sequence[ServicePlan]]] | None = None
    """Image services over HTTP, and the store that they draw into, made at each start; None for the scripted one."""

    def pictures(self, count: int = 1, kind: str = "PNG", **options: object) -> Outcome:
        """An outcome with so many pictures."""
        made = tuple(self.store.add(png(kind=kind, **options)) for _ in range(count))  # type: ignore[arg-type]
        return Outcome(made, billed=Billed.YES, status=200)

    def drawn(self, colour: str) -> Outcome:
        """An outcome with a picture under its own hash, by which the bot knows it again."""
        content = png((64, 64), colour)
        picture = Picture(hashlib.sha256(content).hexdigest(), "png", 64, 64, len(content))
        self.store.content[picture.sha256] = content
        return Outcome((picture,), billed=Billed.YES, status=200)

    async def start(self, **rules: object) -> None:
        """Start the bot and wait until it is connected."""
        self.folder.mkdir(exist_ok=True)
        provider, pictures, others = (self.service, self.store, ()) if self.real is None else self.real(self.folder)
        self.bot = await build(
            data_dir=self.folder,
            ports=SystemPorts(),
            rules=Rules(model=Catalogue.load().default(), **rules),  # type: ignore[arg-type]
            gate_settings=GateSettings(),
            provider=provider,
            pictures=pictures,
            fallbacks=others,
            own=self.own,
        )
        assert self.plugin.problems(self.env) == []
        self.adapter = self.plugin.build(self.env, context(self.bot, self.folder, demo=False, keys=self.keys))
        self.bot.add(self.adapter)
        found = await self.bot.start()
        connected = asyncio.Event()

        def ready(sentence: str) -> None:
            self.ready.append(sentence)
            connected.set()

        self.serving = asyncio.create_task(self.adapter.serve(self.bot.core, ready))
        waiter = asyncio.create_task(connected.wait())
        try:
            async with asyncio.timeout(WITHIN):
                await asyncio.wait([self.serving, waiter], return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiter.cancel()
        if self.serving.done():
            self.serving.result()
        self.connected()
        await self.bot.accept_received(found)

    def connected(self) -> None:
        """What the platform does once it is reached."""

    async def stop(self) -> None:
        if self.serving is not None:
            self.serving.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await self.serving
        if self.bot is not None:
            await self.bot.stop(0.0)
        self.bot = self.adapter = self.serving = None

    async def until(self, found: Callable[[], object], timeout: float = WITHIN, what: str = "") -> None:
        await self.standin.until(found, timeout, what)
