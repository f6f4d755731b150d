"""`imagine-bot failures`: what fails and what helps, counted from the ledger; `--propose` writes a page with changes worth making."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer

from bot.cli.options import AsJson, DataDir
from bot.cli.records import look, settings_and_file
from bot.cli.screen import Stop, remark, say, table
from bot.ledger import memory_rows
from bot.ports import SystemPorts
from bot.reports import proposals
from bot.reports.failures import FailureReport, failure_report
from bot.texts import text

DAY = 86_400.0


def failures(
    ctx: typer.Context,
    days: Annotated[int, typer.Option(min=1, max=3650, help=text("cli.help.failures_days"))] = 30,
    propose: Annotated[bool, typer.Option("--propose", help=text("cli.help.failures_propose"))] = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    settings, file = settings_and_file(ctx.obj, data_dir)
    now = SystemPorts().now()
    salt = str(settings.data_dir)
    found = look(file, lambda c: failure_report(c, now - days * DAY, str((memory_rows.recall(c, "salt") or (salt,))[0])))
    if as_json:
        say(json.dumps(found.as_json(), indent=2))
    elif not (found.failures or found.rejections):
        say(text("report.none", days=days))
    else:
        _print(found)
    if propose:
        path = settings.data_dir / f"proposals-{datetime.fromtimestamp(now, UTC):%Y%m%d-%H%M%S}.md"
        try:
            path.write_text(proposals.page(found, days), encoding="utf-8")
        except OSError as error:
            raise Stop(text("operator.folder_unwritable", folder=path.parent)) from error
        remark(text("report.wrote", count=len(proposals.proposals(found)), file=path))


def _print(found: FailureReport) -> None:
    for field in ("kind", "model", "size", "template"):
        _table((f"failure_{field}", "failure_count", "failure_pictures"), found.by(field))
    _table(
        ("failure_kind", "failure_tried", "failure_count", "failure_worked"),
        [(r.kind, r.origin, r.count, r.worked) for r in found.remedies],
    )
    _table(
        ("failure_rejected", "failure_model", "failure_size", "failure_template", "failure_count", "failure_picked"),
        [(r.reason, r.model, r.size, r.template, r.count, r.picked) for r in found.rejected],
    )
    _table(("failure_reason", "failure_count"), found.rejections)
    _table(("failure_closed", "failure_count"), list(found.denials.items()))
    _table(
        ("failure_word", "failure_blocked", "failure_passed", "failure_members"),
        [(one.word, one.blocked, one.passed, one.members) for one in found.words],
    )


def _table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A table with an empty line after it; nothing if it has no rows."""
    if rows:
        table([text(f"cli.column.{name}") for name in columns], [[str(cell) for cell in row] for row in rows])
        say()
