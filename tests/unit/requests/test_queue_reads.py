"""How often the queue is read: at once if nothing waits in memory, and not after every change if much does."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import Connection

from bot.ledger import request_rows
from bot.ledger.request_rows import Queued
from tests.world import Service, world

READ_TAKES = 0.03


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Makes every read of the queue as slow as one of a long queue. Returns the lengths that were read."""
    found: list[int] = []
    real = request_rows.queue

    def slow(connection: Connection, now: float) -> Sequence[Queued]:
        time.sleep(READ_TAKES)
        rows = real(connection, now)
        found.append(len(rows))
        return rows

    monkeypatch.setattr(request_rows, "queue", slow)
    return found


async def test_a_long_queue_is_not_read_after_every_change(tmp_path: Path, reads: list[int]) -> None:
    async with world(tmp_path, Service(hold=asyncio.Event()), max_unfinished=None) as w:
        for number in range(20):
            await w.imagine(f"boat {number}", person=f"ana{number}")
        await w.until(lambda: reads and reads[-1] > 10)
        reads.clear()
        began = time.monotonic()
        while (passed := time.monotonic() - began) < 1.0:
            w.bot.scheduler.wake("any")
            await asyncio.sleep(0.005)
        assert 1 <= len(reads) <= 2 + 0.3 * passed / READ_TAKES


async def test_a_new_request_is_read_at_once_if_nothing_else_waits(tmp_path: Path, reads: list[int]) -> None:
    async with world(tmp_path) as w:
        for number in range(5):
            reads.clear()
            made = await w.imagine(f"boat {number}")
            await w.until(lambda number=number: len(w.service.calls) == number + 1)
            assert reads
            assert len(reads) <= 3
            await w.answer(made)
