"""The ledger on a PostgreSQL server: psycopg's plain connections, each with a thread of its own.

What its tables need beside `bot.ledger.dialect` is here: whole numbers are BIGINT (micros pass 2**31 at 2,147 dollars), names are TEXT
(SQLite never enforces the length of a VARCHAR), partial indexes are those that the tables name for SQLite.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import psycopg
import structlog
from psycopg import IsolationLevel
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql.base import PGDDLCompiler, PGTypeCompiler
from sqlalchemy.exc import DatabaseError, DBAPIError
from sqlalchemy.pool import QueuePool

from bot.domain.roles import ALL, written
from bot.ledger import files, migrate_server, server_values
from bot.ledger.dialect import POSTGRESQL_WHERE
from bot.ledger.links import Links
from bot.ledger.migrate import HEAD
from bot.ledger.participant import PRESENCE, Participant, take_turn
from bot.ledger.problems import LedgerProblem
from bot.ledger.server import LedgerServer
from bot.ledger.server_errors import explain
from bot.ports import SystemPorts
from bot.texts import text

T = TypeVar("T")
log = structlog.get_logger()

READERS = 3
PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8, 1.5, 2.0)
"""Seconds before a transaction that the server lost is tried again: 5 s together, as long as SQLite waits for a lock."""
OWNER = 0x1BA61
"""Key of the advisory lock that every process's writing session shares, and that a command takes for itself which needs to be alone."""
CONNECT = {
    # A server that vanished without a word must not hold a write for hours, nor keep the vanished owner's lock.
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15000,
}
# Keep-alives: see CONNECT. Time-outs: a process that is stopped in the middle of a transaction must not keep its locks. synchronous_commit:
# what members were told is stored survives a power cut, whatever the role's default is.
SESSION = """
SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3;
SET idle_in_transaction_session_timeout = '15s'; SET lock_timeout = '10s';
SET client_encoding = 'UTF8';
SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'
"""


class _Types(PGTypeCompiler):
    def visit_INTEGER(self, type_: Any, **kw: Any) -> str:
        return "BIGINT"

    def visit_VARCHAR(self, type_: Any, **kw: Any) -> str:
        return "TEXT"


class _Schema(PGDDLCompiler):
    def visit_create_index(self, create: Any, *how: Any, **kw: Any) -> Any:
        ours = create.element.dialect_options["postgresql"]
        if ours["where"] is None:
            words = create.element.info.get(POSTGRESQL_WHERE)
            ours["where"] = sql(words) if words else create.element.dialect_options["sqlite"]["where"]
        return super().visit_create_index(create, *how, **kw)  # type: ignore[no-untyped-call]


def engine_for(
    server: LedgerServer, *, name: str, reading: bool = False, ready: Callable[[psycopg.Connection[Any]], None] | None = None
) -> Engine:
    """An engine with one connection, which is made anew when the server has lost it. `ready` sees every new one first."""

    def connect() -> psycopg.Connection[Any]:
        raw = psycopg.connect(server.url, autocommit=True, application_name=name, cursor_factory=server_values.QuietCursor, **CONNECT)  # type: ignore[arg-type]
        try:
            server_values.adapt(raw)
            raw.execute(SESSION)
            if ready is not None:
                ready(raw)
            raw.autocommit = False
            if reading:
                raw.isolation_level, raw.read_only = IsolationLevel.REPEATABLE_READ, True
        except BaseException:
            raw.close()
            raise
        return raw

    engine = create_engine(
        "postgresql+psycopg://",
        creator=connect,
        poolclass=QueuePool,
        pool_size=1,
        max_overflow=0,
        pool_pre_ping=reading,
        hide_parameters=True,
    )
    engine.dialect.ddl_compiler = _Schema
    engine.dialect.type_compiler_instance = _Types(engine.dialect)
    return engine


