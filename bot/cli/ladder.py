"""Doctor's sequence of checks: their shared state, and the rule that the first failure ends it unless everything is asked for."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.adapter import Finding, Plugin
from bot.ports import Ports
from bot.settings import Settings
from bot.texts import has, text


@dataclass(slots=True)
class Subject:
    """The configuration under test, and results that later checks need."""

    settings: Settings
    file: Path
    adapters: Mapping[str, Plugin]
    ports: Ports
    spend: bool = False
    every: bool = False
    """Go on after a failure."""
    text_model: str = ""
    """The text model to compare with; empty to choose one from the model list."""
    models: Mapping[str, Mapping[str, object]] | None = None
    """The service's model list by id; None if it has none."""
    bot: str | None = None
    """Process id of the bot running on the data folder, `?` if unknown; None if none is running."""
    blocked: str = ""
    """Why nothing more can be asked of the image service, such as that its name doesn't resolve; empty if it can."""
    text_works: bool | None = None
    """Whether a text model answered with the same key and address; None if none was asked."""
    incident: str = ""
    """What the provider's status page reports; empty if it wasn't looked at or reports nothing."""
    notes: list[str] = field(default_factory=list)
    """Things worth knowing that aren't wrong."""
    seen: dict[str, list[str]] = field(default_factory=dict)
    """Layer (bot/cli/layers.py) -> what speaks for it."""

    def speaks_for(self, layer: str, sentence: str) -> None:
        """Note that a layer is in order, and by what that was seen."""
        self.seen.setdefault(layer, []).append(sentence)


_VARIABLE = re.compile(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b")
DoctorRung = Callable[[Subject], AsyncIterator["Finding"]]


def bad(what: str, key: str, layer: str, **facts: object) -> Finding:
    """A failure from the texts `KEY`, `KEY_why` and `KEY_fix`; the last two are optional."""
    reason, fix = (text(f"{key}_{part}", **facts) if has(f"{key}_{part}") else "" for part in ("why", "fix"))
    return Finding(False, what, text(key, **facts), reason=reason, fix=fix, layer=layer)


def skipped(what: str, because: str) -> Finding:
    """A check that an earlier finding makes impossible."""
    return Finding(True, what, text("doctor.skipped", because=because), skipped=True)


async def walk(rungs: Sequence[DoctorRung], subject: Subject) -> AsyncIterator[Finding]:
    """All findings in order; unless `subject.every`, only up to and including the first check with a failure."""
    for rung in rungs:
        broken = False
        async for finding in rung(subject):
            broken = broken or not finding.ok
            yield finding if finding.ok else _doubted(finding, subject.settings)
        if broken and not subject.every:
            return


def _doubted(finding: Finding, settings: Settings) -> Finding:
    """The finding, with what makes the value of a setting that it names doubtful as its first reason: set twice, or overruled."""
    named = {*_VARIABLE.findall(" ".join((finding.what, finding.sentence, finding.reason, finding.fix)))}
    named |= {settings.used[name] for name in named & settings.used.keys()}
    doubts = [one for one in settings.doubts if named & {*_VARIABLE.findall(one)}]
    return replace(finding, reason=" ".join([*doubts, finding.reason]).strip()) if doubts else finding
