"""How often a message tries to show files that Slack refuses although it has taken them; remembered between sends.

Every try is a send of its own, so that it waits for its turn like all others: tries at once would use up the rate for everybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

GIVEN_UP_FOR = 600.0
"""Seconds; later the same message is tried again from the beginning."""
HOPELESS_AFTER = 2
"""Messages in a row that were given up, until a single refusal is enough for the others."""
REMEMBERED = 2000

T = TypeVar("T")


@dataclass(slots=True)
class FileRetry:
    """Slack may have processed a file and not know it everywhere yet, or never show it here."""

    _refusals: dict[str, int] = field(default_factory=dict)
    _given_up: dict[str, float] = field(default_factory=dict)
    """Message -> until when its files are not tried."""
    _in_a_row: int = 0

    def refused(self, now: float, message: str, pauses: Sequence[float]) -> float | None:
        """Slack did not show this message's files: the seconds until the next try, or None when they are given up."""
        refusals = self._refusals.pop(message, 0)
        if refusals < len(pauses) and self._in_a_row < HOPELESS_AFTER:
            _keep(self._refusals, message, refusals + 1)
            return pauses[refusals]
        self._in_a_row += 1
        _keep(self._given_up, message, now + GIVEN_UP_FOR)
        return None

    def shown(self, message: str) -> None:
        """Slack showed files in this message."""
        self._refusals.pop(message, None)
        self._given_up.pop(message, None)
        self._in_a_row = 0

    def given_up(self, now: float, message: str) -> bool:
        return self._given_up.get(message, now) > now


def _keep(memory: dict[str, T], message: str, value: T) -> None:
    memory[message] = value
    if len(memory) > REMEMBERED:
        del memory[next(iter(memory))]
