"""Fault selection: which fault the next call meets, from prompt markers (`sandbox:KIND`, `sandbox:KIND*N`) or the control API.

Pure bookkeeping; `refusals.py` and `behaviours.py` define what the faults look like.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from cachetools import LRUCache

_MARKER = re.compile(r"sandbox:([a-z_]+(?:@[a-z0-9-]+)?)(?:\*([0-9]{1,4}))?", re.IGNORECASE | re.ASCII)
_MAX_CALLS = 10_000
"""Number of prompts whose calls are counted; the oldest are dropped first."""
COUNTED_LATER = frozenset({"download_failed", "download_failed@busy", "task@busy"})
"""Faults whose *N counts the requests after the call: fetches of its file, or polls of its task."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault for one call."""

    name: str
    times: int | None = None
    """Total number of calls it applies to; None for all."""
    delay: float | None = None
    """Seconds before the answer, for `slow`."""
    retry_after: float | None = None
    """Seconds for Retry-After, instead of the sandbox's default."""


@dataclass(slots=True)
class _Rule:
    fault: Fault
    match: str
    """Substring of the prompt; empty for every prompt."""
    left: int | None


class FaultBook:
    """Counts calls per prompt and holds the rules set through the control API."""

    def __init__(self, known: Collection[str]) -> None:
        self._known = known
        self._calls: LRUCache[str, int] = LRUCache(_MAX_CALLS)
        self._rules: list[_Rule] = []

    def next(self, prompt: str) -> Fault | None:
        """The fault for this call, if any; counts the call. The control API takes precedence over markers."""
        for rule in self._rules:
            if rule.match in prompt and rule.left != 0:
                if rule.left is not None:
                    rule.left -= 1
                return rule.fault
        marked = markers(prompt, self._known)
        if not marked:
            return None
        number = self._calls.get(prompt, 0)
        self._calls[prompt] = number + 1
        for fault in marked:
            if fault.times is None or fault.name in COUNTED_LATER:
                return fault
            if number < fault.times:
                return fault
            number -= fault.times
        return None

    def add(self, fault: Fault, match: str = "") -> None:
        self._rules.append(_Rule(fault, match, fault.times))

    def active(self) -> list[dict[str, object]]:
        """Rules from the control API that aren't used up."""
        return [{"kind": rule.fault.name, "match": rule.match, "left": rule.left} for rule in self._rules if rule.left != 0]

    def clear(self) -> None:
        self._rules.clear()
        self._calls.clear()


def markers(prompt: str, known: Collection[str]) -> list[Fault]:
    """Faults that a prompt asks for, in order. Unknown names aren't markers, just words."""
    found = (Fault(match[1].lower(), int(match[2]) if match[2] else None) for match in _MARKER.finditer(prompt))
    return [fault for fault in found if fault.name in known]
