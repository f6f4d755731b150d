"""`imagine-bot doctor`: checks everything from the settings to the platforms and stops at the first problem, with the fix.

The checks are in `checks.py`, `network.py` and `service.py`; adapters bring their own.
"""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import plugins
from bot.cli.ladder import Subject, walk
from bot.cli.screen import FAILED, remark, say
from bot.texts import text

if TYPE_CHECKING:
    from bot.adapter import Finding


def doctor(
    ctx: typer.Context,
    spend: Annotated[bool, typer.Option("--spend", help=text("cli.help.doctor_spend"))] = False,
    as_json: Annotated[bool, typer.Option("--json", help=text("cli.help.json"))] = False,
    data_dir: Annotated[Path | None, typer.Option(help=text("cli.help.run_data_dir"))] = None,
) -> None:
    raise typer.Exit(asyncio.run(_doctor(ctx.obj, data_dir, spend, as_json)))


async def _doctor(file: Path, data_dir: Path | None, spend: bool, as_json: bool) -> int:
    from bot.adapter import Finding
    from bot.cli import checks, network, service
    from bot.ports import SystemPorts
    from bot.settings import SettingsProblem, load

    findings: list[Finding] = []

    def report(finding: Finding) -> None:
        findings.append(finding)
        if not as_json:
            say(f"{'ok  ' if finding.ok else 'STOP'} {finding.what}: {finding.sentence}".replace("\n", "\n     "))

    found, broken = plugins.load_all()
    notes = list(broken)
    try:
        settings = load(os.environ, file, others=plugins.variables(found.values()).keys()).at(data_dir)
    except SettingsProblem as problem:
        for sentence in problem.problems:
            report(Finding(False, text("doctor.settings"), sentence))
    else:
        subject = Subject(settings, file, found, SystemPorts(), spend, notes=notes)
        notes += settings.warnings
        async for finding in walk((*checks.LOCAL, network.way_out, *service.REMOTE, checks.adapters), subject):
            report(finding)
    well = all(finding.ok for finding in findings)
    if as_json:
        rows = [{"ok": finding.ok, "what": finding.what, "sentence": finding.sentence} for finding in findings]
        say(json.dumps({"ok": well, "findings": rows, "notes": notes}, indent=2))
    else:
        for note in notes:
            remark(text("cli.warning", sentence=note))
        say(text("doctor.well" if well else "doctor.stopped"))
    return 0 if well else FAILED
