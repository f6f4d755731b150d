"""Opening the ledger and running transactions: one writer connection and a few readers, on SQLite or PostgreSQL.

`write(fn)` and `read(fn)` run a plain synchronous function on a connection, so transactions can't await anything: they're re-runnable and
free of I/O by construction. Wake-ups for after the commit are collected in `Tx.wakes`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

import structlog
from sqlalchemy import Connection
from sqlalchemy import text as sql
from sqlalchemy.exc import DatabaseError

from bot.ledger import files
from bot.ledger.announcing import announce
from bot.ledger.links import Link, Links
from bot.ledger.problems import LedgerClosed as LedgerClosed
from bot.ledger.problems import LedgerProblem as LedgerProblem
from bot.ledger.server import LedgerServer, Where
from bot.ledger.sqlite import explain as explain
from bot.ledger.sqlite import open_file
from bot.texts import text

if TYPE_CHECKING:
    from bot.ledger.listener import WakeUpListener

log = structlog.get_logger()
T = TypeVar("T")
EXACT = 0.5
"""Seconds that asking for the database's time may take. A process that was stopped meanwhile would take that for a step of the clock."""
_CLOCK = sql("SELECT extract(epoch FROM clock_timestamp())")


@dataclass(frozen=True, slots=True)
class Wake:
    """ "Look at X", sent after a commit. Losing one is harmless, because a sweep finds overdue rows."""

    topic: str
    """Kind of row, such as `request`, `message` or `case`; `Bot._listen` (`bot/lifecycle.py`) says who handles it."""
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
    owner: str | None = None
    """The process that writes, if several share the ledger."""

    def wake(self, topic: str, row: str, at: float | None = None) -> None:
        """Wake whoever handles this kind of row, after the commit; not before `at`."""
        self.wakes.append(Wake(topic, row, at))

    @contextmanager
    def isolated(self, event: str, **facts: str) -> Iterator[None]:
        """A savepoint. A bug inside only undoes its own writes, and is logged as `event`; database errors are raised."""
        try:
            with self.connection.begin_nested():
                yield
        except DatabaseError:
            raise
        except Exception as bug:
            log.error(event, error=type(bug).__name__, **facts)


class Ledger:
    """The open ledger. Created by `Ledger.open`; keeps other processes out until `close`."""

    def __init__(self, links: Links, now: Callable[[], float], new_id: Callable[[], str]) -> None:
        self.where, self.participant = links.where, links.participant
        self._links, self._writer = links, links.writer
        self.now, self._new_id = now, new_id
        self._turn = asyncio.Lock()
        self._free: asyncio.LifoQueue[Link] = asyncio.LifoQueue()
        for reader in links.readers:
            self._free.put_nowait(reader)
        self.on_commit: Callable[[list[Wake]], None] = lambda wakes: None
        self._closed, self._listener = False, cast("WakeUpListener | None", None)
        self.commits = 0
        """Write transactions since the start, for the benchmark."""

    @classmethod
    async def open(
        cls, data_dir: Path, now: Callable[[], float], new_id: Callable[[], str], where: Where | None = None, roles: str = ""
    ) -> Ledger:
        """Keep other processes out, check the database, migrate it, and open it. Raises LedgerProblem.

        It's a SQLite file in the data folder unless the operator put it elsewhere.
        """
        if isinstance(where, LedgerServer):
            from bot.ledger.postgres import open_server  # imported here so that only those who use it pay for it

            return cls(await open_server(data_dir, where, *([roles] if roles else [])), now, new_id)
        return cls(await open_file(data_dir, where or data_dir / files.DATABASE, now), now, new_id)

    async def write(self, fn: Callable[[Tx], T]) -> T:
        """Run `fn` in a write transaction and commit. Cancelling the caller doesn't interrupt it: the commit is finished first.

        `fn` may run more than once, if the database lost its connection or its place; only one run is committed.
        """
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
            owner = None if self.participant is None else self.participant.id
            result = fn(Tx(connection, now, self._new_id, wakes, owner))
            if wakes and owner is not None:
                announce(connection, owner, [(one.topic, one.id, one.at) for one in wakes])
            return result

        async with self._turn:
            self._must_be_open()
            now = self.now()
            try:
                result = await self._writer.run(body)
            except DatabaseError as error:
                self._explain(error)
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

    async def behind(self) -> float:
        """Seconds by which this process's time is behind the database's clock, which all processes follow; 0 if there's no other one."""
        if self.participant is None:
            return 0.0

        def ask(connection: Connection) -> tuple[float, float]:
            before = self.now()
            said = float(connection.execute(_CLOCK).scalar_one())
            after = self.now()
            return after - before, said - (before + after) / 2

        took, found = min([await self.read(ask) for _ in range(3)])
        return found if took < EXACT else 0.0

    def listen(self, deliver: Callable[[list[Wake]], None]) -> None:
        """Hand wake-ups of the other processes to `deliver`, on the event loop; nothing to do if this is the only one."""
        if self.participant is None or not isinstance(self.where, LedgerServer):
            return
        from bot.ledger.listener import WakeUpListener

        self._listener = WakeUpListener(self.where, self.participant, lambda found: deliver([Wake(*one) for one in found]))
        self._listener.start()

    async def close(self) -> None:
        """Close all connections and let other processes in. Later calls get a LedgerProblem."""
        self._closed = True
        if self._listener is not None:
            await self._listener.stop()
        await self._links.close()

    def _explain(self, error: DatabaseError) -> None:
        """Raise a LedgerProblem if it's the database's fault."""
        sentence = self._links.explain(error)
        if sentence is not None:
            raise LedgerProblem(sentence) from error

    def _must_be_open(self) -> None:
        if self._closed:
            raise LedgerClosed(text("operator.ledger_closed"))
