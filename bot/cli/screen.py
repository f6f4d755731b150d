"""What the command line shows and how it ends: results on standard output, everything else on standard error, exit code 2 for what the
operator typed or set, 1 for what went wrong at run time."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from bot.texts import text
from bot.texts.direction import bare, isolate

USAGE, FAILED = 2, 1


class Stop(Exception):
    """Ends the command with these sentences on standard error."""

    def __init__(self, *sentences: str, code: int = FAILED) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences
        self.code = code


def say(line: str = "") -> None:
    """One line of the result."""
    print(line, flush=True)


def remark(line: str) -> None:
    """One line that is not the result."""
    print(line, file=sys.stderr, flush=True)


def complain(sentences: Sequence[str]) -> None:
    """Problems: one on a line of its own, several as a list."""
    if len(sentences) == 1:
        remark(f"imagine-bot: {sentences[0]}")
        return
    remark(f"imagine-bot: {text('cli.several', count=len(sentences))}")
    for sentence in sentences:
        remark(f"  - {sentence}")


def plain(value: str) -> str:
    """Foreign text that cannot steer a terminal or break a line."""
    return "".join(char if char.isprintable() else " " for char in bare(value))


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Columns for people on a terminal; tabs where the output is read by a program. Foreign text is never taken for markup."""
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


def dollars(micros: int) -> str:
    """Millionths as dollars, to the hundredth of a cent where it matters."""
    return f"${micros / 1_000_000:,.2f}" if micros >= 1_000_000 or micros % 10_000 == 0 else f"${micros / 1_000_000:.4f}"
