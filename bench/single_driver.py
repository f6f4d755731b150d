"""The benchmark's jobs through one process on SQLite in real time, for comparison with `workers_driver.py`."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.core_driver import DEADLINE, play, started


def begins() -> None:
    """As in `workers_driver.py`."""


async def run(base_url: str, jobs: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Submit each job at its time and wait for what its member sees in the end."""
    with tempfile.TemporaryDirectory(prefix="imagine-bench-") as folder:
        bot, chat = await started(base_url, Path(folder), min([DEADLINE, *(job["deadline_s"] for job in jobs)]))
        try:
            begins()
            return await play(bot, chat, jobs, asyncio.get_running_loop().time())
        finally:
            await bot.stop(0.0)
