"""Adaptive gate of one provider and key: decides when the next call may start, and for which request. No I/O and no clock of its own.

It asks its parts in turn and reports results to them: `credit`, `breaker`, `restoring` (gradual recovery), `concurrency`, `rate_model`,
`queue` (fair queue), `allowance` (the operator's own limit), `latency` (timeouts). The table in docs/gate.md has the order.
"""

from __future__ import annotations

import copy
import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.domain.kinds import Kind
from bot.domain.requests import Lane
from bot.gate import memory as memories
from bot.gate.allowance import Allowance
from bot.gate.beside import Beside, Places, limits_of
from bot.gate.breaker import HINT_CAP, SPARE, Breaker, least_to_lose
from bot.gate.concurrency import ConcurrencyLimit
from bot.gate.credit import RUNNING_IS_BACK, Credit
from bot.gate.fair import FairQueue
from bot.gate.forecast import Outlook, arrivals
from bot.gate.forecast_bias import ForecastBias
from bot.gate.headers import read
from bot.gate.in_flight import InFlight
from bot.gate.latency import Latency
from bot.gate.port import Change, Estimate, Grant, Snapshot, Verdict, Waiting, WakeAt
from bot.gate.rate_model import RateModel
from bot.gate.rejections import asked_pause
from bot.gate.restoring import PAUSE, STOPS, Restoring, write
from bot.gate.settings import GateSettings
from bot.gate.signals import Signal, named_rate, signal_of, slows_the_account
from bot.gate.spacing import Spacing

ADMITTED_AFTER = 1.0
"""Seconds after which a call that hasn't been rejected counts as admitted."""
LOOKED_AT = 3.0
"""Seconds. A block or a wrong parameter that is reported sooner was found before generation began; it's assumed not to use up a token."""
ALONE = 2.0
"""Seconds to pause if the provider reports too many concurrent calls although no other call of this gate is in flight."""
STATES = ("probing", "no_credit", "down", "paused")
_LIKELY_LIGHT = 8
_SERVER_SAYS = frozenset({Kind.OVERLOADED, Kind.SERVER_ERROR, Kind.GATEWAY_ERROR})
_UNCOUNTED = frozenset({Signal.RATE, Signal.CONCURRENCY, Signal.UNAVAILABLE, Signal.NOTHING})


