"""Gate port: the interface between the core and the gate. Times are loop time in seconds (`Ports.monotonic`), passed in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.domain.failure import Failure
from bot.domain.requests import Lane


@dataclass(frozen=True, slots=True)
class Waiting:
    """A queued request that is due, as the gate sees it."""

    request_id: str
    person: str
    community: str
    lane: Lane
    since: float
    """Wall-clock time of acceptance. It orders requests and must not be mixed with loop time."""
    pictures: int = 1
    tries: int = 0
    """Failed tries so far; requests with few are preferred as probes."""
    last_try: bool = False
    """Another failed try would end it, so it's avoided as a probe."""


@dataclass(frozen=True, slots=True)
class Grant:
    """Permission to start one call for this request, now."""

    id: int
    request_id: str
    timeout: float
    """Timeout of the call in seconds."""
    probe: bool = False


@dataclass(frozen=True, slots=True)
class WakeAt:
    """No call may start. Ask again at this loop time, or after a report or a new request if that is earlier; `inf` means only then."""

    when: float
    reason: str = ""
    """Machine token for logs and texts: `empty`, `paused`, `rate`, `concurrency`, `breaker`, `quota`, `probing`, `restoring` or
    `gap`."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Result of a granted call, reduced to what the gate uses."""

    failure: Failure | None
    """None after a success, even a partial one, and after a call that the member cancelled."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Lower-case rate limit headers of the answer, on success too."""
    cancelled: bool = False
    """The bot aborted the call, which says nothing about the provider."""
    pictures: int = 0
    tokens: int | None = None
    """Output tokens of the call; None if the provider doesn't count any."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """Forecast for a waiting request."""

    position: int
    """Position in the queue; 1 is next."""
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
    """Stage of gradual recovery: `stopped` or `few`; empty if there is none."""
    step: str = ""
    """Why the first stage was last entered: `stopped`, `refused_again`, `slow`, `costly` or `failing`."""
    probe_at: float = 0.0
    """Loop time of the next probe while the gate is closed; 0 while it is open."""


@dataclass(frozen=True, slots=True)
class Change:
    """A change of the gate's state: one log line that explains why a request waited."""

    name: str
    """`limit_learned`, `cap_learned`, `paused`, `down`, `probe`, `up`, `no_credit`, `credit_back`, `remembered`, ..."""
    facts: Mapping[str, float | int | str] = field(default_factory=dict)


class Gate(Protocol):
    """One per provider and key. It does no I/O, never sleeps and has no clock."""

    def next(self, now: float, waiting: Sequence[Waiting]) -> Grant | WakeAt:
        """Grant one of the waiting requests, or return when to ask again. The caller leaves a granted request out of `waiting` until its
        report."""
        ...

    def report(self, grant: Grant, verdict: Verdict, now: float) -> None:
        """Report the result of a granted call. Each grant ends with exactly one `report` or `drop`."""
        ...

    def hear(self, verdict: Verdict, now: float) -> None:
        """Learn from a call that needed no grant, such as a poll: a wait that it states pauses all launches."""
        ...

    def drop(self, grant: Grant, now: float) -> None:
        """Return a grant unused, because nothing was sent (cancelled, over budget, past its deadline)."""
        ...

    def estimates(self, now: float, waiting: Sequence[Waiting]) -> Mapping[str, Estimate]:
        """Forecasts of all waiting requests, by id."""
        ...

    def snapshot(self, now: float) -> Snapshot: ...

    def changes(self) -> Sequence[Change]:
        """Changes since the last call, oldest first; the core logs them."""
        ...

    def remember(self) -> Mapping[str, object]:
        """Learned state as JSON values for the ledger; loop times are stored as ages."""
        ...
