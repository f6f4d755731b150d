"""The ledger on real files: one owner, nothing lost between concurrent writers, and one clear sentence for every broken folder or file."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import itertools
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, event, insert, select, update
from sqlalchemy.engine.interfaces import CacheStats

from bot.ledger import migrate, picture_rows
from bot.ledger.files import DATABASE, connect
from bot.ledger.store import Ledger, LedgerProblem, Tx, explain
from bot.ledger.tables import memory, metadata

ids = (f"{number:016d}" for number in itertools.count())


async def opened(folder: Path, file: Path | None = None) -> Ledger:
    return await Ledger.open(folder, lambda: 1000.0, lambda: next(ids), file)


def put(key: str, value: object):  # type: ignore[no-untyped-def]
    return lambda tx: tx.connection.execute(insert(memory).values(key=key, value=value, saved_at=tx.now))


def stored(connection) -> list[str]:  # type: ignore[no-untyped-def]
    return [row.key for row in connection.execute(select(memory.c.key).order_by(memory.c.key))]


async def test_what_was_committed_is_there_after_a_restart(tmp_path: Path) -> None:
    ledger = await opened(tmp_path)
    await ledger.write(put("a", 1))
    await ledger.close()
    ledger = await opened(tmp_path)
    assert await ledger.read(stored) == ["a"]
    await ledger.close()


async def test_concurrent_read_modify_writes_lose_nothing(tmp_path: Path) -> None:
    ledger = await opened(tmp_path)
    await ledger.write(put("n", 0))

    def more(tx: Tx) -> None:
        value = tx.connection.execute(select(memory.c.value).where(memory.c.key == "n")).scalar_one()
        tx.connection.execute(update(memory).where(memory.c.key == "n").values(value=value + 1))

    await asyncio.gather(*(ledger.write(more) for _ in range(80)))
    assert await ledger.read(lambda c: c.execute(select(memory.c.value)).scalar_one()) == 80
    await ledger.close()


async def test_a_transaction_that_raises_leaves_nothing_behind_and_wakes_nobody(tmp_path: Path) -> None:
    ledger = await opened(tmp_path)
    woken: list[object] = []
    ledger.on_commit = woken.extend

    def fails(tx: Tx) -> None:
        put("half", 1)(tx)
        tx.wake("request", "x")
        raise ValueError("in the middle")

    with pytest.raises(ValueError, match="in the middle"):
        await ledger.write(fails)
    assert await ledger.read(stored) == []
    assert woken == []
    await ledger.close()


async def test_a_cancelled_caller_does_not_tear_its_commit(tmp_path: Path) -> None:
    ledger = await opened(tmp_path)
    for number in range(30):
        task = asyncio.create_task(ledger.write(lambda tx, n=number: [put(f"{n}-{k}", 0)(tx) for k in range(2)]))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    keys = await ledger.read(stored)
    assert len(keys) % 2 == 0
    await ledger.close()


async def test_readers_cannot_write(tmp_path: Path) -> None:
    ledger = await opened(tmp_path)
    with pytest.raises(Exception, match=r"read-?only"):
        await ledger.read(lambda c: c.execute(insert(memory).values(key="x", value=1, saved_at=0.0)))
    await ledger.close()


@pytest.mark.sqlite_only  # a server is shared
async def test_a_second_process_on_the_same_folder_is_told_so(tmp_path: Path) -> None:
    ledger = await opened(tmp_path)
    with pytest.raises(LedgerProblem, match=f"Another imagine-bot \\(process {os.getpid()}\\)"):
        await opened(tmp_path)
    await ledger.close()
    await (await opened(tmp_path)).close()


@pytest.mark.sqlite_only
async def test_an_empty_file_is_not_taken_for_a_fresh_start(tmp_path: Path) -> None:
    (tmp_path / DATABASE).touch()
    with pytest.raises(LedgerProblem, match="empty"):
        await opened(tmp_path)
    assert (tmp_path / DATABASE).stat().st_size == 0


@pytest.mark.sqlite_only
async def test_a_missing_database_beside_pictures_is_not_a_fresh_start(tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "ab").mkdir()
    with pytest.raises(LedgerProblem, match="missing"):
        await opened(tmp_path)


@pytest.mark.sqlite_only
@pytest.mark.parametrize("damage", [b"this is no database at all" * 100, b"SQLite format 3\x00" + b"\xff" * 5000])
async def test_a_damaged_file_is_named_and_left_alone(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / DATABASE).write_bytes(damage)
    with pytest.raises(LedgerProblem, match="damaged"):
        await opened(tmp_path)
    assert (tmp_path / DATABASE).read_bytes() == damage
    await asyncio.sleep(0)


@pytest.mark.sqlite_only
async def test_torn_pages_are_found_at_start(tmp_path: Path) -> None:
    ledger = await opened(tmp_path)
    for number in range(200):
        await ledger.write(put(f"k{number}", "x" * 500))
    await ledger.close()
    file = tmp_path / DATABASE
    raw = bytearray(file.read_bytes())
    for page in range(2, len(raw) // 4096):
        raw[page * 4096 : page * 4096 + 64] = b"\xa5" * 64
    file.write_bytes(raw)
    with pytest.raises(LedgerProblem, match="damaged"):
        await opened(tmp_path)


async def test_a_file_where_the_folder_should_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(LedgerProblem, match="is a file"):
        await opened(tmp_path / "taken")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
async def test_an_unwritable_folder_is_named(tmp_path: Path) -> None:
    os.chmod(tmp_path, 0o500)
    with pytest.raises(LedgerProblem, match="isn't writable"):
        await opened(tmp_path / "data")
    os.chmod(tmp_path, 0o700)


@pytest.mark.sqlite_only
async def test_the_file_may_lie_elsewhere(tmp_path: Path) -> None:
    ledger = await opened(tmp_path / "data", tmp_path / "other.db")
    await ledger.close()
    assert (tmp_path / "other.db").exists()


@pytest.mark.sqlite_only
def test_full_disks_and_failed_writes_give_the_same_sentence(tmp_path: Path) -> None:
    full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorcode, full.sqlite_errorname = sqlite3.SQLITE_FULL, "SQLITE_FULL"
    torn = sqlite3.OperationalError("disk I/O error")
    torn.sqlite_errorcode, torn.sqlite_errorname = 778, "SQLITE_IOERR_WRITE"
    assert explain(full, tmp_path / "x.db") == explain(torn, tmp_path / "x.db")
    assert "disk is full" in explain(full, tmp_path / "x.db")


@pytest.mark.sqlite_only
async def test_an_older_schema_is_backed_up_before_it_is_migrated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = await opened(tmp_path)
    await ledger.write(put("precious", 1))
    await ledger.close()
    monkeypatch.setattr(migrate, "HEAD", "9999")
    kept = migrate.upgrade(tmp_path / DATABASE, 1000.0)
    assert kept is not None
    with sqlite3.connect(kept) as connection:
        assert connection.execute("SELECT key FROM memory").fetchall() == [("precious",)]
    connection.close()


@pytest.mark.sqlite_only
async def test_a_ledger_of_a_newer_version_is_left_alone_and_named(tmp_path: Path) -> None:
    await (await opened(tmp_path)).close()
    with contextlib.closing(sqlite3.connect(tmp_path / DATABASE)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    before = sorted(tmp_path.iterdir())
    for _ in range(2):
        with pytest.raises(LedgerProblem, match="newer version"):
            await opened(tmp_path)
    assert sorted(tmp_path.iterdir()) == before, "no backup at every try"
    assert migrate.current(tmp_path / DATABASE) == "9999"


@pytest.mark.sqlite_only
def test_a_locked_file_is_not_taken_for_a_fresh_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / DATABASE
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
        other.execute("INSERT INTO alembic_version VALUES ('0001')")
        other.commit()
        other.execute("BEGIN EXCLUSIVE")
        monkeypatch.setattr(migrate, "connect", functools.partial(connect, timeout=0.05))
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            migrate.upgrade(path, 0.0)
        other.rollback()
        assert other.execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]


class Killed(Exception):
    """Stands for the end of the process."""


@pytest.mark.sqlite_only
@pytest.mark.parametrize("step", [0, 1, 7, -1])
@pytest.mark.parametrize("make", [lambda path: migrate.upgrade(path, 0.0), migrate.migrate])
def test_a_schema_is_made_whole_or_not_at_all(
    make: Callable[[Path], object], step: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process can die at every statement, and the next start must be able to make the rest."""
    ended: list[str] = []
    durable = migrate.durable

    def broken_off(path: Path) -> Engine:
        engine = durable(path)

        def die(connection: object, cursor: object, statement: str, *_: object) -> None:
            if statement.lstrip().startswith(("CREATE", "INSERT", "ALTER", "UPDATE")):
                ended.append(statement)
                if len(ended) == stop:
                    raise Killed

        event.listen(engine, "after_cursor_execute", die)
        return engine

    stop = 0
    with monkeypatch.context() as patch:
        patch.setattr(migrate, "durable", broken_off)
        make(tmp_path / "whole.db")
        stop, ended[:] = len(ended) if step == -1 else step + 1, []
        with pytest.raises(Killed):
            make(tmp_path / "half.db")
    with contextlib.closing(sqlite3.connect(tmp_path / "half.db")) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == []
    make(tmp_path / "half.db")
    assert migrate.current(tmp_path / "half.db") == migrate.HEAD


