"""Runs a plan: the hostile time, then a calm one in which everything must settle, then the last looks and the books."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import json
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import bot.lifecycle
import bot.pixels.crop
import bot.pixels.jobs
import bot.requests.gate_memory
import bot.requests.scheduler
from bot.catalogue.load import Catalogue
from bot.catalogue.model import Model
from bot.chat.views import View
from bot.core import Visitor
from bot.ledger.migrate import upgrade
from bot.requests.ready import key_of
from tests.simulation import books, casebooks, disk
from tests.simulation.case_actors import CaseActors
from tests.simulation.generate import from_seed
from tests.simulation.logs import captured_logs
from tests.simulation.loop import Life, undisturbed
from tests.simulation.pens import draw_small
from tests.simulation.people import People
from tests.simulation.plan import Plan
from tests.simulation.ports import EPOCH
from tests.simulation.process import Process
from tests.simulation.provider import KEY, number_of
from tests.simulation.records import CHANNEL, COMMUNITY, Thread
from tests.simulation.statements import compiled_once
from tests.simulation.world import Report, World

CALM = 2 * 3600.0
"""Seconds after the last trouble within which everything must have settled: deadlines, back-offs and questions to members are over."""
SMALL = patch.object(bot.pixels.crop, "SMALLEST", 1)
"""The provider's pictures are tiny, and can be cut all the same."""
DRAWN = patch.dict(bot.pixels.jobs.JOBS, {"caption": draw_small})
"""Texts are drawn without fonts; how they look isn't the simulation's matter."""
QUIET = 60.0
"""Seconds between two looks at whether it has."""


def run(plan: Plan, *, keep: bool = False) -> Report:
    """One run of a plan."""
    return undisturbed(lambda: _run(plan, keep))


def run_seed(seed: int, *, keep: bool = False) -> Report:
    """One run of a seed's plan."""
    return run(from_seed(seed), keep=keep)


def _run(plan: Plan, keep: bool) -> Report:
    folder = disk.temporary_folder()
    try:
        shutil.copy(_template(), folder / disk.DATABASE)
        choose(folder / disk.DATABASE, plan)
        world = World(plan, folder, model(), keep)
        with captured_logs(lambda line: read_log(world, line), [KEY]), polling_every(plan.polls), compiled_once(), SMALL, DRAWN:
            report = world.run(Scenario(world, folder).play)
        return report
    finally:
        disk.remove(folder)


@contextlib.contextmanager
def polling_every(seconds: float | None) -> Iterator[None]:
    """Safety polls further apart than the product's own: days become cheap, and nothing hides a wake-up that was lost."""
    polls = ((bot.lifecycle, "SWEEP_EVERY"), (bot.requests.gate_memory, "REMEMBER_EVERY"), (bot.requests.scheduler, "SAFETY_POLL"))
    with contextlib.ExitStack() as stack:
        for module, name in polls:
            stack.enter_context(patch.object(module, name, getattr(module, name) if seconds is None else seconds))
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
    folder = disk.temporary_folder()
    upgrade(folder / disk.DATABASE, EPOCH)
    return folder / disk.DATABASE


def choose(ledger: Path, plan: Plan) -> None:
    """What the community and its members have chosen before the first process starts."""
    if plan.results == "public" and not plan.tells:
        return
    with contextlib.closing(sqlite3.connect(ledger)) as connection, connection:
        own = json.dumps({"results": plan.results})
        connection.execute("INSERT INTO community_settings VALUES (?, ?, ?, ?, ?)", ("sim", COMMUNITY, own, EPOCH, "operator1"))
        for who, way in plan.tells.items():
            row = {"key": key_of("sim", who), "value": json.dumps(way), "saved_at": EPOCH}
            connection.execute("INSERT INTO memory (key, value, saved_at) VALUES (:key, :value, :saved_at)", row)


