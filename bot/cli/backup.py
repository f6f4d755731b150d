"""`imagine-bot backup`: a consistent copy of the ledger in one file, made while the bot runs.

Never overwrites anything. Pictures are immutable files; the command only says where they are.
"""

from __future__ import annotations

import os
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.options import DataDir
from bot.cli.screen import USAGE, Stop, say
from bot.ledger import files, migrate, picture_copies, read_only, store
from bot.ports import SystemPorts
from bot.settings import load
from bot.texts import text
from bot.texts.phrases import listed


def backup(
    ctx: typer.Context,
    target: Annotated[str | None, typer.Argument(help=text("cli.help.backup_target"), show_default=False)] = None,
    pictures: Annotated[bool, typer.Option("--pictures", help=text("cli.help.backup_with_pictures"))] = False,
    data_dir: DataDir = None,
) -> None:
    settings = load(os.environ, ctx.obj).at(data_dir)
    source = settings.ledger
    if not isinstance(source, Path):
        raise Stop(text("cli.backup_server", server=source, folder=settings.data_dir / files.PICTURES), code=USAGE)
    if not source.exists():
        raise Stop(text("cli.no_ledger", file=source), code=USAGE)
    try:
        files.examine(source, store.LedgerProblem)
    except sqlite3.DatabaseError as error:
        raise Stop(store.explain(error, source)) from error
    place, dated = _place(target, settings.data_dir)
    part = place.with_name(f".{place.name}.{SystemPorts().new_id()}.part")
    try:
        migrate.backup(source, part)
        rows = read_only.count_if_sound(part)
        place = _named(part, place, dated)
    except (sqlite3.Error, OSError) as error:
        raise Stop(store.explain(error, place if _is_target(error) else source)) from error
    finally:
        part.unlink(missing_ok=True)
    say(text("cli.backup_done", file=place, size=shown_size(place.stat().st_size), requests=rows))
    if settings.picture_store is not None:
        say(text("cli.backup_bucket", bucket=settings.picture_store))
        return
    folder = settings.data_dir / files.PICTURES
    count, size = _pictures(folder)
    if pictures:
        _copy_pictures(folder, place.parent / files.PICTURES)
    elif count:
        say(text("cli.backup_pictures", folder=folder, count=count, size=shown_size(size)))


def _copy_pictures(source: Path, target: Path) -> None:
    """Copy the pictures that the target lacks, verified by hash."""
    if source == target:
        raise Stop(text("cli.pictures_same_folder", folder=target), code=USAGE)
    try:
        done = picture_copies.copy(source, target)
    except OSError as error:
        raise Stop(text("cli.pictures_failed", folder=target, file=error.filename or source)) from error
    say(text("cli.pictures_copied", copied=done.copied, size=shown_size(done.size), there=done.there, folder=target))
    if done.damaged:
        raise Stop(text("cli.pictures_damaged", count=len(done.damaged), names=listed(done.damaged[:3])))


def _place(target: str | None, data_dir: Path) -> tuple[Path, bool]:
    """The folder or file for the copy, and whether the name is generated. A folder, existing or not, gets a file named after the time."""
    asked = data_dir if target is None else Path(target).expanduser().absolute()
    if target is not None and target.endswith(("/", os.sep)):
        try:
            asked.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Stop(text("cli.backup_cannot_make", folder=asked), code=USAGE) from error
    if asked.is_dir():
        stamp = datetime.fromtimestamp(SystemPorts().now(), UTC).strftime("%Y%m%d-%H%M%S")
        return asked / f"backup-{stamp}.db", True
    if asked.exists() or asked.is_symlink():
        raise Stop(text("cli.backup_exists", file=asked), code=USAGE)
    if not asked.parent.is_dir():
        raise Stop(text("cli.backup_no_folder", folder=asked.parent), code=USAGE)
    return asked, False


def _named(part: Path, place: Path, dated: bool) -> Path:
    """Rename the finished copy without replacing an existing file. A generated name that exists gets a number."""
    for number in range(1, 1000):
        wanted = place if number == 1 else place.with_name(f"{place.stem}-{number}{place.suffix}")
        try:
            _claim(part, wanted)
        except FileExistsError:
            if not dated:
                break
        else:
            return wanted
    raise Stop(text("cli.backup_exists", file=place), code=USAGE)


def _claim(part: Path, wanted: Path) -> None:
    """Raises FileExistsError if the name is taken, without a race."""
    try:
        os.link(part, wanted)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        os.close(os.open(wanted, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        os.replace(part, wanted)


def _is_target(error: BaseException) -> bool:
    """Whether writing the copy failed, as far as SQLite can tell; the source was checked before."""
    return getattr(error, "sqlite_errorcode", None) in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY) or (
        getattr(error, "sqlite_errorname", "") or ""
    ).startswith(("SQLITE_IOERR_WRITE", "SQLITE_CANTOPEN"))


def _pictures(folder: Path) -> tuple[int, int]:
    if not folder.is_dir():
        return 0, 0
    sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    return len(sizes), sum(sizes)


def shown_size(amount: float) -> str:
    for unit in ("bytes", "kB", "MB", "GB"):
        if amount < 1000 or unit == "GB":
            return f"{amount:.0f} {unit}" if unit == "bytes" else f"{amount:.1f} {unit}"
        amount /= 1000
    raise AssertionError("the loop ends with GB")
