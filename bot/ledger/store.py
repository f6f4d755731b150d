"""Opening the ledger and running transactions: one writer connection, a few readers, SQLite in WAL mode with full sync.

`write(fn)` and `read(fn)` run a plain synchronous function on a connection, so transactions can't await anything: they're re-runnable and
free of I/O by construction. Wake-ups for after the commit are collected in `Tx.wakes`.
"""

from __future__ import annotations

import asyncio
import functools
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import aiosqlite
from sqlalchemy import Connection, Dialect, Engine, create_engine, event, make_url
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.pool import StaticPool
from sqlalchemy.util import LRUCache

from bot.ledger import files, migrate
from bot.ledger.migrate import NewerLedger
from bot.texts import text

T = TypeVar("T")
BUSY_TIMEOUT = 5
"""Seconds that SQLite waits for a lock; only another program (a backup) ever holds one."""
READERS = 3
"""Measured with prototypes: one to four connections give p99 0.2 s under load, sixteen 1.1 s."""


class LedgerProblem(Exception):
    """The ledger can't be used. The text is a complete sentence for the operator, with what to do."""


class LedgerClosed(LedgerProblem):
    """The bot is stopping, so nothing can be stored anymore."""


@dataclass(frozen=True, slots=True)
class Wake:
    """ "Look at X", sent after a commit. Losing one is harmless, because a sweep finds overdue rows."""

    topic: str
    """`request`, `message` or `case`."""
    id: str
    at: float | None = None
    """Earliest wall-clock time to look; None for now."""


@dataclass(slots=True)
class Tx:
    """An open transaction."""

    connection: Connection
    now: float
    """Wall-clock time at its beginning, used by all rows it writes."""
    new_id: Callable[[], str]
    wakes: list[Wake] = field(default_factory=list)

    def wake(self, topic: str, row: str, at: float | None = None) -> None:
        """Request a look at a row after the commit."""
        self.wakes.append(Wake(topic, row, at))

    def isolated(self, fn: Callable[[], T]) -> T | Exception:
        """Run `fn` in a savepoint. A bug in it only undoes its own writes and is returned; database errors are raised."""
        try:
            with self.connection.begin_nested():
                return fn()
        except DatabaseError:
            raise
        except Exception as bug:
            return bug


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


class Link:
    """A SQLite connection with aiosqlite's thread. A whole transaction runs in one visit to that thread.

    SQLAlchemy's own aiosqlite dialect makes four visits per statement: a request's way through the core took 25 ms with it, and 16 ms with
    one visit. aiosqlite has no public method for running a function in the thread; `_execute` is what its own methods use.
    """

    def __init__(self, owner: aiosqlite.Connection, engine: Engine) -> None:
        self._owner, self.engine = owner, engine

    @classmethod
    async def open(cls, path: Path, *, writing: bool) -> Link:
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


class Ledger:
    """The open ledger. Created by `Ledger.open`; holds the data folder's lock until `close`."""

    def __init__(
        self, path: Path, writer: Link, readers: list[Link], lock: files.Lock, now: Callable[[], float], new_id: Callable[[], str]
    ) -> None:
        self.path = path
        self._writer, self._readers, self._lock = writer, readers, lock
        self.now, self._new_id = now, new_id
        self._turn = asyncio.Lock()
        self._free: asyncio.LifoQueue[Link] = asyncio.LifoQueue()
        for reader in readers:
            self._free.put_nowait(reader)
        self.on_commit: Callable[[list[Wake]], None] = lambda wakes: None
        self._closed = False
        self.commits = 0
        """Write transactions since the start, for the benchmark."""

    @classmethod
    async def open(cls, data_dir: Path, now: Callable[[], float], new_id: Callable[[], str], file: Path | None = None) -> Ledger:
        """Lock the folder, check the file, migrate it (after a backup), and open it. Raises LedgerProblem.

        The file is in the data folder unless the operator put it elsewhere.
        """
        path = file or data_dir / files.DATABASE
        lock = files.prepare(data_dir, LedgerProblem, path)
        links: list[Link] = []
        try:
            files.examine(path, LedgerProblem)
            migrate.upgrade(path, now())
            links.append(await Link.open(path, writing=True))
            for _ in range(READERS):
                links.append(await Link.open(path, writing=False))
        except BaseException as error:
            for link in links:
                await link.close()
            lock.release()
            if isinstance(error, NewerLedger):
                raise LedgerProblem(str(error)) from error
            if isinstance(error, DatabaseError | sqlite3.DatabaseError):
                raise LedgerProblem(explain(getattr(error, "orig", error), path)) from error
            raise
        return cls(path, links[0], links[1:], lock, now, new_id)

    async def write(self, fn: Callable[[Tx], T]) -> T:
        """Run `fn` in a write transaction and commit. Cancelling the caller doesn't interrupt it: the commit is finished first."""
        task = asyncio.ensure_future(self._write(fn))
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if not task.done():
                await asyncio.wait([task])
            raise

    async def _write(self, fn: Callable[[Tx], T]) -> T:
        wakes: list[Wake] = []

        def body(connection: Connection) -> T:
            wakes.clear()
            return fn(Tx(connection, now, self._new_id, wakes))

        async with self._turn:
            self._must_be_open()
            now = self.now()
            try:
                result = await self._writer.run(body)
            except DatabaseError as error:
                if isinstance(error, OperationalError) or "malformed" in str(error.orig):
                    raise LedgerProblem(explain(error.orig, self.path)) from error
                raise
            self.commits += 1
        if wakes:
            self.on_commit(wakes)
        return result

    async def read(self, fn: Callable[[Connection], T]) -> T:
        """Run `fn` on a reader: a consistent snapshot that takes no lock on the writer."""
        self._must_be_open()
        link = await self._free.get()
        task = asyncio.ensure_future(link.run(fn))
        # Return the connection when its thread is done with it, even if the caller is gone.
        task.add_done_callback(lambda done: self._free.put_nowait(link))
        return await asyncio.shield(task)

    async def close(self) -> None:
        """Close all connections and release the folder. Later calls get a LedgerProblem."""
        self._closed = True
        for link in (*self._readers, self._writer):
            await link.close()
        self._lock.release()

    def _must_be_open(self) -> None:
        if self._closed:
            raise LedgerClosed(text("operator.ledger_closed"))


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
