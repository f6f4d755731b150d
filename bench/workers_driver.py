"""The benchmark's jobs through a process for chat and gate and three work processes on one PostgreSQL, in real time.

`async def run(base_url, jobs)`, as `core_driver.py`; `python -m bench.workers_driver FOLDER DATABASE_URL BASE_URL` is a work process.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.core import server
from bench.core_driver import DEADLINE, play, started
from bot.domain.roles import ProcessRole, read
from bot.ledger.server import LedgerServer
from bot.requests.shared_handover import SharedHandover

WORKERS = 3
ROOT = Path(__file__).parents[1]


def begins() -> None:
    """Called when the bots are ready; the harness starts the scenario's time then."""


async def run(base_url: str, jobs: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Submit each job at its time and wait for what its member sees in the end."""
    with tempfile.TemporaryDirectory(prefix="imagine-bench-") as name, server("postgresql", Path(name)) as where:
        assert where is not None
        folder = Path(name) / "bot"
        folder.mkdir()
        async with work_processes(folder, where, base_url):
            deadline = min([DEADLINE, *(job["deadline_s"] for job in jobs)])
            bot, chat = await started(base_url, folder, deadline, database=where, roles=read("chat,gate"))
            try:
                await _all_here(bot.scheduler.handover)
                begins()
                return await play(bot, chat, jobs, asyncio.get_running_loop().time())
            finally:
                await bot.stop(0.0)


async def _all_here(handover: object) -> None:
    assert isinstance(handover, SharedHandover)
    while len(handover.fleet.workers()) < WORKERS or not handover.runs_gate:  # noqa: ASYNC110 - heartbeats tell
        await asyncio.sleep(0.2)


@contextlib.asynccontextmanager
async def work_processes(folder: Path, where: LedgerServer, base_url: str) -> AsyncIterator[None]:
    """The work processes; they end with the block."""
    words = [sys.executable, "-m", "bench.workers_driver", str(folder), where.url, base_url]
    environment = {**os.environ, "NO_PROXY": "127.0.0.1"}
    children = [await asyncio.create_subprocess_exec(*words, cwd=ROOT, env=environment) for _ in range(WORKERS)]
    try:
        yield
    finally:
        for child in children:
            with contextlib.suppress(ProcessLookupError):
                child.send_signal(signal.SIGTERM)
        await asyncio.gather(*(child.wait() for child in children))


async def work(folder: Path, where: LedgerServer, base_url: str) -> None:
    """A work process, until SIGTERM."""
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    bot, _ = await started(base_url, folder, DEADLINE, database=where, roles=frozenset({ProcessRole.WORK}))
    await stopping.wait()
    await bot.stop(0.0)


if __name__ == "__main__":
    asyncio.run(work(Path(sys.argv[1]), LedgerServer(sys.argv[2]), sys.argv[3]))
