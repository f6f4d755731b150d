"""The gate's surface: what the core asks and tells it. Times are loop time in seconds (`Ports.monotonic`); the clock is handed in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.domain.failure import Failure
from bot.domain.requests import Lane


@dataclass(frozen=True, slots=True)
class Waiting:
    """A queued request that is due, as the gate needs to know it. `since` orders requests; smaller is older."""

    request_id: str
    person: str
    community: str
    lane: Lane
    since: float
    """Wall-clock time at which it was accepted; only compared, never subtracted from loop time."""
    pictures: int = 1
    tries: int = 0
    """Bad answers it has had so far; probes go to requests with few."""
    last_try: bool = False
    """One more bad answer would end it: it is spared as a probe while another can be one."""


@dataclass(frozen=True, slots=True)
class Grant:
    """Permission to start one exchange for this request, now."""

    id: int
    request_id: str
    timeout: float
    """Seconds after which the exchange is given up."""
    probe: bool = False


@dataclass(frozen=True, slots=True)
class WakeAt:
    """Nothing may start; ask again at this loop time, or earlier when a report or a new request comes. `inf` for only then."""

    when: float
    reason: str = ""
    """Machine word for logs and texts: `empty`, `paused`, `rate`, `concurrency`, `breaker`, `quota`, `probing`, `gap`."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a granted exchange, as far as the gate cares."""

    failure: Failure | None
    """None for a success (also a partial one) and for an exchange that the member cancelled."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Lower-case rate-limit headers of the answer, on success too."""
    cancelled: bool = False
    """The exchange was broken off by us: says nothing about the provider."""
    pictures: int = 0


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a waiting member is told."""

    position: int
    """1 for next."""
    seconds: float | None
    """Until the picture, from now; None when nothing is known yet."""
    reason: str
    """As `WakeAt.reason`, or `queue`."""
    until: float | None = None
    """Loop time at which the reason ends, when it is known."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The gate's whole mind in plain values, for status, logs and metrics."""

    in_flight: int
    concurrency: int | None
    """Cap believed in; None while none was met."""
    per_minute: float | None
    """Requests a minute believed in; None while none was met."""
    paused_for: float
    """Seconds; 0 when not paused."""
    state: str
    """`open`, `paused`, `probing`, `down` or `no_credit`."""
    timeout: float
    latency_p50: float | None
    latency_p95: float | None
    failures_in_a_row: int


@dataclass(frozen=True, slots=True)
class Change:
    """The gate changed its mind: one line for the log, so that it shows why a request waited."""

    name: str
    """`limit_learned`, `cap_learned`, `paused`, `down`, `probe`, `up`, `no_credit`, `credit_back`, `remembered`, ..."""
    facts: Mapping[str, float | int | str] = field(default_factory=dict)


class Gate(Protocol):
    """One per provider and key. Pure bookkeeping: no I/O, no sleeping, no clock of its own."""

    def next(self, now: float, waiting: Sequence[Waiting]) -> Grant | WakeAt:
        """Grant one of the waiting requests, or say when to look again. A granted request is not in `waiting` again before its report."""
        ...

    def report(self, grant: Grant, verdict: Verdict, now: float) -> None:
        """Close a grant. Every grant is reported exactly once, whatever happened to it."""
        ...

    def drop(self, grant: Grant, now: float) -> None:
        """Give a grant back unused: nothing was sent (the request was cancelled, out of budget, past its deadline)."""
        ...

    def estimates(self, now: float, waiting: Sequence[Waiting]) -> Mapping[str, Estimate]:
        """Position and time for every waiting request, by request id; one pass over all."""
        ...

    def snapshot(self, now: float) -> Snapshot: ...

    def changes(self) -> Sequence[Change]:
        """What changed since the last call, oldest first; the core logs them."""
        ...

    def remember(self) -> Mapping[str, object]:
        """Learned limits as JSON values, for the ledger; loop times are stored as ages."""
        ...
