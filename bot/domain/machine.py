"""State machines as tables: a transition that isn't in the table is a bug."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

S = TypeVar("S", bound=StrEnum)
E = TypeVar("E", bound=StrEnum)


class UnknownTransition(Exception):
    """Code requested a transition that isn't in the table: a bug, never a user's mistake."""


@dataclass(frozen=True, slots=True)
class Machine(Generic[S, E]):
    """A table of (state, event) -> next state."""

    name: str
    table: Mapping[tuple[S, E], S]
    final: frozenset[S]

    def next(self, state: S, event: E) -> S:
        """The next state. Raises UnknownTransition."""
        try:
            return self.table[state, event]
        except KeyError:
            raise UnknownTransition(f"{self.name}: no transition from {state!s} on {event!s}") from None
