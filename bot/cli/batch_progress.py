"""Progress of a batch: bars on a terminal, otherwise a line now and then, on standard error."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator

from bot.batch.overview import BatchStatus
from bot.cli.screen import remark
from bot.domain.batches import BatchState, ItemState
from bot.ports import SystemPorts
from bot.texts import text
from bot.texts.phrases import money

LINE_EVERY = 15.0
"""Seconds between two lines where there's no terminal."""


@contextlib.contextmanager
def progress(as_json: bool) -> Iterator[Callable[[BatchStatus], None]]:
    """A function that shows how far a batch is."""
    if as_json or not sys.stderr.isatty():
        yield _lines(as_json)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
    )
    with Progress(*columns, console=Console(stderr=True)) as bars:
        task = bars.add_task("", total=None, note="")

        def show(found: BatchStatus) -> None:
            done, of = amount(found)
            bars.update(task, completed=done, total=of, description=found.state_words, note=_note(found))

        yield show


def _lines(quiet: bool) -> Callable[[BatchStatus], None]:
    ports, last = SystemPorts(), [float("-inf")]

    def show(found: BatchStatus) -> None:
        if quiet or ports.monotonic() - last[0] < LINE_EVERY:
            return
        last[0] = ports.monotonic()
        done, of = amount(found)
        remark(f"{found.state_words}: {done}/{of}. {_note(found)}")

    return show


def amount(found: BatchStatus) -> tuple[int, int]:
    if found.batch.state in (BatchState.FINISHING, BatchState.FINISH_PAUSED, BatchState.FINISHED):
        done, coming = found.finishing
        return done, done + coming
    return found.drafted, found.topics


def _note(found: BatchStatus) -> str:
    facts = {"spent": money(found.spent.spent), "budget": money(found.batch.plan.budget), "running": found.asked}
    return text("batch.progress_note", **facts, failed=found.counts.get(ItemState.FAILED, 0))
