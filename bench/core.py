"""The core under load on a real SQLite file: latency in units of one commit, transactions per request, throughput, query plans.

Everything is compared within one run on one machine, because absolute milliseconds say nothing on a shared one.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog
from rich.console import Console
from rich.table import Table
from sqlalchemy import event, insert

from bot.budgets import Limits
from bot.catalogue.load import Catalogue
from bot.chat.port import Message, SendResult, Sent
from bot.chat.views import View
from bot.compose import Bot, build
from bot.core import Core, Received
from bot.domain.outcome import Billed, Outcome, Pending, Picture
from bot.domain.requests import Person, Place, Submission
from bot.gate.port import Estimate, Grant, Snapshot, Verdict, Waiting, WakeAt
from bot.gate.settings import GateSettings
from bot.ledger.server import LedgerServer
from bot.ledger.tables import memory, requests
from bot.ports import SystemPorts
from bot.providers.port import Call, OnPartial
from bot.requests.rules import Rules
from bot.requests.shared_handover import SharedHandover

PICTURE = Picture("ab" * 32, "png", 64, 64, 100)
GROWING = ("requests", "attempts", "pictures", "messages", "audit", "acts", "spend", "cases")


@dataclass
class Instant:
    """An image service that answers at once; remembers when each exchange began."""

    started: dict[str, float] = field(default_factory=dict)
    name: str = "instant"
    gate_key: str = "instant"

    async def call(self, call: Call, on_partial: OnPartial | None = None) -> Outcome:
        self.started[call.prompt] = time.perf_counter()
        return Outcome(pictures=(PICTURE,), billed=Billed.YES, status=200)

    async def collect(self, call: Call, pending: Pending) -> Outcome:
        return Outcome(pictures=(PICTURE,), billed=Billed.YES)

    async def cancel(self, pending: Pending) -> bool:
        return False

    async def aclose(self) -> None:
        return None


@dataclass
class Chat:
    """Shows everything at once and counts final answers."""

    finals: int = 0
    wanted: int = 0
    enough: asyncio.Event = field(default_factory=asyncio.Event)

    def expect(self, count: int) -> None:
        self.finals, self.wanted = 0, count
        self.enough.clear()

    async def send(self, message: Message, view: View) -> SendResult:
        if view.final:
            self.finals += 1
            if self.finals >= self.wanted:
                self.enough.set()
        return Sent()

    async def is_moderator(self, person: str, community: str) -> bool:
        return False

    async def is_administrator(self, person: str, community: str) -> bool:
        return False


@dataclass
class Platform:
    """The bench's adapter."""

    chat: Chat = field(default_factory=Chat)
    name: str = "bench"

    @property
    def moderators(self) -> Chat:
        return self.chat

    async def serve(self, core: Core, ready: Callable[[str], None]) -> None:
        await asyncio.Event().wait()

    async def acknowledged(self, place: Place) -> bool:
        return True

    def operators_place(self) -> Place | None:
        return None

    def home_moderators_place(self) -> Place | None:
        return None


class NoPictures:
    """No picture is stored in this bench."""

    async def read(self, sha256: str) -> bytes:
        return b""

    async def delete(self, sha256: str) -> bool:
        return False

    def close(self) -> None:
        return None


class OpenGate:
    """Grants at once. The launch gap of the real gate is measured by `bench gate`; here it would hide the path through the core."""

    def __init__(self, real: Any) -> None:
        self.real, self.ids = real, 0

    def next(self, now: float, waiting: Sequence[Waiting]) -> Grant | WakeAt:
        if not waiting:
            return WakeAt(float("inf"), "empty")
        self.ids += 1
        return Grant(self.ids, waiting[0].request_id, 60.0)

    def report(self, grant: Grant, verdict: Verdict, now: float) -> None:
        return None

    def hear(self, verdict: Verdict, now: float) -> None:
        return None

    def drop(self, grant: Grant, now: float) -> None:
        return None

    def changes(self) -> Sequence[Any]:
        return ()

    def estimates(self, now: float, waiting: Sequence[Waiting]) -> Mapping[str, Estimate]:
        return {}

    def snapshot(self, now: float) -> Snapshot:
        return self.real.snapshot(now)

    def remember(self) -> Mapping[str, object]:
        return {}


