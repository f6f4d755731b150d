"""Makes a failing plan small: leaves out what is not needed for the same promise to break."""

from __future__ import annotations

import copy
from collections.abc import Callable

from tests.simulation.plan import Plan
from tests.simulation.world import Report

Run = Callable[[Plan], Report]
LISTS = ("presses", "handlings", "crashes", "skews", "weather", "removals", "absences", "forgets")


def shrink(plan: Plan, run: Run, rule: str | None = None) -> tuple[Plan, str, int]:
    """The smallest plan found that still breaks `rule` (by default the first one that the plan breaks), and the number of runs."""
    first = run(plan)
    if not first.violations:
        raise ValueError("this plan breaks nothing")
    wanted = rule or first.violations[0].rule
    tries = 1

    def fails(candidate: Plan) -> bool:
        nonlocal tries
        tries += 1
        return any(violation.rule == wanted for violation in run(candidate).violations)

    best, smaller = plan, True
    while smaller:
        smaller = False
        for name in LISTS:
            number = 0
            while number < len(getattr(best, name)):
                candidate = copy.deepcopy(best)
                del getattr(candidate, name)[number]
                if fails(candidate):
                    best, smaller = candidate, True
                else:
                    number += 1
        for handling in range(len(best.handlings)):
            number = 0
            while number < len(best.handlings[handling].deeds):
                candidate = copy.deepcopy(best)
                del candidate.handlings[handling].deeds[number]
                if fails(candidate):
                    best, smaller = candidate, True
                else:
                    number += 1
        for command in list(best.commands):
            candidate = _without(best, command.n)
            if candidate.commands and fails(candidate):
                best, smaller = candidate, True
        for key in run(best).faults:
            candidate = copy.deepcopy(best)
            candidate.calm.append(key)
            if fails(candidate):
                best, smaller = candidate, True
    return best, wanted, tries


def _without(plan: Plan, n: int) -> Plan:
    """The plan without a command and without everything that refers to it."""
    candidate = copy.deepcopy(plan)
    candidate.commands = [one for one in candidate.commands if n not in (one.n, one.again_of)]
    left = {one.n for one in candidate.commands}
    candidate.presses = [one for one in candidate.presses if one.command in left]
    candidate.removals = [one for one in candidate.removals if one[0] in left]
    return candidate
