"""`imagine-bot explain`: explains a failure from a file, a request id, standard input or typed text, for each audience.

It doesn't read the ledger itself: the command line passes a look-up for request ids (`explain_command`). With `--jsonl` it answers line by
line.
"""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, BinaryIO

import typer
from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from bot.cli.history import COLUMNS, History
from bot.cli.options import DataDir
from bot.cli.pasted import BadInput, evidence, recognised
from bot.domain.failure import Failure
from bot.failures.classify import classify
from bot.failures.explain import AUDIENCES, spoken_seconds
from bot.failures.explain import explain as explain_failure
from bot.texts import text

Lookup = Callable[[str, Path | None], History | None]
"""Finds a request by id in the ledger (of the given data folder); None if there is no such request."""

MAX_INPUT = 4 * 1024 * 1024
"""Bytes to read from a file or a line; far more than is ever examined."""
NOT_A_FAILURE = 1
"""Exit code if the input contains no failure; 2 means that the input couldn't be read."""
_REQUEST_ID = re.compile(r"[0-9a-z]{16}\Z|req_\w{6,60}\Z|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.IGNORECASE)
"""The bot's own ids and those of image services."""
_PATH = re.compile(r"\S*(?:/\S*|\.[A-Za-z]{2,5})\Z")
"""Text that can only be a file name."""


def explain_command(lookup: Lookup | None = None) -> Callable[..., None]:
    """The typer command; `lookup` finds the failure of a request id in the ledger."""

    def explain(
        source: Annotated[str | None, typer.Argument(help=text("explain.help_source"), show_default=False)] = None,
        jsonl: Annotated[bool, typer.Option("--jsonl", help=text("explain.help_jsonl"))] = False,
        status: Annotated[int | None, typer.Option(help=text("explain.help_status"), min=100, max=599)] = None,
        api: Annotated[str, typer.Option(help=text("explain.help_api"))] = "",
        provider: Annotated[str, typer.Option(help=text("explain.help_provider"))] = "",
        data_dir: DataDir = None,
    ) -> None:
        try:
            if jsonl:
                with _opened(source) as stream:
                    bad = answer_lines(stream, sys.stdout)
                raise typer.Exit(1 if bad else 0)
            if source is not None and source != "-" and not _exists(source) and _REQUEST_ID.match(source):
                show_history(_known(source, lookup, data_dir), Console())
                return
            failure = recognised(_raw(source, status), status, api, provider)
            if failure is None:
                typer.echo(text("explain.not_a_failure"), err=True)
                raise typer.Exit(NOT_A_FAILURE)
            show(failure, Console())
        except BadInput as problem:
            typer.echo(str(problem), err=True)
            raise typer.Exit(2) from None
        except BrokenPipeError:  # the reader is gone, as in `| head`
            sys.stderr.close()
            raise typer.Exit(1) from None

    explain.__doc__ = text("explain.help")
    return explain


def answer_lines(stream: BinaryIO, out: io.TextIOBase | object) -> int:
    """Write one answer per line of evidence. Returns the number of unreadable lines; they don't stop the others."""
    bad = 0
    for number, raw in enumerate(_lines(stream), start=1):
        try:
            record = _record(raw)
            if record is None:
                continue
            print(json.dumps(answer(record)), file=out)  # type: ignore[arg-type]
        except BadInput as problem:
            bad += 1
            print(text("explain.bad_line", number=number, why=problem), file=sys.stderr)
    return bad


def answer(record: dict[str, object]) -> dict[str, object]:
    """The answer to one line of evidence, as JSON values."""
    failure = classify(evidence(record))
    return {
        "id": record.get("id"),
        "group": failure.group,
        "kind": failure.kind,
        "action": failure.action,
        "retryable": failure.retryable,
        "retry_after": failure.wait if failure.retryable else None,
        "who_can_fix": failure.who_can_fix,
        "confidence": failure.confidence,
        **{audience: explain_failure(failure, audience) for audience in AUDIENCES},
    }


def show(failure: Failure, console: Console) -> None:
    table = Table.grid(padding=(0, 2))
    rows = {
        "kind": f"{failure.kind} ({failure.group})",
        "repeat": text(f"explain.action_{failure.action}"),
        "wait": spoken_seconds(failure.wait) if failure.wait is not None else text("explain.no_wait"),
        "fixer": text(f"explain.fixer_{failure.who_can_fix}"),
        "confidence": f"{failure.confidence:.0%}",
    }
    for name, value in rows.items():
        table.add_row(text(f"explain.row_{name}"), value)
    console.print(table)
    for audience in AUDIENCES:
        console.print(Panel(Text(explain_failure(failure, audience)), title=text(f"explain.to_{audience}"), title_align="left"))


def show_history(known: History, console: Console) -> None:
    """Print a request from the ledger: its outcome, every attempt, and an explanation if something is missing."""
    console.print(Text(known.sentence))
    if known.attempts:
        drawn = Table(box=None, pad_edge=False, header_style="bold")
        for name in COLUMNS:
            drawn.add_column(text(f"explain.column_{name}"), overflow="fold")
        for cells in known.attempts:
            drawn.add_row(*(Text(cell) for cell in cells))
        console.print(drawn)
    if known.failure is not None:
        show(known.failure, console)


def _known(source: str, lookup: Lookup | None, data_dir: Path | None) -> History:
    if lookup is None:
        raise BadInput(text("explain.no_ledger", source=source))
    found = lookup(source, data_dir)
    if found is None:
        raise BadInput(text("explain.unknown_request", source=source))
    return found


def _raw(source: str | None, status: int | None) -> str:
    """The text to explain: a file, standard input, or the argument itself, as in `explain "curl: (6) Could not resolve host"`."""
    if (source is not None and not source.strip()) or (source in (None, "-") and sys.stdin.isatty()):
        raise BadInput(text("explain.nothing_given"))
    if source is not None and source != "-" and not _exists(source) and not _PATH.match(source):
        raw = source
    else:
        with _opened(source) as stream:
            raw = stream.read(MAX_INPUT).decode("utf-8", errors="replace")
    if not raw.strip() and status is None:
        raise BadInput(text("explain.empty"))
    return raw


def _exists(source: str) -> bool:
    try:
        return Path(source).exists()
    except (OSError, ValueError):  # not a file name, for example too long
        return False


def _opened(source: str | None) -> BinaryIO:
    if source in (None, "-"):
        return sys.stdin.buffer
    path = Path(str(source))
    try:
        return path.open("rb")
    except IsADirectoryError:
        raise BadInput(text("explain.is_folder", source=source)) from None
    except (OSError, ValueError):
        raise BadInput(text("explain.no_file", source=source)) from None


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    """Lines of limited length. A longer line is cut, but stays long enough to be rejected."""
    while line := stream.readline(MAX_INPUT + 1):
        rest = line
        while len(rest) > MAX_INPUT and not rest.endswith(b"\n"):
            rest = stream.readline(MAX_INPUT + 1)
        yield line


def _record(raw: bytes) -> dict[str, object] | None:
    if len(raw) > MAX_INPUT:
        raise BadInput(text("explain.line_too_long", limit=MAX_INPUT // (1024 * 1024)))
    try:
        line = raw.decode("utf-8").strip().lstrip("\ufeff")
    except UnicodeDecodeError:
        raise BadInput(text("explain.not_utf8")) from None
    if not line:
        return None
    try:
        record = json.loads(line)
    except RecursionError:
        raise BadInput(text("explain.too_deep")) from None
    except ValueError:
        raise BadInput(text("explain.not_json")) from None
    if not isinstance(record, dict):
        raise BadInput(text("explain.not_object"))
    return record


explain = explain_command()
"""The command without a ledger; the command line uses `explain_command(lookup)`."""

if __name__ == "__main__":
    typer.run(explain)
