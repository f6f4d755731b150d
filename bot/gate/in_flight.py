"""Gate's record of a call in flight."""

from __future__ import annotations

from dataclasses import dataclass

from bot.gate.port import Grant, Waiting


@dataclass(slots=True)
class InFlight:
    """Exists from the grant to its report."""

    grant: Grant
    waiting: Waiting
    launched: float
    beside: int
    """Number of other calls in flight at its launch."""
    waited: bool
    """It was delayed by the rate model."""
    left: float
    """Estimated tokens left in the bucket after its launch."""
    admitted: bool = False
