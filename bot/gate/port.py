"""Gate port: what the core asks and tells the gate. Times are loop time in seconds (`Ports.monotonic`); the clock is passed in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.domain.failure import Failure
from bot.domain.requests import Lane


@dataclass(frozen=True, slots=True)
class Waiting:
    """A due queued request, as the gate sees it. `since` orders requests; smaller is older."""

    request_id: str
    person: str
    community: str
    lane: Lane
    since: float
    """Wall-clock time of acceptance; only compared, never subtracted from loop time."""
    pictures: int = 1
    tries: int = 0
    """Bad answers so far; requests with few are chosen as probes."""
    last_try: bool = False
    """Another bad answer would end it, so it's spared as a probe if possible."""


@dataclass(frozen=True, slots=True)
class Grant:
    """Permission to start one call for this request now."""

    id: int
    request_id: str
    timeout: float
    """Timeout of the call in seconds."""
    probe: bool = False


@dataclass(frozen=True, slots=True)
class WakeAt:
    """Nothing may start. Ask again at this loop time, or earlier after a report or a new request. `inf`: only then."""

    when: float
    reason: str = ""
    """Machine word for logs and texts: `empty`, `paused`, `rate`, `concurrency`, `breaker`, `quota`, `probing`, `restoring` or
    `gap`."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Result of a granted call, as far as the gate cares."""

    failure: Failure | None
    """None for a success (even partial) and for a call that the member cancelled."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Lower-case rate limit headers of the answer, on success too."""
    cancelled: bool = False
    """The bot aborted the call, so the result says nothing about the provider."""
    pictures: int = 0
    tokens: int | None = None
    """Output tokens of the call; None if the provider doesn't count any."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A waiting member's forecast."""

    position: int
    """Position in line; 1 is next."""
    seconds: float | None
    """Seconds from now until the picture; None if nothing is known yet."""
    reason: str
    """As `WakeAt.reason`, or `queue`."""
    until: float | None = None
    """Loop time at which the reason ends, if known."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The gate's state in plain values, for status, logs and metrics."""

    in_flight: int
    concurrency: int | None
    """Assumed cap; None until one was met."""
    per_minute: float | None
    """Assumed requests per minute; None until a limit was met."""
    paused_for: float
    """Seconds; 0 if not paused."""
    state: str
    """`open`, `paused`, `probing`, `down` or `no_credit`."""
    timeout: float
    latency_p50: float | None
    latency_p95: float | None
    failures_in_a_row: int
    stage: str = ""
    """Of the gradual return after a stop that the operator had to end: `stopped` or `few`; empty if it's over or there was none."""
    step: str = ""
    """Why it was last stopped: `stopped`, `refused_again`, `slow` or `failing`."""
    probe_at: float = 0.0
    """Loop time of the next probe while the gate is closed; 0 while it is open."""


@dataclass(frozen=True, slots=True)
class Change:
    """A change of the gate's state: one log line that explains why a request waited."""

    name: str
    """`limit_learned`, `cap_learned`, `paused`, `down`, `probe`, `up`, `no_credit`, `credit_back`, `remembered`, ..."""
    facts: Mapping[str, float | int | str] = field(default_factory=dict)


class Gate(Protocol):
    """One per provider and key. Pure bookkeeping: no I/O, no sleeping, no clock."""

    def next(self, now: float, waiting: Sequence[Waiting]) -> Grant | WakeAt:
        """Grant one of the waiting requests, or say when to ask again. A granted request isn't passed in `waiting` again before its
        report."""
        ...

    def report(self, grant: Grant, verdict: Verdict, now: float) -> None:
        """Close a grant. Every grant is reported exactly once, whatever its outcome."""
        ...

    def drop(self, grant: Grant, now: float) -> None:
        """Return a grant unused: nothing was sent (cancelled, over budget, past its deadline)."""
        ...

    def estimates(self, now: float, waiting: Sequence[Waiting]) -> Mapping[str, Estimate]:
        """Position and time of every waiting request, by id; one pass over all."""
        ...

    def snapshot(self, now: float) -> Snapshot: ...

    def changes(self) -> Sequence[Change]:
        """Changes since the last call, oldest first; the core logs them."""
        ...

    def remember(self) -> Mapping[str, object]:
        """Learned state as JSON values for the ledger; loop times are stored as ages."""
        ...
