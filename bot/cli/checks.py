"""Doctor's local checks: settings, clock, disk, database; and the adapters' own checks."""

from __future__ import annotations

import fcntl
import shutil
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bot.adapter import Finding
from bot.cli import keys, plugins, processes
from bot.cli.ladder import Subject
from bot.texts import text

RELEASED = datetime(2026, 11, 21, tzinfo=UTC).timestamp()
"""Seconds since the epoch; a correct clock can't be earlier than this code."""
LOCK_TIMEOUT = 2.0
"""Seconds to wait for the database's write lock."""
LOW_DISK, NO_DISK = 2_000_000_000, 200_000_000
"""In bytes: where doctor warns, and where it stops. A high-quality 4 MP picture has about 8 MB."""


async def settings(subject: Subject) -> AsyncIterator[Finding]:
    """Everything that `run` would reject, except for a missing platform, which is the last check."""
    from bot.settings import service_problems

    what = text("doctor.settings")
    problems = service_problems(subject.settings, subject.file)
    if not problems and (shape := keys.misshapen(subject.settings)) is not None:
        problems.append(shape)
    for plugin in subject.adapters.values():
        if plugin.configured(subject.settings.env):
            problems += plugin.problems(subject.settings.env) or getattr(plugin, "misshapen", _well_shaped)(subject.settings.env)
    for problem in problems:
        yield Finding(False, what, problem)
    if not problems:
        where = str(subject.file.absolute()) if subject.file.exists() else text("doctor.environment")
        yield Finding(True, what, text("doctor.settings_ok", where=where, key=subject.settings.used["IMAGE_API_KEY"]))


async def clock(subject: Subject) -> AsyncIterator[Finding]:
    """Only detects gross errors; seconds are compared with the service's clock later."""
    now = subject.ports.now()
    shown = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%d %H:%M UTC")
    well = now >= RELEASED
    yield Finding(well, text("doctor.clock"), text("doctor.clock_ok" if well else "doctor.clock_wrong", now=shown))


async def disk(subject: Subject) -> AsyncIterator[Finding]:
    """Whether the data folder is writable, and how much space is free."""
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


async def running(subject: Subject) -> AsyncIterator[Finding]:
    """Whether a bot is running on the data folder; then it's normal that its port and lock are taken."""
    from bot.ledger import files

    subject.bot = _owner(subject.settings.data_dir / files.LOCK)
    if subject.bot is not None:
        yield Finding(True, text("doctor.bot"), text("doctor.running", pid=subject.bot))


async def database(subject: Subject) -> AsyncIterator[Finding]:
    """Whether the ledger is intact and writable right now."""
    from bot.ledger import files, read_only
    from bot.ledger.store import LedgerProblem, explain

    what, file = text("doctor.database"), subject.settings.database_file
    try:
        files.examine(file, LedgerProblem)
        if file.exists():
            read_only.take_write_lock(file, LOCK_TIMEOUT)
    except LedgerProblem as problem:
        yield Finding(False, what, str(problem))
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            who = ", ".join(one for one in processes.holders(file) if subject.bot is None or not one.startswith(f"{subject.bot} "))
            named = text("operator.database_locked_by", holders=who) if who else ""
            yield Finding(False, what, text("operator.database_locked", file=file, holders=named))
        else:
            yield Finding(False, what, explain(error, file))
    else:
        yield Finding(True, what, text("doctor.database_ok" if file.exists() else "doctor.database_new", file=file))


async def adapters(subject: Subject) -> AsyncIterator[Finding]:
    """Findings of each configured platform's own checks."""
    configured = [plugin for plugin in subject.adapters.values() if plugin.configured(subject.settings.env)]
    if not configured:
        yield Finding(False, text("doctor.platforms"), plugins.none_configured(subject.adapters.values(), subject.file))
    for plugin in configured:
        for finding in await plugin.examine(subject.settings.env):
            yield _beside(finding, subject.bot)


LOCAL = (settings, clock, disk, running, database)


def _beside(finding: Finding, bot: str | None) -> Finding:
    """Adapt a finding to a running bot: a port held by the bot itself is fine."""
    if finding.ok or finding.busy_port is None or bot is None:
        return finding
    held = processes.listens(bot, finding.busy_port)
    if held is False:
        return finding
    key = "doctor.port_of_bot" if held else "doctor.port_of_bot_maybe"
    return Finding(True, finding.what, text(key, port=finding.busy_port, pid=bot))


def _well_shaped(_: Mapping[str, str]) -> Sequence[str]:
    """For third-party adapters that don't check the shape of their tokens."""
    return ()


def _gigabytes(free: int) -> str:
    return f"{free / 1e9:.1f} GB"


def _owner(lock: Path) -> str | None:
    """The process that holds the data folder's lock; None if nobody does. Takes the lock only for an instant."""
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
