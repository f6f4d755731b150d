"""`imagine-bot doctor`: checks everything from the settings to the platforms, and ends with the layer that is at fault.

It stops at the first problem unless `--all`. The checks are in `checks.py`, `reach.py`, `service.py` and `probes.py`;
adapters bring their own.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from bot.adapter import Finding
from bot.cli import checks, layers, open_notices, other_services, plugins, probes, reach, service
from bot.cli.ladder import Subject, walk
from bot.cli.options import AsJson
from bot.cli.screen import FAILED, hide, remark, say
from bot.ports import SystemPorts
from bot.settings import SettingsProblem, load
from bot.texts import text


def doctor(
    ctx: typer.Context,
    every: Annotated[bool, typer.Option("--all", help=text("cli.help.doctor_all"))] = False,
    spend: Annotated[bool, typer.Option("--spend", help=text("cli.help.doctor_spend"))] = False,
    text_model: Annotated[str, typer.Option("--text-model", metavar="NAME", help=text("cli.help.doctor_text_model"))] = "",
    as_json: AsJson = False,
    data_dir: Annotated[Path | None, typer.Option(help=text("cli.help.run_data_dir"))] = None,
) -> None:
    raise typer.Exit(asyncio.run(_doctor(ctx.obj, data_dir, every=every, spend=spend, text_model=text_model, as_json=as_json)))


async def _doctor(file: Path, data_dir: Path | None, *, every: bool, spend: bool, text_model: str, as_json: bool) -> int:
    findings: list[Finding] = []

    def report(finding: Finding) -> None:
        findings.append(finding)
        if not as_json:
            show(finding)

    subject = None
    try:
        subject = subject_of(file, data_dir)
    except SettingsProblem as problem:
        for sentence in problem.problems:
            report(Finding(False, text("doctor.settings"), sentence, layer=layers.CONFIGURATION))
    if subject is not None:
        subject.spend, subject.every, subject.text_model = spend, every, text_model
        async for finding in examine(subject):
            report(finding)
        await service.status_page(subject, findings)
    return _ended(findings, subject, every=every, as_json=as_json)


def _ended(findings: list[Finding], subject: Subject | None, *, every: bool, as_json: bool) -> int:
    """Print what all findings together mean. Returns the exit code."""
    well, notices = all(finding.ok for finding in findings), () if subject is None else open_notices.open_notices(subject)
    code = FAILED if not well else open_notices.OPEN if notices else 0
    notes = [] if subject is None else subject.notes
    rows = layers.table(findings, {} if subject is None else subject.seen, "" if subject is None else subject.incident)
    if as_json:
        told = {"findings": [_row(one) for one in findings], "layers": [asdict(row) for row in rows], "notes": notes}
        say(json.dumps({"ok": code == 0, **told, "notices": open_notices.rows(notices)}, indent=2))
        return code
    for note in notes:
        remark(text("cli.warning", sentence=note))
    open_notices.show(notices)
    _show_table(rows)
    if well:
        say(text("doctor.well_but", count=len(notices)) if notices else text("doctor.well"))
    else:
        say(text("doctor.stopped_all" if every else "doctor.stopped"))
    return code


def subject_of(file: Path, data_dir: Path | None) -> Subject:
    """The configuration to check. Raises SettingsProblem."""
    found, broken = plugins.load_all()
    settings = load(os.environ, file, others=plugins.variables(found.values()).keys()).at(data_dir)
    hide(settings.secrets())
    return Subject(settings, file, found, SystemPorts(), notes=[*broken, *settings.warnings])


def examine(subject: Subject) -> AsyncIterator[Finding]:
    """All findings in order."""
    asked = (reach.way_out, reach.way, service.key_and_address, service.model, probes.text_model, probes.picture, other_services.others)
    return walk((*checks.LOCAL, *asked, checks.adapters), subject)


def show(finding: Finding) -> None:
    mark = "-   " if finding.skipped else "ok  " if finding.ok else "STOP"
    said = [f"{mark} {finding.what}: {finding.sentence}"]
    if finding.reason:
        said.append(text("doctor.why", reason=finding.reason))
    if finding.fix:
        said.append(text("doctor.fix", fix=finding.fix))
    say("\n".join(said).replace("\n", "\n     "))


def _row(finding: Finding) -> dict[str, object]:
    return {
        "ok": None if finding.skipped else finding.ok,
        "what": finding.what,
        "sentence": finding.sentence,
        "reason": finding.reason,
        "fix": finding.fix,
        "layer": "" if finding.ok else finding.layer or layers.PLATFORM,
    }


def _show_table(rows: Sequence[layers.LayerRow]) -> None:
    verdicts = [text(f"doctor.verdict.{row.verdict}") for row in rows]
    left, middle = max(len(row.question) for row in rows), max(map(len, verdicts))
    say()
    say(text("doctor.layers"))
    for row, verdict in zip(rows, verdicts, strict=True):
        say(f"  {row.question:<{left}}  {verdict:<{middle}}  {row.seen}".rstrip())
    say()
