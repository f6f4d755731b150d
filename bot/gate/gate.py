"""One gate per provider and key: when the next exchange may start, and whose it is. Pure bookkeeping: no I/O, no clock of its own."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.domain.kinds import Kind
from bot.gate.breaker import Breaker
from bot.gate.crowd import Crowd
from bot.gate.fair import FairQueue
from bot.gate.headers import read
from bot.gate.latency import Latency
from bot.gate.pace import Pace
from bot.gate.port import Change, Estimate, Grant, Snapshot, Verdict, Waiting, WakeAt
from bot.gate.settings import GateSettings
from bot.gate.signals import Signal, signal_of

GAP, GAP_AFTER_OUTAGE, CALM = 0.25, 1.0, 60.0
QUOTA_PROBES = (60.0, 60.0, 120.0, 300.0)
ADMITTED_AFTER = 1.0
LOOKED_AT = 3.0
"""Seconds; a block or a wrong parameter found sooner was found before the work began, and is taken not to count towards the limit."""


@dataclass(slots=True)
class Running:
    """An exchange under way."""

    grant: Grant
    waiting: Waiting
    launched: float
    beside: int
    """Others in flight when it was launched."""
    waited: bool
    """It had to wait for the provider's limit."""
    left: float
    """Tokens believed to be left after it."""
    admitted: bool = False


