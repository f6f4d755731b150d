"""How fast a Slack command is acknowledged: the bot as a process of its own over the stand-in Slack, and a bare slack_bolt app beside it.

Time is taken where Slack takes it: from the command to its acknowledgement, over Socket Mode and over HTTP. The bots take turns.
A bare app waits up to ten milliseconds for slack_bolt to look for its acknowledgement, unless it is told to answer when the listener ends
(process_before_response), as ours does. Both are shown; the target is against the bare app as slack_bolt's documentation writes it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.discord_ack import AT_ONCE, ENCODING, MOST_SECONDS, MOST_TIMES, PAUSE, PLENTY, ROUNDS, SEQUENTIAL, commits, sandbox
from tests.slack.process import Process, process
from tests.slack.stage import MODES, Mode, free_port
from tests.slack.standin.server import StandIn
from tests.slack.standin.world import Event

Found = dict[str, list[float]]
POLLING, EAGER = "bare slack_bolt", "bare, process_before_response"
OURS, MANY, DISK = "imagine-bot", f"imagine-bot, {AT_ONCE} at once", "one durable write to this disk"


def taken(event: Event) -> float:
    """Seconds from the command to its acknowledgement; infinite when it was refused or never came."""
    return float("inf") if event.took is None else event.took


async def alone(slack: StandIn, number: int) -> float:
    """One command, acknowledged."""
    event = await slack.people.slash(slack.ada, slack.channel, "/imagine", f"a cat number {number}")
    await slack.acked(event, 30)
    return taken(event)


async def answered(p: Process, number: int) -> float:
    """One command, acknowledged and answered with a picture, so that its work does not disturb the next."""
    before = len(p.pictures())
    event = await p.imagine(f"a cat number {number}")
    await p.until(lambda: len(p.pictures()) > before, 60, "a picture")
    return taken(event)


async def at_once(p: Process) -> list[float]:
    """Sixty commands while ten pictures are decoded and encoded."""
    before = await p.generated()
    for number in range(ENCODING):
        await p.imagine(f"a picture to encode, number {number}")
    async with asyncio.timeout(120):
        while await p.generated() < before + ENCODING // 2:  # noqa: ASYNC110 - another process tells nobody
            await asyncio.sleep(0.005)
    events = [await p.imagine(f"one of many {number}") for number in range(AT_ONCE)]
    with contextlib.suppress(AssertionError):
        await p.slack.until(lambda: all(one.acked for one in events), 10)
    return [taken(one) for one in events]


@contextlib.asynccontextmanager
async def bare(mode: Mode, *options: str) -> AsyncIterator[StandIn]:
    """A bare bot as a process of its own, and the stand-in that it serves."""
    async with StandIn() as slack:
        env = {**os.environ, **slack.environment(), "SLACK_HTTP_PORT": str(free_port())}
        if mode == "http":
            slack.through, slack.http.address = "http", f"http://127.0.0.1:{env['SLACK_HTTP_PORT']}/slack/events"
        child = await asyncio.create_subprocess_exec(sys.executable, "-m", "bench.slack_bare", mode, *options, env=env)
        try:
            async with asyncio.timeout(30):
                while not await up(slack, mode):  # noqa: ASYNC110 - another process tells nobody
                    await asyncio.sleep(0.1)
            yield slack
        finally:
            child.terminate()
            await child.wait()


async def up(slack: StandIn, mode: Mode) -> bool:
    if mode == "socket":
        return slack.socket.connected
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", int(slack.http.address.split(":")[2].split("/")[0]))
    except OSError:
        return False
    writer.close()
    return True


async def measure(mode: Mode) -> Found:
    found: Found = {name: [] for name in (POLLING, EAGER, OURS, MANY, DISK)}
    with tempfile.TemporaryDirectory() as folder:
        async with (
            sandbox() as service,
            bare(mode) as polling,
            bare(mode, "--eager") as eager,
            process(Path(folder), service=service, mode=mode, **PLENTY) as p,
        ):
            for number in range(5):
                await alone(polling, number)
                await alone(eager, number)
                await answered(p, number)
            for _ in range(ROUNDS):
                for number in range(SEQUENTIAL // ROUNDS):
                    for name, slack in ((POLLING, polling), (EAGER, eager)):
                        found[name].append(await alone(slack, number))
                        await asyncio.sleep(PAUSE)
                for number in range(SEQUENTIAL // ROUNDS):
                    found[OURS].append(await answered(p, number))
                    await asyncio.sleep(PAUSE)
                found[DISK] += await asyncio.to_thread(commits, folder)
            found[MANY] = await at_once(p)
    return found


def report(mode: Mode, found: Found) -> bool:
    """Print the figures; whether they are within the targets."""
    table = Table("over Socket Mode" if mode == "socket" else "over HTTP", "median ms", "p95 ms", "max ms")
    for name, seconds in found.items():
        ordered = sorted(seconds)
        cells = (statistics.median(ordered), ordered[int(len(ordered) * 0.95)], ordered[-1])
        table.add_row(name, *(f"{one * 1000:.1f}" for one in cells))
    Console().print(table)
    ours, slowest = statistics.median(found[OURS]), max(found[MANY])
    times, of_eager = (ours / statistics.median(found[name]) for name in (POLLING, EAGER))
    print(f"one by one: {times:.1f} times the bare app's median (at most {MOST_TIMES}), {of_eager:.1f} times the eager one's")
    print(f"at once, while {ENCODING} pictures are encoded: slowest {slowest:.2f} s (at most {MOST_SECONDS})")
    return times <= MOST_TIMES and slowest <= MOST_SECONDS


def main() -> int:
    within = [report(mode, asyncio.run(measure(mode))) for mode in MODES]
    return 0 if all(within) else 1


if __name__ == "__main__":
    raise SystemExit(main())
