"""The gate against random answers: any kind, any timing, nonsense hints, cancels, restarts. Then the provider is well, and must be used.

`python -m tests.unit.gate.chaos --count 100000` plays so many sequences; `make test` plays 2,000.
"""

from __future__ import annotations

import argparse
import heapq
import json
import math
import random
import sys
from collections.abc import Callable

from bot.domain.failure import Failure
from bot.domain.kinds import KINDS, Kind
from bot.domain.requests import Lane
from bot.gate.gate import AdaptiveGate
from bot.gate.port import Grant, Verdict, Waiting, WakeAt
from bot.gate.settings import GateSettings

FIRST_WITHIN = 480.0
"""Seconds after which a healthy provider must have been used: the longest pause and the rarest probe, with room."""
ALL_WITHIN = 3600.0
WELL = 12
"""Requests that must be served once it is well."""

WAITS = (None, None, None, 0.0, 0.001, 0.2, 1.0, 7.5, 30.0, 90.0, 3600.0, 86400.0)
LIMITS = ("", "", "concurrency", "20/60s", "1/3600s", "5000/1s", "0/60s", "x/60s", "3/", "999999999999/1s", "7/60s")
HEADERS: tuple[dict[str, str], ...] = (
    {},
    {},
    {"x-ratelimit-limit-requests": "20", "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "3s"},
    {"x-ratelimit-limit-requests": "20", "x-ratelimit-remaining-requests": "7", "x-ratelimit-reset-requests": "120ms"},
    {"x-ratelimit-limit-requests": "1", "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "24h0m0s"},
    {"x-ratelimit-limit-requests": "10000", "x-ratelimit-remaining-requests": "9000", "x-ratelimit-reset-requests": "1h23m31s"},
    {"x-ratelimit-limit-requests": "many", "x-ratelimit-remaining-requests": "-3", "x-ratelimit-reset-requests": "soon"},
    {"x-ratelimit-limit-requests": "0", "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": ""},
    {"x-ratelimit-limit-images": "5", "x-ratelimit-remaining-images": "0", "retry-after": "1"},
)


class DeadEnd(AssertionError):
    """The gate came to a state in which a healthy provider is not used."""


def failure(kind: Kind, wait: float | None = None, limit: str = "") -> Failure:
    """As the table of kinds has it."""
    rule = KINDS[kind]
    return Failure(rule.group, kind, rule.action, wait, rule.who_can_fix, 1.0, {"limit": limit} if limit else {})


class Sequence:
    """One random history, from one seed."""

    def __init__(self, seed: int) -> None:
        self.luck = random.Random(seed)
        self.now = self.luck.choice([0.0, 5.0, 1e6])
        self.settings = GateSettings(self.luck.choice([None, None, 1, 3]), self.luck.choice([None, None, 4.0, 60.0]))
        self.gate = AdaptiveGate(self.settings, self.luck.uniform)
        self.number = 0
        self.waiting: list[Waiting] = []
        self.ends: list[tuple[float, int, Grant, Verdict]] = []
        self.kinds = self.luck.sample(list(Kind), self.luck.randint(1, 5))
        self.well = False
        self.served: list[float] = []
        self.began_well = 0.0

    def play(self) -> None:
        """Trouble, then health. Raises DeadEnd."""
        for _ in range(self.luck.randint(20, 80)):
            self._disturb()
            self._turn(self.now + self.luck.choice([0.1, 1.0, 10.0, 100.0]))
        self.well, self.began_well = True, self.now
        self.waiting = []
        for _ in range(WELL):
            self._submit()
        while self.waiting or self.ends:
            if self.now > self.began_well + ALL_WITHIN:
                self._stuck(f"only {len(self.served)} of {WELL} served")
            if not self.served and self.now > self.began_well + FIRST_WITHIN:
                self._stuck("none served")
            self._turn(math.inf)

    def _disturb(self) -> None:
        for _ in range(self.luck.randint(0, 3)):
            self._submit()
        chance = self.luck.random()
        if chance < 0.05:
            self.waiting = [one for one in self.waiting if self.luck.random() < 0.5]
        elif chance < 0.10:
            self.kinds = self.luck.sample(list(Kind), self.luck.randint(1, 5))
        elif chance < 0.14:
            self._restart()
        elif chance < 0.2:
            self.gate.estimates(self.now, self.waiting)
            self.gate.snapshot(self.now)
            self.gate.changes()

    def _restart(self) -> None:
        memory = json.loads(json.dumps(self.gate.remember()))
        self.ends.clear()
        self.now = self.luck.choice([self.now, 0.0])
        self.gate = AdaptiveGate(self.settings, self.luck.uniform, memory, self.luck.choice([0.0, 3.0, 100.0, 1e5]))

    def _submit(self) -> None:
        self.number += 1
        person = f"p{self.luck.randrange(4)}"
        lane = self.luck.choice(list(Lane))
        last = self.luck.random() < 0.3
        self.waiting.append(Waiting(f"r{self.number}", person, "c", lane, self.number, self.luck.randint(1, 4), int(last), last))

    def _turn(self, until: float) -> None:
        """Ask the gate until it says wait, then let time pass to the next thing that happens (at most `until`)."""
        for _ in range(1000):
            answer = self.gate.next(self.now, self.waiting)
            if isinstance(answer, WakeAt):
                break
            self._launch(answer)
        else:
            self._stuck("grants without end")
        after = min(answer.when, self.ends[0][0] if self.ends else math.inf, until)
        if self.waiting and after == math.inf:
            self._stuck(f"waits for nothing ({answer.reason})")
        if not self.waiting and not self.ends and self.well:
            return
        self.now = max(self.now + 1e-6, after)
        while self.ends and self.ends[0][0] <= self.now:
            _, _, grant, verdict = heapq.heappop(self.ends)
            self.gate.report(grant, verdict, self.now)
            if self.well and verdict.failure is None and not verdict.cancelled:
                self.served.append(self.now)

    def _launch(self, grant: Grant) -> None:
        one = next(one for one in self.waiting if one.request_id == grant.request_id)
        self.waiting.remove(one)
        if not self.well and self.luck.random() < 0.05:
            self.gate.drop(grant, self.now)
            return
        delay, verdict = (self.luck.uniform(3, 12), Verdict(None, pictures=1)) if self.well else self._bad_day(grant)
        heapq.heappush(self.ends, (self.now + delay, grant.id, grant, verdict))

    def _bad_day(self, grant: Grant) -> tuple[float, Verdict]:
        luck = self.luck
        delay = min(grant.timeout, luck.choice([0.0, 0.05, 0.1, 0.9, 2.4, 2.6, 11.0, 40.0, 1e3]) * luck.uniform(0.9, 1.1))
        headers = luck.choice(HEADERS)
        if luck.random() < 0.08:
            return delay, Verdict(None, headers, cancelled=True)
        if luck.random() < 0.15:
            return delay, Verdict(None, headers, pictures=1)
        return delay, Verdict(failure(luck.choice(self.kinds), luck.choice(WAITS), luck.choice(LIMITS)), headers)

    def _stuck(self, why: str) -> None:
        raise DeadEnd(f"{why} at {self.now - self.began_well:.1f} s: {self.gate.snapshot(self.now)}")


def play_all(seeds: range, progress: Callable[[int], None] = lambda number: None) -> list[str]:
    """What went wrong, by seed."""
    wrong = []
    for seed in seeds:
        try:
            Sequence(seed).play()
        except Exception as problem:
            wrong.append(f"seed {seed}: {type(problem).__name__}: {problem}")
        progress(seed)
    return wrong


def main() -> int:
    """Play many."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--first", type=int, default=0)
    asked = parser.parse_args()

    def show(seed: int) -> None:
        if seed % 5000 == 4999:
            print(f"{seed + 1 - asked.first} sequences", file=sys.stderr, flush=True)

    wrong = play_all(range(asked.first, asked.first + asked.count), show)
    print("\n".join(wrong[:20]) or f"{asked.count} random sequences, no dead end")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