@dataclass(slots=True)
class AdaptiveGate:
    """Implements `bot.gate.port.Gate`."""

    settings: GateSettings
    uniform: Callable[[float, float], float]
    memory: Mapping[str, object] | None = None
    now: float = 0.0
    queue: FairQueue = field(default_factory=FairQueue)
    breaker: Breaker = field(default_factory=Breaker)
    pace: Pace = field(default_factory=Pace)
    crowd: Crowd = field(default_factory=Crowd)
    latency: Latency = field(init=False)
    running: dict[int, Running] = field(default_factory=dict)
    fresh: list[int] = field(default_factory=list)
    pace_before: Pace | None = None
    free_pass: bool = False
    outspoken: bool = False
    """It has named a wait or a limit before: one that names nothing is likelier about something else."""
    paused_until: float = 0.0
    gap: float = GAP
    last_launch: float = -1e18
    up_since: float = -1e18
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
        self._settle(now)
        if not waiting:
            return WakeAt(math.inf, "empty")
        hold = self._hold(now)
        if hold is not None:
            return hold
        probing = self.breaker.open or self.quota_since is not None
        one = self.queue.first(now, self._spared(waiting) if probing else waiting)
        self.ids += 1
        grant = Grant(self.ids, one.request_id, self.latency.timeout(), probing)
        self.crowd.launch(len(self.running))
        self.fresh.append(grant.id)
        self.queue.serve(one, now)
        waited = self.pace.launch(now)
        self.running[grant.id] = Running(grant, one, now, len(self.running), waited, self.pace.bucket.level)
        self.free_pass = False
        self.last_launch = now
        self.gap = max(self._least_gap(now), self.gap / 2)
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
        told = read(verdict.headers)
        if signal is Signal.RATE and told and told.remaining and run.beside:
            signal = Signal.CROWD
        if signal is Signal.SERVED:
            if verdict.failure is None:
                self._admit(run)
                self.latency.add(now - run.launched)
            elif now - run.launched < LOOKED_AT:
                self.pace.give_back(run.launched)
            self._alive(run.launched, now, was_probe)
        elif signal is Signal.TROUBLE:
            if was_probe and self.quota_since is not None:
                self.quota_since = None
            if self.breaker.trouble(run.launched, now, hint, self.uniform, was_probe, _answered(verdict)):
                self.pace.clear(now)
                self._note("down", probe_in=round(self.breaker.probe_at - now, 1))
            else:
                self._admit(run)
        elif signal is Signal.NO_CREDIT:
            self.pace.give_back(run.launched)
            self.quota_probes = self.quota_probes + 1 if self.quota_since is not None else 0
            self.quota_since = now if self.quota_since is None else self.quota_since
            self.quota_probe_at = now + QUOTA_PROBES[min(self.quota_probes, len(QUOTA_PROBES) - 1)]
            self._note("no_credit", probe_in=round(self.quota_probe_at - now, 1))
        elif signal is Signal.CROWD:
            self._alive(run.launched, now, was_probe)
            self.pace.give_back(run.launched)
            self._crowded(run, now)
        elif signal is Signal.RATE:
            self._alive(run.launched, now, was_probe)
            self._refused(run, verdict, now)
        if told is not None and told.per_second is not None:
            self.pace.hear(now, told.per_second, told.remaining)
        if run.admitted and self.crowd.suspect is not None:
            self.free_pass = True

    def drop(self, grant: Grant, now: float) -> None:
        self.now = now
        run = self.running.pop(grant.id, None)
        if run is None:
            return
        self.queue.serve(run.waiting, now, -1.0)
        self.pace.give_back(run.launched)
        if self.probe == grant.id:
            self.probe = None

    def estimates(self, now: float, waiting: Sequence[Waiting]) -> Mapping[str, Estimate]:
        typical = self.latency.p(0.5)
        hold = self._hold(now)
        until, reason = (now, "queue") if hold is None or hold.when == math.inf else (hold.when, hold.reason)
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
            concurrency=self.crowd.cap,
            per_minute=None if self.pace.rate is None else self.pace.rate * 60,
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
        return {"version": 1}

    def _hold(self, now: float) -> WakeAt | None:
        if self.probe is not None:
            return WakeAt(self.running[self.probe].launched + self.breaker.patience(), "probing")
        if self.quota_since is not None and now < self.quota_probe_at:
            return WakeAt(self.quota_probe_at, "quota")
        if self.breaker.open and now < self.breaker.probe_at:
            return WakeAt(self.breaker.probe_at, "breaker")
        if now < self.last_launch + self.gap:
            return WakeAt(self.last_launch + self.gap, "gap")
        if not self.crowd.room(len(self.running), self.settings.max_concurrency or self.settings.hard_concurrency):
            return WakeAt(math.inf, "concurrency")
        if now < self.paused_until:
            return WakeAt(self.paused_until, "paused")
        wait = self.pace.wait(now)
        if wait > 1e-6 and not self.free_pass:
            return WakeAt(now + wait, "rate")
        return None

    def _least_gap(self, now: float) -> float:
        if now - self.up_since > CALM:
            return GAP
        capacity = min(self.crowd.cap or 8, self.pace.burst or 8.0)
        return max(2 * GAP, 2.0 / capacity)

    def _spared(self, waiting: Sequence[Waiting]) -> Sequence[Waiting]:
        spare = [one for one in waiting if not one.last_try] or waiting
        fewest = min(one.tries for one in spare)
        return [one for one in spare if one.tries == fewest]

    def _settle(self, now: float) -> None:
        if self.probe is not None and now - self.running[self.probe].launched > self.breaker.patience() - 1e-9 and self.quota_since is None:
            launched, self.probe = self.running[self.probe].launched, None
            self._alive(launched, now, True)
        while self.fresh:
            run = self.running.get(self.fresh[0])
            if run is not None and now - run.launched < ADMITTED_AFTER:
                break
            self.fresh.pop(0)
            if run is not None and not self.breaker.in_a_row:
                self._admit(run)

    def _admit(self, run: Running) -> None:
        if run.admitted:
            return
        run.admitted = True
        self.pace.admit(run.launched, run.waited, run.left)
        if self.crowd.admit(run.beside):
            self._note("cap_raised", cap=self.crowd.cap or 0)
        if self.crowd.suspect is None:
            self.pace_before = None

    def _refused(self, run: Running, verdict: Verdict, now: float) -> None:
        failure = verdict.failure
        assert failure is not None
        told = _told(failure.facts.get("limit", ""))
        silent = failure.wait is None and told is None and not verdict.headers.get("x-ratelimit-remaining-requests")
        if silent and self.crowd.cap is not None and run.beside >= self.crowd.cap:
            self.pace.give_back(run.launched)
            self._crowded(run, now)
            return
        if silent and self.crowd.plausible(run.beside):
            if self.pace_before is None:
                self.pace_before = copy.deepcopy(self.pace)
            if self.crowd.wonder(run.beside, self.outspoken, now):
                self.pace.give_back(run.launched)
                self.pace.forget(self.pace_before, now)
                self.pace_before = None
                self._crowded(run, now, sure=False)
                return
        elif silent:
            self.crowd.suspect, self.pace_before = None, None
        self.outspoken = self.outspoken or not silent
        self.pace.refuse(run.launched, failure.wait, told)
        if failure.wait is not None:
            self.paused_until = max(self.paused_until, now + max(0.05, min(failure.wait, 120.0)) + self.uniform(0.0, 0.1))
        self._note("refused", wait=round(self.pace.wait(now), 1), per_minute=round((self.pace.rate or 0) * 60, 1))

    def _crowded(self, run: Running, now: float, sure: bool = True) -> None:
        self.crowd.refuse(run.beside, sure)
        self._note("cap_learned", cap=self.crowd.cap or 0)
        if not run.beside:
            self.paused_until = now + 2.0

    def _alive(self, launched: float, now: float, was_probe: bool) -> None:
        if self.breaker.success(launched):
            self.gap, self.up_since = GAP_AFTER_OUTAGE, now
            self._note("up")
        if was_probe and self.quota_since is not None:
            self.quota_since = None
            self._note("credit_back")

    def _note(self, name: str, **facts: float | int | str) -> None:
        self.log.append(Change(name, facts))


def _answered(verdict: Verdict) -> bool:
    return verdict.failure is not None and verdict.failure.kind in (Kind.OVERLOADED, Kind.SERVER_ERROR, Kind.GATEWAY_ERROR)


def _told(limit: str) -> float | None:
    count, slash, span = limit.partition("/")
    if not slash or not count.isdigit() or not span.endswith("s") or not span[:-1].isdigit() or not int(span[:-1]):
        return None
    return int(count) / int(span[:-1])
