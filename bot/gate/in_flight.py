"""A call in flight, as the gate books it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.gate.port import Grant, Waiting


@dataclass(slots=True)
class InFlight:
    """From the grant to its report."""

    grant: Grant
    waiting: Waiting
    launched: float
    beside: int
    """Others in flight at its launch."""
    waited: bool
    """It had to wait for the provider's limit."""
    left: float
    """Assumed tokens left after it."""
    admitted: bool = False
