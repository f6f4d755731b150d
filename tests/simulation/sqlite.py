"""SQLite under the simulation: aiosqlite's thread and queue become a pump on the loop, so that every visit to it has its virtual moment.

The real library and the real file stay. Busy waiting happens in virtual time, a transaction's state changes are seen at its commit, and a
killed life's connections vanish like those of a killed process: nothing is checkpointed, nothing flushed.
"""

from __future__ import annotations

import asyncio
import sqlite3
import types
import weakref
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

from tests.simulation.loop import Life, SimLoop, current_life

BUSY_RETRY = (0.001, 0.02)
"""Seconds between two looks at a locked file."""
LATENCY = (0.0, 0.003)
"""Seconds that one visit takes."""


@dataclass(frozen=True, slots=True)
class Step:
    """One row's state change inside a transaction; `before` is None for a new row."""

    table: str
    row: str
    before: str | None
    after: str
    detail: str | None


@dataclass(frozen=True, slots=True)
class Watched:
    """A table with a state column, and the column that tells its ends apart."""

    table: str
    key: str
    state: str
    detail: str
    """An expression over `new`."""


@dataclass(slots=True)
class Hooks:
    """What the world wants to know and decide. `boundary(site, steps)` returns True when the life ends right there."""

    boundary: Callable[[str, tuple[Step, ...]], bool] = lambda _site, _steps: False
    committed: Callable[[sqlite3.Connection, tuple[Step, ...]], None] = lambda _connection, _steps: None
    watched: tuple[Watched, ...] = ()


class Died(BaseException):
    """The process died inside a transaction: nothing of it goes on."""


class TrackedCursor(sqlite3.Cursor):
    """Keeps the file's own busy waiting off: it would stop the only thread there is."""

    def execute(self, sql: str, parameters: Any = ()) -> sqlite3.Cursor:
        connection = self.connection
        assert isinstance(connection, TrackedConnection)
        if "busy_timeout" in sql:
            _, _, value = sql.partition("=")
            if value.strip().isdigit():
                connection.patience = int(value) / 1000
            return super().execute("SELECT 0 WHERE 0")
        if sql == "BEGIN IMMEDIATE":
            connection.watch(InlinePump.hooks.watched)
        return super().execute(sql, parameters)