class PostgresLink:
    """A connection to the server with its thread."""

    def __init__(self, engine: Engine, server: LedgerServer) -> None:
        self.engine, self._server = engine, server
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="ledger")
        self._closed = False

    async def run(self, fn: Callable[[Connection], T]) -> T:
        """One transaction: begin, `fn`, commit; rolled back if `fn` raises."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._whole, fn)

    def _whole(self, fn: Callable[[Connection], T]) -> T:
        try:
            with self.engine.begin() as connection:
                return fn(connection)
        except DBAPIError as error:
            if _is_lost(error):
                raise LedgerProblem(explain(error.orig, self._server)) from error
            raise

    async def close(self) -> None:
        """Idempotent."""
        if self._closed:
            return
        self._closed = True
        await asyncio.get_running_loop().run_in_executor(self._thread, self.engine.dispose)
        self._thread.shutdown(wait=False)


class WritingLink(PostgresLink):
    """The connection that writes. A transaction that the server lost is run again, unless it was committed."""

    def __init__(self, engine: Engine, server: LedgerServer, participant: Participant) -> None:
        super().__init__(engine, server)
        self.participant = participant

    def _whole(self, fn: Callable[[Connection], T]) -> T:
        for pause in PAUSES:
            try:
                return self._once(fn)
            except DBAPIError as error:
                if not (_is_lost(error) or _is_beaten(error)):
                    raise
                log.warning("ledger_write_again", code=getattr(error.orig, "sqlstate", None) or type(error.orig).__name__)
            time.sleep(pause)
        return self._once(fn)

    def _once(self, fn: Callable[[Connection], T]) -> T:
        with self.engine.connect() as connection:
            self.participant.begin(connection)
            result = fn(connection)
            try:
                connection.commit()
            except DBAPIError as error:
                if not (_is_lost(error) and self._committed()):
                    raise
            return result

    def _committed(self) -> bool:
        """Whether a transaction was committed whose answer was lost."""
        for pause in (*PAUSES, 0.0):
            try:
                with self.engine.connect() as connection:
                    return self.participant.has_committed(connection)
            except DBAPIError as error:
                if not _is_lost(error):
                    raise
            time.sleep(pause)
        raise LedgerProblem(text("operator.server_silent", server=self._server))

    async def open(self, data_dir: Path) -> None:
        """Bring the schema up to date, and join those who use it."""

        def first(connection: Connection) -> None:
            take_turn(connection)
            outdated = migrate_server.current(connection) not in (None, HEAD)
            if outdated and not _soon(lambda: connection.execute(_ALONE).scalar_one()):
                raise LedgerProblem(text("operator.server_update_alone", server=self._server))
            migrate_server.upgrade(connection, self._server, data_dir)
            self.participant.join(connection)

        await asyncio.get_running_loop().run_in_executor(self._thread, super()._whole, first)

    async def close(self) -> None:
        if not self._closed and self.participant.joined:
            with contextlib.suppress(DBAPIError, LedgerProblem):  # others see that it's gone
                await self.run(self.participant.leave)
        await super().close()


def _is_lost(error: DBAPIError) -> bool:
    """Whether the connection is gone, or couldn't be made."""
    code = getattr(error.orig, "sqlstate", None)
    return error.connection_invalidated or (isinstance(error.orig, psycopg.OperationalError) and (code is None or code[:2] in ("08", "57")))


def _is_beaten(error: DBAPIError) -> bool:
    """Whether another transaction got in its way."""
    return getattr(error.orig, "sqlstate", None) in ("40001", "40P01")


async def open_server(data_dir: Path, server: LedgerServer, roles: str = written(ALL)) -> Links:
    """Join the processes that use the database, migrate it, and connect. Raises LedgerProblem."""
    lock = files.prepare(data_dir, LedgerProblem, shared=True)
    participant = Participant(SystemPorts().new_id, roles, f"{socket.gethostname()[:80]}, process {os.getpid()}")
    name = f"imagine-bot {participant.id[:12]}"
    writer = WritingLink(engine_for(server, name=name, ready=lambda raw: _present(raw, server, participant)), server, participant)
    readers = [PostgresLink(engine_for(server, name=f"{name} reading", reading=True), server) for _ in range(READERS)]
    links = Links(server, writer, readers, lambda error: _problem(error, server), lock.release, participant)
    try:
        await writer.open(data_dir)
    except BaseException as error:
        await links.close()
        if isinstance(error, DatabaseError):
            raise LedgerProblem(explain(error.orig, server)) from error
        raise
    return links


def _present(raw: psycopg.Connection[Any], server: LedgerServer, participant: Participant) -> None:
    """On every new writing session: keep out who needs the database for themselves, and show that this process lives."""
    _lock(raw, server, "pg_try_advisory_lock_shared")
    raw.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", (PRESENCE, participant.id))
    raw.execute("SET idle_in_transaction_session_timeout = '5s'")  # the others wait for their turn, at most `lock_timeout`