@asynccontextmanager
async def bot_on(folder: Path, database: LedgerServer | None = None) -> AsyncIterator[tuple[Bot, Instant, Chat]]:
    """A running bot with an instant service and a gate that never holds."""
    service, platform = Instant(), Platform()
    bot = await build(
        data_dir=folder,
        database=database,
        ports=SystemPorts(),
        rules=Rules(model=Catalogue.load().default(), limits=Limits(None, None, None, None, None, None), max_unfinished=None),
        gate_settings=GateSettings(),
        provider=service,
        pictures=NoPictures(),
    )
    gate = bot.services.default.gate = OpenGate(bot.services.default.gate)
    if isinstance(bot.scheduler.handover, SharedHandover):  # whoever becomes the leader makes a gate of its own
        bot.scheduler.handover.fresh_gate = lambda service, learned, age: gate  # type: ignore[assignment,return-value]
    bot.add(platform)
    await bot.start()
    try:
        yield bot, service, platform.chat
    finally:
        await bot.stop(0.0)


async def commit_seconds(bot: Bot, rounds: int = 100) -> float:
    """The median time of one small durable commit through the ledger."""
    took = []
    for number in range(rounds):
        began = time.perf_counter()
        await bot.ledger.write(lambda tx, n=number: tx.connection.execute(insert(memory).values(key=f"bench{n}", value=n, saved_at=0.0)))
        took.append(time.perf_counter() - began)
    await bot.ledger.write(lambda tx: tx.connection.execute(memory.delete().where(memory.c.key.like("bench%"))))
    return statistics.median(took)


async def submit(bot: Bot, prompt: str, key: str, person: str = "ana") -> None:
    """One /imagine."""
    received = await bot.core.receive(key, Submission(Person(person), Place("bench", "home", "imagine"), prompt))
    assert isinstance(received, Received)
    await bot.core.accept(received.request_id)


async def one_by_one(bot: Bot, service: Instant, chat: Chat, rounds: int, label: str) -> tuple[list[float], float]:
    """Submission -> exchange started, in seconds, sorted; and write transactions per request."""
    delays = []
    before = bot.ledger.commits
    for number in range(rounds):
        prompt = f"{label} {number}"
        chat.expect(1)
        began = time.perf_counter()
        await submit(bot, prompt, f"{label}:{number}")
        await chat.enough.wait()
        delays.append(service.started[prompt] - began)
        await bot.sender.idle()
    return sorted(delays), (bot.ledger.commits - before) / rounds


async def flood(bot: Bot, chat: Chat, count: int, label: str) -> float:
    """Requests a second through the whole core, all submitted at once by twenty members."""
    chat.expect(count)
    began = time.perf_counter()
    await asyncio.gather(*(submit(bot, f"{label} {n}", f"{label}:{n}", f"p{n % 20}") for n in range(count)))
    await chat.enough.wait()
    return count / (time.perf_counter() - began)


async def fill(bot: Bot, count: int) -> None:
    """Answered requests of the past, by fifty members."""
    base = {
        "state": "answered", "platform": "bench", "community": "home", "channel": "imagine", "reply": {}, "person_name": "",
        "prompt": "old",
        "fingerprint": "0" * 64, "typed": {}, "model": "m", "size": "1024x1024", "quality": "low", "count": 1, "private": False,
        "due_at": 1.0, "deadline_at": 2.0, "origin": "command", "lane": "interactive", "epoch": 1, "attempts": 1, "unbilled_tries": 0,
        "answer": "pictures", "answered_at": 1.0, "published": False, "deleted": False,
    }  # fmt: skip
    step = 5000
    for start in range(0, count, step):
        rows = [
            {
                **base,
                "id": f"old{n:013d}",
                "event_key": f"old:{n}",
                "person": "ana" if n % 50 == 0 else f"p{n % 50}",
                "created_at": float(n),
            }
            for n in range(start, min(count, start + step))
        ]
        await bot.ledger.write(lambda tx, r=rows: tx.connection.execute(insert(requests), r))


