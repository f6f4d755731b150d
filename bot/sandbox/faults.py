"""Which fault the next call meets: from a marker in the prompt (`sandbox:KIND`, `sandbox:KIND*N`) or from the control call. Pure
bookkeeping; how a fault looks is `refusals.py` and `behaviours.py`."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass

_MARKER = re.compile(r"sandbox:([a-z_]+(?:@[a-z0-9-]+)?)(?:\*([0-9]{1,4}))?", re.IGNORECASE | re.ASCII)
_REMEMBERED = 10_000
"""Prompts whose calls are counted; the oldest is forgotten first."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What a call meets."""

    name: str
    times: int | None = None
    """How often in all; None for always."""
    delay: float | None = None
    """Seconds before the answer, for `slow`."""
    retry_after: float | None = None
    """Seconds to name in Retry-After instead of the sandbox's own."""


@dataclass(slots=True)
class _Rule:
    fault: Fault
    match: str
    """Part of the prompt; empty for every prompt."""
    left: int | None


class FaultBook:
    """Counts calls per prompt and holds what the control call asked for."""

    def __init__(self, known: Collection[str]) -> None:
        self._known = known
        self._calls: OrderedDict[str, int] = OrderedDict()
        self._rules: list[_Rule] = []

    def next(self, prompt: str) -> Fault | None:
        """The fault of this call; counts it. The control call comes before markers."""
        for rule in self._rules:
            if rule.match in prompt and rule.left != 0:
                if rule.left is not None:
                    rule.left -= 1
                return rule.fault
        marked = markers(prompt, self._known)
        if not marked:
            return None
        number = self._calls.pop(prompt, 0)
        self._calls[prompt] = number + 1
        if len(self._calls) > _REMEMBERED:
            self._calls.popitem(last=False)
        for fault in marked:
            if fault.times is None or fault.name == "download_failed":
                return fault
            if number < fault.times:
                return fault
            number -= fault.times
        return None

    def add(self, fault: Fault, match: str = "") -> None:
        """A rule of the control call."""
        self._rules.append(_Rule(fault, match, fault.times))

    def active(self) -> list[dict[str, object]]:
        """What the control call asked for and is not used up."""
        return [{"kind": rule.fault.name, "match": rule.match, "left": rule.left} for rule in self._rules if rule.left != 0]

    def clear(self) -> None:
        """Forget all rules and counts."""
        self._rules.clear()
        self._calls.clear()


def markers(prompt: str, known: Collection[str]) -> list[Fault]:
    """The faults a prompt asks for, in order. A name that is none is no marker: it is only a word."""
    found = (Fault(match[1].lower(), int(match[2]) if match[2] else None) for match in _MARKER.finditer(prompt))
    return [fault for fault in found if fault.name in known]
