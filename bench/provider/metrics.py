"""The figures of one run (docs/benchmarks.md explains each)."""

from __future__ import annotations

import collections
import math
from typing import Any

from bench.provider.ideal import ideal
from bench.provider.provider import Provider


def quantile(values: list[float], share: float) -> float:
    """Nearest rank; nan of nothing."""
    if not values:
        return math.nan
    return sorted(values)[min(len(values) - 1, max(0, math.ceil(share * len(values)) - 1))]


def compute(scenario: dict[str, Any], seed: int, jobs: list[Any], provider: Provider, results: list[Any], t_end: float) -> dict[str, Any]:
    """Everything the table shows, and more for looking closer."""
    best = ideal(scenario, seed, jobs)
    by = {result["id"]: result for result in results}
    feasible = [job for job in jobs if job["kind"] == "ok"]
    latency, fine, done = {}, [], []
    for job in feasible:
        result = by.get(job["id"])
        good = bool(
            result and result["ok"] and job["id"] in provider.delivered and result["t_done"] - job["submit_at"] <= job["deadline_s"]
        )
        latency[job["id"]] = result["t_done"] - job["submit_at"] if result and good else job["deadline_s"]
        if result and good:
            fine.append(latency[job["id"]])
            done.append(result["t_done"])
    images = len(fine)
    best_latency = [best["lat"].get(job["id"], job["deadline_s"]) for job in feasible]
    count = provider.count
    out: dict[str, Any] = {
        "jobs": len(feasible),
        "images": images,
        "success": images / len(feasible),
        "makespan_ratio": max(done) / best["makespan"] if done else math.nan,
        "goodput_at_1_25": sum(1 for t in done if t <= best["makespan"] * 1.25) / len(feasible),
        "plr": (sum(latency.values()) / len(feasible)) / (sum(best_latency) / len(best_latency)),
        "p50": quantile(fine, 0.5),
        "p95": quantile(fine, 0.95),
        "p50_ideal": quantile(best_latency, 0.5),
        "p95_ideal": quantile(best_latency, 0.95),
        "requests": count["received"],
        "req_per_image": count["received"] / images if images else math.inf,
        "req_per_image_ideal": best["sent"] / len(feasible),
        "rejected_rate": count["rejected_rate"],
        "rejected_conc": count["rejected_concurrency"],
        "billed_per_image": count["billed"] / images if images else math.inf,
        "wasted": count["wasted"],
        "duplicates": count["duplicates"],
        "wrong_retries": count["wrong_retries"],
        "admitted": count["admitted"],
        "max_inflight": provider.max_in_flight,
        "makespan_ideal": best["makespan"],
        "t_end": t_end,
    }
    if scenario.get("quota"):
        out["quota_requests"] = count["during_quota"]
    light = [job["id"] for job in feasible if job["role"] == "light"]
    if light:
        out["light_p95"] = quantile([latency[job] for job in light], 0.95)
        out["light_p95_ideal"] = quantile([best["lat"][job] for job in light], 0.95)
        out["light_ratio"] = out["light_p95"] / out["light_p95_ideal"]
    if scenario.get("refusals"):
        out.update(_lone_figures(jobs, provider))
    if scenario.get("outages"):
        out.update(_outage_figures(scenario, provider, best, done))
    return out


def _outage_figures(scenario: dict[str, Any], provider: Provider, best: dict[str, Any], done: list[float]) -> dict[str, Any]:
    limit = scenario["limit"]
    capacity = min(limit["concurrency"], limit["burst"] + limit["rpm"] / 60)
    herd, recovery, best_recovery = [], [], []
    for outage in scenario["outages"]:
        seconds = collections.Counter(int(t) for t in provider.arrivals if outage["from"] <= t <= outage["to"] + 60)
        herd.append(max(seconds.values(), default=0) / capacity)
        recovery.append(min((t for t in done if t > outage["to"]), default=math.nan) - outage["to"])
        best_recovery.append(min((t for t in best["done"].values() if t > outage["to"]), default=math.nan) - outage["to"])
    length = sum(outage["to"] - outage["from"] for outage in scenario["outages"])
    return {
        "herd_peak": max(herd),
        "recover_s": max(recovery),
        "recover_ideal_s": max(best_recovery),
        "outage_requests": provider.count["during_outage"],
        "outage_requests_per_90s": provider.count["during_outage"] * 90 / length,
    }


BARE = 2.0
"""Seconds taken for the hint of an episode whose refusals name none."""


def _lone_figures(jobs: list[Any], provider: Provider) -> dict[str, Any]:
    """How long requests were kept back after the last of a few refusals, in units of the longest hint among these."""
    submitted = {job["id"]: job["submit_at"] for job in jobs}
    first, later = [], []
    starts = [episode.start for episode in provider.episodes[1:]] + [math.inf]
    for episode, until in zip(provider.episodes, starts, strict=True):
        if episode.last is None:
            continue
        after = [(t, job) for t, job in provider.admitted_at if episode.last < t and submitted[job] < until]
        waits = [(t - max(submitted[job], episode.last)) / max(episode.longest, BARE) for t, job in after]
        first += waits[:1]
        later += waits[1:]
    return {"lone_first": first, "lone_later": later, "lone_wait": quantile(first + later, 0.95)}


def estimate_figures(results: list[dict[str, Any]]) -> dict[str, Any]:
    """How honest the first estimate was: results may carry `told` (seconds) and `told_at` (scenario time)."""
    told = [(one["told"], one["t_done"] - one["told_at"]) for one in results if one["ok"] and one.get("told") is not None]
    errors = [abs(said - real) / max(real, 1.0) for said, real in told]
    return {"estimate_error": quantile(errors, 0.5), "estimates": len(errors)} if errors else {}
