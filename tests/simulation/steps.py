"""Which steps of the tables a transaction takes, and whether a crash is aimed at it."""

from __future__ import annotations

from collections.abc import Iterator

from bot.domain.case_states import CASES
from tests.simulation.sqlite import Step, Watched

_LINE = "json_object('actor', new.actor, 'outcome', new.outcome, 'case', new.case_id, 'at', new.at, 'facts', json(new.facts))"
WATCHED = (
    Watched("requests", "id", "state", "new.answer"),
    Watched("cases", "id", "state", "new.decided_by"),
    Watched("audit", "seq", "event", _LINE),
)
Change = tuple[str, str | None, str, str | None]
"""A committed step: table, before, after, and the answer that a request got or the event that moved a case."""


def changes(steps: tuple[Step, ...]) -> Iterator[Change]:
    """The steps of one transaction; what moved a case stands in the trail's line beside it."""
    lines = [step.after for step in steps if step.table == "audit"]
    for step in steps:
        detail = step.detail if step.after == "answered" else None
        if step.table == "cases":
            detail = "opened" if step.before is None else next((one for one in lines if _moves(step, one)), None)
        if step.table != "audit":
            yield step.table, step.before, step.after, detail


def _moves(step: Step, event: str) -> bool:
    return any(
        (before.value, moved.value, after.value) == (step.before, event, step.after) for (before, moved), after in CASES.table.items()
    )


def is_aimed(target: str, site: str, steps: tuple[Step, ...]) -> bool:
    """Whether a crash aimed at `target` (`any`, a boundary, or `boundary:before>after[=detail]`) may happen here."""
    if target in ("any", site):
        return True
    at, _, change = target.partition(":")
    return at == site and any(change in (f"{before}>{after}", f"{before}>{after}={detail}") for _, before, after, detail in changes(steps))