@pytest.mark.sqlite_only
def test_half_a_schema_that_an_earlier_version_left_is_completed(tmp_path: Path) -> None:
    with contextlib.closing(sqlite3.connect(tmp_path / "half.db")) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
    migrate.upgrade(tmp_path / "half.db", 0.0)
    assert migrate.current(tmp_path / "half.db") == migrate.HEAD


def schema_of(connection: sqlite3.Connection) -> set[tuple[object, ...]]:
    """Tables by their columns, since SQLite keeps the text of an added one apart; indexes and triggers by their text."""
    found: set[tuple[object, ...]] = set()
    ours = "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE '%alembic_version%'"
    for kind, name, sql in connection.execute(ours).fetchall():
        columns = tuple(connection.execute(f"PRAGMA table_xinfo({name})")) if kind == "table" else sql
        found.add((kind, name, columns))
    return found


@pytest.mark.sqlite_only
async def test_a_ledger_of_the_first_schema_keeps_its_pictures(tmp_path: Path) -> None:
    path = tmp_path / DATABASE
    migrate.upgrade(path, 0.0)
    with sqlite3.connect(path) as connection:
        connection.execute("DROP INDEX pictures_by_source")
        connection.execute("DROP INDEX pictures_aside")
        for name in ("signed", "kept", "change", "source", "aside_at"):
            connection.execute(f"ALTER TABLE pictures DROP COLUMN {name}")
        connection.execute("INSERT INTO pictures VALUES ('p', 'r', 'a', 0, 'ab', 'png', 1, 2, 3, NULL)")
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
    connection.close()
    ledger = await opened(tmp_path)
    (picture,) = await ledger.read(lambda c: picture_rows.of_request(c, "r"))
    assert (picture.width, picture.height, picture.signed, picture.kept, picture.change) == (1, 2, False, False, None)
    await ledger.close()
    assert migrate.current(path) == migrate.HEAD


