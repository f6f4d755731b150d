"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.texts import text

Member = Annotated[str | None, typer.Option("--person", help=text("cli.help.requests_person"))]
Community = Annotated[str | None, typer.Option(help=text("cli.help.requests_community"))]
Platform = Annotated[str | None, typer.Option(help=text("cli.help.requests_platform"))]
Since = Annotated[str | None, typer.Option(metavar="SPAN", help=text("cli.help.requests_since"))]
Limit = Annotated[int, typer.Option(min=1, max=100_000, help=text("cli.help.requests_limit"))]
Prompts = Annotated[bool, typer.Option("--prompts", help=text("cli.help.requests_prompts"))]
AsJson = Annotated[bool, typer.Option("--json", help=text("cli.help.json"))]
DataDir = Annotated[Path | None, typer.Option(help=text("cli.help.data_dir"))]
