"""Scenarios drawn at random around one difficulty, by number as in `scenarios.py`: `lone`, `halved` and `outages`."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from bench.provider.ideal import ideal
from bench.provider.jobs import make_jobs
from bench.provider.metrics import quantile
from bench.provider.scenarios import drawn

Scenario = dict[str, Any]


def lone(number: int) -> Scenario:
    """One member who asks now and then, and once in a while is refused for something that is none of this client's doing."""
    luck = random.Random(f"lone:{number}")
    times, t = [], 0.0
    for _ in range(luck.randint(8, 16)):
        times.append(round(t, 2))
        together = luck.random() < 0.15
        t += 0.0 if together else luck.choice([luck.uniform(1, 8), luck.uniform(5, 30), luck.uniform(20, 120)])
    refusals = []
    for start in sorted(luck.sample(times[1:-4], luck.choice([1, 1, 1, 2]))):
        if refusals and start < refusals[-1]["from"] + 120:
            continue
        hints = [luck.choice([None, None, 0, 1, 2, 2, 5, 10]) for _ in range(luck.choice([1, 2, 2, 3]))]
        kind = luck.choices(["rate", "concurrency", "overloaded"], [70, 15, 15])[0]
        refusals.append({"from": start, "hints": hints, "kind": kind})
    return {
        "name": f"L{number:03d}",
        "deadline_s": 900,
        "limit": {"rpm": luck.choice([30, 60, 120]), "burst": luck.randint(4, 10), "concurrency": luck.randint(4, 10), "hint": "none"},
        "service": {
            "median": luck.choice([0.4, 3.0, 8.0, 15.0]),
            "sigma": 0.3,
            "min": 0.2,
            "long_p": luck.choice([0.0, 0.2]),
            "long_s": luck.choice([20.0, 40.0]),
        },
        "refusals": refusals,
        "restart": luck.choice([None, None, times[len(times) // 2] + 0.5]),
        "jobs": [{"user": "lone", "count": len(times), "at": times}],
    }


def halved(number: int) -> Scenario:
    """As `scenarios.drawn`, with a limit that is halved while half of the work is still to be done."""
    for attempt in range(200):
        scenario = drawn(number * 200 + attempt)
        jobs = make_jobs(scenario, 1)
        before = ideal(scenario, 1, jobs)
        rate = scenario["limit"]["rpm"]
        if rate < 10 or scenario.get("quota"):
            continue
        scenario["limit"]["changes"] = [{"at": round(before["makespan"] / 2), "rpm": round(rate / 2)}]
        scenario["name"] = f"H{number:03d}"
        best = ideal(scenario, 1, jobs)
        if len(best["lat"]) == len([job for job in jobs if job["kind"] == "ok"]) and quantile(list(best["lat"].values()), 1.0) < 600:
            return scenario
    raise AssertionError(f"no feasible scenario for number {number}")


def outages(number: int) -> Scenario:
    """As `scenarios.drawn`, with two long outages and nothing else that fails."""
    luck = random.Random(f"outages:{number}")
    for attempt in range(200):
        scenario = drawn(number * 200 + attempt)
        scenario.pop("quota", None)
        scenario.pop("faults", None)
        scenario["limit"].pop("changes", None)
        first = round(luck.uniform(40, 150))
        second = first + round(luck.uniform(120, 300))
        scenario["outages"] = [
            {
                "from": start,
                "to": start + round(luck.uniform(60, 110)),
                "mode": luck.choice(["503", "503", "reset"]),
                "kill_inflight": luck.random() < 0.5,
            }
            for start in (first, second)
        ]
        scenario["name"] = f"O{number:03d}"
        jobs = make_jobs(scenario, 1)
        if max(job["submit_at"] for job in jobs) < second:
            continue
        best = ideal(scenario, 1, jobs)
        if len(best["lat"]) == len([job for job in jobs if job["kind"] == "ok"]) and quantile(list(best["lat"].values()), 1.0) < 600:
            return scenario
    raise AssertionError(f"no feasible scenario for number {number}")


SHAPES: dict[str, Callable[[int], Scenario]] = {"drawn": drawn, "lone": lone, "halved": halved, "outages": outages}
