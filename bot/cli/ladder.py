"""The ladder that `doctor` walks: what is examined, what a rung is, and that the first broken one ends it."""

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
