"""The `imagine-bot` command: its subcommands and exit handling.

Subcommands are in their own files, which are imported when they're called, so that `version` and `demo` start fast.
"""

from __future__ import annotations

import importlib
import io
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from bot.cli import plugins
from bot.cli.screen import USAGE, Stop, complain, say
from bot.texts import text


def _explain(ctx: Any) -> typer.Typer:
    """`explain` needs the failure rules, which other commands shouldn't load; it looks up request ids in the ledger."""
    from bot.cli.explain import explain_command
    from bot.cli.history import history

    app = typer.Typer(add_completion=False)
    app.command(help=text("explain.help"))(explain_command(lambda asked, data_dir: history(ctx.obj or Path(".env"), data_dir, asked)))
    return app


def _module(name: str) -> Callable[[Any], typer.Typer]:
    """A Typer application from its own module: `app` in `bot.cli.<name>`."""

    def load(_: Any) -> typer.Typer:
        found: typer.Typer = importlib.import_module(f"bot.cli.{name}").app
        return found

    return load


def _single(name: str, module: str, function: str) -> Callable[[Any], typer.Typer]:
    """A command that is one function of `bot.cli.<module>`."""

    def load(_: Any) -> typer.Typer:
        app = typer.Typer(add_completion=False)
        app.command(help=text(f"cli.help.{name}"))(getattr(importlib.import_module(f"bot.cli.{module}"), function))
        return app

    return load


_LATER: dict[str, Callable[[Any], typer.Typer]] = {
    **{name: _single(name, "running", name) for name in ("demo", "run", "sandbox")},
    **{name: _single(name, name, name) for name in ("init", "doctor")},
    "requests": _single("requests", "records", "requests"),
    "failures": _single("failures", "failures", "failures"),
    "usage": _single("usage", "records", "usage"),
    **{name: _single(name, name, name) for name in ("evidence", "verify", "backup")},
    "migrate-to-postgres": _single("migrate_to_postgres", "move", "migrate_to_postgres"),
    "copy-pictures": _single("copy_pictures", "copy_pictures", "command"),
    "restore": _single("restore", "restore", "restore"),
    "explain": _explain,
    **{name: _module(name) for name in ("cases", "batch", "encryption")},
}
"""Commands whose modules are imported when called."""


class Commands(TyperGroup):
    """This package's commands and, by entry point, the adapters'. Typer bundles its own click, whose types aren't public."""

    def list_commands(self, ctx: Any) -> list[str]:
        return [*_LATER, *super().list_commands(ctx), *plugins.names()]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        known = super().get_command(ctx, cmd_name)
        if known is not None:
            return known
        if cmd_name in _LATER:
            return _command(_LATER[cmd_name](ctx), cmd_name)
        if cmd_name not in plugins.names():
            return None
        # `--help` lists what can be loaded; calling a command says what is missing.
        cli = _own_commands(cmd_name, quiet=cmd_name not in ctx.args and cmd_name not in sys.argv[1:])
        return None if cli is None else _command(cli, cmd_name)


def _own_commands(name: str, quiet: bool) -> typer.Typer | None:
    try:
        return plugins.load(name).cli
    except Exception:
        if quiet:
            return None
        raise


def _command(app: typer.Typer, name: str) -> Any:
    command = typer.main.get_command(app)
    command.name = name
    command.params = [one for one in command.params if one.name not in ("install_completion", "show_completion")]
    return command


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help=text("cli.help.imagine_bot"),
)


def _version(wanted: bool) -> None:
    if wanted:
        version()
        raise typer.Exit


@app.callback()
def _options(
    ctx: typer.Context,
    env_file: Annotated[Path, typer.Option("--env-file", help=text("cli.help.env_file"))] = Path(".env"),
    _show_version: Annotated[bool, typer.Option("--version", help=text("cli.help.version"), is_eager=True, callback=_version)] = False,
) -> None:
    made_here = ctx.invoked_subcommand == "init"
    if env_file != Path(".env") and not made_here and not env_file.exists() and not ctx.resilient_parsing:
        raise Stop(text("cli.env_file_missing", file=env_file), code=USAGE)
    ctx.obj = env_file


@app.command(help=text("cli.help.version"))
def version() -> None:
    from importlib.metadata import version as installed

    say(f"imagine-bot {installed('imagine-bot')}")


def main() -> None:
    """The console script. Operator errors never end in a traceback, and neither do terminals without “quotes” or ×."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.encoding.lower().replace("-", "") != "utf8":
            stream.reconfigure(errors="replace")
    try:
        app()
    except Stop as stop:
        complain(stop.sentences)
        sys.exit(stop.code)
    except BrokenPipeError:
        # The reader of the pipe is gone, as with `| head`; without this, Python complains again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        if not _explained(error):
            raise


def _explained(error: Exception) -> bool:
    """Print errors from other rooms whose text is a complete sentence. Returns whether it was one."""
    from bot.adapter import SetupProblem
    from bot.ledger.store import LedgerProblem
    from bot.settings import SettingsProblem
    from bot.vault.cipher import VaultProblem

    if isinstance(error, (SettingsProblem, VaultProblem)):
        complain(error.problems if isinstance(error, SettingsProblem) else [str(error)])
        sys.exit(USAGE)
    if isinstance(error, (SetupProblem, LedgerProblem)):
        complain([str(error)])
        sys.exit(USAGE if isinstance(error, SetupProblem) and not error.may_pass else 1)
    return False
