"""Crashes right before and right after every step of both tables: plans that are known to take a step get a crash aimed at it."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from bot.domain.case_states import CASES
from bot.domain.request_states import REQUESTS, RequestEvent, RequestState
from tests.simulation.generate import from_seed
from tests.simulation.kit import KIT, variant
from tests.simulation.plan import Crash, Plan
from tests.simulation.run import run
from tests.simulation.steps import Change
from tests.simulation.world import Report

SIDES = ("before", "after")
HOWS = ("kill", "power", "torn")
Target = tuple[Change, str]
ANSWERS: dict[RequestEvent, tuple[str, ...]] = {
    RequestEvent.ANSWER: ("pictures", "failed", "blocked"),
    RequestEvent.CANCEL: ("cancelled",),
    RequestEvent.EXPIRE: ("expired",),
    RequestEvent.INTERRUPT: ("interrupted",),
}
TRIES = 3
"""A target for which so many times `wanted` tries were not enough is given up."""


def tables() -> Iterator[Change]:
    """Every step that the tables of the domain know, with the answer that a request gets or the event that moves a case."""
    yield "requests", None, RequestState.RECEIVED.value, None
    for (state, event), after in REQUESTS.table.items():
        for answer in ANSWERS[event] if after is RequestState.ANSWERED else (None,):
            yield "requests", state.value, after.value, answer
    yield "cases", None, "open", "opened"
    for (before, moved), then in CASES.table.items():
        yield "cases", before.value, then.value, moved.value


@dataclass(slots=True)
class Cover:
    """Counts, and decides what to run next."""

    wanted: int
    failed: Callable[[Report], None]
    steps: Counter[Change] = field(default_factory=Counter)
    crashed: Counter[Target] = field(default_factory=Counter)
    donors: dict[Change, list[Plan]] = field(default_factory=lambda: defaultdict(list))
    tried: Counter[Target] = field(default_factory=Counter)
    runs: int = 0

    def go(self, seeds: int, minutes: float) -> None:
        """First the kit and some seeds as they are, then aimed."""
        end = time.perf_counter() + minutes * 60
        for plan in (*KIT.values(), *map(from_seed, range(seeds))):
            if time.perf_counter() > end:
                return
            self._run(plan)
        while (target := self._poorest()) is not None and time.perf_counter() < end:
            self._aim(target)

    def _poorest(self) -> Target | None:
        """The reachable target with the fewest crashes."""
        open_ = [
            (self.crashed[target], str(target), target)
            for change in self.steps
            for side in SIDES
            if self.crashed[target := (change, side)] < self.wanted and self.tried[target] < TRIES * self.wanted
        ]
        return min(open_)[2] if open_ else None

    def _aim(self, target: Target) -> None:
        change, side = target
        number = self.tried[target]
        self.tried[target] += 1
        plans = self.donors[change]
        plan = plans[number % len(plans)]
        _, before, after, detail = change
        site = f"commit-{side}:{before}>{after}" + (f"={detail}" if detail else "")
        aimed = Crash(site, 1, HOWS[number % 3], (3.0, 0.1, 60.0)[number // 3 % 3], late=plan.patient)
        crashes = [*plan.crashes, aimed] if number // len(plans) % 2 and plan.crashes else [aimed]
        if number % 4 == 3:  # and once more, where the next life comes by
            crashes.append(Crash(site, 1, "kill", 3.0, late=plan.patient))
        self._run(variant(plan, number + 1, crashes), donor=False)

    def _run(self, plan: Plan, *, donor: bool = True) -> None:
        report = run(plan)
        self.runs += 1
        self.steps.update(report.steps)
        self.crashed.update({((*key[:3], key[3]), key[4]): count for key, count in report.crashed.items()})
        for change in report.steps:
            if len(self.donors[change]) < (4 if donor else 1):
                self.donors[change].append(plan)
        if report.violations:
            self.failed(report)

    def lines(self) -> Iterator[str]:
        """What was reached, and what was not."""
        for change in sorted({*self.steps, *tables()}, key=str):
            table, before, after, detail = change
            counts = " ".join(f"{side} {self.crashed[change, side]:4}" for side in SIDES)
            seen = f"{self.steps[change]:6} times, crashed {counts}" if self.steps[change] else "  never seen"
            yield f"{table:9} {before or '-'!s:12} > {after:18} {detail or '':14} {seen}"
        short = [change for change in self.steps for side in SIDES if self.crashed[change, side] < self.wanted]
        yield f"{self.runs} runs, {len(short)} of {2 * len(self.steps)} sides below {self.wanted}"
