"""The simulated world: it owns time, network, chat platform and disk, starts and kills the process, and keeps the record.

Everything that happens goes into a history whose hash tells whether two runs were the same.
"""

from __future__ import annotations

import asyncio
import contextvars
import functools
import hashlib
import sqlite3
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

from bot.catalogue.cost import picture_tokens
from bot.catalogue.model import Model
from tests.simulation import disk
from tests.simulation.case_actors import CaseActors
from tests.simulation.case_rules import CaseRules
from tests.simulation.chance import Chance
from tests.simulation.chat import Platform, Post, Shown
from tests.simulation.checker import Checker, Violation
from tests.simulation.crew import Crew
from tests.simulation.loop import Deadlock, Life, Livelock, SimLoop, current_life, no_threads
from tests.simulation.plan import Crash, Nature, Plan
from tests.simulation.ports import Clock
from tests.simulation.provider import FAMILIES, LATER, Asked, Meaning, Provider, bill
from tests.simulation.records import Thread, Wording
from tests.simulation.shelf import FAMILIES as FETCHES
from tests.simulation.sqlite import Hooks, Step, TrackedConnection, inline_aiosqlite
from tests.simulation.steps import WATCHED, Change, changes, is_aimed
from tests.simulation.wire import ConnectFault, Exchange, HttpRequest

CONNECT_FAULTS = {"refused": 3, "dns": 1, "hang": 1}
SECOND = "second."
"""Begins the host name of the service that stands by."""
TERM_WITHIN = 60.0
"""Seconds after SIGTERM until the process is killed."""


@dataclass(slots=True)
class Report:
    """What one run showed; holds no piece of the run itself."""

    plan: Plan
    violations: list[Violation]
    hash: str
    simulated: float
    events: int
    lives: int
    died_at: Counter[str]
    steps: Counter[Change]
    crashed: Counter[tuple[str, str | None, str, str | None, str]]
    """The same, with `before` or `after` for a crash right before or after their commit."""
    faults: list[str]
    families: Counter[str]
    lines: list[str]


