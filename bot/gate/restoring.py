"""Gradual recovery after a failure that only the operator can fix (rejected key, no credit, wrong address): one call, then a few, then all.

Such failures return at once and cost nothing, so this only prevents a thundering herd. One call at a time shows that the problem is fixed;
a few show that the service is as fast and reliable as before. If it isn't, recovery starts over.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.domain.kinds import NO_CREDIT, Kind
from bot.gate.latency import quantile
from bot.gate.port import Verdict
from bot.gate.signals import Signal

NEEDS_OPERATOR = NO_CREDIT | frozenset(
    {
        Kind.AUTH_MISSING_KEY,
        Kind.AUTH_INVALID_KEY,
        Kind.AUTH_PERMISSION,
        Kind.ORG_VERIFICATION_REQUIRED,
        Kind.REGION_BLOCKED,
        Kind.ENDPOINT_NOT_FOUND,
    }
)
"""Kinds that fail every request until the operator acts."""
STOPS = ("slow", "failing", "costly")
"""Changes after which no call starts for `PAUSE` seconds."""
IN_A_ROW = 2
"""Such failures in a row that start the first stage: a gateway with one wrong key among several fails now and then. Missing credit counts
at once."""
FEW = 5
"""Concurrent calls in the second stage."""
WELL, BAD = 3, 2
"""Good calls that end the second stage, and bad calls that return to the first."""
SLOWER, SLACK = 2.0, 5.0
"""A call is slow if it took more than `SLOWER` times the 95th percentile before the stop, plus `SLACK` seconds."""
COSTLIER, ENOUGH = 2.0, 5
"""A call is costly if a picture took more than `COSTLIER` times the 95th percentile of output tokens of at least `ENOUGH` calls before."""
WHILE_IT_GROWS = 3
"""Factor on `WELL` while more requests wait than when the second stage began."""
PAUSE = 60.0
"""Seconds until the next single call after the second stage has failed."""
NEW_NORMAL = 2
"""Returns for slowness or cost after which the service counts as permanently changed."""


@dataclass(slots=True)
class Restoring:
    """`stage` is `stopped` (one call at a time), `few` or empty (no limit). What changes is returned as words for the log: `stopped`,
    `restoring`, `restored`, `refused_again`, and those in `STOPS`."""

    stage: str = ""
    step: str = ""
    """Why it was last stopped, in these words."""
    in_a_row: int = 0
    well: int = 0
    bad: int = 0
    slow_stops: int = 0
    failed_at: float = -math.inf
    """Launch time of the latest call that failed like that."""
    before: float | None = None
    """The 95th percentile of latency before the stop, in seconds; None if too few pictures had come."""
    usual_tokens: float | None = None
    """The same of output tokens for a picture."""
    waiting: int = 0
    """Requests that wait now; the gate keeps it current."""
    depth: int = 0
    """Requests that waited when the second stage began."""
    tokens: deque[float] = field(default_factory=lambda: deque(maxlen=100), init=False)
    """Output tokens for a picture of the latest calls outside a stage."""

    @property
    def places(self) -> int | None:
        """Concurrent calls allowed; None if there is no stage."""
        return {"stopped": 1, "few": FEW}.get(self.stage)

    def book(self, verdict: Verdict, signal: Signal, launched: float, now: float, p95: float | None) -> Sequence[str]:
        """Book a call's result. `launched` and `now` are loop times, `p95` is the present 95th percentile of latency."""
        failure = verdict.failure
        tokens = verdict.tokens / verdict.pictures if verdict.tokens and verdict.pictures else None
        if tokens is not None and not self.stage:
            self.tokens.append(tokens)
        if failure is not None and failure.kind in NEEDS_OPERATOR:
            self.failed_at = max(self.failed_at, launched)
            return self._needs_operator(failure.kind, p95)
        if signal is Signal.UNAVAILABLE:
            return self._failed("failing") if self.stage == "few" else ()
        if signal is Signal.NOTHING or launched < self.failed_at:  # a call that was launched before the failure proves nothing
            return ()
        return [*self.alive(), *(self._served(now - launched, tokens) if failure is None else ())]

    def alive(self) -> Sequence[str]:
        """Book that the service accepted a call, so that key, credit and address are right again. Returns changes for the log."""
        self.in_a_row = 0
        if self.stage != "stopped":
            return ()
        self.stage, self.well, self.bad, self.depth = "few", 0, 0, self.waiting
        return ("restoring",)

    def _needs_operator(self, kind: Kind, p95: float | None) -> Sequence[str]:
        self.in_a_row += 1
        credit = kind in NO_CREDIT
        if self.stage == "stopped" or not (self.stage or credit or self.in_a_row >= IN_A_ROW):
            return ()
        if self.stage == "few":
            return self._stop("refused_again")
        self.before = p95
        ordered = sorted(self.tokens)
        self.usual_tokens = quantile(ordered, 0.95) if len(ordered) >= ENOUGH else None
        changes = self._stop("stopped")
        return () if credit else changes  # the change `no_credit` says so already

    def _served(self, seconds: float, tokens: float | None) -> Sequence[str]:
        if self.stage != "few":
            return ()
        if self.before is not None and seconds > SLOWER * self.before + SLACK:
            return self._failed("slow")
        if self.usual_tokens is not None and tokens is not None and tokens > COSTLIER * self.usual_tokens:
            return self._failed("costly")
        self.well += 1
        if self.well < WELL * (WHILE_IT_GROWS if self.waiting > max(self.depth, FEW) else 1):
            return ()
        self.stage, self.slow_stops = "", 0
        return ("restored",)

    def _failed(self, how: str) -> Sequence[str]:
        self.bad += 1
        if self.bad < BAD:
            return ()
        self.slow_stops += how in ("slow", "costly")
        if self.slow_stops >= NEW_NORMAL:
            self.before = self.usual_tokens = None
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
        "usual_tokens": restoring.usual_tokens,
        "depth": restoring.depth,
    }


def read(kept: dict[str, object]) -> Restoring:
    """Load the stage; none if it's invalid."""
    stage, before = kept.get("stage"), kept.get("before")
    if stage not in ("stopped", "few"):
        return Restoring()
    tokens, depth = kept.get("usual_tokens"), kept.get("depth")
    most = WELL * WHILE_IT_GROWS
    numbers = {name: value for name in ("well", "slow_stops") if type(value := kept.get(name)) is int and value in range(most)}
    if type(depth) is int and depth in range(1_000_000):
        numbers["depth"] = depth
    step = str(kept.get("step")) if kept.get("step") in ("stopped", "refused_again", *STOPS) else "stopped"
    return Restoring(str(stage), step, before=_within(before, 3600), usual_tokens=_within(tokens, 1e7), **numbers)


def _within(value: object, most: float) -> float | None:
    """A stored number between 0 and `most`; None for anything else."""
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value < most else None
