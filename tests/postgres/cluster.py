"""The server that all test processes of one run share, and a fresh database for each test that asks for one."""

from __future__ import annotations

import contextlib
import functools
import itertools
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
from psycopg import sql

from bot.ledger.server import LedgerServer
from bot.ledger.tables import metadata
from tests.postgres.keeper import FAILED, READY, TEMPLATE, url

ROOT = Path(__file__).resolve().parents[2]
WITHIN = 120.0
_numbers = itertools.count()


@functools.cache
def folder() -> Path:
    """The running server's folder. The first process that asks starts it."""
    run, parent = os.environ.get("PYTEST_XDIST_TESTRUNUID"), os.getppid()
    if run is None:
        run, parent = str(os.getpid()), os.getpid()
    made = Path(tempfile.gettempdir()) / f"imagine-bot-pg-{run[:20]}"
    try:
        made.mkdir()
    except FileExistsError:
        pass
    else:
        command = [sys.executable, "-m", "tests.postgres.keeper", str(parent), str(made)]
        subprocess.Popen(command, cwd=ROOT, start_new_session=True, stdin=subprocess.DEVNULL)
    until = time.monotonic() + WITHIN
    while not (made / READY).exists():
        if (made / FAILED).exists():
            raise RuntimeError((made / FAILED).read_text())
        if time.monotonic() > until:
            raise RuntimeError(f"no PostgreSQL within {WITHIN} s, see {made}/log")
        time.sleep(0.05)
    return made


@functools.cache
def administrator() -> psycopg.Connection[tuple[object, ...]]:
    """A connection that creates and drops databases."""
    return psycopg.connect(url(folder(), "postgres"), autocommit=True)


def create(template: str = TEMPLATE) -> LedgerServer:
    """A new database with the ledger's tables, or an empty one (`template0`)."""
    name = f"t{os.getpid()}_{next(_numbers)}"
    administrator().execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
    return LedgerServer(url(folder(), name))


def drop(server: LedgerServer) -> None:
    """Remove a database, whoever is still connected."""
    administrator().execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(server.database)))


class Pool:
    """Empty ledgers, used again and again: emptying one takes a few milliseconds, making and dropping one ten times as long."""

    def __init__(self) -> None:
        self.made: list[LedgerServer] = []
        self._free: list[LedgerServer] = []
        self._connections: dict[str, psycopg.Connection[tuple[object, ...]]] = {}

    def forget(self) -> None:
        """Use none of them again."""
        for one in (self.made, self._free, self._connections):
            one.clear()

    def take(self) -> LedgerServer:
        if not self._free:
            self.made.append(create())
            self._free.append(self.made[-1])
        return self._free.pop()

    def give_back(self, server: LedgerServer) -> None:
        """Empty a ledger. Whoever is still connected is put out, with the locks that they hold."""
        inside = self._connections.get(server.url)
        if inside is None:
            inside = self._connections[server.url] = psycopg.connect(server.url, autocommit=True)
        inside.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND pid != pg_backend_pid()"
        )
        inside.execute(_EMPTY)
        self._free.append(server)


_EMPTY = "; ".join(
    (
        "SET session_replication_role = replica",  # the audit log's triggers reject a DELETE
        *(f'DELETE FROM "{name}"' for name in metadata.tables),
        "ALTER SEQUENCE cases_number_seq RESTART",
        "ALTER SEQUENCE audit_seq_seq RESTART",
    )
)
pool = Pool()


@contextlib.contextmanager
def of_its_own() -> Iterator[None]:
    """In a forked process: its tests get other databases than the parent's, which are dropped afterwards."""
    pool.forget()
    administrator.cache_clear()
    try:
        yield
    finally:
        for one in pool.made:
            drop(one)
