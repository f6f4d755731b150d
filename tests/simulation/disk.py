"""The machine's disk: what a kill and a power cut leave behind, and the locks that a dead process gives back."""

from __future__ import annotations

import fcntl
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from tests.simulation.loop import current_life

DATABASE = "imagine-bot.db"


def _log(folder: Path) -> Path:
    return folder / f"{DATABASE}-wal"


def log_size(folder: Path) -> int:
    """Bytes of the write-ahead log."""
    log = _log(folder)
    return log.stat().st_size if log.exists() else 0


def keeper(folder: Path) -> sqlite3.Connection | None:
    """Keeps the database open beside the process: closing the last connection would write the log back, which no dying process does."""
    path = folder / DATABASE
    if not path.exists():
        return None
    connection = sqlite3.connect(path)
    connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    return connection


@dataclass(frozen=True, slots=True)
class Remains:
    """The files as they will be found after the power is back."""

    folder: Path
    database: bytes
    log: bytes
    lost: int

    def write(self) -> None:
        (self.folder / DATABASE).write_bytes(self.database)
        _log(self.folder).write_bytes(self.log)
        (self.folder / f"{DATABASE}-shm").unlink(missing_ok=True)


def after_power_loss(folder: Path, synced: int, chance: Random) -> Remains | None:
    """The database file and the log cut somewhere behind its last sync. None when there is no log."""
    log = _log(folder)
    if not log.exists():
        return None
    whole = log.read_bytes()
    cut = chance.randint(min(synced, len(whole)), len(whole))
    return Remains(folder, (folder / DATABASE).read_bytes(), whole[:cut], len(whole) - cut)


@contextmanager
def tracked_locks() -> Iterator[None]:
    """File locks belong to a life: they are free when it is dead, as the operating system would have it."""
    real = fcntl.flock

    def flock(handle: Any, operation: int) -> None:
        real(handle, operation)
        life = current_life()
        if life is not None and not operation & fcntl.LOCK_UN:
            life.at_death.append(lambda: _unlock(real, handle))

    fcntl.flock = flock  # type: ignore[assignment]
    try:
        yield
    finally:
        fcntl.flock = real


def _unlock(real: Any, handle: Any) -> None:
    if not getattr(handle, "closed", False):
        real(handle, fcntl.LOCK_UN)


def quiet(folder: Path) -> bool:
    """Whether the ledger holds nothing that somebody still waits for."""
    connection = sqlite3.connect(folder / DATABASE)
    try:
        live = "SELECT 1 FROM requests WHERE state NOT IN ('answered', 'refused') LIMIT 1"
        unsettled = "SELECT 1 FROM messages WHERE NOT settled LIMIT 1"
        return connection.execute(live).fetchone() is None and connection.execute(unsettled).fetchone() is None
    finally:
        connection.close()


def temporary_folder() -> Path:
    """In memory where the machine offers it: a run syncs its log hundreds of times."""
    memory = Path("/dev/shm")
    return Path(tempfile.mkdtemp(prefix="imagine-sim-", dir=memory if memory.is_dir() else None))


def remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
