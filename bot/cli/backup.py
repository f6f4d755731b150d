"""`imagine-bot backup`: one consistent file, made while the bot runs. Pictures are files that never change; where they lie is said."""

from __future__ import annotations

import os
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.screen import USAGE, Stop, say
from bot.ports import SystemPorts
from bot.texts import text


def backup(
    ctx: typer.Context,
    target: Annotated[Path | None, typer.Argument(help=text("cli.help.backup_target"), show_default=False)] = None,
) -> None:
    from bot.ledger import files, migrate, store
    from bot.settings import load

    settings = load(os.environ, ctx.obj)
    source = settings.database_file
    if not source.exists():
        raise Stop(text("cli.no_ledger", file=source), code=USAGE)
    try:
        files.examine(source, store.LedgerProblem)
    except sqlite3.DatabaseError as error:
        raise Stop(store.explain(error, source)) from error
    stamp = datetime.fromtimestamp(SystemPorts().now(), UTC).strftime("%Y%m%d-%H%M%S")
    target = (target or settings.data_dir / f"backup-{stamp}.db").expanduser().absolute()
    if target.is_dir():
        target = target / f"backup-{stamp}.db"
    if target.exists():
        raise Stop(text("cli.backup_exists", file=target), code=USAGE)
    if not target.parent.is_dir():
        raise Stop(text("cli.backup_no_folder", folder=target.parent), code=USAGE)
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    try:
        migrate.backup(source, part)
        rows = _checked(part)
        os.replace(part, target)
    except (sqlite3.Error, OSError) as error:
        part.unlink(missing_ok=True)
        raise Stop(store.explain(error, target if _is_target(error) else source)) from error
    say(text("cli.backup_done", file=target, size=_size(target.stat().st_size), requests=rows))
    pictures = settings.data_dir / files.PICTURES
    count, size = _pictures(pictures)
    if count:
        say(text("cli.backup_pictures", folder=pictures, count=count, size=_size(size)))


def _checked(copy: Path) -> int:
    """The number of requests in a copy that SQLite finds sound."""
    from bot.ledger.files import connect

    connection = connect(copy, read_only=True)
    try:
        if connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise sqlite3.DatabaseError
        return int(connection.execute("SELECT count(*) FROM requests").fetchone()[0])
    finally:
        connection.close()


def _is_target(error: BaseException) -> bool:
    """Whether writing the copy failed, as far as SQLite tells: a source that could not be read has been examined before."""
    return getattr(error, "sqlite_errorcode", None) in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY) or (
        getattr(error, "sqlite_errorname", "") or ""
    ).startswith(("SQLITE_IOERR_WRITE", "SQLITE_CANTOPEN"))


def _pictures(folder: Path) -> tuple[int, int]:
    if not folder.is_dir():
        return 0, 0
    sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    return len(sizes), sum(sizes)


def _size(amount: float) -> str:
    for unit in ("bytes", "kB", "MB", "GB"):
        if amount < 1000 or unit == "GB":
            return f"{amount:.0f} {unit}" if unit == "bytes" else f"{amount:.1f} {unit}"
        amount /= 1000
    raise AssertionError("the loop ends with GB")
