"""Output and exit codes of the command line: results on standard output, everything else on standard error.

Exit code 2 is for wrong input or settings, 1 for run-time failures.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from bot.cli import LANGUAGE
from bot.observe.redact import pattern_of
from bot.texts import say as in_language
from bot.texts import text
from bot.texts.direction import bare, isolate

T = TypeVar("T")
USAGE, FAILED = 2, 1


class Stop(Exception):
    """Ends the command with these sentences on standard error."""

    def __init__(self, *sentences: str, code: int = FAILED) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences
        self.code = code


_secrets: set[str] = set()
_pattern: list[re.Pattern[str]] = []
"""The pattern of all of them, if there are any."""


def hide(secrets: Sequence[str]) -> None:
    """Print none of these from now on, whichever setting they were pasted into; the longest first."""
    _secrets.update(secrets)
    _pattern[:] = [pattern_of(_secrets)] if _secrets else []


def _clean(line: str) -> str:
    line = in_language(line, LANGUAGE)
    for pattern in _pattern:
        line = pattern.sub("***", line)
    return line


def say(line: str = "") -> None:
    """Print one line of the result."""
    print(_clean(line), flush=True)


def remark(line: str) -> None:
    """Print one line that isn't part of the result."""
    print(_clean(line), file=sys.stderr, flush=True)


def complain(sentences: Sequence[str]) -> None:
    """Print problems: a single one on its own line, several as a list."""
    if len(sentences) == 1:
        remark("imagine-bot: " + sentences[0])
        return
    remark("imagine-bot: " + text("cli.several", count=len(sentences)))
    for sentence in sentences:
        remark("  - " + sentence)


def plain(value: str) -> str:
    """Untrusted text without terminal control sequences and line breaks."""
    return "".join(char if char.isprintable() else " " for char in bare(value))


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table: aligned columns on a terminal, tab-separated otherwise. Untrusted text is never treated as markup."""
    if not sys.stdout.isatty():
        for row in (head, *rows):
            say("\t".join(plain(cell) for cell in row))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=None, pad_edge=False, header_style="bold")
    for name in head:
        drawn.add_column(name)
    for row in rows:
        drawn.add_row(*(Text(isolate(plain(cell))) for cell in row))
    Console().print(drawn)


def listing(
    rows: Sequence[T],
    none: str,
    head: Sequence[str],
    cells: Callable[[T], Sequence[str]],
    as_json: bool,
    plainly: Callable[[T], object] = lambda row: row,
) -> None:
    """Print rows as a table, or the sentence `none`; as JSON, what `plainly` makes of each."""
    if as_json:
        say(json.dumps([plainly(row) for row in rows], indent=2))
    elif rows:
        table([text(f"cli.column.{name}") for name in head], [cells(row) for row in rows])
    else:
        say(none)


def moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%SZ")


def dollars(micros: int) -> str:
    """Micro-dollars as dollars, with more digits for small amounts."""
    return f"${micros / 1_000_000:,.2f}" if micros >= 1_000_000 or micros % 10_000 == 0 else f"${micros / 1_000_000:.4f}"
