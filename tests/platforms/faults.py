"""What can go wrong on demand: which request, how, and how often. A platform's own faults say which requests they match."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Generic, TypeVar


class How(StrEnum):
    ANSWER = "answer"
    """Give this answer instead of doing anything."""
    LOST = "lost"
    """Do it, then cut the connection: the answer is lost."""
    DONE_BUT = "done_but"
    """Do it, then give this answer instead of the real one (a gateway's 502 after the work was done)."""
    CUT = "cut"
    """Cut the connection before doing anything."""
    STUCK = "stuck"
    """Neither do anything nor answer, for as long as the caller waits."""
    STUCK_AFTER = "stuck_after"
    """Do it, and never answer."""


@dataclass(slots=True, kw_only=True)
class Fault:
    """One rule; the first that matches and has times left is used."""

    how: How = How.ANSWER
    status: int = 500
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    times: int = 1
    used: int = 0

    def matches(self, *request: Any) -> bool:
        """Whether it is about this request."""
        raise NotImplementedError


F = TypeVar("F", bound=Fault)


class Faults(Generic[F]):
    """The list of rules."""

    def __init__(self) -> None:
        self.rules: list[F] = []

    def put(self, fault: F) -> F:
        self.rules.append(fault)
        return fault

    def find(self, *request: Any) -> F | None:
        """The rule for this request, which counts as used once more."""
        for fault in self.rules:
            if fault.used < fault.times and fault.matches(*request):
                fault.used += 1
                return fault
        return None

    def clear(self) -> None:
        self.rules.clear()
