"""Gradual recovery after a stop that the operator had to end (rejected key, no credit, wrong address): one call, then a few, then all.

Failures of this kind return immediately and cost nothing, so this only prevents a rush: one call at a time shows whether the problem is
fixed, and a few at a time show whether the service is as fast and as reliable as before. If it isn't, calls stop again.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.failure import Failure
from bot.domain.kinds import NO_CREDIT, Kind
from bot.gate.signals import Signal

REFUSALS = NO_CREDIT | frozenset(
    {
        Kind.AUTH_MISSING_KEY,
        Kind.AUTH_INVALID_KEY,
        Kind.AUTH_PERMISSION,
        Kind.ORG_VERIFICATION_REQUIRED,
        Kind.REGION_BLOCKED,
        Kind.ENDPOINT_NOT_FOUND,
    }
)
"""Failures that concern every request and that only the operator can end."""
STOPS = ("slow", "failing")
"""Changes after which no call starts for `PAUSE` seconds."""
IN_A_ROW = 2
"""Refusals in a row that count as a stop: a gateway with one wrong key among several refuses now and then. Missing credit
counts at once."""
FEW = 5
"""Calls at a time in the second stage."""
WELL, BAD = 3, 2
"""Good calls that end the second stage, and bad ones that stop it."""
SLOWER, SLACK = 2.0, 5.0
"""A call is slow if it took more than `SLOWER` times the 95th percentile before the stop, plus `SLACK` seconds."""
PAUSE = 60.0
"""Seconds until the next single call after the second stage has failed."""
NEW_NORMAL = 2
"""Stops for slowness after which the service counts as permanently slower."""


@dataclass(slots=True)
class Restoring:
    """`stage` is `stopped` (one call at a time), `few` or empty (no limit). What changes is returned as words for the log: `stopped`,
    `restoring`, `restored`, `refused_again`, and the two in `STOPS`."""

    stage: str = ""
    step: str = ""
    """Why it was last stopped, in these words."""
    in_a_row: int = 0
    well: int = 0
    bad: int = 0
    slow_stops: int = 0
    refused_at: float = -math.inf
    """Launch time of the latest call that was refused."""
    before: float | None = None
    """The 95th percentile of latency before the stop, in seconds; None if too few pictures had come."""

    @property
    def places(self) -> int | None:
        """Calls at a time; None if it sets no limit."""
        return {"stopped": 1, "few": FEW}.get(self.stage)

    def book(self, failure: Failure | None, signal: Signal, launched: float, now: float, p95: float | None) -> Sequence[str]:
        """Book a call's result. `launched` and `now` are loop times, `p95` is the present 95th percentile of latency."""
        if failure is not None and failure.kind in REFUSALS:
            self.refused_at = max(self.refused_at, launched)
            return self._refused(failure.kind, p95)
        if signal is Signal.UNAVAILABLE:
            return self._failed("failing") if self.stage == "few" else ()
        if signal is Signal.NOTHING or launched < self.refused_at:  # one that was under way proves nothing about now
            return ()
        return [*self.alive(), *(self._served(now - launched) if failure is None else ())]

    def alive(self) -> Sequence[str]:
        """The service took a call: its key, credit and address are right again."""
        self.in_a_row = 0
        if self.stage != "stopped":
            return ()
        self.stage, self.well, self.bad = "few", 0, 0
        return ("restoring",)

    def _refused(self, kind: Kind, p95: float | None) -> Sequence[str]:
        self.in_a_row += 1
        credit = kind in NO_CREDIT
        if self.stage == "stopped" or not (self.stage or credit or self.in_a_row >= IN_A_ROW):
            return ()
        if self.stage == "few":
            return self._stop("refused_again")
        self.before = p95
        changes = self._stop("stopped")
        return () if credit else changes  # the log of missing credit says it already

    def _served(self, seconds: float) -> Sequence[str]:
        if self.stage != "few":
            return ()
        if self.before is not None and seconds > SLOWER * self.before + SLACK:
            return self._failed("slow")
        self.well += 1
        if self.well < WELL:
            return ()
        self.stage, self.slow_stops = "", 0
        return ("restored",)

    def _failed(self, how: str) -> Sequence[str]:
        self.bad += 1
        if self.bad < BAD:
            return ()
        self.slow_stops += how == "slow"
        if self.slow_stops >= NEW_NORMAL:
            self.before = None
        return self._stop(how)

    def _stop(self, how: str) -> Sequence[str]:
        self.stage, self.step = "stopped", how
        return (how,)


def write(restoring: Restoring) -> dict[str, object]:
    """The stage as JSON values."""
    return {
        "stage": restoring.stage,
        "step": restoring.step,
        "well": restoring.well,
        "slow_stops": restoring.slow_stops,
        "before": restoring.before,
    }


def read(kept: dict[str, object]) -> Restoring:
    """Restore the stage; no stage if it's invalid."""
    stage, before = kept.get("stage"), kept.get("before")
    if stage not in ("stopped", "few"):
        return Restoring()
    numbers = {name: value for name in ("well", "slow_stops") if type(value := kept.get(name)) is int and value in range(WELL)}
    step = str(kept.get("step")) if kept.get("step") in ("stopped", "refused_again", *STOPS) else "stopped"
    usable = isinstance(before, (int, float)) and not isinstance(before, bool) and 0 < before < 3600
    return Restoring(str(stage), step, before=float(before) if usable and isinstance(before, (int, float)) else None, **numbers)
