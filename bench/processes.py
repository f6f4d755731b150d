"""One, two and four work processes on one PostgreSQL: requests a second with real pictures to decode, and how long a command waits.

One process has the roles chat and gate, the others work. The service answers at once with the same 1024×1024 picture, so that the
processor's time decides: with two cores, two work processes can be twice as fast at most, and the other processes share the cores.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import io
import logging
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import structlog
from aiohttp import web
from PIL import Image
from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection, select

from bench.core import Chat, OpenGate, Platform, commit_seconds, server, submit
from bot.budgets import Limits
from bot.catalogue.load import Catalogue
from bot.compose import Bot, build
from bot.domain.roles import read
from bot.gate.port import Grant, Verdict, Waiting, WakeAt
from bot.gate.settings import GateSettings
from bot.ledger.server import LedgerServer
from bot.ledger.tables import attempts, requests
from bot.ports import SystemPorts
from bot.providers.http_provider import HttpProvider
from bot.providers.pictures import PictureStore
from bot.requests.rules import Rules
from bot.requests.shared_handover import SharedHandover

ROOT = Path(__file__).parents[1]
AT_ONCE = 12
"""Calls at a time, of all processes."""
WITHIN = 600.0


class FixedGate(OpenGate):
    """Lets so many calls run at a time."""

    flying = 0

    def next(self, now: float, waiting: Sequence[Waiting]) -> Grant | WakeAt:
        found = super().next(now, waiting) if self.flying < AT_ONCE else WakeAt(float("inf"), "enough")
        self.flying += isinstance(found, Grant)
        return found

    def report(self, grant: Grant, verdict: Verdict, now: float) -> None:
        self.flying -= 1

    def drop(self, grant: Grant, now: float) -> None:
        self.flying -= 1


async def made(folder: Path, where: LedgerServer, roles: str, base_url: str) -> Bot:
    """A bot with these roles."""
    ports, pictures = SystemPorts(), PictureStore(folder)
    return await build(
        data_dir=folder,
        database=where,
        ports=ports,
        rules=Rules(model=Catalogue.load().default(), limits=Limits(None, None, None, None, None, None), max_unfinished=None),
        gate_settings=GateSettings(),
        provider=HttpProvider(base_url, "sk-bench", pictures, ports),
        pictures=pictures,
        roles=read(roles),
    )


async def serve_pictures() -> None:
    """The image service: prints its address and answers until it's ended."""
    picture = Image.merge("RGB", [Image.effect_noise((1024, 1024), 24 + shade) for shade in range(3)])
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=1)
    answer = ('{"created": 1, "data": [{"b64_json": "%s"}]}' % base64.b64encode(out.getvalue()).decode()).encode()  # noqa: UP031 - braces

    async def draw(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(body=answer, content_type="application/json")

    app = web.Application()
    app.router.add_post("/v1/images/generations", draw)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(f"READY http://127.0.0.1:{runner.addresses[0][1]}/v1", flush=True)
    await asyncio.Event().wait()


async def work(folder: Path, where: LedgerServer, base_url: str) -> None:
    """A work process, until SIGTERM."""
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    bot = await made(folder, where, "work", base_url)
    await bot.start()
    print("READY", flush=True)
    await stopping.wait()
    await bot.stop(2.0)


@contextmanager
def process(*words: str) -> Iterator[str]:
    """A process of this module; what it said after READY."""
    environment = {**os.environ, "NO_PROXY": "127.0.0.1"}
    child = subprocess.Popen(
        [sys.executable, "-m", "bench.processes", *words], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert child.stdout is not None
        said = child.stdout.readline()
        if not said.startswith("READY"):
            raise RuntimeError(f"{words[0]} didn't start: {said}")
        yield said.removeprefix("READY").strip()
    finally:
        child.send_signal(signal.SIGTERM)
        try:
            child.wait(20)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def waits(connection: Connection, label: str) -> list[float]:
    """Seconds from a command to the exchange, by the ledger's clock, sorted."""
    found = select(attempts.c.opened_at - requests.c.created_at).join(requests, requests.c.id == attempts.c.request_id)
    return sorted(float(one) for one in connection.execute(found.where(requests.c.prompt.startswith(label))).scalars())


async def flood(bot: Bot, chat: Chat, count: int, label: str) -> float:
    """Requests a second, all submitted at once."""
    chat.expect(count)
    began = time.perf_counter()
    await asyncio.gather(*(submit(bot, f"{label} {n}", f"{label}:{n}", f"p{n % 20}") for n in range(count)))
    async with asyncio.timeout(WITHIN):
        await chat.enough.wait()
    return count / (time.perf_counter() - began)


async def measured(folder: Path, where: LedgerServer, base_url: str, workers: int, count: int) -> tuple[float, float, float]:
    """Requests a second; the p95 of the wait for the exchange; the time of one commit."""
    with work_processes(workers, folder, where, base_url):
        bot, platform = await made(folder, where, "chat,gate", base_url), Platform()
        bot.add(platform)
        handover = bot.scheduler.handover
        assert isinstance(handover, SharedHandover)
        handover.fresh_gate = lambda service, learned, age: FixedGate(service.gate)  # type: ignore[assignment,return-value]
        await bot.start()
        try:
            while len(bot.scheduler.handover.fleet.workers()) < workers:  # type: ignore[attr-defined] # noqa: ASYNC110
                await asyncio.sleep(0.2)
            await flood(bot, platform.chat, 20, f"warm{workers}")
            commit = await commit_seconds(bot, 50)
            for number in range(40):
                platform.chat.expect(1)
                await submit(bot, f"single{workers} {number}", f"single{workers}:{number}")
                async with asyncio.timeout(60):
                    await platform.chat.enough.wait()
                await bot.sender.idle()
            rate = await flood(bot, platform.chat, count, f"flood{workers}")
            found = await bot.ledger.read(lambda c: waits(c, f"single{workers} "))
            return rate, found[int(len(found) * 0.95)], commit
        finally:
            await bot.stop(2.0)


@contextmanager
def work_processes(workers: int, folder: Path, where: LedgerServer, base_url: str) -> Iterator[None]:
    if workers == 0:
        yield
        return
    with process("work", str(folder), where.url, base_url), work_processes(workers - 1, folder, where, base_url):
        yield


async def measure(console: Console, counts: Sequence[int], count: int) -> None:
    table = Table("work processes", "requests a second", "× one", "command → exchange, p95", "in commits", "one commit")
    with tempfile.TemporaryDirectory(prefix="imagine-bench-") as name, server("postgresql", Path(name)) as where:
        assert where is not None
        folder = Path(name) / "bot"
        folder.mkdir()
        first: float | None = None
        with process("service") as base_url:
            for workers in counts:
                rate, p95, commit = await measured(folder, where, base_url, workers, count)
                first = first or rate
                waited = f"{p95 * 1e3:.0f} ms", f"{p95 / commit:.1f}", f"{commit * 1e3:.1f} ms"
                table.add_row(str(workers), f"{rate:.1f}", f"{rate / first:.2f}", *waited)
                console.print(f"{workers}: {rate:.1f} requests a second")
    console.print(table)
    console.print(f"load of this machine meanwhile: {statistics.fmean(os.getloadavg()):.1f} on {os.cpu_count()} cores")


def main() -> int:
    """`python -m bench processes [--workers 1,2,4] [--requests 200]`."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    if sys.argv[1:2] == ["service"]:
        asyncio.run(serve_pictures())
        return 0
    if sys.argv[1:2] == ["work"]:
        asyncio.run(work(Path(sys.argv[2]), LedgerServer(sys.argv[3]), sys.argv[4]))
        return 0
    parser = argparse.ArgumentParser(prog="python -m bench processes")
    parser.add_argument("--workers", default="1,2,4")
    parser.add_argument("--requests", type=int, default=200)
    asked = parser.parse_args()
    asyncio.run(measure(Console(), [int(one) for one in asked.workers.split(",")], asked.requests))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
