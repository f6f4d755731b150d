"""How much memory the bot takes at its worst: ten results of four 2048² pictures in flight, each from four references of 20 megapixels.

The image service is a process of its own that answers when all ten requests have reached it, so that all ten results really are in flight.
Measured is the bot with its picture worker, every 20 ms, by the kernel's figures. Each further round has to stay where the first one was.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import io
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aiohttp import web
from PIL import Image
from rich.console import Console
from rich.table import Table

REQUESTS, PICTURES, REFERENCES = 10, 4, 4
EDGE = 2048
ROUNDS = 2
MOST_MB = 1500
"""Bot and worker together."""
GROWTH_MB = 40
"""Between the rest after the first round and after the last: what the allocator keeps, not what a request leaves."""


def noisy(width: int, height: int, kind: str) -> bytes:
    """A picture that compresses like a photo."""
    made = Image.frombytes("RGB", (width // 4, height // 4), os.urandom(width // 4 * (height // 4) * 3)).resize((width, height))
    out = io.BytesIO()
    made.save(out, kind, **({"compress_level": 1} if kind == "PNG" else {"quality": 88}))
    return out.getvalue()


async def serve() -> None:
    """An image service that answers ten edits at once."""
    data = [{"b64_json": base64.b64encode(noisy(EDGE, EDGE, "PNG")).decode()}] * PICTURES
    waiting = asyncio.Barrier(REQUESTS)

    async def edits(request: web.Request) -> web.Response:
        await request.read()
        await waiting.wait()
        return web.json_response({"created": 1, "data": data})

    app = web.Application(client_max_size=200 * 1024 * 1024)
    app.router.add_post("/v1/images/edits", edits)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


def resident(pid: int | str) -> int:
    """Resident memory in MB; 0 for a process that has ended."""
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) // 1024
    except OSError:
        pass
    return 0


def children() -> list[str]:
    return [one for task in Path("/proc/self/task").iterdir() for one in (task / "children").read_text().split()]


class Platform:
    """Holds the files that members attached."""

    name = "bench"

    def __init__(self, photos: list[bytes]) -> None:
        from tests.world import Everybody, Room

        self.chat, self.moderators, self.photos = Room(), Everybody(), photos

    async def fetch_attachment(self, handle: Mapping[str, str]) -> bytes:
        return self.photos[int(handle["file"])]

    async def acknowledged(self, place: object) -> bool:
        return True

    def operators_place(self) -> None:
        return None

    def home_moderators_place(self) -> None:
        return None


async def measure(port: int, rounds: int) -> None:
    """The bot's side: prints one line a round, and the rest at the end."""
    from bot.budgets import Limits
    from bot.catalogue.load import Catalogue
    from bot.compose import build
    from bot.domain.attachments import Attachment
    from bot.domain.requests import Person, Place, Submission
    from bot.gate.settings import GateSettings
    from bot.ledger import memory_rows, request_rows
    from bot.ports import SystemPorts
    from bot.providers.http_provider import HttpProvider
    from bot.providers.pictures import PictureStore
    from bot.requests.rules import Rules

    photos = [noisy(5472, 3648, "JPEG") for _ in range(REFERENCES)]
    with tempfile.TemporaryDirectory() as folder:
        store, ports = PictureStore(Path(folder)), SystemPorts()
        provider = HttpProvider(f"http://127.0.0.1:{port}/v1", "sk-bench", store, ports)
        bot: Any = await build(
            data_dir=Path(folder),
            ports=ports,
            rules=Rules(model=Catalogue.load().default(), limits=Limits(None, None, None, None, None, None)),
            gate_settings=GateSettings(REQUESTS, None),
            provider=provider,
            pictures=store,
        )
        bot.services.default.gate = bot.scheduler.services.default.gate = _Open(bot.services.default.gate)
        bot.add(Platform(photos))
        await bot.start()
        await bot.ledger.write(lambda tx: memory_rows.remember(tx, "uploads:bench:ana", 1.0))
        peak = {"bot": 0, "worker": 0, "both": 0}

        async def watch() -> None:
            while True:
                own, other = resident("self"), sum(resident(one) for one in children())
                for name, value in (("bot", own), ("worker", other), ("both", own + other)):
                    peak[name] = max(peak[name], value)
                await asyncio.sleep(0.02)

        watching = asyncio.create_task(watch())
        for number in range(rounds):
            peak.update(bot=0, worker=0, both=0)
            asked = []
            for place in range(REQUESTS):
                files = tuple(Attachment(f"{one}.jpg", handle={"file": str(one)}) for one in range(REFERENCES))
                words = f"picture {place} of round {number}"
                where = Place("bench", "home", "imagine")
                received = await bot.core.receive(
                    f"bench:{number}:{place}",
                    Submission(Person("ana"), where, words, f"{EDGE}x{EDGE}", "low", PICTURES, attachments=files, consent=True),
                )
                asked.append(received.request_id)
            await asyncio.gather(*(bot.core.accept(one) for one in asked))
            while True:
                rows = [await bot.ledger.read(lambda c, one=one: request_rows.get(c, one)) for one in asked]
                if all(row.answer is not None or row.refusal is not None for row in rows):
                    break
                await asyncio.sleep(0.2)
            made = sum(row.answer is not None and row.answer.value == "pictures" for row in rows)
            await asyncio.sleep(2.0)
            print("round", made, peak["bot"], peak["worker"], peak["both"], resident("self"), flush=True)
        watching.cancel()
        await bot.stop(0.0)


