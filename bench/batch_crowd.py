"""Two batches and members at once, through the real core over HTTP: what each batch spends, and how long members wait beside them.

The sandbox takes two seconds for a picture and the bot makes six calls at once, so the batches could use every place all the time. The
second batch's budget is too small for its topics.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection, text

from bench.core_driver import DEADLINE, MODEL, Chat, Platform
from bot.batch import steps
from bot.batch.local import PLACE
from bot.batch.topics import topics_of
from bot.budgets import EVERYBODY, Limits
from bot.catalogue.load import Catalogue
from bot.compose import Bot, build
from bot.core import Received
from bot.domain.batches import ACTIVE, Batch, BatchPlan
from bot.domain.request_states import Answer
from bot.domain.requests import Person, Place, Submission
from bot.gate.settings import GateSettings
from bot.ledger import batch_rows, request_rows
from bot.ports import SystemPorts
from bot.providers.http_provider import HttpProvider
from bot.providers.pictures import PictureStore
from bot.requests.rules import Rules
from bot.sandbox.answers import Delays
from bot.sandbox.server import start

MOST = 1.2
"""What members may wait at most beside batches, as a multiple of what they wait without: 95th percentile."""
PICTURE, PLACES, EVERY = 2.0, 6, 1.2
"""Seconds of a picture, calls at once, and seconds between two members' requests on average."""
BUDGETS = (20_000_000, 150_000)
"""In micros: more than enough, and too little."""
LOOK_EVERY = 0.05
COST = (
    "SELECT coalesce(sum(a.cost), 0) FROM attempts a JOIN requests r ON r.id = a.request_id"
    " JOIN batch_items i ON r.event_key LIKE 'batch:' || i.id || ':%' WHERE i.batch_id = :id"
)


@dataclass
class Crowd:
    """What was seen of one run."""

    took: list[float] = field(default_factory=list)
    """Seconds from asking to the picture, of every member."""
    problems: list[str] = field(default_factory=list)
    figures: list[str] = field(default_factory=list)


def run(topics: Sequence[str], seconds: float, seed: int) -> list[str]:
    """Print the figures. Returns the promises that are broken."""
    alone = asyncio.run(_crowd((), seconds, seed))
    beside = asyncio.run(_crowd(topics, seconds, seed))
    p95 = [sorted(one.took)[int(0.95 * len(one.took))] for one in (alone, beside)]
    print("\n".join(beside.figures))
    print(
        f"{len(alone.took)} members: 95th percentile {p95[0]:.2f} s alone, {p95[1]:.2f} s beside two batches, ratio {p95[1] / p95[0]:.2f}"
    )
    problems = [*alone.problems, *beside.problems]
    return problems if p95[1] <= MOST * p95[0] else [*problems, f"members waited {p95[1] / p95[0]:.2f} times as long beside the batches"]


async def _crowd(topics: Sequence[str], seconds: float, seed: int) -> Crowd:
    found = Crowd()
    service = await start(port=0, pace=Delays(latency=PICTURE))
    with tempfile.TemporaryDirectory(prefix="crowd-bench-") as folder:
        bot, chat = await _bot(service.base_url, Path(folder))
        try:
            batches = [await _begun(bot, topics, number, budget) for number, budget in enumerate(BUDGETS)] if topics else []
            watching = asyncio.create_task(_watch(bot, batches, found))
            await _members(bot, chat, seconds, seed, found)
            await _until_quiet(bot, batches)
            if watching.done():
                watching.result()  # it only ends by itself with an error, and then nobody watched the budget
            watching.cancel()
            for batch in batches:
                await bot.ledger.read(lambda c, batch=batch: _check(c, batch, found))  # type: ignore[misc]
            await bot.ledger.read(lambda c: _totals(c, found))
        finally:
            await bot.stop(5.0)
            await service.stop()
    return found


async def _bot(address: str, folder: Path) -> tuple[Bot, Chat]:
    ports, platform, pictures = SystemPorts(), Platform(), PictureStore(folder)
    rules = Rules(
        Catalogue.load().resolve(MODEL), limits=Limits(None, None, None, None, None, None), deadline=DEADLINE, max_unfinished=None
    )
    provider = HttpProvider(address, "sk-bench", pictures, ports)
    gate = GateSettings(max_concurrency=PLACES)
    bot = await build(data_dir=folder, ports=ports, rules=rules, gate_settings=gate, provider=provider, pictures=pictures)
    bot.add(platform)
    await bot.start()
    return bot, platform.chat


