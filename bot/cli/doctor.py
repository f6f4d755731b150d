"""`imagine-bot doctor`: walks the ladder from the settings to the platforms and stops at the first rung that is broken, with the fix.
The rungs are in `checks.py` and `service.py`; the adapters bring their own."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import plugins
from bot.cli.screen import FAILED, remark, say
from bot.texts import text

if TYPE_CHECKING:
    from bot.adapter import Finding, Plugin
    from bot.ports import Ports
    from bot.settings import Settings


@dataclass(slots=True)
class Subject:
    """What is examined, and what an earlier rung found out for a later one."""

    settings: Settings
    file: Path
    adapters: Mapping[str, Plugin]
    ports: Ports
    spend: bool = False
    models: Mapping[str, Mapping[str, object]] | None = None
    """The service's model list by id; None when it offers none."""
    bot: str | None = None
    """The process of the bot that runs on the data folder, `?` when it is not known; None when none does."""
    notes: list[str] = field(default_factory=list)
    """What is not wrong but should be known."""


Rung = Callable[[Subject], AsyncIterator["Finding"]]


async def walk(rungs: Sequence[Rung], subject: Subject) -> AsyncIterator[Finding]:
    """Every finding in order; nothing after the first rung that has a wrong one."""
    for rung in rungs:
        broken = False
        async for finding in rung(subject):
            broken = broken or not finding.ok
            yield finding
        if broken:
            return


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

    told: list[Finding] = []

    def tell(finding: Finding) -> None:
        told.append(finding)
        if not as_json:
            say(f"{'ok  ' if finding.ok else 'STOP'} {finding.what}: {finding.sentence}".replace("\n", "\n     "))

    found, broken = plugins.load_all()
    notes = list(broken)
    try:
        settings = load(os.environ, file, others=plugins.variables(found.values()).keys()).at(data_dir)
    except SettingsProblem as problem:
        for sentence in problem.problems:
            tell(Finding(False, text("doctor.settings"), sentence))
    else:
        subject = Subject(settings, file, found, SystemPorts(), spend, notes=notes)
        notes += settings.warnings
        async for finding in walk((*checks.LOCAL, network.way_out, *service.REMOTE, checks.adapters), subject):
            tell(finding)
    well = all(finding.ok for finding in told)
    if as_json:
        rows = [{"ok": finding.ok, "what": finding.what, "sentence": finding.sentence} for finding in told]
        say(json.dumps({"ok": well, "findings": rows, "notes": notes}, indent=2))
    else:
        for note in notes:
            remark(text("cli.warning", sentence=note))
        say(text("doctor.well" if well else "doctor.stopped"))
    return 0 if well else FAILED
