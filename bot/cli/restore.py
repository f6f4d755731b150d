"""`imagine-bot restore`: put a backup in the ledger's place, with its pictures, both verified. The bot must be stopped."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.backup import shown_size
from bot.cli.options import DataDir
from bot.cli.screen import FAILED, USAGE, Stop, remark, say
from bot.ledger import files, migrate, picture_copies, read_only, store
from bot.ledger.picture_copies import Copied
from bot.ports import SystemPorts
from bot.settings import load
from bot.texts import text
from bot.texts.phrases import listed


def restore(
    ctx: typer.Context,
    backup: Annotated[Path, typer.Argument(help=text("cli.help.restore_backup"), show_default=False)],
    pictures: Annotated[Path | None, typer.Option(help=text("cli.help.restore_pictures"))] = None,
    replace: Annotated[bool, typer.Option("--replace", help=text("cli.help.restore_replace"))] = False,
    data_dir: DataDir = None,
) -> None:
    settings = load(os.environ, ctx.obj).at(data_dir)
    source, target = backup.expanduser().absolute(), settings.ledger
    if not isinstance(target, Path):
        raise Stop(text("cli.restore_server", server=target), code=USAGE)
    requests = _checked(source)
    folder = pictures.expanduser().absolute() if pictures is not None else source.parent / files.PICTURES
    if pictures is not None and not folder.is_dir():
        raise Stop(text("cli.backup_no_folder", folder=folder), code=USAGE)
    with _stopped(settings.data_dir, target):
        if target.exists() and not replace:
            raise Stop(text("cli.restore_exists", file=target), code=USAGE)
        aside = _replace(source, target)
        say(text("cli.restore_done", file=target, requests=requests))
        if aside is not None:
            say(text("cli.restore_aside", file=aside))
        if settings.picture_store is not None:
            say(text("cli.backup_bucket", bucket=settings.picture_store))
            return
        kept = settings.data_dir / files.PICTURES
        done = _copied(folder, kept)
        missing = read_only.picture_hashes(target) - picture_copies.stored(kept)
    say(text("cli.pictures_copied", copied=done.copied, size=shown_size(done.size), there=done.there, folder=kept))
    if done.damaged:
        remark(text("cli.pictures_damaged", count=len(done.damaged), names=listed(done.damaged[:3])))
    if missing:
        remark(text("cli.pictures_missing", count=len(missing)))
    if done.damaged or missing:
        raise typer.Exit(FAILED)


def _copied(source: Path, target: Path) -> Copied:
    """Copy the pictures beside the backup. Raises Stop."""
    try:
        return picture_copies.copy(source, target) if source.is_dir() and source != target else picture_copies.Copied()
    except OSError as error:
        raise Stop(text("cli.pictures_failed", folder=target, file=error.filename or source)) from error


def _checked(source: Path) -> int:
    """Number of requests in a backup. A file that isn't an intact one ends the command."""
    if not source.is_file():
        raise Stop(text("cli.restore_missing", file=source), code=USAGE)
    try:
        return read_only.count_if_sound(source)
    except sqlite3.DatabaseError as error:
        raise Stop(text("cli.restore_unsound", file=source)) from error


@contextmanager
def _stopped(data_dir: Path, target: Path) -> Iterator[None]:
    """Hold the folder's lock. A bot that runs on it ends the command with a sentence."""
    try:
        lock = files.prepare(data_dir, store.LedgerProblem, target)
    except store.LedgerProblem as problem:
        raise Stop(str(problem)) from problem
    try:
        yield
    finally:
        lock.release()


def _replace(source: Path, target: Path) -> Path | None:
    """Put a copy of the backup in the ledger's place. Returns where the former ledger is now; None if there was none."""
    part = target.with_name(f".{target.name}.{SystemPorts().new_id()}.part")
    try:
        migrate.backup(source, part)
        with open(part, "rb+") as handle:
            os.fsync(handle.fileno())
        aside = _aside(target)
        os.replace(part, target)
    except (sqlite3.Error, OSError) as error:
        raise Stop(store.explain(error, target)) from error
    finally:
        part.unlink(missing_ok=True)
    return aside


def _aside(target: Path) -> Path | None:
    if not target.exists():
        return None
    stamp = datetime.fromtimestamp(SystemPorts().now(), UTC).strftime("%Y%m%d-%H%M%S")
    aside = target.with_name(f"replaced-{stamp}-{SystemPorts().new_id()[:4]}.db")
    files.rename(target, aside)
    return aside
