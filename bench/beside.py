"""Members beside a batch: how long their pictures take with a batch that never ends, and without it, on the same arrivals and durations.

The gate is the shipped one, over a service in an event queue; no network, no clock, so a busy machine doesn't matter.
"""

from __future__ import annotations

import argparse
import heapq
import math
import random
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from bot.domain.failure import Evidence, Failure
from bot.domain.requests import Lane
from bot.failures.classify import classify
from bot.gate.beside import Beside, SharedLimit
from bot.gate.gate import AdaptiveGate
from bot.gate.port import Grant, Verdict, Waiting
from bot.gate.settings import GateSettings

MOST = 1.2
"""What members may wait at most with a batch, as a multiple of what they wait without it: 95th percentile."""
BACKLOG = 12
"""Requests of a batch that wait or run, as its engine has them."""
SETTLES = 600.0
"""Seconds in which the gate learns the service's limits; what members wait then isn't counted."""
REFUSED_IN = 0.3


@dataclass(frozen=True)
class Scenario:
    """A service and its members."""

    name: str
    every: float
    """Seconds between two members' requests, on average."""
    median: float = 15.0
    concurrency: int | None = None
    per_minute: int | None = None
    burst: int = 5
    window: bool = False
    """The limit is so many in any minute, instead of a bucket that refills."""
    settings: GateSettings = field(default_factory=GateSettings)


SCENARIOS = (
    Scenario("no limit", every=10.0),
    Scenario("4 at once", every=20.0, concurrency=4),
    Scenario("8 at once", every=10.0, concurrency=8),
    Scenario("8 at once, busy members", every=4.0, concurrency=8),
    Scenario("20 a minute, bucket of 5", every=15.0, per_minute=20),
    Scenario("20 a minute, window", every=15.0, per_minute=20, window=True),
    Scenario("60 a minute, bucket of 10", every=5.0, per_minute=60, burst=10),
    Scenario("1 at once", every=60.0, concurrency=1),
    Scenario("2 at once", every=30.0, concurrency=2),
    Scenario("4 a minute, bucket of 1", every=60.0, per_minute=4, burst=1),
    Scenario("4 a minute, window", every=60.0, per_minute=4, window=True),
    Scenario("20 a minute, window, rare members", every=300.0, per_minute=20, window=True),
    Scenario("MAX_CONCURRENCY=4", every=20.0, settings=GateSettings(max_concurrency=4)),
    Scenario("MAX_IMAGES_PER_MINUTE=20", every=15.0, settings=GateSettings(max_images_per_minute=20)),
    Scenario("MAX_IMAGES_PER_MINUTE=4", every=60.0, settings=GateSettings(max_images_per_minute=4)),
)


def main() -> int:
    """Print the ratio of each scenario. Returns 1 if one is over the limit."""
    options = argparse.ArgumentParser(prog="bench beside")
    options.add_argument("--hours", type=float, default=6.0)
    options.add_argument("--seeds", type=int, default=3)
    options.add_argument("--first-in-line", action="store_true", help="without what batches leave free: members are only first in line")
    given = options.parse_args()
    worst = 0.0
    print(f"{'service':28} {'alone p50':>9} {'p95':>6} {'beside p50':>10} {'p95':>6} {'ratio':>6} {'batch/h':>8}")
    for one in SCENARIOS:
        alone, beside, drawn = [], [], 0
        for seed in range(given.seeds):
            alone += Run(one, seed, given.hours * 3600.0, backlog=0).members()
            run = Run(one, seed, given.hours * 3600.0, backlog=BACKLOG)
            if given.first_in_line:
                run.gate.beside = Greedy()
            beside += run.members()
            drawn += run.drawn
        ratio = quantile(beside, 0.95) / quantile(alone, 0.95)
        worst = max(worst, ratio)
        figures = (quantile(alone, 0.5), quantile(alone, 0.95), quantile(beside, 0.5), quantile(beside, 0.95))
        rate = drawn / (given.hours * given.seeds)
        print(f"{one.name:28} {figures[0]:9.1f} {figures[1]:6.1f} {figures[2]:10.1f} {figures[3]:6.1f} {ratio:6.2f} {rate:8.0f}")
    print(f"worst ratio {worst:.2f}, at most {MOST}")
    return 1 if worst > MOST else 0


class Greedy(Beside):
    """Leaves nothing free."""

    def wait(self, now: float, limits: Iterable[SharedLimit]) -> float:
        return 0.0


def quantile(values: list[float], share: float) -> float:
    """A quantile of these values."""
    found = sorted(values)
    return found[min(len(found) - 1, math.ceil(share * len(found)) - 1)]


