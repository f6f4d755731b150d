"""The four public scenarios, and others drawn at random. Times in seconds of scenario time, rates per minute."""

from __future__ import annotations

import random
from typing import Any

from bench.provider.ideal import ideal
from bench.provider.jobs import make_jobs
from bench.provider.metrics import quantile

PUBLIC: list[dict[str, Any]] = [
    {
        "name": "P1_heavy_vs_light",
        "deadline_s": 900,
        "limit": {"rpm": 15, "burst": 5, "concurrency": 10, "hint": "retry_after_s", "headers": True},
        "service": {"median": 12, "sigma": 0.35},
        "jobs": [
            {"user": "heavy", "count": 50, "role": "heavy"},
            {"user": "light", "each": True, "count": 20, "from": 5, "over": 120, "role": "light"},
        ],
    },
    {
        "name": "P2_flaky_message",
        "deadline_s": 900,
        "limit": {"rpm": 12, "burst": 3, "concurrency": 5, "hint": "message"},
        "service": {"median": 14, "sigma": 0.4},
        "faults": {"p503": 0.06, "reset_p": 0.04, "slow_p": 0.04, "slow_s": 400},
        "jobs": [
            {"user": "u", "users": 15, "count": 55, "over": 300, "poisson": True},
            {"user": "u", "users": 15, "count": 5, "over": 280, "kind": "safety"},
            {"user": "u", "users": 15, "count": 2, "over": 280, "kind": "badparam"},
        ],
    },
    {
        "name": "P3_outage",
        "deadline_s": 900,
        "limit": {"rpm": 30, "burst": 6, "concurrency": 8, "hint": "none"},
        "service": {"median": 10, "sigma": 0.35},
        "outages": [{"from": 120, "to": 210, "mode": "503", "kill_inflight": True}],
        "jobs": [{"user": "u", "users": 20, "count": 130, "over": 330, "poisson": True}],
    },
    {
        "name": "P4_quota_rejectcost",
        "deadline_s": 900,
        "limit": {"rpm": 20, "burst": 4, "concurrency": 8, "hint": "limit_message", "reject_cost": 0.5, "reject_floor": 4},
        "service": {"median": 12, "sigma": 0.3},
        "quota": [{"from": 240, "to": 300}],
        "jobs": [
            {"user": "u", "users": 12, "count": 40},
            {"user": "v", "users": 8, "count": 25, "from": 60, "over": 150},
            {"user": "w", "users": 8, "count": 30, "from": 230, "over": 200},
        ],
    },
]


def drawn(number: int) -> dict[str, Any]:
    """Random scenario of this number: same number, same scenario. Its load is such that the clairvoyant has every job done in time."""
    for attempt in range(50):
        scenario = _draw(random.Random(f"scenario:{number}:{attempt}"), f"R{number:03d}")
        jobs = make_jobs(scenario, 1)
        best = ideal(scenario, 1, jobs)
        latency = list(best["lat"].values())
        if len(latency) == sum(1 for job in jobs if job["kind"] == "ok") and quantile(latency, 1.0) < 450 and quantile(latency, 0.5) > 10:
            return scenario
    raise AssertionError(f"no feasible scenario for number {number}")


def _draw(luck: random.Random, name: str) -> dict[str, Any]:
    rpm = round(2 ** luck.uniform(2.6, 5.6))
    median = round(luck.uniform(6, 25), 1)
    limit: dict[str, Any] = {
        "kind": luck.choices(["bucket", "window", "fixed"], [75, 20, 5])[0],
        "rpm": rpm,
        "burst": luck.randint(1, 10),
        "concurrency": max(2, round(rpm / 60 * median * luck.uniform(0.6, 3.0))),
        "hint": luck.choice(
            ["retry_after_s", "retry_after_ms", "message", "none", "none", "limit_message", "mixed", "retry_after_date", "google"]
        ),
        "headers": luck.random() < 0.3,
        "concurrency_text": luck.random() < 0.6,
    }
    if luck.random() < 0.3:
        limit["reject_cost"] = luck.choice([0.25, 0.5, 1.0])
        limit["reject_floor"] = luck.randint(2, 6)
    if luck.random() < 0.2:
        limit["changes"] = [{"at": round(luck.uniform(100, 250)), "rpm": max(4, round(rpm * luck.choice([0.5, 0.6, 1.5, 2])))}]
    scenario: dict[str, Any] = {
        "name": name,
        "deadline_s": 900,
        "limit": limit,
        "service": {"median": median, "sigma": round(luck.uniform(0.2, 0.5), 2)},
    }
    if luck.random() < 0.5:
        scenario["faults"] = {
            "p503": round(luck.uniform(0, 0.1), 3),
            "reset_p": round(luck.uniform(0, 0.06), 3),
            "slow_p": luck.choice([0, 0, 0.02, 0.04]),
            "slow_s": 400,
        }
        if luck.random() < 0.2:
            start = round(luck.uniform(50, 200))
            scenario["faults"]["bursts503"] = [{"from": start, "to": start + round(luck.uniform(15, 60)), "p": 0.5}]
    if luck.random() < 0.35:
        outages, start = [], luck.uniform(40, 200)
        for _ in range(luck.choice([1, 1, 2])):
            outage: dict[str, Any] = {
                "from": round(start),
                "to": round(start + luck.uniform(30, 150)),
                "mode": luck.choice(["503", "503", "reset"]),
                "kill_inflight": luck.random() < 0.5,
            }
            if luck.random() < 0.2:
                outage["latency"] = round(luck.uniform(1, 8), 1)
            if luck.random() < 0.2:
                outage["retry_after"] = luck.choice([1, 5, 20, 60])
            outages.append(outage)
            start = outage["to"] + luck.uniform(40, 150)
        scenario["outages"] = outages
    if luck.random() < 0.2:
        start = luck.uniform(60, 250)
        scenario["quota"] = [{"from": round(start), "to": round(start + luck.uniform(30, 120))}]
    capacity = min(rpm, limit["concurrency"] * 60 / (median * 1.1))
    total = max(20, min(160, round(capacity * luck.uniform(2.5, 5.5))))
    scenario["jobs"] = _draw_jobs(luck, total, total / capacity * 60)
    return scenario


def _draw_jobs(luck: random.Random, total: int, span: float) -> list[dict[str, Any]]:
    shape = luck.choice(["burst", "poisson", "mixed", "heavy"])
    groups: list[dict[str, Any]] = []
    if shape == "burst":
        groups.append({"user": "u", "users": luck.randint(4, 20), "count": total})
    elif shape == "poisson":
        groups.append(
            {"user": "u", "users": luck.randint(4, 25), "count": total, "over": round(span * luck.uniform(0.7, 1.3)), "poisson": True}
        )
    elif shape == "mixed":
        half = total // 2
        groups.append({"user": "u", "users": luck.randint(3, 12), "count": half})
        groups.append(
            {
                "user": "v",
                "users": luck.randint(3, 12),
                "count": total - half,
                "from": round(span * 0.3),
                "over": round(span * luck.uniform(0.3, 0.8)),
            }
        )
    else:
        light = max(5, total // 4)
        groups.append({"user": "heavy", "count": total - light, "role": "heavy"})
        groups.append({"user": "light", "each": True, "count": light, "from": 5, "over": round(span * 0.5), "role": "light"})
    if luck.random() < 0.4:
        groups.append({"user": "u", "users": 10, "count": max(1, total // 12), "over": round(span), "kind": "safety"})
        groups.append({"user": "u", "users": 10, "count": max(1, total // 30), "over": round(span), "kind": "badparam"})
    return groups
