"""`imagine-bot slack ...`: the manifest from which the Slack app is made."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from adapters.slack.manifest import build, request_url
from bot.texts import text

app = typer.Typer(help=text("slack.cli.help"), no_args_is_help=True)


@app.callback()
def group() -> None:
    """Keeps `manifest` a command of its own name while it is the only one."""


@app.command(help=text("slack.cli.manifest"))
def manifest(http: Annotated[str, typer.Option("--http", metavar="URL", help=text("slack.cli.http"))] = "") -> None:
    address = request_url(http.strip()) if http.strip() else None
    if http and address is None:
        typer.echo(text("slack.cli.http_form"), err=True)
        raise typer.Exit(2)
    # JSON alone on stdout, so that it can be piped; what to do with it beside it.
    typer.echo(json.dumps(build(address), indent=2))
    typer.echo(text("slack.cli.next_http", url=address) if address else text("slack.cli.next_socket"), err=True)
