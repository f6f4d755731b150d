"""`imagine-bot explain`: a failure from a file, a request id or standard input, in plain words for member, moderator and operator.

It knows no ledger: the command line hands in a look-up for request ids (`explain_command`). With `--jsonl` it answers line by line.
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

from bot.domain.failure import Evidence, Failure
from bot.failures.classify import classify
from bot.failures.explain import AUDIENCES, spoken_seconds
from bot.failures.explain import explain as explain_failure
from bot.texts import text

Lookup = Callable[[str], Failure | None]
"""The failure recorded for a request id, or None when there is no such request or it did not fail."""

MAX_INPUT = 4 * 1024 * 1024
"""Bytes of a file, or of one line, that are read; far more than is ever looked at."""
_FIELDS = ("provider", "api", "status", "headers", "body", "exception")
_REQUEST_ID = re.compile(r"[0-9a-z][0-9a-z-]{5,63}\Z")
_EXCEPTION = re.compile(r"^(?:[\w.]{1,80}\.)?[A-Z]\w{1,60}(?:Error|Exception|Timeout|Refused|Disconnected)\b", re.MULTILINE)
_STATUS_LINE = re.compile(r"HTTP/[\d.]{1,4} (\d{3})[^\r\n]{0,200}\r?\n")


class BadInput(ValueError):
    """What was handed in cannot be read; its text is the sentence for the person."""


def explain_command(lookup: Lookup | None = None) -> Callable[..., None]:
    """The typer command; `lookup` finds the failure of a request id in the ledger."""

    def explain(
        source: Annotated[str | None, typer.Argument(help=text("explain.help_source"), show_default=False)] = None,
        jsonl: Annotated[bool, typer.Option("--jsonl", help=text("explain.help_jsonl"))] = False,
        status: Annotated[int | None, typer.Option(help=text("explain.help_status"), min=100, max=599)] = None,
        api: Annotated[str, typer.Option(help=text("explain.help_api"))] = "",
        provider: Annotated[str, typer.Option(help=text("explain.help_provider"))] = "",
    ) -> None:
        try:
            if jsonl:
                with _opened(source) as stream:
                    bad = answer_lines(stream, sys.stdout)
                raise typer.Exit(1 if bad else 0)
            show(_one(source, lookup, status, api, provider), Console())
        except BadInput as problem:
            typer.echo(str(problem), err=True)
            raise typer.Exit(2) from None
        except BrokenPipeError:  # the reader has gone, as in `| head`; there is nobody left to tell
            sys.stderr.close()
            raise typer.Exit(1) from None

    explain.__doc__ = text("explain.help")
    return explain


def answer_lines(stream: BinaryIO, out: io.TextIOBase | object) -> int:
    """One answer for each line of evidence; returns how many lines could not be read. A bad line never stops the others."""
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


def evidence(record: dict[str, object]) -> Evidence:
    """A line's fields as Evidence. Raises BadInput for a field of the wrong type."""
    status, headers, exception = record.get("status"), record.get("headers"), record.get("exception")
    if status is not None and (not isinstance(status, int) or isinstance(status, bool) or not 100 <= status <= 999):
        raise BadInput(text("explain.bad_status"))
    if headers is not None and not isinstance(headers, dict):
        raise BadInput(text("explain.bad_headers"))
    if exception is not None and not isinstance(exception, str):
        raise BadInput(text("explain.bad_exception"))
    for name in ("provider", "api"):
        if not isinstance(record.get(name, ""), str | None):
            raise BadInput(text("explain.bad_name", field=name))
    return Evidence(
        provider=str(record.get("provider") or ""),
        api=str(record.get("api") or ""),
        status=status,
        headers={str(name): str(value) for name, value in (headers or {}).items()},
        body=record.get("body"),
        exception=exception,
    )


def pasted(raw: str, status: int | None = None, api: str = "", provider: str = "") -> Evidence:
    """What somebody pasted or saved: a line of evidence, a whole HTTP answer (`curl -i`), a body, or the text of an exception."""
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, dict) and not value.keys().isdisjoint(("body", "exception", "headers")) and value.keys() <= {"id", *_FIELDS}:
        return evidence(value)
    headers: dict[str, str] = {}
    body = raw
    http = _STATUS_LINE.match(raw)
    if http:
        head, _, body = raw[http.end() :].replace("\r\n", "\n").partition("\n\n")
        headers = {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in head.split("\n")) if name.strip()}
        status = int(http[1]) if status is None else status
    wire = status is None and value is None and _EXCEPTION.search(raw[:20_000])
    return Evidence(
        provider=provider,
        api=api,
        status=status,
        headers=headers,
        body=None if wire else body,
        exception=raw[wire.start() :].strip() if wire else None,
    )


def show(failure: Failure, console: Console) -> None:
    """The failure on a terminal: what it is in one table, then a panel for each reader."""
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


def _one(source: str | None, lookup: Lookup | None, status: int | None, api: str, provider: str) -> Failure:
    if source not in (None, "-") and not Path(str(source)).exists() and _REQUEST_ID.match(str(source)):
        if lookup is None:
            raise BadInput(text("explain.no_ledger", source=source))
        found = lookup(str(source))
        if found is None:
            raise BadInput(text("explain.unknown_request", source=source))
        return found
    if source in (None, "-") and sys.stdin.isatty():
        raise BadInput(text("explain.nothing_given"))
    with _opened(source) as stream:
        raw = stream.read(MAX_INPUT).decode("utf-8", errors="replace")
    if not raw.strip() and status is None:
        raise BadInput(text("explain.empty"))
    return classify(pasted(raw, status, api, provider))


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
    """Lines of bounded length; the rest of a longer one is skipped, its head stays long enough to be refused."""
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
"""The command without a ledger; the command line mounts `explain_command(lookup)`."""

if __name__ == "__main__":
    typer.run(explain)