class _Open:
    """Grants at once: all ten are to be in flight, which the gate would only learn to allow."""

    def __init__(self, real: Any) -> None:
        self.real, self.ids = real, 0

    def next(self, now: float, waiting: Any) -> Any:
        from bot.gate.port import Grant, WakeAt

        if not waiting:
            return WakeAt(float("inf"), "empty")
        self.ids += 1
        return Grant(self.ids, waiting[0].request_id, 240.0)

    def report(self, *_: object) -> None:
        return None

    def drop(self, *_: object) -> None:
        return None

    def changes(self) -> tuple[()]:
        return ()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)


def show(rounds: list[list[int]], console: Console) -> bool:
    """The table; True if every target is met."""
    made = sum(one[0] for one in rounds)
    wanted = REQUESTS * len(rounds)
    worst = max(one[3] for one in rounds)
    growth = rounds[-1][4] - rounds[0][4]
    table = Table("figure", "measured", "target", "met")

    def row(name: str, value: str, target: str, met: bool) -> bool:
        table.add_row(name, value, target, "yes" if met else "NO")
        return met

    met = [
        row(f"results of {PICTURES} × {EDGE}² from {REFERENCES} × 20 MP", f"{made} of {wanted}", "all", made == wanted),
        row("peak, bot and picture worker together", f"{worst} MB", f"≤ {MOST_MB} MB", worst <= MOST_MB),
        row("of these the bot", " ".join(f"{one[1]}" for one in rounds) + " MB", "", True),
        row("of these the worker", " ".join(f"{one[2]}" for one in rounds) + " MB", "", True),
        row("at rest, after the last round against the first", f"{growth:+} MB", f"≤ +{GROWTH_MB} MB", growth <= GROWTH_MB),
    ]  # fmt: skip
    console.print(table)
    return all(met)


def main() -> int:
    """`python -m bench memory`."""
    arguments = argparse.ArgumentParser(prog="bench memory")
    arguments.add_argument("--part", choices=("service", "bot"))
    arguments.add_argument("--port", type=int, default=0)
    arguments.add_argument("--rounds", type=int, default=ROUNDS)
    given = arguments.parse_args()
    if given.part is not None:
        asyncio.run(serve() if given.part == "service" else measure(given.port, given.rounds))
        return 0
    command = [sys.executable, "-m", "bench", "memory"]
    with subprocess.Popen([*command, "--part=service"], stdout=subprocess.PIPE, text=True) as service:
        assert service.stdout is not None
        service.stdout.readline()  # this bench's own headline
        port = _number(service.stdout)
        rounds = []
        started = [*command, "--part=bot", f"--port={port}", f"--rounds={given.rounds}"]
        with subprocess.Popen(started, stdout=subprocess.PIPE, text=True) as bot:
            for line in bot.stdout or ():
                if line.startswith("round "):
                    print(line.strip(), "(results, peak of bot, worker and both, at rest; MB)", flush=True)
                    rounds.append([int(word) for word in line.split()[1:]])
        service.kill()
    if len(rounds) < given.rounds:
        return 1
    return 0 if show(rounds, Console()) else 1


def _number(lines: Any) -> str:
    for line in lines:
        if line.strip().isdigit():
            return str(line.strip())
    raise RuntimeError("the bench's image service didn't start")


if __name__ == "__main__":
    raise SystemExit(main())