class Run:
    """Event queue of (time, number, action)."""

    def __init__(self, scenario: Scenario, seed: int, until: float, backlog: int) -> None:
        self.scenario, self.until, self.backlog = scenario, until, backlog
        self.arrivals = random.Random(f"{seed}:arrivals")
        self.of_members, self.of_drafts = (random.Random(f"{seed}:durations:{whose}") for whose in ("members", "drafts"))
        self.durations = self.of_members
        self.gate = AdaptiveGate(scenario.settings, random.Random(f"{seed}:gate").uniform)
        self.events: list[tuple[float, int, Callable[[], None]]] = []
        self.waiting: dict[str, Waiting] = {}
        self.lasts: dict[str, float] = {}
        self.in_service, self.level, self.level_at = 0, float(scenario.burst), 0.0
        self.minute: deque[float] = deque()
        self.now, self.number, self.drawn, self.of_batch, self.wake = 0.0, 0, 0, 0, math.inf
        self.took: list[float] = []

    def members(self) -> list[float]:
        """Seconds from asking to the picture, of every member."""
        at, self.durations = 0.0, self.of_members
        while (at := at + self.arrivals.expovariate(1.0 / self.scenario.every)) < self.until:
            self._at(at, self._arrived(f"m{len(self.lasts)}", at))
            self.lasts[f"m{len(self.lasts)}"] = self._duration()
        self.durations = self.of_drafts
        self._refill()
        while self.events:
            self.now, _, action = heapq.heappop(self.events)
            action()
            self._refill()
            self._schedule()
        return self.took

    def _duration(self) -> float:
        return self.scenario.median * math.exp(self.durations.gauss(0.0, 0.3))

    def _at(self, when: float, action: Callable[[], None]) -> None:
        self.number += 1
        heapq.heappush(self.events, (when, self.number, action))

    def _arrived(self, name: str, at: float) -> Callable[[], None]:
        def arrive() -> None:
            self.waiting[name] = Waiting(name, f"p{name}", "c", Lane.INTERACTIVE, at)

        return arrive

    def _refill(self) -> None:
        while self.of_batch < self.backlog and self.now < self.until:
            self.of_batch += 1
            name = f"b{self.number}-{self.of_batch}-{self.drawn}"
            self.lasts[name] = self._duration()
            self.waiting[name] = Waiting(name, "owner", "c", Lane.BATCH, self.now)
            if not self.events:
                self._at(self.now, lambda: None)

    def _schedule(self) -> None:
        while True:
            answer = self.gate.next(self.now, list(self.waiting.values()))
            if not isinstance(answer, Grant):
                if math.isfinite(answer.when) and answer.when > self.now and (self.wake <= self.now or answer.when < self.wake):
                    self.wake = answer.when
                    self._at(answer.when, lambda: None)
                return
            self._call(answer)

    def _call(self, grant: Grant) -> None:
        one = self.waiting.pop(grant.request_id)
        refused = self._refusal()
        if refused is not None:
            self._at(self.now + REFUSED_IN, lambda: self._back(grant, one, refused))
            return
        self.in_service += 1
        self._at(self.now + self.lasts[one.request_id], lambda: self._drawn(grant, one))

    def _refusal(self) -> Failure | None:
        """What the service says at once; None if it takes the call."""
        limits = self.scenario
        if limits.concurrency is not None and self.in_service >= limits.concurrency:
            return TOO_MANY_AT_ONCE
        if limits.per_minute is None:
            return None
        if limits.window:
            while self.minute and self.minute[0] <= self.now - 60.0:
                self.minute.popleft()
            if len(self.minute) >= limits.per_minute:
                return too_fast(self.minute[0] + 60.0 - self.now)
            self.minute.append(self.now)
            return None
        rate = limits.per_minute / 60.0
        self.level = min(float(limits.burst), self.level + (self.now - self.level_at) * rate)
        self.level_at = self.now
        if self.level < 1.0:
            return too_fast((1.0 - self.level) / rate)
        self.level -= 1.0
        return None

    def _back(self, grant: Grant, one: Waiting, failure: Failure) -> None:
        self.gate.report(grant, Verdict(failure), self.now)
        self.waiting[one.request_id] = replace(one, tries=one.tries + 1)

    def _drawn(self, grant: Grant, one: Waiting) -> None:
        self.in_service -= 1
        self.gate.report(grant, Verdict(None, pictures=1), self.now)
        if one.lane is Lane.BATCH:
            self.of_batch -= 1
            self.drawn += 1
        elif one.since > SETTLES:
            self.took.append(self.now - one.since)


def _said(status: int, code: str, words: str, wait: float | None = None) -> Failure:
    headers = {} if wait is None else {"retry-after": f"{wait:.2f}"}
    body = {"error": {"code": code, "type": "requests", "message": words}}
    return classify(Evidence(provider="openai", api="images.generations", status=status, headers=headers, body=body))


def too_fast(wait: float) -> Failure:
    """A refusal for the rate."""
    return _said(429, "rate_limit_exceeded", "Rate limit reached.", wait)


TOO_MANY_AT_ONCE = _said(429, "concurrent_requests", "Too many concurrent requests.")


if __name__ == "__main__":
    raise SystemExit(main())
