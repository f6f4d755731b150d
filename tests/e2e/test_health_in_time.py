"""`/healthz` of a real process with its default limits, on Discord, Slack and the web chat at once: bad within 30 seconds of each
trouble, naming what is wrong and nothing else, and good again on its own."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import resource
import signal
import sqlite3
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.health.probe import LOOK
from tests.discord.process import Process
from tests.discord.process import process as discord_process
from tests.slack.stage import free_port
from tests.slack.standin.server import StandIn as SlackStandIn

pytest.importorskip("nicegui", reason="the web chat is the extra `web`, which is not installed")
pytestmark = pytest.mark.slow

WITHIN = 30.0
"""Seconds, as docs/operators.md promises."""
HANG = 14.0
"""Seconds for which the loop hangs."""
PLANTED = f"""
import math, signal, time

def hang(*_):
    time.sleep({HANG})

def stick(*_):
    from bot.gate.gate import AdaptiveGate
    from bot.gate.port import WakeAt
    if hasattr(AdaptiveGate, "healthy"):
        AdaptiveGate.next = AdaptiveGate.healthy
        del AdaptiveGate.healthy
    else:
        AdaptiveGate.healthy = AdaptiveGate.next
        AdaptiveGate.next = lambda self, now, waiting: WakeAt(math.inf, "empty")

signal.signal(signal.SIGUSR1, hang)
signal.signal(signal.SIGUSR2, stick)
"""
"""Bugs that a signal switches on: a callback that blocks the loop, and a gate that forgets what waits."""


@dataclass
class Watched:
    """A running bot with its health checks."""

    bot: Process
    slack: SlackStandIn
    port: int

    @property
    def pid(self) -> int:
        assert self.bot.child is not None
        return self.bot.child.pid

    def failing(self, page: str = "healthz") -> list[str] | None:
        """The checks that fail; None as long as nobody listens."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/{page}", timeout=5) as answer:
                status, body = answer.status, answer.read()
        except urllib.error.HTTPError as refused:
            status, body = refused.code, refused.read()
        except OSError:
            return None
        found = [name for name, check in json.loads(body)["checks"].items() if not check["ok"]]
        assert status == (503 if found else 200)
        return found

    async def turns(self, wanted: list[str], within: float = WITHIN, page: str = "healthz") -> float:
        """Wait until exactly these checks fail. Returns the seconds that it took."""
        began, found = time.monotonic(), None
        while time.monotonic() - began < within:
            if (found := await asyncio.to_thread(self.failing, page)) == wanted:
                return time.monotonic() - began
            await asyncio.sleep(0.25)
        raise AssertionError(f"{found} instead of {wanted} after {within} s\n" + "\n".join(self.bot.output[-20:]))


@contextlib.asynccontextmanager
async def everywhere(folder: Path) -> AsyncIterator[Watched]:
    (folder / "bugs").mkdir()
    (folder / "bugs" / "sitecustomize.py").write_text(PLANTED, encoding="utf-8")
    path = os.pathsep.join(filter(None, (str(folder / "bugs"), os.environ.get("PYTHONPATH", ""))))
    port = free_port()
    async with SlackStandIn() as slack, discord_process(folder, run=False, PYTHONPATH=path, HEALTH_PORT=str(port), WEB_PORT="0") as bot:
        bot.env |= slack.environment()
        await bot.start()
        watched = Watched(bot, slack, port)
        await watched.turns([], 60, "readyz")
        await bot.until(lambda: sum('"event": "ready"' in line for line in bot.output) == 3, 60, "all three platforms")
        await asyncio.sleep(LOOK + 0.5)  # until it has seen itself that they are connected
        yield watched


Took = dict[str, tuple[float, float]]
"""Trouble -> seconds until it was seen, and until its end was."""


LOST = "connection discord:gateway"


async def loop_and_platform(here: Watched, took: Took) -> None:
    os.kill(here.pid, signal.SIGUSR1)
    bad = await here.turns(["loop"], HANG)
    took["the loop hangs"] = bad, await here.turns([])

    gateway = here.bot.discord.gateway
    gateway.away = True
    gateway.cut()
    bad = await here.turns([LOST])
    assert await asyncio.to_thread(here.failing, "readyz") == [LOST], "the other platforms are still up"
    gateway.away = False
    took["one of three platforms is away"] = bad, await here.turns([], 90)


async def silence(here: Watched, took: Took) -> None:
    here.bot.discord.gateway.silent = True
    bad = await here.turns([LOST])
    here.bot.discord.gateway.silent = False
    took["its gateway goes silent without a word"] = bad, await here.turns([], 90)


async def queue(here: Watched, took: Took) -> None:
    os.kill(here.pid, signal.SIGUSR2)
    asked = await here.bot.imagine("a lighthouse that nothing works on")
    bad = await here.turns(["queue"])
    os.kill(here.pid, signal.SIGUSR2)
    took["a due request is stuck"] = bad, await here.turns([], 60)
    await here.bot.picture(asked, 60)


async def database(here: Watched, took: Took) -> None:
    with contextlib.closing(sqlite3.connect(here.bot.folder / "data" / "imagine-bot.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        bad = await here.turns(["database"])
        other.execute("ROLLBACK")
    took["another program locks the database"] = bad, await here.turns([])

    _, hard = resource.prlimit(here.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(here.pid, resource.RLIMIT_FSIZE, (0, hard))
    bad = await here.turns(["database"])
    resource.prlimit(here.pid, resource.RLIMIT_FSIZE, (hard, hard))
    took["the disk is full"] = bad, await here.turns([])


async def test_each_trouble_is_seen_in_time_and_its_end_too(tmp_path: Path) -> None:
    """Four processes side by side, because most of it is waiting for default limits."""
    took: Took = {}

    async def watched(troubles: Callable[[Watched, Took], Awaitable[None]]) -> None:
        folder = tmp_path / troubles.__name__
        folder.mkdir()
        async with everywhere(folder) as here:
            await troubles(here, took)
            assert await here.bot.end() == 0

    async with asyncio.TaskGroup() as side_by_side:
        for troubles in (loop_and_platform, silence, queue, database):
            side_by_side.create_task(watched(troubles))
    assert len(took) == 6
    assert all(bad <= 30 and good <= 60 for bad, good in took.values()), took