def _lock(raw: psycopg.Connection[Any], server: LedgerServer, function: str) -> None:
    """Take the lock `OWNER` with one of the server's functions. Raises LedgerProblem, which says who has it."""
    if not _soon(lambda: raw.execute(f"SELECT {function}(%s)", (OWNER,)).fetchone() == (True,)):
        row = raw.execute(_HOLDER, (OWNER,)).fetchone()
        raise LedgerProblem(text("operator.server_in_use", server=server, who=row[1] if row else "?"))


def _soon(attempt: Callable[[], bool]) -> bool:
    """Whether `attempt` succeeds within a second and a half: the server frees the locks of a closed session a moment after its process has
    ended."""
    for pause in PAUSES[:5]:
        if attempt():
            return True
        time.sleep(pause)
    return attempt()


def look_at_server(server: LedgerServer, fn: Callable[[Connection], T]) -> T:
    """Run `fn` on a consistent snapshot, beside the bot. Raises LedgerProblem."""
    engine = engine_for(server, name="imagine-bot command", reading=True)
    try:
        with engine.begin() as connection:
            if migrate_server.current(connection) is None:
                raise LedgerProblem(text("operator.server_without_ledger", server=server))
            return fn(connection)
    except DatabaseError as error:
        raise LedgerProblem(explain(error.orig, server)) from error
    finally:
        engine.dispose()


def change_beside(server: LedgerServer, fn: Callable[[Connection], T]) -> T:
    """Run `fn` in a transaction beside the bot, when it's this one's turn. Raises LedgerProblem."""
    engine = engine_for(server, name="imagine-bot command")
    try:
        with engine.begin() as connection:
            take_turn(connection)
            return fn(connection)
    except DatabaseError as error:
        raise LedgerProblem(explain(error.orig, server)) from error
    finally:
        engine.dispose()


@dataclass(frozen=True, slots=True)
class ServerState:
    """What `doctor` tells about a server."""

    version: str
    has_ledger: bool
    careless: Sequence[str]
    """Settings with which a power cut on the server loses what it confirmed."""


def state_of(server: LedgerServer) -> ServerState:
    """Ask a server about itself. Raises LedgerProblem if it doesn't answer, or isn't one for a ledger."""
    engine = engine_for(server, name="imagine-bot doctor", reading=True)
    try:
        with engine.begin() as connection:
            migrate_server.check(connection, server)
            version = str(connection.execute(sql("SELECT current_setting('server_version')")).scalar_one())
            off = connection.execute(sql("SELECT name FROM pg_settings WHERE name IN ('fsync', 'full_page_writes') AND setting = 'off'"))
            can = connection.execute(sql(_WRITABLE)).one()
            if can.reads_only:
                raise LedgerProblem(text("operator.server_reads_only", server=server))
            if not can.creates:
                raise LedgerProblem(text("operator.server_rights", server=server, detail=text("operator.server_no_tables")))
            return ServerState(version.split()[0], migrate_server.current(connection) is not None, [row.name for row in off])
    except DatabaseError as error:
        raise LedgerProblem(explain(error.orig, server)) from error
    finally:
        engine.dispose()


def _problem(error: DatabaseError, server: LedgerServer) -> str | None:
    """A statement's own mistake has no sentence: it isn't the server's fault."""
    code = getattr(error.orig, "sqlstate", None) or ""
    ours = code[:2] in ("22", "23", "42", "P0") and code != "42501"
    return None if ours else explain(error.orig, server)


class Ownership:
    """For a command that needs the database for itself: nobody else opens the ledger while its session lives."""

    def __init__(self, server: LedgerServer) -> None:
        self._server = server

    def take(self, raw: psycopg.Connection[Any]) -> None:
        """Take the lock on a new session. Raises LedgerProblem if another process uses the ledger."""
        _lock(raw, self._server, "pg_try_advisory_lock")


_WRITABLE = """SELECT coalesce((SELECT setting FROM pg_settings WHERE name = 'default_transaction_read_only'), 'off') = 'on' AS reads_only,
 coalesce(has_schema_privilege(current_schema(), 'CREATE'), false) AS creates"""
_ALONE = sql("SELECT pg_try_advisory_xact_lock(:key)").bindparams(key=OWNER)
_HOLDER = """SELECT a.pid, coalesce(host(a.client_addr), 'this machine') || ', since ' || to_char(a.backend_start, 'YYYY-MM-DD HH24:MI'),
 a.application_name FROM pg_locks l JOIN pg_stat_activity a USING (pid)
 WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND (l.classid::bigint << 32 | l.objid::bigint) = %s
 AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"""
