"""Decides whether the bot is healthy and ready, from what was observed. Pure; times are monotonic seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.gate.port import Snapshot


@dataclass(frozen=True, slots=True)
class HealthLimits:
    """Seconds after which each check fails. Together with the probe's pauses, everything is noticed within 30 seconds."""

    loop: float = 10.0
    """The event loop hasn't run."""
    write: float = 10.0
    """A write to the database hasn't finished."""
    stale: float = 25.0
    """Nothing was written, or the scheduler hasn't looked at the queue: it does so every 20 s, whatever happens."""
    due: float = 20.0
    """A request is due and nothing works on it or explains its wait."""
    late: float = 20.0
    """A request is past its deadline and has no answer."""
    start: float = 300.0
    """The start isn't finished. Migrating a large database takes minutes."""
    link: float = 10.0
    """A connection to a platform is down; platforms close connections routinely, and a new one takes a few seconds."""


@dataclass(frozen=True, slots=True)
class QueueState:
    """State of the queue as last read."""

    oldest_due: float = 0.0
    """Seconds for which the oldest due request of the operator's services has been due; 0 if there is none."""
    unexplained: float = 0.0
    """The same for the oldest one of any service that nothing works on and no gate holds back."""
    overdue: float = 0.0
    """Seconds since the earliest deadline that passed without an answer."""
    looked_at: float = float("inf")
    """When the scheduler last looked at the queue; inf as long as it hasn't begun."""
    states: Mapping[str, int] = field(default_factory=dict)
    """Number of unfinished requests of the operator's services by state."""


@dataclass(slots=True)
class Pulse:
    """Latest observations. The event loop writes them, other threads read them; each value is replaced as a whole."""

    beat: float
    """When the event loop last ran."""
    lag: float = 0.0
    """Seconds by which it ran late."""
    started: bool = False
    """Recovered from the previous process, and serving."""
    stopping: bool = False
    written: float | None = None
    """When the database was last written successfully."""
    writing_since: float | None = None
    """When the write in progress began."""
    write_error: str = ""
    """Why the latest write failed; empty if it didn't."""
    queue: QueueState = field(default_factory=QueueState)
    links: Mapping[str, float | None] = field(default_factory=dict)
    """Connection -> since when it has been down; None while it's up."""
    gates: Mapping[str, Snapshot] = field(default_factory=dict)
    """State of each image service's gate, by the service's name."""
    last_exchange: float | None = None
    """Wall-clock time at which the latest call to one of the operator's image services ended."""


@dataclass(frozen=True, slots=True)
class Check:
    """Result of one check; `detail` is a sentence without anything private."""

    ok: bool
    detail: str


def health(pulse: Pulse, now: float, limits: HealthLimits) -> dict[str, Check]:
    silent = now - pulse.beat
    if not pulse.started:
        return {"loop": Check(silent <= limits.start, f"starting for {silent:.1f} s")}
    checks = {"loop": Check(silent <= limits.loop, f"ran {silent:.1f} s ago, lag {pulse.lag * 1000:.0f} ms")}
    checks["database"] = _database(pulse, now, limits)
    if not pulse.stopping:
        checks["queue"] = _queue(pulse.queue, now, limits)
        checks |= _links(pulse, now, limits)
    return checks


def readiness(pulse: Pulse, now: float, limits: HealthLimits) -> dict[str, Check]:
    up = [name for name, since in pulse.links.items() if since is None]
    return {
        "started": Check(pulse.started, "started" if pulse.started else "starting"),
        "accepting": Check(not pulse.stopping, "stopping" if pulse.stopping else "accepting commands"),
        "platforms": Check(bool(up), f"{len(up)} of {len(pulse.links)} connections up"),
        **health(pulse, now, limits),
    }


def _database(pulse: Pulse, now: float, limits: HealthLimits) -> Check:
    if pulse.writing_since is not None and now - pulse.writing_since > limits.write:
        return Check(False, f"a write has taken {now - pulse.writing_since:.1f} s so far")
    if pulse.write_error:
        return Check(False, f"can't be written: {pulse.write_error}")
    if pulse.written is None:
        return Check(True, "not written yet")
    if now - pulse.written > limits.stale:
        return Check(False, "nothing was written lately")
    return Check(True, f"written {now - pulse.written:.1f} s ago")


def _queue(queue: QueueState, now: float, limits: HealthLimits) -> Check:
    if now - queue.looked_at > limits.stale:
        return Check(False, f"the scheduler last looked {now - queue.looked_at:.1f} s ago")
    if queue.unexplained > limits.due:
        return Check(False, f"a request has been due for {queue.unexplained:.1f} s and nothing works on it")
    if queue.overdue > limits.late:
        return Check(False, f"a request has no answer {queue.overdue:.1f} s after its deadline")
    return Check(True, f"oldest due request: {queue.oldest_due:.1f} s")


def _links(pulse: Pulse, now: float, limits: HealthLimits) -> dict[str, Check]:
    return {
        f"connection {name}": Check(True, "up") if since is None else Check(now - since <= limits.link, f"down for {now - since:.1f} s")
        for name, since in sorted(pulse.links.items())
    }
