"""SQLite in virtual time: the real engine of the ledger over the pump."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection

from bot.ledger.sqlite import SqliteLink
from bot.ledger.store import Ledger, LedgerProblem
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


WATCHED = (Watched("things", "id", "state", "new.why"),)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "x.db"
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE things (id TEXT PRIMARY KEY, state TEXT, why TEXT)")
    connection.commit()
    connection.close()
    return file


def insert(name: str) -> Callable[[Connection], None]:
    return lambda connection: connection.exec_driver_sql(f"INSERT INTO things VALUES ('{name}', 'new', NULL)") and None


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Another program (a backup) holds the write lock."""
    other = sqlite3.connect(path)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.rollback()
        other.close()


def test_a_locked_file_is_waited_for_in_virtual_time(path: Path) -> None:
    async def scenario(loop: SimLoop) -> float:
        link = await SqliteLink.open(path, writing=True)
        with locked(path):
            waiting = asyncio.ensure_future(link.run(insert("a")))
            await asyncio.sleep(2)
            assert not waiting.done()
        await waiting
        when = loop.time()
        await link.close()
        return when

    assert 2 < run(scenario) < 3


def test_a_lock_timeout_ends_in_virtual_time_too(path: Path) -> None:
    async def scenario(loop: SimLoop) -> float:
        link = await SqliteLink.open(path, writing=True)
        with locked(path), pytest.raises(Exception, match="locked"):
            await link.run(insert("a"))
        when = loop.time()
        await link.close()
        return when

    assert 5 < run(scenario) < 6


def test_state_changes_are_seen_at_their_commit(path: Path) -> None:
    seen: list[tuple[str, tuple[Step, ...]]] = []

    def boundary(site: str, steps: tuple[Step, ...]) -> bool:
        if site.startswith("commit"):
            seen.append((site, steps))
        return False

    def change(connection: Connection) -> None:
        insert("a")(connection)
        connection.exec_driver_sql("UPDATE things SET state = 'old', why = 'age' WHERE id = 'a'")

    async def scenario(loop: SimLoop) -> None:
        link = await SqliteLink.open(path, writing=True)
        await Life(1).context.run(loop.create_task, link.run(change))
        await link.close()

    run(scenario, Hooks(boundary=boundary, watched=WATCHED))
    steps = (Step("things", "a", None, "new", None), Step("things", "a", "new", "old", "age"))
    assert seen == [("commit-before", steps), ("commit-after", steps)]


@pytest.mark.parametrize(("site", "kept"), [("disk-before", 0), ("commit-before", 0), ("commit-after", 1), ("disk-after", 1)])
def test_a_kill_around_a_commit_loses_or_keeps_all_of_it(path: Path, site: str, kept: int) -> None:
    lives: list[tuple[SimLoop, Life]] = []

    def boundary(passed: str, steps: tuple[Step, ...]) -> bool:
        if passed != site or not lives:
            return False
        loop, life = lives[0]
        loop.kill(life)
        return True

    async def scenario(loop: SimLoop) -> int:
        life = Life(1)
        link = await life.context.run(loop.create_task, SqliteLink.open(path, writing=True))
        lives.append((loop, life))
        work = life.context.run(loop.create_task, link.run(insert("a")))
        await asyncio.sleep(1)
        assert not work.done()
        other = await SqliteLink.open(path, writing=True)  # the dead life's lock is gone
        count = await other.run(lambda connection: connection.exec_driver_sql("SELECT count(*) FROM things").scalar_one())
        await other.close()
        return int(count)

    assert run(scenario, Hooks(boundary=boundary, watched=WATCHED)) == kept


def test_the_ledger_opens_and_a_second_process_is_refused(tmp_path: Path) -> None:
    async def scenario(loop: SimLoop) -> str:
        ledger = await Ledger.open(tmp_path, loop.time, lambda: "id")
        with pytest.raises(LedgerProblem) as caught:
            await Ledger.open(tmp_path, loop.time, lambda: "id")
        await ledger.close()
        return str(caught.value)

    assert str(tmp_path) in run(scenario)
