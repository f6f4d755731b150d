"""The ledger in a SQLite file: one writer connection, a few readers, WAL mode with full sync, locks on folder and file."""

from __future__ import annotations

import functools
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import aiosqlite
from sqlalchemy import Connection, Dialect, Engine, create_engine, event, make_url
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.pool import StaticPool
from sqlalchemy.util import LRUCache

from bot.ledger import files, migrate
from bot.ledger.links import Links
from bot.ledger.migrate import NewerLedger
from bot.ledger.problems import LedgerProblem
from bot.texts import text

T = TypeVar("T")
BUSY_TIMEOUT = 5
"""Seconds that SQLite waits for a lock; only another program (a backup) ever holds one."""
READERS = 3
"""Measured with prototypes: one to four connections give p99 0.2 s under load, sixteen 1.1 s."""


@functools.cache
def _sqlite() -> tuple[Dialect, LRUCache[Any, Any]]:
    """Shared by all connections: the dialect, and the statements compiled for it.

    With an engine of its own, each connection compiled every statement again, which was half of a short-lived bot's CPU time.
    """
    engine = create_engine("sqlite://")
    with engine.connect():
        pass  # a dialect learns SQLite's version from its first connection
    engine.dispose()
    return engine.dialect, LRUCache(500)


class SqliteLink:
    """A SQLite connection with aiosqlite's thread. A whole transaction runs in one visit to that thread.

    SQLAlchemy's own aiosqlite dialect makes four visits per statement: a request's way through the core took 25 ms with it, and 16 ms with
    one visit. aiosqlite has no public method for running a function in the thread; `_execute` is what its own methods use.
    """

    def __init__(self, owner: aiosqlite.Connection, engine: Engine) -> None:
        self._owner, self.engine = owner, engine

    @classmethod
    async def open(cls, path: Path, *, writing: bool) -> SqliteLink:
        owner = await aiosqlite.connect(path, timeout=BUSY_TIMEOUT, isolation_level=None)
        raw: Any = owner._conn

        def made() -> Engine:
            for pragma in ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={BUSY_TIMEOUT * 1000}", "foreign_keys=ON"):
                raw.execute(f"PRAGMA {pragma}")
            if not writing:
                raw.execute("PRAGMA query_only=ON")
            dialect, compiled = _sqlite()
            pool = StaticPool(lambda: raw, dialect=dialect)
            engine = Engine(pool, dialect, make_url("sqlite://"), hide_parameters=True, execution_options={"compiled_cache": compiled})
            # SQLAlchemy's own begin on SQLite lost 59 of 80 concurrent updates; this one takes the write lock first.
            event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN"))
            return engine

        try:
            return cls(owner, await owner._execute(made))  # type: ignore[no-untyped-call]
        except BaseException:
            await owner.close()
            raise

    async def run(self, fn: Callable[[Connection], T]) -> T:
        """One transaction: begin, `fn`, commit; rolled back if `fn` raises."""

        def whole() -> T:
            with self.engine.begin() as connection:
                return fn(connection)

        result: T = await self._owner._execute(whole)  # type: ignore[no-untyped-call]
        return result

    async def close(self) -> None:
        await self._owner.close()


async def open_file(data_dir: Path, path: Path, now: Callable[[], float]) -> Links:
    """Lock the folder, check the file, migrate it (after a backup), and open it. Raises LedgerProblem."""
    lock = files.prepare(data_dir, LedgerProblem, path)
    links: list[SqliteLink] = []
    try:
        files.examine(path, LedgerProblem)
        migrate.upgrade(path, now())
        links.append(await SqliteLink.open(path, writing=True))
        for _ in range(READERS):
            links.append(await SqliteLink.open(path, writing=False))
    except BaseException as error:
        for link in links:
            await link.close()
        lock.release()
        if isinstance(error, NewerLedger):
            raise LedgerProblem(str(error)) from error
        if isinstance(error, DatabaseError | sqlite3.DatabaseError):
            raise LedgerProblem(explain(getattr(error, "orig", error), path)) from error
        raise
    return Links(path, links[0], links[1:], lambda error: _problem(error, path), lock.release)


def _problem(error: DatabaseError, path: Path) -> str | None:
    """A statement's own mistake has no sentence: it isn't the file's fault."""
    return explain(error.orig, path) if isinstance(error, OperationalError) or "malformed" in str(error.orig) else None


def explain(error: BaseException | None, path: Path) -> str:
    """A sentence for an SQLite error. A full disk is reported as SQLITE_FULL or as a failed write; both give the same sentence."""
    code = getattr(error, "sqlite_errorcode", None)
    name = getattr(error, "sqlite_errorname", "") or ""
    if code == sqlite3.SQLITE_FULL or name in ("SQLITE_IOERR_WRITE", "SQLITE_IOERR_SHMSIZE"):
        return text("operator.disk_full", folder=path.parent)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return text("operator.database_kept_locked", file=path)
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return text("operator.database_damaged", file=path)
    if code == sqlite3.SQLITE_READONLY or name.startswith("SQLITE_CANTOPEN"):
        return text("operator.folder_unwritable", folder=path.parent)
    return text("operator.database_failed", file=path, code=name or type(error).__name__)
