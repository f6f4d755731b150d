"""One clock for all processes: a step of the database's clock shifts stored times once, whoever sees it first."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.ledger import memory_rows, shared_clock
from bot.ledger.shared_clock import SharedClock
from bot.ledger.store import Ledger
from bot.ledger.tables import blocked_prompts
from bot.ports import SystemPorts
from bot.ports.steady import SteadyPorts
from tests.postgres import cluster

pytestmark = pytest.mark.sqlite_only  # opens its own databases, once


@pytest.fixture
async def clocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[list[SharedClock]]:
    server, made = cluster.pool.take(), list[SharedClock]()
    for _ in range(2):
        ports = SteadyPorts(SystemPorts())
        ledger = await Ledger.open(tmp_path, ports.now, ports.new_id, server)
        made.append(SharedClock(ledger, ports))
        await made[-1].begin()
    yield made
    for one in made:
        await one.ledger.close()
    cluster.pool.give_back(server)


def set_forward(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    real = Ledger.behind

    async def behind(self: Ledger) -> float:
        return await real(self) + seconds

    monkeypatch.setattr(Ledger, "behind", behind)


async def until(ledger: Ledger) -> float:
    return float(await ledger.read(lambda c: c.execute(select(blocked_prompts.c.until)).scalar_one()))


async def keep_a_block(ledger: Ledger) -> float:
    row = {"community": "test:home", "fingerprint": "f", "person": "ana", "case_id": "", "until": ledger.now() + 100}
    await ledger.write(lambda tx: tx.connection.execute(blocked_prompts.insert().values(**row)))
    return await until(ledger)


async def test_a_step_shifts_stored_times_once_for_all(clocks: list[SharedClock], monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = clocks
    before = await keep_a_block(first.ledger)
    ahead = [one.ports.now() - SystemPorts().now() for one in clocks]
    set_forward(monkeypatch, 3600.0)
    assert await first.follow()
    assert await second.follow()
    assert await until(first.ledger) == pytest.approx(before + 3600, abs=2)
    for one, was in zip(clocks, ahead, strict=True):
        assert one.ports.now() - SystemPorts().now() == pytest.approx(was + 3600, abs=2)


async def test_a_process_whose_own_clock_ran_differently_shifts_nothing(clocks: list[SharedClock], monkeypatch: pytest.MonkeyPatch) -> None:
    before = await keep_a_block(clocks[0].ledger)
    set_forward(monkeypatch, shared_clock.STEP - 1)
    assert await clocks[1].follow()
    assert await until(clocks[0].ledger) == before


async def test_who_joins_after_a_step_has_adopted_it(clocks: list[SharedClock], tmp_path: Path) -> None:
    await clocks[0].ledger.write(lambda tx: memory_rows.remember(tx, shared_clock.KEY, 3600.0))
    await clocks[1].begin()
    assert clocks[1].shifts == 3600.0
    assert not await clocks[1].follow()
