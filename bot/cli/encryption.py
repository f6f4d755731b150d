"""`imagine-bot encryption`: make a key, encrypt everything with the newest one, see what is encrypted; beside a running bot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import typer

from bot.cli.options import DataDir
from bot.cli.records import reading, settings_and_file
from bot.cli.screen import USAGE, Stop, say
from bot.ledger.server import Where
from bot.ports import Ports, SystemPorts
from bot.texts import text
from bot.texts.phrases import listed
from bot.vault import cipher, reseal
from bot.vault.reseal import VaultContent

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=text("cli.help.encryption"))


@app.command("new-key", help=text("cli.help.encryption_new_key"))
def new_key() -> None:
    if not cipher.available():
        raise Stop(text("operator.vault_no_package"), code=USAGE)
    say(f"ENCRYPTION_KEYS={cipher.new_key()}")
    say(text("cli.encryption_new_key"))


@app.command(help=text("cli.help.encryption_rotate"))
def rotate(ctx: typer.Context, data_dir: DataDir = None) -> None:
    keys, found = _done(ctx, data_dir, reseal.reseal)
    say(text("cli.encryption_rotated", count=found.opened.total()))
    _complain(found.lost)
    if len(keys) > 1:
        say(text("cli.encryption_older_keys", count=len(keys) - 1))


@app.command(help=text("cli.help.encryption_status"))
def status(ctx: typer.Context, data_dir: DataDir = None) -> None:
    _, found = _done(ctx, data_dir, reseal.look)
    for kind, count in sorted((found.opened + found.lost).items()):
        say(text("cli.encryption_status", kind=kind, count=count))
    _complain(found.lost)
    say(text("cli.encryption_sound", count=found.opened.total()))


def _done(
    ctx: typer.Context, data_dir: DataDir, do: Callable[[Where, Sequence[str], Ports], VaultContent]
) -> tuple[Sequence[str], VaultContent]:
    settings, where = settings_and_file(ctx.obj, data_dir)
    keys = settings.encryption_keys
    try:
        if not keys:
            raise Stop(text("operator.vault_closed"), code=USAGE)
        return keys, reading(lambda: do(where, keys, SystemPorts()))
    except cipher.VaultProblem as problem:
        raise Stop(str(problem), code=USAGE) from problem


def _complain(lost: Counter[str]) -> None:
    if lost:
        raise Stop(text("cli.encryption_lost", count=lost.total(), kinds=listed(sorted(lost), None)))