class TrackedConnection(sqlite3.Connection):
    """Knows its cursors (a statement that was not reset keeps the file's locks even after close) and what its transaction changed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.patience = float(kwargs.pop("timeout", 5.0))
        self.steps: list[Step] = []
        self.watching = False
        self.synchronous: int | None = None
        self._cursors: weakref.WeakSet[sqlite3.Cursor] = weakref.WeakSet()
        super().__init__(*args, timeout=0, **kwargs)

    def cursor(self, factory: Any = TrackedCursor) -> Any:
        cursor = super().cursor(factory)
        self._cursors.add(cursor)
        return cursor

    def execute(self, sql: str, *parameters: Any) -> sqlite3.Cursor:
        cursor: sqlite3.Cursor = self.cursor().execute(sql, *parameters)
        return cursor

    def watch(self, watched: tuple[Watched, ...]) -> None:
        """Temporary triggers report each state change of this connection; they count neither as changes nor in RETURNING."""
        self.steps.clear()
        if self.watching:
            return
        self.watching = True
        plain = sqlite3.Connection.cursor(self)
        have = {name for (name,) in plain.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'")}
        self.create_function("sim_step", 5, lambda *step: self.steps.append(Step(*step)))
        for w in watched:
            if w.table in have:
                plain.execute(
                    f"CREATE TEMP TRIGGER sim_{w.table}_new AFTER INSERT ON main.{w.table} BEGIN "
                    f"SELECT sim_step('{w.table}', new.{w.key}, NULL, new.{w.state}, {w.detail}); END"
                )
                plain.execute(
                    f"CREATE TEMP TRIGGER sim_{w.table}_step AFTER UPDATE OF {w.state} ON main.{w.table} BEGIN "
                    f"SELECT sim_step('{w.table}', new.{w.key}, old.{w.state}, new.{w.state}, {w.detail}); END"
                )
        plain.close()

    def commit(self) -> None:
        """The process may die right before it or right after it."""
        if not self.in_transaction:
            return super().commit()
        hooks, steps = InlinePump.hooks, tuple(self.steps)
        if current_life() is not None and hooks.boundary("commit-before", steps):
            raise Died
        super().commit()
        hooks.committed(self, steps)
        if current_life() is not None and hooks.boundary("commit-after", steps):
            raise Died

    def die(self) -> None:
        """What remains of a connection whose process is gone: no lock, no transaction. Somebody else keeps the file open, so that closing
        does not tidy up the write-ahead log, which a kill would not do either."""
        for cursor in list(self._cursors):
            cursor.close()
        try:
            if self.in_transaction:
                self.rollback()
            self.close()
        except sqlite3.Error:
            pass


class InlinePump:
    """Stands in for the queue between aiosqlite and its thread: first in, first out, each item at a seeded virtual moment."""

    hooks: ClassVar[Hooks] = Hooks()

    def __init__(self) -> None:
        self._queue: deque[tuple[asyncio.Future[Any] | None, Callable[[], Any], float]] = deque()
        self._scheduled = False
        self._life: Life | None = current_life()
        self._connection: TrackedConnection | None = None

    def put_nowait(self, item: tuple[asyncio.Future[Any] | None, Callable[[], Any]]) -> None:
        if self._life is not None and self._life.dead:
            return
        loop = asyncio.get_event_loop()
        assert isinstance(loop, SimLoop)
        future, function = item
        self._queue.append((future, function, loop.time()))
        if not self._scheduled:
            self._scheduled = True
            loop.call_later(loop.chance.uniform(*LATENCY), self._turn, loop)

    def _dies(self, site: str) -> bool:
        return self._life is not None and (self._life.dead or InlinePump.hooks.boundary(site, ()))

    def _turn(self, loop: SimLoop) -> None:
        """Executes the oldest item, unless the process dies before, in or after it."""
        if self._dies("disk-before"):
            return
        future, function, since = self._queue[0]
        result, error = None, None
        try:
            result = function()
        except BaseException as caught:
            patience = self._connection.patience if self._connection is not None else 5.0
            if _busy(caught) and loop.time() < since + patience:
                loop.call_later(loop.chance.uniform(*BUSY_RETRY), self._turn, loop)
                return
            error = caught
        if self._dies("disk-after"):
            return
        self._queue.popleft()
        if isinstance(result, TrackedConnection):
            self._connection = result
            if self._life is not None:
                self._life.at_death.append(result.die)
        if future is not None and not future.done():
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(error)
        if self._queue:
            loop.call_later(loop.chance.uniform(*LATENCY), self._turn, loop)
        else:
            self._scheduled = False


def _busy(error: BaseException) -> bool:
    """Another connection holds the lock; SQLAlchemy wraps what SQLite said. A stale snapshot is no reason to wait."""
    return getattr(getattr(error, "orig", error), "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY


class _NoThread:
    """aiosqlite starts one per connection; the pump does its work."""

    daemon = True

    def __init__(self, *_: Any, **__: Any) -> None: ...

    def start(self) -> None: ...

    def is_alive(self) -> bool:
        return False


@contextmanager
def inline_aiosqlite(hooks: Hooks) -> Iterator[None]:
    """aiosqlite on the loop, for as long as the block lasts."""
    import aiosqlite.core as library

    saved = library.SimpleQueue, library.Thread, library.sqlite3
    namespace = types.SimpleNamespace(**vars(sqlite3))

    def connect(*args: Any, **kwargs: Any) -> sqlite3.Connection:
        return sqlite3.connect(*args, factory=TrackedConnection, **kwargs)

    namespace.connect = connect
    library.SimpleQueue, library.Thread, library.sqlite3 = InlinePump, _NoThread, namespace  # type: ignore[misc,assignment]
    InlinePump.hooks = hooks
    try:
        yield
    finally:
        library.SimpleQueue, library.Thread, library.sqlite3 = saved  # type: ignore[misc]
        InlinePump.hooks = Hooks()
