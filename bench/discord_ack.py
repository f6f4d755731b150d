"""How fast a command is acknowledged: the bot as a process of its own over the stand-in Discord, and a bare discord.py bot beside it.

Time is taken where Discord takes it: from the interaction on the gateway to the callback at the HTTP API. Both bots take turns.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.discord.process import Process, process
from tests.discord.standin.server import StandIn
from tests.discord.standin.world import Channel, Interaction, User
from tests.platforms.process import START

SEQUENTIAL, ROUNDS, AT_ONCE, ENCODING = 30, 3, 60, 10
PAUSE = 0.1
"""Seconds between two commands, for both bots: what follows an answer (books, cleaning) is not part of the next acknowledgement."""
MOST_TIMES, MOST_SECONDS = 3.0, 1.0
PLENTY = {
    **{f"BUDGET_{who}_{period}_USD": "100000" for who in ("MEMBER", "COMMUNITY") for period in ("DAY", "MONTH")},
    **{f"BUDGET_{who}_DAY_PICTURES": "100000" for who in ("MEMBER", "COMMUNITY")},
}


def taken(event: Interaction) -> float:
    """Seconds from the gateway to the callback."""
    assert event.callback_at is not None
    return event.callback_at - event.sent_at


async def one_by_one(discord: StandIn, user: User, channel: Channel, count: int, *, answered: bool) -> list[float]:
    """Commands one after the other; the next when the last one is done."""
    found = []
    for number in range(count):
        event = await discord.people.slash(user, channel, "imagine", prompt=f"a cat number {number}")
        await discord.until(lambda event=event: event.callback is not None, 30)
        if answered:
            await discord.until(lambda event=event: event.original is not None and event.original.pictures, 60)
        found.append(taken(event))
        await asyncio.sleep(PAUSE)
    return found


def commits(folder: str) -> list[float]:
    """Seconds for one small durable write to this disk: what storing a command before acknowledging it costs at least."""
    found = []
    with open(Path(folder) / "probe", "wb", buffering=0) as file:
        for _ in range(50):
            before = time.perf_counter()
            file.write(b"x" * 4096)
            os.fsync(file.fileno())
            found.append(time.perf_counter() - before)
    return found


async def at_once(p: Process) -> list[float]:
    """Sixty commands while ten pictures are decoded and encoded."""
    before = await p.generated()
    for number in range(ENCODING):
        await p.imagine(f"a big picture {number}", size="1536x1024")
    async with asyncio.timeout(60):
        while await p.generated() < before + ENCODING // 2:  # noqa: ASYNC110 - another process tells nobody
            await asyncio.sleep(0.005)
    events = [await p.imagine(f"one of many {number}") for number in range(AT_ONCE)]
    with contextlib.suppress(AssertionError):
        await p.discord.until(lambda: all(one.callback is not None for one in events), 10)
    return [taken(one) if one.callback is not None else float("inf") for one in events]


@contextlib.asynccontextmanager
async def sandbox() -> AsyncIterator[str]:
    """An image service in a process of its own: its drawing must not slow down the clock of the stand-in."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", START, "sandbox", "--port", str(port), stdout=asyncio.subprocess.PIPE
    )
    try:
        assert child.stdout is not None
        await asyncio.wait_for(child.stdout.readline(), 30)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        child.terminate()
        await child.wait()


async def measure() -> tuple[list[float], list[float], list[float], list[float]]:
    """(bare, ours one by one, ours at once, durable writes)."""
    bare: list[float] = []
    disk: list[float] = []
    ours: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        async with StandIn() as discord, sandbox() as service:
            _, channel, ada = discord.studio()
            env = {**os.environ, **discord.environment()}
            child = await asyncio.create_subprocess_exec(sys.executable, "-m", "bench.discord_bare", env=env)
            try:
                await discord.until(lambda: discord.gateway.connected, 30)
                await one_by_one(discord, ada, channel, 5, answered=False)
                async with process(Path(folder), service=service, **PLENTY) as p:
                    await one_by_one(p.discord, p.ada, p.channel, 5, answered=True)
                    for _ in range(ROUNDS):
                        bare += await one_by_one(discord, ada, channel, SEQUENTIAL // ROUNDS, answered=False)
                        ours += await one_by_one(p.discord, p.ada, p.channel, SEQUENTIAL // ROUNDS, answered=True)
                        disk += await asyncio.to_thread(commits, folder)
                    many = await at_once(p)
            finally:
                child.terminate()
                await child.wait()
    return bare, ours, many, disk


def main() -> int:
    bare, ours, many, disk = asyncio.run(measure())
    table = Table("", "median ms", "p95 ms", "max ms")
    for name, found in (
        ("bare discord.py, one by one", bare),
        ("imagine-bot, one by one", ours),
        (f"imagine-bot, {AT_ONCE} at once", many),
        ("one durable write to this disk", disk),
    ):
        found = sorted(found)
        cells = (statistics.median(found), found[int(len(found) * 0.95)], found[-1])
        table.add_row(name, *(f"{one * 1000:.1f}" for one in cells))
    Console().print(table)
    times, slowest = statistics.median(ours) / statistics.median(bare), max(many)
    print(f"one by one: {times:.1f} times the bare bot's median (at most {MOST_TIMES})")
    print(f"at once, while {ENCODING} pictures are encoded: slowest {slowest:.2f} s (at most {MOST_SECONDS})")
    return 0 if times <= MOST_TIMES and slowest <= MOST_SECONDS else 1


if __name__ == "__main__":
    raise SystemExit(main())