async def _begun(bot: Bot, topics: Sequence[str], number: int, budget: int) -> Batch:
    """A batch that runs. A budget that its drafts could pass is refused when it's proposed, so it's lowered afterwards."""
    plan, names = BatchPlan(max_pictures=2 * len(topics), budget=BUDGETS[0], draft_quality="low"), topics_of("\n".join(topics))
    rules = bot.core.rules
    batch = await bot.ledger.write(
        lambda tx: steps.propose(tx, f"bench:{number}", (Person(f"team{number}"), PLACE), "topics", names, plan, rules)
    )
    await bot.ledger.write(lambda tx: steps.resume(tx, batch, rules, budget=budget))
    return await bot.ledger.write(lambda tx: steps.start(tx, steps.must_exist(tx.connection, batch.id)))


async def _members(bot: Bot, chat: Chat, seconds: float, seed: int, found: Crowd) -> None:
    chance, asked, until = random.Random(seed), list[asyncio.Task[None]](), time.monotonic() + seconds
    number = 0
    await asyncio.sleep(2 * PICTURE)  # the batches have begun
    while time.monotonic() < until:
        await asyncio.sleep(chance.expovariate(1.0 / EVERY))
        number += 1
        asked.append(asyncio.create_task(_member(bot, chat, number, found)))
    await asyncio.gather(*asked)


async def _member(bot: Bot, chat: Chat, number: int, found: Crowd) -> None:
    began = time.monotonic()
    submission = Submission(Person(f"m{number}"), Place("bench", "home", "imagine"), f"a lighthouse, number {number}", quality="low")
    received = await bot.core.receive(f"bench:m{number}", submission)
    assert isinstance(received, Received)
    await bot.core.accept(received.request_id)
    await chat.of(received.request_id).wait()
    row = await bot.ledger.read(lambda c: request_rows.get(c, received.request_id))
    if row is None or row.answer is not Answer.PICTURES:
        found.problems.append(f"member {number} got no picture: {row and row.answer}")
    found.took.append(time.monotonic() - began)


async def _watch(bot: Bot, batches: Sequence[Batch], found: Crowd) -> None:
    """Look at the books all the time: no moment may show more than the budget."""
    while True:
        for number, batch in enumerate(batches):
            used = await bot.ledger.read(lambda c, batch=batch: batch_rows.spent(c, batch.id))  # type: ignore[misc]
            if used.spent + used.reserved > BUDGETS[number]:
                found.problems.append(f"batch {number + 1} had {used.spent + used.reserved} of {BUDGETS[number]} spent or reserved")
        await asyncio.sleep(LOOK_EVERY)


async def _until_quiet(bot: Bot, batches: Sequence[Batch]) -> None:
    async with asyncio.timeout(1800.0):
        while True:
            if not await bot.ledger.read(lambda c: any(_busy(c, one) for one in batches)):
                return
            await asyncio.sleep(0.5)


def _busy(connection: Connection, batch: Batch) -> bool:
    state = steps.must_exist(connection, batch.id).state
    used = batch_rows.spent(connection, batch.id)
    return state in ACTIVE or bool(used.reserved)


def _check(connection: Connection, batch: Batch, found: Crowd) -> None:
    now, used = steps.must_exist(connection, batch.id), batch_rows.spent(connection, batch.id)
    cost = connection.execute(text(COST), {"id": batch.id}).scalar_one()
    found.figures.append(
        f"batch {now.number}: {now.state.value} {now.reason}, {used.pictures} pictures, ${used.spent / 1e6:.6f} of "
        f"${now.plan.budget / 1e6:.2f}; its calls' own costs add up to ${cost / 1e6:.6f}"
    )
    if used.spent != cost or used.reserved:
        found.problems.append(f"batch {now.number}'s books say {used.spent} spent and {used.reserved} reserved, its calls {cost}")
    if used.spent > now.plan.budget:
        found.problems.append(f"batch {now.number} spent {used.spent} of {now.plan.budget}")


def _totals(connection: Connection, found: Crowd) -> None:
    cost = connection.execute(text("SELECT coalesce(sum(cost), 0) FROM attempts")).scalar_one()
    total = connection.execute(
        text("SELECT coalesce(sum(spent), 0) FROM spend WHERE scope = :scope AND period LIKE 'm%'"), {"scope": EVERYBODY}
    ).scalar_one()
    if cost != total:
        found.problems.append(f"all calls cost {cost}, the books say {total}")
