"""Runs a plan: the hostile time, then a calm one in which everything must settle, then the last looks and the books."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import io
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from PIL import Image

import bot.compose
import bot.requests.scheduler
from bot.catalogue.load import Catalogue
from bot.catalogue.model import Model
from bot.chat.views import View
from bot.core import Visitor
from bot.ledger.migrate import upgrade
from tests.simulation import books, disk
from tests.simulation.logs import captured_logs
from tests.simulation.loop import undisturbed
from tests.simulation.people import People
from tests.simulation.plan import Plan, from_seed
from tests.simulation.ports import EPOCH
from tests.simulation.process import Process
from tests.simulation.provider import KEY
from tests.simulation.records import CHANNEL, COMMUNITY, Thread
from tests.simulation.world import Report, World, remove, temporary_folder

CALM = 2 * 3600.0
"""Seconds after the last trouble within which everything must have settled: deadlines, back-offs and questions to members are over."""
QUIET = 60.0
"""Seconds between two looks at whether it has."""


def run(plan: Plan, *, keep: bool = False) -> Report:
    """One run of a plan."""
    return undisturbed(lambda: _run(plan, keep))


def run_seed(seed: int, *, keep: bool = False) -> Report:
    """One run of a seed's plan."""
    return run(from_seed(seed), keep=keep)


def _run(plan: Plan, keep: bool) -> Report:
    folder = temporary_folder()
    try:
        shutil.copy(_template(), folder / disk.DATABASE)
        world = World(plan, folder, model(), keep)
        with captured_logs(lambda line: read_log(world, line), [KEY]), polling_every(plan.polls):
            report = world.run(Scenario(world, folder).play)
        return report
    finally:
        remove(folder)


@contextlib.contextmanager
def polling_every(seconds: float | None) -> Iterator[None]:
    """Safety polls further apart than the product's own: days become cheap, and nothing hides a wake-up that was lost."""
    with contextlib.ExitStack() as stack:
        if seconds is not None:
            stack.enter_context(patch.object(bot.compose, "SWEEP_EVERY", seconds))
            stack.enter_context(patch.object(bot.compose, "REMEMBER_EVERY", seconds))
            stack.enter_context(patch.object(bot.requests.scheduler, "SAFETY_POLL", seconds))
        yield


def read_log(world: World, line: str) -> None:
    """No private word in the log, and no error in it either: nothing in a run is the operator's fault."""
    world.checker.logged(line)
    entry = json.loads(line)
    if entry.get("level") in ("error", "critical") or "exception" in entry:
        world.checker.fail("0-error-logged", line[:1500])


@functools.cache
def model() -> Model:
    """The image model of all runs."""
    return Catalogue.load().default()


@functools.cache
def _template() -> Path:
    """An empty ledger of the newest schema, made once: migrating takes longer than a run."""
    folder = temporary_folder()
    upgrade(folder / disk.DATABASE, EPOCH)
    return folder / disk.DATABASE


@dataclass(slots=True)
class Scenario:
    """What happens in one run, in order."""

    world: World
    folder: Path

    async def play(self, world: World) -> None:
        plan = world.plan
        people = People(world)
        people.process = process = Process(world, people, self.folder)
        world.start_process, world.stop_process = process.start, process.stop
        world.checker.budget = process.budget()
        world.boot()
        loop = world.loop
        tasks = [
            *(loop.create_task(people.type(command)) for command in plan.commands),
            *(loop.create_task(people.press(number, press)) for number, press in enumerate(plan.presses)),
            *(loop.create_task(people.remove(number, after)) for number, after in plan.removals),
        ]
        for at, by in plan.skews:
            loop.call_at(at, self._skew, by)
        await asyncio.sleep(plan.horizon)
        world.heal()
        await asyncio.gather(*tasks)
        await self._settle(process)
        await self._last_look(people, process)
        world.over = True
        if world.life is not None:
            world.stop_process(world.life)
            await asyncio.sleep(120)
        books.examine(self.folder / disk.DATABASE, world.checker, COMMUNITY)

    def _skew(self, by: float) -> None:
        self.world.clock.skew += by
        self.world.log("CLOCK", by)

    async def _settle(self, process: Process) -> None:
        """Waits until nothing is under way, at most as long as everything may take."""
        end = self.world.loop.time() + CALM + sum(abs(by) for _, by in self.world.plan.skews)
        while self.world.loop.time() < end:
            await asyncio.sleep(QUIET)
            if self.world.life is not None and process.adapter is not None and disk.quiet(self.folder):
                return

    async def _last_look(self, people: People, process: Process) -> None:
        """Every member fetches their request; its pictures are decoded and traced."""
        world = self.world
        if world.life is None or process.adapter is None:
            world.checker.fail("0-not-running", "the process is not up after the calm")
            return
        for thread in world.threads:
            async with asyncio.timeout(QUIET):
                stored = await world.life.context.run(world.loop.create_task, self._fetch(process, thread))
            world.checker.settled(thread, stored)

    async def _fetch(self, process: Process, thread: Thread) -> View | None:
        if thread.request_id is None or process.adapter is None or process.store is None:
            return None
        visitor = Visitor("sim", COMMUNITY, CHANNEL, thread.who)
        view = await process.adapter.core.show(visitor, thread.request_id)
        if "delete" in thread.pressed:
            return view
        for shown in view.pictures:
            self.world.checker.traced(thread, number_of(await process.store.read(shown.sha256)))
        return view


def number_of(picture: bytes) -> int | None:
    """The number that the provider painted this picture with."""
    with Image.open(io.BytesIO(picture)) as image:
        red, green, blue = image.convert("RGB").getpixel((0, 0))  # type: ignore[misc]
        return int(red) << 16 | int(green) << 8 | int(blue)
