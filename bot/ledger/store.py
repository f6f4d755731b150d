"""Opening the ledger and running transactions on it: one writing connection, a small pool of readers, SQLite in WAL with full sync.

`write(fn)` and `read(fn)` run a plain synchronous function over a connection, so a transaction cannot wait for anything else: it is
re-runnable and free of I/O by construction. What should be looked at after the commit is collected in `Tx.wakes`.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, event
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.ledger import files, migrate
from bot.texts import text

T = TypeVar("T")
READERS = 3
"""Measured by the prototypes: one to four connections give p99 0.2 s under load, sixteen 1.1 s."""


class LedgerProblem(Exception):
    """The ledger cannot be used; the text is a whole sentence for the operator, with what to do."""


@dataclass(frozen=True, slots=True)
class Wake:
    """ "Look at X": sent after a commit. Losing one is harmless, a sweep finds overdue rows."""

    topic: str
    """`request`, `message` or `case`."""
    id: str
    at: float | None = None
    """Wall-clock time not before which to look; None for now."""


@dataclass(slots=True)
class Tx:
    """One open transaction."""

    connection: Connection
    now: float
    """Wall-clock time at which it began; every row it writes carries this one."""
    new_id: Callable[[], str]
    wakes: list[Wake] = field(default_factory=list)

    def wake(self, topic: str, row: str, at: float | None = None) -> None:
        """Ask for a look at a row after the commit."""
        self.wakes.append(Wake(topic, row, at))


class Ledger:
    """The open ledger. Made by `Ledger.open`; owns the data folder's lock until `close`."""

    def __init__(
        self, path: Path, writer: AsyncEngine, readers: AsyncEngine, lock: files.Lock, now: Callable[[], float], new_id: Callable[[], str]
    ) -> None:
        self.path = path
        self._writer, self._readers, self._lock = writer, readers, lock
        self.now, self._new_id = now, new_id
        self._turn = asyncio.Lock()
        self.on_commit: Callable[[list[Wake]], None] = lambda wakes: None
        self.commits = 0
        """Write transactions since the start; the benchmark's unit."""

    @classmethod
    async def open(cls, data_dir: Path, now: Callable[[], float], new_id: Callable[[], str], file: Path | None = None) -> Ledger:
        """Take the folder's lock, check the file, migrate it (after a backup), and open it. Raises LedgerProblem.

        The file lies in the data folder unless the operator put it elsewhere.
        """
        lock = files.prepare(data_dir, LedgerProblem)
        path = file or data_dir / files.DATABASE
        try:
            files.examine(path, LedgerProblem)
            migrate.upgrade(path, now())
        except sqlite3.DatabaseError as error:
            lock.release()
            raise LedgerProblem(explain(error, path)) from error
        except DatabaseError as error:
            lock.release()
            raise LedgerProblem(explain(error.orig, path)) from error
        except BaseException:
            lock.release()
            raise
        return cls(path, engine(path, writing=True), engine(path, writing=False), lock, now, new_id)

    async def write(self, fn: Callable[[Tx], T]) -> T:
        """Run `fn` in the one writing transaction and commit. A caller's cancellation does not tear it: the commit is finished first."""
        task = asyncio.ensure_future(self._write(fn))
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if not task.done():
                await asyncio.wait([task])
            raise

    async def _write(self, fn: Callable[[Tx], T]) -> T:
        async with self._turn:
            try:
                async with self._writer.begin() as connection:
                    tx = Tx(None, self.now(), self._new_id)  # type: ignore[arg-type]  # set one line below, on the right side of the greenlet

                    def body(sync: Connection) -> T:
                        tx.connection = sync
                        return fn(tx)

                    result = await connection.run_sync(body)
            except DatabaseError as error:
                if isinstance(error, OperationalError) or "malformed" in str(error.orig):
                    raise LedgerProblem(explain(error.orig, self.path)) from error
                raise
            self.commits += 1
        if tx.wakes:
            self.on_commit(tx.wakes)
        return result

    async def read(self, fn: Callable[[Connection], T]) -> T:
        """Run `fn` on a reader: a consistent snapshot, no lock on writers."""
        async with self._readers.connect() as connection:
            return await connection.run_sync(fn)

    async def close(self) -> None:
        """Close all connections and give the folder back."""
        await self._readers.dispose()
        await self._writer.dispose()
        self._lock.release()


def engine(path: Path, *, writing: bool) -> AsyncEngine:
    """An engine on the file with our pragmas. SQLAlchemy's own begin is switched off: its defaults lost 59 of 80 concurrent updates."""
    made = create_async_engine(
        f"sqlite+aiosqlite:///{path}",
        pool_size=1 if writing else READERS,
        max_overflow=0,
        connect_args={"timeout": 5, "isolation_level": None},
        # The compiled-statement cache holds every statement of the hot path.
        query_cache_size=500,
    )

    @event.listens_for(made.sync_engine, "connect")
    def _pragmas(connection: sqlite3.Connection, _record: object) -> None:
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        if not writing:
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    @event.listens_for(made.sync_engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return made


def explain(error: BaseException | None, path: Path) -> str:
    """A sentence for what SQLite reported. Full disks come as SQLITE_FULL or as a failed write: the same sentence for both."""
    code = getattr(error, "sqlite_errorcode", None)
    name = getattr(error, "sqlite_errorname", "") or ""
    if code == sqlite3.SQLITE_FULL or name == "SQLITE_IOERR_WRITE":
        return text("operator.disk_full", folder=path.parent)
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return text("operator.database_damaged", file=path)
    if code == sqlite3.SQLITE_READONLY or name.startswith("SQLITE_CANTOPEN"):
        return text("operator.folder_unwritable", folder=path.parent)
    return text("operator.database_failed", file=path, code=name or type(error).__name__)
