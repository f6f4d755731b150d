"""One life of the real bot: `bot.compose.build` with the simulated world's clock, network and chat platform; and its adapter."""

from __future__ import annotations

import asyncio
import dataclasses
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from bot.budgets import Limits
from bot.catalogue.cost import highest_cost_micros
from bot.chat.port import ChatPort, ModeratorCheck
from bot.chat.views import Act, Form, Reply
from bot.compose import Bot, build
from bot.core import Core, Duplicate
from bot.domain.attachments import NotFetched, ReferenceLimits
from bot.domain.requests import Place, Submission
from bot.gate.settings import GateSettings
from bot.pixels.workers import Here
from bot.providers.http_provider import HttpProvider
from bot.providers.pictures import PictureStore
from bot.requests.questions import ask_about
from bot.requests.rules import Rules
from bot.requests.services import ServicePlan
from tests.simulation.chat import SimChat
from tests.simulation.loop import Life
from tests.simulation.ports import SimPorts
from tests.simulation.provider import KEY, picture
from tests.simulation.records import COMMUNITY, MODERATORS, OPERATORS, PER_CALL
from tests.simulation.wire import transport

if TYPE_CHECKING:
    from tests.simulation.people import Event, People
    from tests.simulation.world import World

BASE_URL = "https://images.sim.test/v1"
SECOND_URL = "https://second.sim.test/v1"
FALLBACK_AFTER = 10.0
"""Seconds after which the second service takes over."""
DRAIN = 20.0
"""Seconds that running exchanges get after SIGTERM, as in bot.compose."""


@dataclass(slots=True)
class SimAdapter:
    """The simulated platform's adapter inside the process: acknowledges commands, hands presses to the core."""

    world: World
    people: People
    chat: ChatPort
    core: Core
    moderators: ModeratorCheck
    name: str = "sim"

    async def serve(self, core: Core, ready: Callable[[str], None]) -> None:
        await asyncio.get_running_loop().create_future()

    async def acknowledged(self, place: Place) -> bool:
        return self.people.acknowledged(place.reply.get("event", ""))

    async def fetch_attachment(self, handle: Mapping[str, str]) -> bytes:
        """A file that a member attached; sometimes the platform is slow, or doesn't hand it over."""
        r = self.world.chance.next(f"attached:{handle['file']}")
        await asyncio.sleep(r.uniform(0.05, 4.0))
        if r.random() < 0.08 and not self.world.calm:
            raise NotFetched(r.choice(["gone", "failed"]))
        return picture(zlib.crc32(handle["file"].encode()) & 0xFFFFFF, side=40)

    def operators_place(self) -> Place | None:
        return Place(self.name, COMMUNITY, OPERATORS)

    def home_moderators_place(self) -> Place | None:
        return Place(self.name, COMMUNITY, MODERATORS)

    async def command(self, event: Event, submission: Submission) -> None:
        """A command has been delivered: store, acknowledge, accept."""
        received = await self.core.receive(event.key, submission)
        event.thread.request_id = received.request_id
        if await self.people.acknowledge(event):
            await self.core.accept(received.request_id)
        elif not self.world.plan.redelivers and not isinstance(received, Duplicate):
            await self.core.abandon(received.request_id)

    async def press(self, act: Act, fill: Callable[[Form], Mapping[str, str]] | None) -> Reply:
        """A button was pressed; a form behind it is filled at once."""
        if fill is not None:
            form = await self.core.form(act)
            if isinstance(form, Reply):
                return form
            act = Act(
                act.event_key,
                act.person,
                act.person_name,
                act.platform,
                act.community,
                act.channel,
                form.action,
                form.row,
                fill(form),
                act.reply,
            )
        return await self.core.act(act)


@dataclass(slots=True)
class Process:
    """Starts and stops the bot in the lives of one world."""

    world: World
    people: People
    folder: Path
    sent: dict[str, int] = field(default_factory=dict)
    """Sendings per message over all lives."""
    bot: Bot | None = None
    adapter: SimAdapter | None = None
    store: PictureStore | None = None

    def start(self, life: Life) -> None:
        """Called inside the life's context."""
        self.bot = self.adapter = self.store = None
        task = self.world.loop.create_task(self._run(life))
        task.add_done_callback(lambda done: self._ended(life, done))

    def stop(self, life: Life) -> None:
        """SIGTERM: called from outside."""
        if not life.dead:
            life.context.run(self.world.loop.create_task, self._stop(life))

    async def _run(self, life: Life) -> None:
        world = self.world
        ports = SimPorts(world.loop, world.clock, world.chance.at("process", life.number))
        store = PictureStore(self.folder, workers=Here())
        bot = await build(
            data_dir=self.folder,
            ports=ports,
            rules=self.rules(),
            gate_settings=GateSettings(),
            provider=HttpProvider(BASE_URL, KEY, store, ports, transport=transport(world)),
            pictures=store,
            fallbacks=[self._second(store, ports)] if world.plan.fallback else (),
        )
        chat = SimChat(world, world.platform, world.plan.chat_faults, self.sent)
        adapter = SimAdapter(world, self.people, chat, bot.core, world.crew)
        bot.add(adapter)
        found = await bot.start()
        self.bot, self.adapter, self.store = bot, adapter, store
        await bot.accept_received(found)

    def _second(self, store: PictureStore, ports: SimPorts) -> ServicePlan:
        """The service that stands by."""
        provider = HttpProvider(SECOND_URL, KEY, store, ports, transport=transport(self.world))
        name = self.world.model.id
        return ServicePlan("fallback", provider, GateSettings(), "second.sim.test", FALLBACK_AFTER, {name: name}, {name: ReferenceLimits()})

    async def _stop(self, life: Life) -> None:
        self.adapter = None
        if self.bot is not None:
            await self.bot.stop(DRAIN)
        self.world.outside(0.0, self.world.stopped, life)

    def _ended(self, life: Life, done: asyncio.Task[None]) -> None:
        if not done.cancelled() and done.exception() is not None:
            self.world.checker.fail("0-does-not-start", life, repr(done.exception()))

    def rules(self) -> Rules:
        """The operator's settings of this run."""
        model = dataclasses.replace(self.world.model, per_call=PER_CALL)
        equals = {"fallback": {model.id: model}} if self.world.plan.fallback else {}
        limits = Limits(None, None, None, self.budget(), None, None)
        return Rules(equals=equals, model=model, limits=limits, lint=ask_about, captions=True)

    def budget(self) -> int:
        """What the community may spend in a month, in micros."""
        model = self.world.model
        return self.world.plan.budget_pictures * highest_cost_micros(model, model.sizes.default, model.default_quality, 1, 40)
