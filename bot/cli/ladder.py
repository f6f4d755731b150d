"""Doctor's sequence of checks: their shared state, and the rule that the first failure ends it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.adapter import Finding, Plugin
    from bot.ports import Ports
    from bot.settings import Settings


@dataclass(slots=True)
class Subject:
    """The configuration under test, and results that later checks need."""

    settings: Settings
    file: Path
    adapters: Mapping[str, Plugin]
    ports: Ports
    spend: bool = False
    models: Mapping[str, Mapping[str, object]] | None = None
    """The service's model list by id; None if it has none."""
    bot: str | None = None
    """Process id of the bot running on the data folder, `?` if unknown; None if none is running."""
    notes: list[str] = field(default_factory=list)
    """Things worth knowing that aren't wrong."""


Rung = Callable[[Subject], AsyncIterator["Finding"]]


async def walk(rungs: Sequence[Rung], subject: Subject) -> AsyncIterator[Finding]:
    """All findings in order, up to and including the first check with a failure."""
    for rung in rungs:
        broken = False
        async for finding in rung(subject):
            broken = broken or not finding.ok
            yield finding
        if broken:
            return
