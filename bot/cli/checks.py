"""Doctor's rungs that need no network of ours: settings, clock, disk, database; and the adapters' own."""

from __future__ import annotations

import fcntl
import shutil
import sqlite3
import tempfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

from bot.adapter import Finding
from bot.cli import plugins
from bot.cli.doctor import Subject
from bot.texts import text

RELEASED = datetime(2026, 11, 21, tzinfo=UTC).timestamp()
"""No right clock shows an earlier time than this code's own."""
LOW_DISK, NO_DISK = 2_000_000_000, 200_000_000
"""Bytes: where it is noted, and where it stops. A high-quality picture of 4 MP is about 8 MB."""


async def settings(subject: Subject) -> AsyncIterator[Finding]:
    """Everything that `run` would refuse, except the lack of a platform, which is the last rung."""
    from bot.settings import service_problems

    what = text("doctor.settings")
    problems = service_problems(subject.settings, subject.file)
    for plugin in subject.adapters.values():
        if plugin.configured(subject.settings.env):
            problems += plugin.problems(subject.settings.env)
    for problem in problems:
        yield Finding(False, what, problem)
    if not problems:
        where = str(subject.file.absolute()) if subject.file.exists() else text("doctor.environment")
        yield Finding(True, what, text("doctor.settings_ok", where=where, key=subject.settings.used["IMAGE_API_KEY"]))


async def clock(subject: Subject) -> AsyncIterator[Finding]:
    """Only the gross error; seconds are compared with the service's clock later."""
    now = subject.ports.now()
    shown = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%d %H:%M UTC")
    well = now >= RELEASED
    yield Finding(well, text("doctor.clock"), text("doctor.clock_ok" if well else "doctor.clock_wrong", now=shown))


async def disk(subject: Subject) -> AsyncIterator[Finding]:
    """Whether the data folder can be written, and how much room there is."""
    what, folder = text("doctor.disk"), subject.settings.data_dir
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    if not existing.is_dir():
        yield Finding(False, what, text("operator.folder_is_file", folder=folder))
        return
    free = shutil.disk_usage(existing).free
    if free < NO_DISK:
        yield Finding(False, what, text("doctor.disk_full", folder=folder, free=_gigabytes(free)))
        return
    try:
        with tempfile.TemporaryFile(dir=existing) as probe:
            probe.write(b"imagine-bot")
    except OSError:
        yield Finding(False, what, text("operator.folder_unwritable", folder=folder))
        return
    if free < LOW_DISK:
        subject.notes.append(text("doctor.disk_low", folder=folder, free=_gigabytes(free)))
    yield Finding(True, what, text("doctor.disk_ok", folder=folder, free=_gigabytes(free)))


async def database(subject: Subject) -> AsyncIterator[Finding]:
    """Whether the ledger is sound. A running bot keeps its lock; that is told and no fault."""
    from bot.ledger import files
    from bot.ledger.store import LedgerProblem, explain

    what, file = text("doctor.database"), subject.settings.database_file
    try:
        files.examine(file, LedgerProblem)
    except LedgerProblem as problem:
        yield Finding(False, what, str(problem))
        return
    except sqlite3.DatabaseError as error:
        yield Finding(False, what, explain(error, file))
        return
    if not file.exists():
        yield Finding(True, what, text("doctor.database_new", file=file))
        return
    if (owner := _owner(subject.settings.data_dir / files.LOCK)) is not None:
        subject.notes.append(text("doctor.running", pid=owner))
    yield Finding(True, what, text("doctor.database_ok", file=file))


async def adapters(subject: Subject) -> AsyncIterator[Finding]:
    """What each configured platform's own checks find."""
    configured = [plugin for plugin in subject.adapters.values() if plugin.configured(subject.settings.env)]
    if not configured:
        yield Finding(False, text("doctor.platforms"), plugins.none_configured(subject.adapters.values(), subject.file))
    for plugin in configured:
        for finding in await plugin.examine(subject.settings.env):
            yield finding


LOCAL = (settings, clock, disk, database)


def _gigabytes(free: int) -> str:
    return f"{free / 1e9:.1f} GB"


def _owner(lock: Path) -> str | None:
    """The process that holds the data folder's lock; None when nobody does. Looks without taking it for longer than an instant."""
    try:
        with open(lock, encoding="utf-8") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError:
                owner = handle.read(20).strip()
                return owner if owner.isascii() and owner.isdigit() else "?"
    except OSError:
        return None
    return None