@dataclass(slots=True)
class World:
    """One run. Implements what the wire and the chat platform need of it."""

    plan: Plan
    folder: Path
    model: Model
    """Whose prices the provider bills."""
    keep: bool = False
    """Keep the history's lines, not only their hash."""
    chance: Chance = field(init=False)
    loop: SimLoop = field(init=False)
    clock: Clock = field(init=False)
    platform: Platform = field(init=False)
    provider: Provider = field(init=False)
    checker: Checker = field(init=False)
    life: Life | None = None
    calm: bool = False
    over: bool = False
    """The run is at its end: a process that stops is not started again."""
    lines: list[str] = field(default_factory=list)
    died_at: Counter[str] = field(default_factory=Counter)
    steps: Counter[Any] = field(default_factory=Counter)
    crashed: Counter[Any] = field(default_factory=Counter)
    families: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    wordings: dict[str, Wording] = field(default_factory=dict)
    threads: list[Thread] = field(default_factory=list)
    crew: Crew = field(init=False)
    case_rules: CaseRules = field(init=False)
    case_actors: CaseActors | None = None
    forgotten: list[tuple[str, float]] = field(default_factory=list)
    """(member, moment at which they heard that everything is deleted)."""
    start_process: Callable[[Life], None] = field(init=False)
    """Boots the real core in a life; set by whoever runs the world."""
    stop_process: Callable[[Life], None] = field(init=False)
    """SIGTERM."""
    _hash: Any = field(default_factory=hashlib.sha256)
    _events: int = 0
    _lives: int = 0
    _crashes: list[Crash] = field(init=False)
    _crash: Crash | None = None
    _passed: int = 0
    _waiters: list[tuple[str, asyncio.Future[None]]] = field(default_factory=list)
    _committed_at: float = -1.0
    _committed_before: float = -1.0
    _synced: int = 0
    _synced_before: int = 0
    _keeper: sqlite3.Connection | None = None
    _outside: contextvars.Context = field(default_factory=contextvars.copy_context)

    def __post_init__(self) -> None:
        self.chance = Chance(self.plan.seed)
        self.loop = SimLoop(self.chance.at("loop"))
        self.loop.set_exception_handler(self._loop_exception)
        self.clock = Clock(self.loop)
        self.platform = Platform(self)
        self.provider = Provider(self.chance.next, functools.partial(picture_tokens, self.model))
        self.checker = Checker(self.loop.time, ["TOKEN-OF-A-REPLY"])
        self.crew = Crew(self, self.plan.absences, self.plan.check_faults)
        self.case_rules = CaseRules(self.checker, self.crew, self.loop.time, self.threads)
        self._crashes = list(self.plan.crashes)

    # ---- the history

    def log(self, *what: object) -> None:
        """One line of the history."""
        line = f"{self.loop.time():14.6f} {current_life() or 'world'!s:8} {' '.join(map(str, what))}"
        self._hash.update(line.encode())
        if self.keep:
            self.lines.append(line)

    def _loop_exception(self, _loop: object, context: dict[str, Any]) -> None:
        self.log("LOOP", context.get("message"), repr(context.get("exception")))
        if context.get("exception") is not None:
            self.checker.fail("0-unhandled", context.get("message"), repr(context.get("exception")))

    def outside(self, delay: float, callback: Callable[..., None], *args: Any) -> None:
        """Something that happens whether or not the process lives."""
        self._outside.copy().run(self.loop.call_later, delay, callback, *args)

    def fault(self, key: str, families: dict[str, int], share: float) -> tuple[str | None, Random]:
        """One seeded decision per key; nothing goes wrong once the world is calm or where the shrinker switched it off."""
        r = self.chance.at(key)
        hit = r.random() < share
        family = r.choices(list(families), list(families.values()))[0]
        if not hit or self.calm or key in self.plan.calm:
            return None, r
        self.faults.append(key)
        self.families[family] += 1
        return family, r

    # ---- the process dies

    async def boundary(self, site: str) -> None:
        """A named point inside the process; does not return when it dies there."""
        if self.passes(site, ()):
            await self.loop.create_future()

    async def passage(self, site: str) -> None:
        """Waits until the process passes a boundary, or the calm begins."""
        waiter = self.loop.create_future()
        self._waiters.append((site, waiter))
        await waiter

    def _wake(self, site: str | None) -> None:
        """Wakes who waits for a boundary; everybody when there will be no more trouble."""
        for one in [one for one in self._waiters if site in (None, one[0])]:
            self._waiters.remove(one)
            self.outside(0.0, one[1].set_result, None)

    def passes(self, site: str, steps: tuple[Step, ...]) -> bool:
        """Counts an event of the current life; True when the process is dead by now."""
        life = current_life()
        if life is None:
            return False
        if life.dead or life is not self.life:
            return True
        self._events += 1
        if self._waiters:
            self._wake(site)
        crash = self._crash
        if crash is None or not is_aimed(crash.site, site, steps):
            return False
        self._passed += 1
        if self._passed < crash.nth:
            return False
        self._crash = None
        self.died_at[f"{site} {crash.how}"] += 1
        if site.startswith("commit"):
            side = site.removeprefix("commit-")
            self.crashed.update((*change, side) for change in changes(steps))
        if crash.how == "term":
            self._terminate(life, crash)
            return False
        self.die(life, crash.how, site, crash.down)
        return True

    def die(self, life: Life, how: str, site: str, down: float) -> None:
        """The process is gone between two of its steps; it is started again after `down` seconds."""
        self.log("DIES", how, "at", site)
        torn, torn_commit = None, False
        if how in ("power", "torn"):
            torn_commit = how == "torn" and site == "commit-after"
            synced = self._synced_before if torn_commit else self._synced
            torn = disk.after_power_loss(self.folder, synced, self.chance.next("power"))
        self.loop.kill(life)
        if self._keeper is not None:
            self._keeper.close()
            self._keeper = None
        if torn is not None:
            torn.write()
            self.log("DISK", torn.lost, "bytes of the log lost")
            if torn_commit and torn.lost and self._synced > self._synced_before:
                self.case_rules.lost()
                self._committed_at = self._committed_before
        self.checker.life_ended(life, self._committed_at)
        self.life = None
        if not self.over:
            self.outside(down, self.boot)

    def _terminate(self, life: Life, crash: Crash) -> None:
        self.log("SIGTERM")
        self.outside(0.0, self.stop_process, life)
        self.outside(TERM_WITHIN, self._kill_if_alive, life, crash.down)

    def _kill_if_alive(self, life: Life, down: float) -> None:
        if not life.dead:
            self.checker.fail("0-does-not-stop", life)
            self.die(life, "kill", "SIGTERM", down)

    def stopped(self, life: Life, down: float = 1.0) -> None:
        """The process has ended by itself."""
        if not life.dead:
            self.die(life, "exit", "end", down)

    def boot(self) -> None:
        """A new life begins."""
        self._lives += 1
        self._crash = self._crashes.pop(0) if self._crashes and (not self.calm or self._crashes[0].late) else None
        self._passed = 0
        self._keeper = disk.keeper(self.folder)
        self._synced = self._synced_before = disk.log_size(self.folder)
        self.life = Life(self._lives, self.loop.time())
        self.log("BOOTS", self.life, self._crash)
        self.life.context.run(self.start_process, self.life)

    def heal(self) -> None:
        """From now on nothing goes wrong."""
        self.calm = True
        if self._crash is not None and not self._crash.late:
            self._crash = None
        self._wake(None)
        self.log("CALM")

    def _committed(self, connection: sqlite3.Connection, steps: tuple[Step, ...]) -> None:
        assert isinstance(connection, TrackedConnection)
        self._synced_before = self._synced
        if not connection.watching:
            return  # a reader: nothing new is on the disk
        self._committed_before, self._committed_at = self._committed_at, self.loop.time()
        if connection.synchronous is None:
            connection.synchronous = int(sqlite3.Connection.cursor(connection).execute("PRAGMA synchronous").fetchone()[0])
        if connection.synchronous >= 2:
            self._synced = disk.log_size(self.folder)
        self.case_rules.committed(steps)
        self.steps.update(changes(steps))
        for step in steps:
            if step.table == "audit":
                self.log("LINE", step.after)
            else:
                self.log("STEP", step.table, step.row, step.before, ">", step.after, step.detail or "")

    # ---- the network

    def connect_fault(self, host: str) -> ConnectFault | None:
        if host.startswith("tls:"):
            return None
        if self._weather() == "refusing" and not host.startswith(SECOND):
            return ConnectFault("refused")
        share = 0.0 if self.plan.only else self.plan.provider_faults * 0.25
        number = self.chance.next("connects").getrandbits(32)
        family, _ = self.fault(f"connect:{number}", CONNECT_FAULTS, share)
        return None if family is None else ConnectFault(family)

    def _weather(self) -> str | None:
        if self.calm:
            return None
        now = self.loop.time()
        return next((one.kind for one in self.plan.weather if one.start <= now < one.end), None)

    def arrive(self, request: HttpRequest, life: Life) -> Exchange:
        """A request for pictures, or for what is handed out later, has reached the provider."""
        return self._outside.copy().run(self._arrive if request.method == "POST" else self._fetch, request, life)

    def _fetch(self, request: HttpRequest, life: Life) -> Exchange:
        number = self.chance.next("fetches").getrandbits(32)
        family, _ = self.fault(f"fetch:{number}", FETCHES, self.plan.provider_faults * 0.5)
        self.log("FETCH", request.path, family or "")
        return self.provider.shelf.ask(request, family, self._verdict)

    def _verdict(self, prompt: str, life: Life) -> None:
        self.log("VERDICT")
        self.checker.verdict(self.wordings.get(prompt), life)

    def _arrive(self, request: HttpRequest, life: Life) -> Asked:
        prompt, size, quality, count = self.provider.read(request)
        wording = self.wordings.get(prompt)
        number = len(wording.asked) + 1 if wording is not None else 0
        second = request.host.startswith(SECOND)
        weather = None if second else self._weather()
        families = {self.plan.only: 1} if self.plan.only else FAMILIES
        tag = wording.tag if wording is not None else "?"
        family, _ = self.fault(f"ask:{tag}:{number}", families, self.plan.provider_faults)
        if family is None:
            family, _ = self.fault(f"later:{tag}:{number}", LATER, self.plan.later)
        if weather in ("down", "busy", "no_credit"):
            family = weather
        said = self.provider.say(request, wording.nature if wording is not None else Nature.GOOD, family)
        if self.plan.fallback and said.family == "no_credit":
            said = replace(said, meaning=Meaning.RATE)  # turned away for nothing: the other service may be asked
        asked = Asked(number, self.loop.time(), prompt, count, size, quality, life, said, second, note=self._note)
        self.log("ASKED", tag, number, *(["second"] if second else []), said.family, said.meaning, "billed", said.billed)
        if wording is not None:
            self.case_rules.asked(wording)
        self.checker.asked(wording, asked, bill(self.model, size, quality, said, len(prompt), request.body.count(b'name="image[]"')))
        return asked

    def _note(self, asked: Asked, what: str) -> None:
        wording = self.wordings.get(asked.prompt)
        self.log(what.upper(), wording.tag if wording else "?", asked.number)
        if what == "received":
            self.checker.received(wording, asked)
        else:
            self.checker.abandoned(asked)

    # ---- the chat platform

    def saw(self, post: Post, shown: Shown) -> None:
        thread = self.thread_of(post, shown)
        self.log("SHOWN", post.id, shown.subject, shown.audience, shown.view.title, "final" if shown.view.final else "")
        self.checker.saw(thread, post, shown)
        if self.case_actors is not None:
            self.case_actors.saw(post, shown)

    def thread_of(self, post: Post, shown: Shown) -> Thread | None:
        """The request that a view on a post is about; a request that a press has started is met here for the first time."""
        kind, _, row = shown.subject.partition(":")
        if kind not in ("request", "question", "ready"):
            return None
        for thread in self.threads:
            if thread.request_id == row:
                return thread
        new = [one for one in self.threads if one.request_id is None and kind != "ready"]
        child = next((one for one in new if shown.answers in (one.event, *one.also)), None)
        if child is not None:
            child.request_id, child.post = row, post
        return child

    # ---- a whole run

    def hooks(self) -> Hooks:
        return Hooks(boundary=self.passes, committed=self._committed, watched=WATCHED)

    def run(self, scenario: Callable[[World], Any]) -> Report:
        """Runs a scenario to its end; what breaks in the simulation itself is a violation too."""
        asyncio.set_event_loop(self.loop)
        try:
            with no_threads(), inline_aiosqlite(self.hooks()), disk.tracked_locks():
                self.loop.run_until_complete(scenario(self))
        except (Deadlock, Livelock) as stuck:
            self.checker.fail(f"0-{type(stuck).__name__.lower()}", stuck)
        finally:
            if self.life is not None and not self.life.dead:
                self.loop.kill(self.life)
            if self._keeper is not None:
                self._keeper.close()
            self.loop.finish()
            asyncio.set_event_loop(None)
        return self._report()

    def _report(self) -> Report:
        return Report(
            plan=self.plan,
            violations=self.checker.violations,
            hash=self._hash.hexdigest()[:16],
            simulated=self.loop.time(),
            events=self._events,
            lives=self._lives,
            died_at=self.died_at,
            steps=self.steps,
            crashed=self.crashed,
            faults=list(dict.fromkeys(self.faults)),
            families=self.families,
            lines=self.lines,
        )
