"""Generator of the state diagrams in docs/architecture.md, from the tables in bot/domain. The rest is written by hand."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

from bot.domain.case_states import CASES
from bot.domain.machine import Machine
from bot.domain.request_states import REQUESTS

PATH = "docs/architecture.md"
BEGIN, END = "<!-- generated from bot/domain: begin -->", "<!-- generated from bot/domain: end -->"


def page() -> str:
    """The current page with up-to-date diagrams."""
    current = (Path(__file__).resolve().parents[2] / PATH).read_text(encoding="utf-8")
    before, _, rest = current.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{diagram(REQUESTS)}\n{diagram(CASES)}\n{END}{after}"


def diagram(machine: Machine[Any, Any]) -> str:
    """A Mermaid state diagram: one arrow for each pair of states, labelled with its events."""
    arrows: dict[tuple[str, str], list[str]] = defaultdict(list)
    for (state, event), following in machine.table.items():
        arrows[state.value, following.value].append(event.value)
    lines = [f"    {one} --> {other}: {', '.join(events)}" for (one, other), events in arrows.items()]
    lines += [f"    {state.value} --> [*]" for state in sorted(machine.final)]
    first = next(iter(machine.table))[0].value
    return "\n".join([f"### The {machine.name}", "", "```mermaid", "stateDiagram-v2", f"    [*] --> {first}", *lines, "```", ""])
