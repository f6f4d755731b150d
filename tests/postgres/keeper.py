"""Starts the server, makes the template of all test databases, and stops the server when the tests' process is gone, however it ended.

    python -m tests.postgres.keeper PID FOLDER

A fixture can't do it: with several test processes, the one that needed the server first may end first.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg

from bot.ledger import migrate_server
from bot.ledger.postgres import engine_for
from bot.ledger.server import LedgerServer
from tests.postgres import binaries

READY, FAILED = "ready", "failed"
TEMPLATE = "ledger_template"
OPTIONS = ("fsync=off", "full_page_writes=off", "autovacuum=off", "max_connections=200", "shared_buffers=32MB", "listen_addresses=")
DURABLE = ("max_connections=100", "shared_buffers=128MB", "listen_addresses=")
"""For measurements: a commit is on the disk, as with PostgreSQL's defaults."""
_SIGNAL_WHEN_PARENT_ENDS = 1
"""PR_SET_PDEATHSIG of prctl(2)."""


def url(folder: Path, database: str) -> str:
    return f"postgresql://imagine@/{database}?host={folder / 'socket'}"


def main(parent: int, folder: Path) -> None:
    process = None
    try:
        process = start(folder)
        _template(folder)
        (folder / READY).touch()
        while _runs(parent) and process.poll() is None:
            time.sleep(0.3)
    except BaseException as error:
        with contextlib.suppress(OSError):
            (folder / FAILED).write_text(f"{type(error).__name__}: {error}")
            time.sleep(2)
        raise
    finally:
        if process is not None:
            process.send_signal(signal.SIGQUIT)
            process.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


def start(folder: Path, options: Sequence[str] = OPTIONS) -> subprocess.Popen[bytes]:
    """A new server on a socket in this folder, as another user where we are root: PostgreSQL refuses to run as root."""
    user, become = _user()
    programs = binaries.usable(binaries.chosen(), user and user.pw_uid, folder / "programs")
    data, socket = folder / "data", folder / "socket"
    for one in (data, socket):
        one.mkdir()
        if user is not None:
            os.chown(one, user.pw_uid, user.pw_gid)
    folder.chmod(0o711)
    made = [programs / "initdb", "-D", data, "-U", "imagine", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
    done = subprocess.run(made, capture_output=True, text=True, check=False, cwd="/", **become)
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)
    return serve(folder, options)


def serve(folder: Path, options: Sequence[str] = OPTIONS) -> subprocess.Popen[bytes]:
    """The server of this folder, started (again)."""
    _, become = _user()
    programs = folder / "programs" / "bin" if (folder / "programs").exists() else binaries.chosen()
    settings = [word for one in options for word in ("-c", one)]
    command = [programs / "postgres", "-D", folder / "data", "-k", folder / "socket", *settings]
    with open(folder / "log", "ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd="/", preexec_fn=_end_with_parent, **become)
    for _ in range(300):
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(url(folder, "postgres")).close()
            return process
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise RuntimeError((folder / "log").read_text())


def _user() -> tuple[pwd.struct_passwd | None, dict[str, Any]]:
    user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
    return user, {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(_SIGNAL_WHEN_PARENT_ENDS, signal.SIGQUIT)


def _template(folder: Path) -> None:
    with psycopg.connect(url(folder, "postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {TEMPLATE}")
    engine = engine_for(LedgerServer(url(folder, TEMPLATE)), name="template")
    with engine.begin() as made:
        migrate_server.create(made)
    engine.dispose()


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
