"""SQLite in virtual time: the real engine of the ledger over the pump."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from bot.ledger.store import engine
from tests.simulation.loop import Life, SimLoop, no_threads, undisturbed
from tests.simulation.sqlite import Hooks, Step, Watched, inline_aiosqlite


def run(make: Callable[[SimLoop], Awaitable[Any]], hooks: Hooks | None = None) -> Any:
    return undisturbed(lambda: _run(make, hooks))


def _run(make: Callable[[SimLoop], Awaitable[Any]], hooks: Hooks | None) -> Any:
    loop = SimLoop(Random(1))
    asyncio.set_event_loop(loop)
    try:
        with no_threads(), inline_aiosqlite(hooks or Hooks()):
            return loop.run_until_complete(make(loop))  # type: ignore[arg-type]
    finally:
        loop.finish()
        asyncio.set_event_loop(None)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "x.db"
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE things (id TEXT PRIMARY KEY, state TEXT, why TEXT)")
    connection.commit()
    connection.close()
    return file


def test_a_locked_file_is_waited_for_in_virtual_time(path: Path) -> None:
    async def scenario(loop: SimLoop) -> float:
        one, two = engine(path, writing=True), engine(path, writing=True)
        async with one.begin() as connection:
            await connection.exec_driver_sql("INSERT INTO things VALUES ('a', 'new', NULL)")
            waiting = asyncio.ensure_future(_insert(two, "b"))
            await asyncio.sleep(2)
            assert not waiting.done()
        await waiting
        when = loop.time()
        await one.dispose()
        await two.dispose()
        return when

    assert 2 < run(scenario) < 3


def test_patience_ends_in_virtual_time_too(path: Path) -> None:
    async def scenario(loop: SimLoop) -> float:
        one, two = engine(path, writing=True), engine(path, writing=True)
        async with one.begin() as connection:
            await connection.exec_driver_sql("INSERT INTO things VALUES ('a', 'new', NULL)")
            with pytest.raises(Exception, match="locked"):
                await _insert(two, "b")
            when = loop.time()
        await one.dispose()
        await two.dispose()
        return when

    assert 5 < run(scenario) < 6


async def _insert(made: Any, name: str) -> None:
    async with made.begin() as connection:
        await connection.exec_driver_sql(f"INSERT INTO things VALUES ('{name}', 'new', NULL)")


def test_state_changes_are_seen_at_their_commit(path: Path) -> None:
    seen: list[tuple[str, tuple[Step, ...]]] = []

    def boundary(site: str, steps: tuple[Step, ...]) -> bool:
        if site.startswith("commit") and steps:
            seen.append((site, steps))
        return False

    async def scenario(loop: SimLoop) -> None:
        made = engine(path, writing=True)
        life = Life(1)

        async def process() -> None:
            async with made.begin() as connection:
                await connection.exec_driver_sql("INSERT INTO things VALUES ('a', 'new', NULL)")
                await connection.exec_driver_sql("UPDATE things SET state = 'old', why = 'age' WHERE id = 'a'")
            await made.dispose()

        await life.context.run(loop.create_task, process())

    run(scenario, Hooks(boundary=boundary, watched=(Watched("things", "id", "state", "why"),)))
    steps = (Step("things", "a", None, "new", None), Step("things", "a", "new", "old", "age"))
    assert seen == [("commit-before", steps), ("commit-after", steps)]


@pytest.mark.parametrize(("site", "kept"), [("commit-before", 0), ("commit-after", 1)])
def test_a_kill_around_a_commit_loses_or_keeps_all_of_it(path: Path, site: str, kept: int) -> None:
    loops: list[tuple[SimLoop, Life]] = []

    def boundary(passed: str, steps: tuple[Step, ...]) -> bool:
        if passed == site and steps:
            loop, life = loops[0]
            loop.kill(life)
            return True
        return False

    async def scenario(loop: SimLoop) -> int:
        made = engine(path, writing=True)
        life = Life(1)
        loops.append((loop, life))
        life.context.run(loop.create_task, _insert(made, "a"))
        await asyncio.sleep(1)
        other = engine(path, writing=True)  # the dead life's lock is gone
        async with other.begin() as connection:
            count = (await connection.exec_driver_sql("SELECT count(*) FROM things")).scalar_one()
        await other.dispose()
        return int(count)

    assert run(scenario, Hooks(boundary=boundary, watched=(Watched("things", "id", "state", "why"),))) == kept
