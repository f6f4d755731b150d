"""`imagine-bot migrate-to-postgres`: copy the ledger from its SQLite file to the server in DATABASE_URL. The bot must be stopped."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.copy_pictures import copy_pictures
from bot.cli.screen import USAGE, Stop, say
from bot.ledger import files
from bot.ledger.problems import LedgerProblem
from bot.ports import SystemPorts
from bot.settings import load
from bot.texts import text


def migrate_to_postgres(
    ctx: typer.Context,
    source: Annotated[Path | None, typer.Option("--from", help=text("cli.help.move_from"), show_default=False)] = None,
) -> None:
    settings = load(os.environ, ctx.obj)
    server, ports = settings.ledger, SystemPorts()
    file = settings.data_dir / files.DATABASE if source is None else source.expanduser().absolute()
    if isinstance(server, Path):
        raise Stop(text("cli.move_no_server"), code=USAGE)
    if not file.is_file():
        raise Stop(text("cli.no_ledger", file=file), code=USAGE)
    from bot.ledger import move  # imported here because it needs the server's driver

    try:
        lock = files.prepare(settings.data_dir, LedgerProblem, file)
        try:
            done = move.to_server(file, server, f"imagine-bot {ports.new_id()[:12]}")
            aside = _aside(file, datetime.fromtimestamp(ports.now(), UTC))
        finally:
            lock.release()
    except LedgerProblem as problem:
        raise Stop(str(problem)) from problem
    say(text("cli.move_done", rows=done.rows, tables=done.tables, server=server))
    if done.changed:
        say(text("cli.move_changed", count=done.changed))
    say(text("cli.move_aside", file=aside, folder=settings.picture_store or settings.data_dir / files.PICTURES))
    if settings.picture_bucket is not None:
        copy_pictures(settings, back=False)


def _aside(file: Path, at: datetime) -> Path:
    """Rename the file, so that nobody starts the bot on it by accident: its requests would be drawn and answered a second time."""
    aside = file.with_name(f"{files.MOVED}{at:%Y%m%d-%H%M%S}.db")
    files.rename(file, aside)
    return aside