@pytest.mark.sqlite_only
def test_a_fresh_file_and_all_migrations_in_turn_have_the_same_schema(tmp_path: Path) -> None:
    migrate.upgrade(tmp_path / "fresh.db", 0.0)
    migrate.migrate(tmp_path / "migrated.db")
    schemas = []
    for name in ("fresh.db", "migrated.db"):
        with sqlite3.connect(tmp_path / name) as connection:
            schemas.append(schema_of(connection))
        connection.close()
        assert migrate.current(tmp_path / name) == migrate.HEAD
    assert schemas[0] == schemas[1]
    assert set(metadata.tables) <= {name for _, name, _ in schemas[0]}


@pytest.mark.sqlite_only
async def test_a_statement_is_compiled_once_for_all_connections_of_a_process(tmp_path: Path) -> None:
    statement = select(memory.c.saved_at).where(memory.c.key == "compiled once")

    def hit(connection: Connection) -> CacheStats:
        return connection.execute(statement).context.cache_hit

    hits = []
    for name in ("first", "second"):
        ledger = await opened(tmp_path / name)
        hits += [await ledger.read(hit), await ledger.read(hit), await ledger.write(lambda tx: hit(tx.connection))]
        await ledger.close()
    assert hits == [CacheStats.CACHE_MISS] + [CacheStats.CACHE_HIT] * 5
