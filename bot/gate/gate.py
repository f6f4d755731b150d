"""One gate per provider and key: when the next exchange may start, and whose it is. Pure bookkeeping: no I/O, no clock of its own."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.gate.breaker import RUNNING_IS_UP, Breaker
from bot.gate.fair import FairQueue
from bot.gate.latency import Latency
from bot.gate.port import Change, Estimate, Grant, Snapshot, Verdict, Waiting, WakeAt
from bot.gate.settings import GateSettings
from bot.gate.signals import Signal, signal_of

GAP, GAP_AFTER_OUTAGE = 0.25, 1.0
QUOTA_PROBES = (20.0, 40.0, 60.0, 120.0, 300.0)


@dataclass(slots=True)
class Running:
    """An exchange under way."""

    grant: Grant
    waiting: Waiting
    launched: float
    beside: int
    """Others in flight when it was launched."""


@dataclass(slots=True)
class AdaptiveGate:
    """Implements `bot.gate.port.Gate`."""

    settings: GateSettings
    uniform: Callable[[float, float], float]
    memory: Mapping[str, object] | None = None
    now: float = 0.0
    queue: FairQueue = field(default_factory=FairQueue)
    breaker: Breaker = field(default_factory=Breaker)
    latency: Latency = field(init=False)
    running: dict[int, Running] = field(default_factory=dict)
    cap: int | None = None
    paused_until: float = 0.0
    backoff: float = 1.0
    gap: float = GAP
    last_launch: float = -1e18
    quota_since: float | None = None
    quota_probe_at: float = 0.0
    quota_probes: int = 0
    probe: int | None = None
    ids: int = 0
    log: list[Change] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.latency = Latency(self.settings.timeout_cap)

    def next(self, now: float, waiting: Sequence[Waiting]) -> Grant | WakeAt:
        self.now = now
        self._probe_still_runs(now)
        hold = self._hold(now)
        if hold is not None:
            return hold
        if not waiting:
            return WakeAt(math.inf, "empty")
        probing = self.breaker.open or self.quota_since is not None
        one = self.queue.first(now, self._spared(waiting) if probing else waiting)
        self.ids += 1
        grant = Grant(self.ids, one.request_id, self.latency.timeout(), probing)
        self.running[grant.id] = Running(grant, one, now, len(self.running))
        self.queue.serve(one, now)
        self.last_launch = now
        self.gap = max(GAP, self.gap / 2)
        if probing:
            self.probe = grant.id
        return grant

    def report(self, grant: Grant, verdict: Verdict, now: float) -> None:
        self.now = now
        run = self.running.pop(grant.id, None)
        if run is None:
            return
        was_probe = self.probe == grant.id
        if was_probe:
            self.probe = None
        signal = signal_of(verdict)
        hint = verdict.failure.wait if verdict.failure is not None else None
        if signal in (Signal.RATE, Signal.CROWD, Signal.TROUBLE, Signal.NOTHING):
            self.queue.serve(run.waiting, now, -1.0)
        match signal:
            case Signal.SERVED:
                if verdict.failure is None:
                    self.latency.add(now - run.launched)
                self._alive(run.launched, now, was_probe)
            case Signal.TROUBLE:
                if was_probe and self.quota_since is not None:
                    self.quota_since = None
                if self.breaker.trouble(run.launched, now, hint, self.uniform):
                    self.gap = GAP_AFTER_OUTAGE
                    self._note("down", probe_in=round(self.breaker.probe_at - now, 1))
            case Signal.NO_CREDIT:
                self.quota_probes = self.quota_probes + 1 if self.quota_since is not None else 0
                self.quota_since = now if self.quota_since is None else self.quota_since
                self.quota_probe_at = now + QUOTA_PROBES[min(self.quota_probes, len(QUOTA_PROBES) - 1)]
                self._note("no_credit", probe_in=round(self.quota_probe_at - now, 1))
            case Signal.CROWD:
                self._alive(run.launched, now, was_probe)
                self.cap = max(1, run.beside)
            case Signal.RATE:
                self._alive(run.launched, now, was_probe)
                self._rate_answer(hint, now)
            case Signal.NOTHING:
                pass

    def drop(self, grant: Grant, now: float) -> None:
        self.now = now
        run = self.running.pop(grant.id, None)
        if run is None:
            return
        self.queue.serve(run.waiting, now, -1.0)
        if self.probe == grant.id:
            self.probe = None

    def estimates(self, now: float, waiting: Sequence[Waiting]) -> Mapping[str, Estimate]:
        typical = self.latency.p(0.5)
        until, reason = self._blocked_until(now)
        return {
            one.request_id: Estimate(place, None if typical is None else max(0.0, until - now) + typical * (1 + place // 3), reason, until)
            for place, one in enumerate(self.queue.order(now, waiting), start=1)
        }

    def snapshot(self, now: float) -> Snapshot:
        state = "open"
        if self.quota_since is not None:
            state = "no_credit"
        elif self.breaker.open:
            state = "probing" if self.probe is not None else "down"
        elif self.paused_until > now:
            state = "paused"
        return Snapshot(
            in_flight=len(self.running),
            concurrency=self.cap,
            per_minute=None,
            paused_for=max(0.0, self.paused_until - now),
            state=state,
            timeout=self.latency.timeout(),
            latency_p50=self.latency.p(0.5),
            latency_p95=self.latency.p(0.95),
            failures_in_a_row=self.breaker.in_a_row,
        )

    def changes(self) -> Sequence[Change]:
        noted, self.log = self.log, []
        return noted

    def remember(self) -> Mapping[str, object]:
        return {"version": 1, "cap": self.cap}

    def _hold(self, now: float) -> WakeAt | None:
        if self.probe is not None:
            return WakeAt(self.running[self.probe].launched + RUNNING_IS_UP, "probing")
        if self.quota_since is not None and now < self.quota_probe_at:
            return WakeAt(self.quota_probe_at, "quota")
        if self.breaker.open and now < self.breaker.probe_at:
            return WakeAt(self.breaker.probe_at, "breaker")
        if now < self.paused_until:
            return WakeAt(self.paused_until, "paused")
        if len(self.running) >= self._room():
            return WakeAt(math.inf, "concurrency")
        if now < self.last_launch + self.gap:
            return WakeAt(self.last_launch + self.gap, "gap")
        return None

    def _room(self) -> int:
        bounds = (self.cap, self.settings.max_concurrency, self.settings.hard_concurrency)
        return min(bound for bound in bounds if bound is not None)

    def _spared(self, waiting: Sequence[Waiting]) -> Sequence[Waiting]:
        spare = [one for one in waiting if not one.last_try] or waiting
        fewest = min(one.tries for one in spare)
        return [one for one in spare if one.tries == fewest]

    def _probe_still_runs(self, now: float) -> None:
        if self.probe is not None and now - self.running[self.probe].launched >= RUNNING_IS_UP and self.quota_since is None:
            launched, self.probe = self.running[self.probe].launched, None
            self._alive(launched, now, True)

    def _alive(self, launched: float, now: float, was_probe: bool) -> None:
        if self.breaker.success(launched):
            self.gap = GAP_AFTER_OUTAGE
            self._note("up")
        if was_probe and self.quota_since is not None:
            self.quota_since = None
            self._note("credit_back")

    def _rate_answer(self, hint: float | None, now: float) -> None:
        wait = hint if hint is not None else self.backoff
        self.backoff = min(60.0, self.backoff * 2) if hint is None else 1.0
        self.paused_until = max(self.paused_until, now + max(0.05, min(wait, 120.0)) + self.uniform(0.0, 0.1))
        self._note("paused", seconds=round(self.paused_until - now, 1))

    def _blocked_until(self, now: float) -> tuple[float, str]:
        hold = self._hold(now)
        return (now, "queue") if hold is None or hold.when == math.inf else (hold.when, hold.reason)

    def _note(self, name: str, **facts: float | int | str) -> None:
        self.log.append(Change(name, facts))
