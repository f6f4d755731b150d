"""What follows if the Batch API takes no more for now: handing in waits, and goes on in smaller parts. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

FACT = "full"
"""Name of the state below among a batch's facts."""
FIRST_WAIT, LONGEST_WAIT = 60.0, 1800.0
"""Seconds to the next try, doubled for each further one that is turned down too."""
TRIES = 24
"""Tries in a row that are turned down, about ten hours of them, after which the batch pauses: somebody else uses up the limit, or a single
picture is more than it."""


@dataclass(frozen=True, slots=True)
class Full:
    """The service has turned a task down because too many wait."""

    until: float
    """Wall-clock time before which nothing is handed in."""
    most: int
    """Most tasks to have at the service at the same time."""
    tries: int = 1
    """Tries in a row that were turned down. Tasks that were handed in together count as one."""

    def as_fact(self) -> Mapping[str, object]:
        """As it's stored."""
        return asdict(self)

    @property
    def gives_up(self) -> bool:
        """Whether waiting any longer is of no use."""
        return self.tries > TRIES


def full_of(facts: Mapping[str, object]) -> Full | None:
    """The state among a batch's facts; None if the service takes what it's given."""
    found = facts.get(FACT)
    return Full(**found) if isinstance(found, Mapping) else None


def turned_down(known: Full | None, running: int, now: float) -> Full:
    """The state after another task was turned down, with so many left at the service."""
    most = max(1, running)
    if known is not None and now < known.until:
        return Full(known.until, min(most, known.most), known.tries)
    tries = 1 if known is None else known.tries + 1
    return Full(now + min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** (tries - 1)), most, tries)


def made_room(known: Full, now: float) -> Full:
    """The state after a task has ended with its picture: there's room for the next one, and perhaps for one more."""
    return Full(now, known.most + 1, 0)