async def full_scans(bot: Bot, service: Instant, chat: Chat) -> list[str]:
    """Statements of the hot path that SQLite answers by reading a whole growing table; the statements are those that really ran."""
    seen: dict[str, Any] = {}

    def note(_c: object, _cursor: object, statement: str, parameters: Any, _context: object, _many: bool) -> None:
        seen.setdefault(statement, parameters)

    engines = [bot.ledger._writer.engine, *(one.engine for one in bot.ledger._links.readers)]
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    await one_by_one(bot, service, chat, 3, "plan")
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)
    found = []
    for statement, parameters in seen.items():
        if not statement.lstrip().upper().startswith(("SELECT", "UPDATE", "DELETE")):
            continue
        one = parameters[0] if isinstance(parameters, list) else parameters
        plan = await bot.ledger.read(lambda c, s=statement, p=one: c.exec_driver_sql(f"EXPLAIN QUERY PLAN {s}", p).all())
        for line in plan:
            words = str(line[3]).split()
            if words[0] == "SCAN" and words[1] in GROWING and "INDEX" not in words:
                found.append(f"{line[3]}: {' '.join(statement.split())[:120]}")
    return found


@contextmanager
def server(wanted: str, folder: Path) -> Iterator[LedgerServer | None]:
    """A PostgreSQL server of its own, whose commits are on the disk; None for SQLite."""
    if wanted != "postgresql":
        yield None
        return
    from tests.postgres import keeper

    folder.chmod(0o711)  # where we are root, the server is another user
    (folder / "pg").mkdir()
    process = keeper.start(folder / "pg", keeper.DURABLE)
    try:
        yield LedgerServer(keeper.url(folder / "pg", "postgres"))
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


async def measure(console: Console, old: int, database: str, most: float) -> bool:
    """All figures; True when every target is met."""
    table = Table("figure", "measured", "target", "met")
    good = True

    def row(name: str, value: str, target: str, ok: bool) -> None:
        nonlocal good
        good = good and ok
        table.add_row(name, value, target, "yes" if ok else "NO")

    with tempfile.TemporaryDirectory(prefix="imagine-bench-") as folder, server(database, Path(folder)) as where:
        (Path(folder) / "bot").mkdir()
        async with bot_on(Path(folder) / "bot", where) as (bot, service, chat):
            console.print("one by one …")
            await one_by_one(bot, service, chat, 10, "warm")
            commit = await commit_seconds(bot)
            delays, writes = await one_by_one(bot, service, chat, 100, "single")
            p50, p95 = delays[49] / commit, delays[94] / commit
            row("one commit, p50", f"{commit * 1e3:.2f} ms", "the unit", True)
            row("submission → exchange started, p50", f"{p50:.1f} commits", "", True)
            row("submission → exchange started, p95", f"{p95:.1f} commits", "≤ 10", p95 <= 10)
            row("write transactions per request", f"{writes:.2f}", "≤ 5", writes <= 5.0)
            console.print("a flood …")
            rate = await flood(bot, chat, 300, "flood")
            row("requests a second, 300 at once", f"{rate:.0f}", "≥ 50", rate >= 50)
            if where is None:
                scans = await full_scans(bot, service, chat)
                row("full scans in the hot path", "; ".join(scans) or "none", "none", not scans)
            before, _ = await one_by_one(bot, service, chat, 100, "before")
            console.print(f"{old:,} answered requests in the ledger …")
            await fill(bot, old)
            await one_by_one(bot, service, chat, 10, "warm again")
            later, _ = await one_by_one(bot, service, chat, 100, "later")
            ratio = statistics.median(later) / statistics.median(before)
            row(f"the same with {old:,} answered requests", f"× {ratio:.2f}", f"≤ × {most}", ratio <= most)
            full = await flood(bot, chat, 300, "flood again")
            row("requests a second, 300 at once", f"{full:.0f}, × {rate / full:.2f}", "", True)
    console.print(table)
    return good


def main() -> int:
    """`python -m bench core [--old 1000000] [--database postgresql]`."""
    parser = argparse.ArgumentParser(prog="python -m bench core")
    parser.add_argument("--old", type=int, default=100_000, help="answered requests of the past")
    parser.add_argument("--most", type=float, default=1.5, help="how much slower a request may be then")
    parser.add_argument("--database", default="sqlite", choices=("sqlite", "postgresql"))
    asked = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    return 0 if asyncio.run(measure(Console(), asked.old, asked.database, asked.most)) else 1


if __name__ == "__main__":
    raise SystemExit(main())