@dataclass(slots=True)
class Scenario:
    """What happens in one run, in order."""

    world: World
    folder: Path

    async def play(self, world: World) -> None:
        plan = world.plan
        people = People(world)
        world.case_actors = case_actors = CaseActors(people)
        people.process = process = Process(world, people, self.folder)
        world.start_process, world.stop_process = process.start, process.stop
        world.checker.expect(plan, process.budget(), world.case_rules.approved)
        world.boot()
        loop = world.loop
        tasks = [
            *(loop.create_task(people.type(command)) for command in plan.commands),
            *(loop.create_task(people.press(number, press)) for number, press in enumerate(plan.presses)),
            *(loop.create_task(people.remove(number, after)) for number, after in plan.removals),
            *(loop.create_task(case_actors.handle(handling)) for handling in plan.handlings),
            *(loop.create_task(case_actors.forget(who, at)) for who, at in plan.forgets),
        ]
        for at, by in plan.skews:
            loop.call_at(at, self._skew, by)
        await asyncio.sleep(plan.horizon)
        world.heal()
        await asyncio.gather(*tasks)
        await self._settle(process)
        await casebooks.wait_for_cases(world, self.folder)
        await self._settle(process)
        await self._last_look(people, process)
        world.over = True
        if world.life is not None:
            world.stop_process(world.life)
            await asyncio.sleep(120)
        books.examine(self.folder / disk.DATABASE, world.checker, COMMUNITY)
        books.examine_told(self.folder / disk.DATABASE, world.checker)
        casebooks.examine(world, self.folder)

    def _skew(self, by: float) -> None:
        world = self.world
        world.clock.skew += by
        world.log("CLOCK", by)
        # Until the living process has seen it, and for good where it dies before or none lives, waits may be off by as much.
        world.checker.slack += abs(by)
        world.checker.ahead += max(by, 0.0)
        if (life := world.life) is not None and not life.dead:
            within = 2 * (world.plan.polls or bot.lifecycle.SWEEP_EVERY) + 30.0
            world.loop.call_later(within, self._seen, life, by)

    def _seen(self, life: Life, by: float) -> None:
        if not life.dead:
            self.world.checker.slack -= abs(by)
            self.world.checker.ahead -= max(by, 0.0)

    async def _settle(self, process: Process) -> None:
        """Waits until nothing is under way, at most as long as everything may take."""
        end = self.world.loop.time() + CALM + self.world.checker.slack
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
        with contextlib.closing(sqlite3.connect(self.folder / disk.DATABASE)) as connection:
            for thread in world.threads:
                if thread.request_id is None:
                    self._find(connection, thread)
        for thread in world.threads:
            async with asyncio.timeout(QUIET):
                stored = await world.life.context.run(world.loop.create_task, self._fetch(process, thread))
            world.checker.settled(thread, stored)
        async with asyncio.timeout(QUIET):
            await world.life.context.run(world.loop.create_task, casebooks.compare_cards(world, process))

    def _find(self, connection: sqlite3.Connection, thread: Thread) -> None:
        """A request that a press began and of which nothing was ever shown: its member finds it in the list of /imagine-show."""
        for key in (thread.event, *sorted(thread.also)):
            row = connection.execute("SELECT id FROM requests WHERE event_key = ?", (f"act:{key}",)).fetchone()
            if row is not None:
                thread.request_id, thread.post = row[0], self.world.platform.answer_to(key)

    async def _fetch(self, process: Process, thread: Thread) -> View | None:
        if thread.request_id is None or process.adapter is None or process.store is None:
            return None
        visitor = Visitor("sim", COMMUNITY, CHANNEL, thread.who)
        view = await process.adapter.core.show(visitor, thread.request_id)
        if "delete" in thread.pressed:
            return view
        for shown in (one for one in view.pictures if "-sheet." not in one.filename):
            self.world.checker.traced(thread, number_of(await process.store.read(shown.sha256)))
        return view
