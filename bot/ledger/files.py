"""The data folder: made, locked and looked at before SQLite touches it, so that a wrong folder or file is one clear sentence."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import IO

from bot.texts import text

DATABASE = "imagine-bot.db"
LOCK = "imagine-bot.lock"
PICTURES = "pictures"


class Lock:
    """An OS lock on the data folder, held while the process lives: two processes never own one ledger, and a kill -9 frees it."""

    def __init__(self, handle: IO[str]) -> None:
        self._handle: IO[str] | None = handle

    def release(self) -> None:
        """Give the folder back; safe to call twice."""
        if self._handle is not None:
            self._handle.close()
            self._handle = None


def prepare(data_dir: Path, problem: Callable[[str], Exception]) -> Lock:
    """Make the folder if needed and take its lock; raises `problem(sentence)`."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise problem(text("operator.folder_is_file", folder=data_dir)) from error
    except OSError as error:
        raise problem(text("operator.folder_unwritable", folder=data_dir)) from error
    try:
        handle = open(data_dir / LOCK, "a+", encoding="utf-8")  # noqa: SIM115  # held for the life of the process
    except OSError as error:
        raise problem(text("operator.folder_unwritable", folder=data_dir)) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        handle.seek(0)
        owner = handle.read(20).strip()
        handle.close()
        raise problem(text("operator.folder_in_use", folder=data_dir, pid=owner if owner.isascii() and owner.isdigit() else "?")) from error
    handle.seek(0)
    handle.truncate()
    handle.write(str(os.getpid()))
    handle.flush()
    return Lock(handle)


def examine(path: Path, problem: Callable[[str], Exception]) -> None:
    """Refuse a ledger file that is empty beside other data, or damaged. A fresh folder passes."""
    stored = (path.parent / PICTURES).exists() or any(path.parent.glob("backup-*"))
    if not path.exists():
        if stored:
            raise problem(text("operator.database_missing", file=path))
        return
    if not os.access(path, os.R_OK | os.W_OK):
        raise problem(text("operator.folder_unwritable", folder=path.parent))
    if path.stat().st_size == 0 and not path.with_name(path.name + "-wal").exists():
        raise problem(text("operator.database_empty", file=path))
    connection = sqlite3.connect(path, timeout=5)
    try:
        found = connection.execute("PRAGMA quick_check(1)").fetchone()
    finally:
        connection.close()
    if found is None or found[0] != "ok":
        raise problem(text("operator.database_damaged", file=path))