@dataclass(slots=True)
class AdaptiveGate:
    """Implements `bot.gate.port.Gate`. `memory` is what an earlier gate's `remember` returned `age` seconds ago."""

    settings: GateSettings
    uniform: Callable[[float, float], float]
    memory: Mapping[str, object] | None = None
    age: float = 0.0
    now: float | None = None
    queue: FairQueue = field(default_factory=FairQueue)
    breaker: Breaker = field(default_factory=Breaker)
    credit: Credit = field(default_factory=Credit)
    restoring: Restoring = field(default_factory=Restoring)
    rate_model: RateModel = field(default_factory=RateModel)
    concurrency: ConcurrencyLimit = field(default_factory=ConcurrencyLimit)
    forecast_bias: ForecastBias = field(default_factory=ForecastBias)
    beside: Beside = field(default_factory=Beside)
    latency: Latency = field(init=False)
    allowance: Allowance = field(init=False)
    running: dict[int, InFlight] = field(default_factory=dict)
    unconfirmed: list[int] = field(default_factory=list)
    """Ids of launched calls that may still be rejected, oldest first."""
    probe: int | None = None
    paused_until: float = -math.inf
    spacing: Spacing = field(default_factory=Spacing)
    rate_model_before: RateModel | None = None
    """Copy of the rate model from before rejections that may be about concurrency instead."""
    free_pass: bool = False
    """While that is undecided and a call has ended, one launch ignores the rate: its result decides."""
    states_limits: bool = False
    """The provider usually states waits or limits, so a rejection that states nothing is probably about concurrency."""
    last_id: int = 0
    log: list[Change] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.latency = Latency(self.settings.timeout_cap)
        self.allowance = Allowance(self.settings.max_images_per_minute)

    def next(self, now: float, waiting: Sequence[Waiting]) -> Grant | WakeAt:
        self._catch_up(now)
        self.restoring.waiting = len(waiting)
        if not waiting:
            return WakeAt(math.inf, "empty")
        if (hold := self._why_idle(now)) is not None:
            return hold
        one = self._choose(now, waiting)
        if isinstance(one, WakeAt):
            return one
        wait = max(self.allowance.wait(now, one.pictures), self._members_wait(now, one, waiting))
        return WakeAt(now + wait, "rate") if wait > 0 else self._grant(one, now)

    def report(self, grant: Grant, verdict: Verdict, now: float) -> None:
        self._catch_up(now)
        if (run := self._end(grant)) is None:
            return
        signal, stated = signal_of(verdict), read(verdict.headers)
        if signal is Signal.RATE and stated is not None and stated.remaining and run.beside:
            signal = Signal.CONCURRENCY
        if signal in _UNCOUNTED:
            self.queue.serve(run.waiting, now, -1.0)
        self._note_recovery(self.restoring.book(verdict, signal, run.launched, now, self.latency.p(0.95)), now)
        match signal:
            case Signal.SERVED:
                self._served(run, verdict, now)
            case Signal.UNAVAILABLE:
                self._unavailable(run, verdict, now)
            case Signal.NO_CREDIT:
                self._give_back(run)
                if self.credit.exhaust(now, run.grant.probe):
                    self._note("no_credit", probe_in=round(self.credit.probe_at - now, 1))
            case Signal.CONCURRENCY:
                self._responded(run, now)
                self._give_back(run)
                self._over_concurrency(run, now)
            case Signal.RATE:
                self._responded(run, now)
                self.allowance.give_back(run.launched)
                self._rejected(run, verdict, now)
        if stated is not None and stated.per_second is not None:
            self._learn_stated(stated.per_second, stated.remaining, now)
        self.free_pass = self.free_pass or (run.admitted and self.concurrency.suspect is not None)

    def hear(self, verdict: Verdict, now: float) -> None:
        self._catch_up(now)
        if verdict.failure is not None and slows_the_account(verdict):
            wait = asked_pause(verdict.failure, verdict.headers, clock_counts=False)
            if wait is not None:
                self._pause(wait, now)

    def drop(self, grant: Grant, now: float) -> None:
        self._catch_up(now)
        if (run := self._end(grant)) is not None:
            self.queue.serve(run.waiting, now, -1.0)
            self._give_back(run)

    def estimates(self, now: float, waiting: Sequence[Waiting]) -> Mapping[str, Estimate]:
        self._catch_up(now)
        order = self.queue.order(now, waiting)
        hold = self._why_idle(now)
        until = hold.when if hold is not None and hold.when < math.inf else None
        reason, service = "queue" if hold is None else hold.reason, self.latency.p(0.5)
        seconds: list[float | None] = [None] * len(order)
        if service is not None and not self.breaker.open and not self.credit.exhausted:
            plain = arrivals(self._outlook(now, until or now, service), len(order))
            for place, (one, whole) in enumerate(zip(order, plain, strict=True)):
                seconds[place] = service + self.forecast_bias.say(one.request_id, now, whole - service)
            if not self.rate_model.known:
                seconds[_LIKELY_LIGHT:] = [None] * len(order[_LIKELY_LIGHT:])
        return {one.request_id: Estimate(place + 1, seconds[place], reason, until) for place, one in enumerate(order)}

    def snapshot(self, now: float) -> Snapshot:
        self._catch_up(now)
        holds = (self.probe is not None, self.credit.exhausted, self.breaker.open, self.paused_until > now)
        state = next((name for name, true in zip(STATES, holds, strict=True) if true), "open")
        return Snapshot(
            in_flight=len(self.running),
            concurrency=self.concurrency.cap if self.settings.max_concurrency is None else self._places(),
            per_minute=None if self.rate_model.rate is None else self.rate_model.rate * 60,
            paused_for=max(0.0, self.paused_until - now),
            state=state,
            timeout=self.latency.timeout(),
            latency_p50=self.latency.p(0.5),
            latency_p95=self.latency.p(0.95),
            failures_in_a_row=self.breaker.in_a_row,
            stage=self.restoring.stage,
            step=self.restoring.step,
            probe_at=max(self.credit.probe_at if self.credit.exhausted else 0.0, self.breaker.probe_at if self.breaker.open else 0.0),
        )

    def changes(self) -> Sequence[Change]:
        noted, self.log = self.log, []
        return noted

    def remember(self) -> Mapping[str, object]:
        if self.now is None:
            return self.memory or {}
        learned = memories.write(self.now, self.rate_model, self.concurrency, self.latency, self.breaker, self.credit, self.paused_until)
        return {**learned, "restoring": write(self.restoring)} if self.restoring.stage else learned

    # ---- before a launch

    def _why_idle(self, now: float) -> WakeAt | None:
        """Reason that no call may start now, and until when; None if one may."""
        if self.probe is not None:
            return WakeAt(self.running[self.probe].launched + self._probe_wait(), "probing")
        if self.credit.exhausted and now < self.credit.probe_at:
            return WakeAt(self.credit.probe_at, "quota")
        if self.breaker.open and now < self.breaker.probe_at:
            return WakeAt(self.breaker.probe_at, "breaker")
        if self.restoring.places is not None and len(self.running) >= self.restoring.places:
            return WakeAt(math.inf, "restoring" if self.restoring.stage == "few" else "probing")
        if not self.concurrency.room(len(self.running), self._places()):
            return WakeAt(math.inf, "concurrency")
        free = now if self.free_pass or self.breaker.open else now + self.rate_model.wait(now)
        when, reason = max((self.paused_until, "paused"), (free, "rate"), (self.spacing.next_launch, "gap"))
        return WakeAt(when, reason) if when > now + 1e-6 else None

    def _choose(self, now: float, waiting: Sequence[Waiting]) -> Waiting | WakeAt:
        """The fair queue's next request; for a probe, the request that loses least if it fails."""
        if self.credit.exhausted:
            lengths = Counter(one.person for one in waiting)
            return max(waiting, key=lambda one: (lengths[one.person], one.since, one.request_id))
        if not self.breaker.open:
            if not self.breaker.would_end_one(waiting):
                return self.queue.first(now, self.breaker.probe_candidates(waiting))
            self.breaker.suspect(now)
            self._down(now, None)
        if now < self.breaker.probe_at + SPARE and all(one.last_try for one in waiting):
            return WakeAt(self.breaker.probe_at + SPARE, "breaker")
        return self.queue.first(now, least_to_lose(waiting))

    def _members_wait(self, now: float, one: Waiting, waiting: Sequence[Waiting]) -> float:
        """How long a batch's request waits for the sake of members who may come; not at all beside one who waits."""
        if one.lane is not Lane.BATCH or self.breaker.open or self.credit.exhausted or any(row.lane is not Lane.BATCH for row in waiting):
            return 0.0
        places = Places(self._bound(), self.running.values(), self.latency.p(0.5))
        return self.beside.wait(now, limits_of(self.beside, now, one.pictures, places, self.rate_model, self.allowance))

    def _grant(self, one: Waiting, now: float) -> Grant:
        probing = self.breaker.open or self.credit.exhausted
        self.last_id += 1
        grant = Grant(self.last_id, one.request_id, self.latency.timeout(), probing)
        beside = len(self.running)
        self.concurrency.launch(beside)
        waited = self.rate_model.launch(now)
        self.allowance.take(now, one.pictures)
        self.queue.serve(one, now)
        self.beside.launch(one, now)
        self.running[grant.id] = InFlight(grant, one, now, beside, waited, self.rate_model.bucket.level)
        self.unconfirmed.append(grant.id)
        self.free_pass = False
        self.spacing.launch(now, min(self.concurrency.cap or _LIKELY_LIGHT, self.rate_model.burst or _LIKELY_LIGHT))
        if probing:
            self.probe = grant.id
            self._note("probe", request=one.request_id)
        return grant

    def _places(self) -> int:
        return min(self.settings.hard_concurrency, self.settings.max_concurrency or self.settings.hard_concurrency)

    def _bound(self) -> int:
        return min(self._places(), self.concurrency.cap or self._places(), self.restoring.places or self._places())

    def _probe_wait(self) -> float:
        return RUNNING_IS_BACK if self.credit.exhausted else self.breaker.probe_wait()

    # ---- after a launch

    def _catch_up(self, now: float) -> None:
        """Bring the state up to `now`: load the memory once, forget old limits, and count calls that weren't rejected in time as
        admitted."""
        if self.now is None and self.memory:
            until = memories.read(self.memory, now, self.age, self.rate_model, self.concurrency, self.latency, self.breaker, self.credit)
            self.paused_until = max(self.paused_until, until)
            self.spacing.start_slowly()
            self.restoring = memories.stage(self.memory, self.age)
            self._note("remembered", per_minute=self.rate_model.per_minute, cap=self.concurrency.cap or 0)
        self.now = now
        if self.rate_model.tick(now) | self.concurrency.tick(now):
            self._note("limit_forgotten")
        if self.probe is not None and now - self.running[self.probe].launched > self._probe_wait() - 1e-9:
            run, self.probe = self.running[self.probe], None
            self._note_recovery(self.restoring.alive(), now)
            self._responded(run, now)
        while self.unconfirmed:
            known = self.running.get(self.unconfirmed[0])
            if known is not None and now - known.launched < ADMITTED_AFTER:
                break
            self.unconfirmed.pop(0)
            if known is not None and not self.breaker.in_a_row:
                self._admit(known)

    def _end(self, grant: Grant) -> InFlight | None:
        self.probe = None if self.probe == grant.id else self.probe
        return self.running.pop(grant.id, None)

    def _give_back(self, run: InFlight) -> None:
        self.rate_model.give_back(run.launched)
        self.allowance.give_back(run.launched)

    def _admit(self, run: InFlight) -> None:
        if run.admitted:
            return
        run.admitted = True
        self.rate_model.admit(run.launched, run.waited, run.left)
        if self.concurrency.admit(run.beside):
            self._note("cap_raised", cap=self.concurrency.cap or 0)
        if self.concurrency.suspect is None:
            self.rate_model_before = None

    def _served(self, run: InFlight, verdict: Verdict, now: float) -> None:
        if verdict.failure is None:
            self._admit(run)
            self.latency.add(now - run.launched)
            self.forecast_bias.learn(run.waiting.request_id, run.launched)
        elif now - run.launched < LOOKED_AT:
            self.rate_model.give_back(run.launched)
        self._responded(run, now)

    def _note_recovery(self, changes: Sequence[str], now: float) -> None:
        for change in changes:
            self.paused_until = max(self.paused_until, now + PAUSE * (change in STOPS))
            self._note("restore", step=change)

    def _responded(self, run: InFlight, now: float) -> None:
        if run.grant.probe and self.credit.exhausted:
            self.credit.restore()
            self._note("credit_back")
        since = self.breaker.since
        if self.breaker.succeed(run.launched, probe=run.grant.probe) and since is not None:
            self.spacing.start_slowly(up_since=now)
            self._note("up", after=round(now - since, 1))

    def _unavailable(self, run: InFlight, verdict: Verdict, now: float) -> None:
        assert verdict.failure is not None
        if run.grant.probe:
            self.credit.restore()
        if verdict.failure.wait is not None:
            self.paused_until = max(self.paused_until, now + min(verdict.failure.wait, HINT_CAP))
        if self.breaker.fail(run.grant.request_id, run.launched, now, probe=run.grant.probe, answered=verdict.failure.kind in _SERVER_SAYS):
            self._down(now, verdict.failure.wait)
        elif not self.breaker.open:
            self._admit(run)

    def _down(self, now: float, hint: float | None) -> None:
        self.breaker.plan(now, hint, self.uniform)
        self.rate_model.clear(now)
        self._note("down", probe_in=round(self.breaker.probe_at - now, 1), failures=self.breaker.in_a_row)

    def _rejected(self, run: InFlight, verdict: Verdict, now: float) -> None:
        assert verdict.failure is not None
        named = named_rate(verdict.failure)
        wait = asked_pause(verdict.failure, verdict.headers, clock_counts=self.rate_model.bucket.in_a_row > 0)
        silent = wait is None and named is None and read(verdict.headers) is None
        if silent and self._may_be_concurrency(run, now):
            return
        self.states_limits = self.states_limits or not silent
        knew = self.rate_model.known
        self.rate_model.reject(run.launched, wait, named)
        if wait is not None:
            self._pause(wait, now)
        if not knew or not silent:
            self._note("limit_learned", per_minute=self.rate_model.per_minute)
        self._note("refused", wait=round(self.rate_model.wait(now), 1), per_minute=self.rate_model.per_minute)

    def _pause(self, wait: float, now: float) -> None:
        wait += self.uniform(0.0, 0.1)
        self.paused_until = max(self.paused_until, now + wait)
        self._note("paused", seconds=round(wait, 1))

    def _may_be_concurrency(self, run: InFlight, now: float) -> bool:
        """Attribute a rejection that states nothing. Returns True if it was booked as a concurrency rejection."""
        if self.concurrency.cap is not None and run.beside >= self.concurrency.cap:
            self._give_back(run)
            self._over_concurrency(run, now)
            return True
        if not self.concurrency.plausible(run.beside):
            self.concurrency.suspect, self.rate_model_before = None, None
            return False
        if self.rate_model_before is None:
            self.rate_model_before = copy.deepcopy(self.rate_model)
        if not self.concurrency.suspect_cap(run.beside, self.states_limits, now):
            return False
        self._give_back(run)
        self.rate_model.forget(self.rate_model_before, now)
        self.rate_model_before = None
        self._over_concurrency(run, now, sure=False)
        return True

    def _over_concurrency(self, run: InFlight, now: float, sure: bool = True) -> None:
        known = self.concurrency.cap
        self.concurrency.reject(run.beside, sure, now)
        if self.concurrency.cap != known:
            self._note("cap_learned", cap=self.concurrency.cap or 0)
        if not run.beside:
            self.paused_until = max(self.paused_until, now + ALONE)

    def _learn_stated(self, per_second: float, remaining: int | None, now: float) -> None:
        before = self.rate_model.rate
        self.rate_model.learn_stated(now, per_second, remaining)
        if before is None or abs(before - per_second) > 0.01 * per_second:
            self._note("limit_learned", per_minute=round(per_second * 60, 1))

    def _outlook(self, now: float, start: float, service: float) -> Outlook:
        ends = [run.launched + service for run in self.running.values()]
        return self.rate_model.outlook(now, start, self.spacing.gap, self._bound(), ends, service)

    def _note(self, name: str, **facts: float | int | str) -> None:
        self.log.append(Change(name, facts))
        del self.log[:-200]
