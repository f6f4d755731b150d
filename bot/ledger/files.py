"""The data folder: created, locked and checked before SQLite opens it, so that a wrong folder or file gives one clear error."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO

from bot.texts import text

DATABASE = "imagine-bot.db"
LOCK = "imagine-bot.lock"
PICTURES = "pictures"
MOVED = "moved-"
"""Prefix of a ledger file that was copied to a server."""


def connect(path: Path, *, read_only: bool = False, timeout: float = 5.0) -> sqlite3.Connection:
    """Open a ledger file outside the running ledger. The path is taken literally: no part of it (`?`, `%`, `#`) becomes an option or
    another name. `read_only` never creates a file and takes no lock that delays a writer."""
    if read_only:
        return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=timeout)  # `as_uri` quotes
    return sqlite3.connect(path, timeout=timeout)


class Lock:
    """OS locks on the data folder, and on a ledger file outside it, held for the life of the process: two processes never share a ledger,
    and a kill -9 releases it."""

    def __init__(self, handles: Sequence[IO[str]]) -> None:
        self._handles = list(handles)

    def release(self) -> None:
        """Release the locks; idempotent."""
        while self._handles:
            self._handles.pop().close()


def prepare(data_dir: Path, problem: Callable[[str], Exception], file: Path | None = None, *, shared: bool = False) -> Lock:
    """Create the folder (and that of a ledger file outside it) if needed, and take the locks. Raises `problem(sentence)`.

    `shared`: with other processes whose ledger is on a server."""
    _make(data_dir, problem)
    first = _locked(data_dir / LOCK, data_dir, problem, shared=shared)
    if file is None or file.parent == data_dir:
        return Lock([first])
    try:
        _make(file.parent, problem)
        return Lock([first, _locked(file.with_name(f"{file.name}.lock"), file, problem)])
    except BaseException:
        first.close()
        raise


def is_owned(data_dir: Path) -> bool:
    """Whether another process owns the data folder now."""
    try:
        with open(data_dir / LOCK, "a+", encoding="utf-8") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False  # no such folder yet, or none that can be written; opening the ledger explains that
    return False


def _make(folder: Path, problem: Callable[[str], Exception]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise problem(text("operator.folder_is_file", folder=folder)) from error
    except OSError as error:
        raise problem(text("operator.folder_unwritable", folder=folder)) from error


def _locked(lock: Path, what: Path, problem: Callable[[str], Exception], *, shared: bool = False) -> IO[str]:
    try:
        handle = open(lock, "a+", encoding="utf-8")  # noqa: SIM115  # held for the life of the process
    except OSError as error:
        raise problem(text("operator.folder_unwritable", folder=lock.parent)) from error
    try:
        fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except OSError as error:
        handle.seek(0)
        owner = handle.read(20).strip()
        handle.close()
        raise problem(text("operator.folder_in_use", folder=what, pid=owner if owner.isascii() and owner.isdigit() else "?")) from error
    handle.seek(0)
    handle.truncate()
    handle.write(str(os.getpid()))
    handle.flush()
    return handle


def examine(path: Path, problem: Callable[[str], Exception]) -> None:
    """Reject a ledger file that is damaged, or empty next to other data. A fresh folder passes."""
    stored = (path.parent / PICTURES).exists() or any(path.parent.glob("backup-*"))
    if not path.exists():
        if moved := max(path.parent.glob(f"{MOVED}*.db"), default=None):
            raise problem(text("operator.database_moved", moved=moved, file=path.name))
        if stored:
            raise problem(text("operator.database_missing", file=path))
        return
    if not os.access(path, os.R_OK | os.W_OK):
        raise problem(text("operator.folder_unwritable", folder=path.parent))
    if path.stat().st_size == 0 and not path.with_name(path.name + "-wal").exists():
        raise problem(text("operator.database_empty", file=path))
    connection = connect(path)
    try:
        found = connection.execute("PRAGMA quick_check(1)").fetchone()
    finally:
        connection.close()
    if found is None or found[0] != "ok":
        raise problem(text("operator.database_damaged", file=path))


def rename(file: Path, name: Path) -> None:
    """Rename a ledger with its side files, which hold its newest rows; the file itself last."""
    for tail in ("-wal", "-shm", ""):
        if (one := file.with_name(file.name + tail)).exists():
            os.replace(one, name.with_name(name.name + tail))
