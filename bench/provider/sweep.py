"""Many scenarios quickly, without a network: `python -m bench sweep [--shape lone] [--first 0] [--count 200] [--worst plr]`."""

from __future__ import annotations

import argparse
import math
import statistics
import sys
from collections.abc import Callable
from typing import Any

from bench.provider.fast import Run
from bench.provider.metrics import quantile
from bench.provider.scenarios import PUBLIC
from bench.provider.shapes import SHAPES

Row = dict[str, Any]
LONE = (("median", 0.5), ("p95", 0.95), ("p99", 0.99))
FEATURES: dict[str, Callable[[Row], object]] = {
    "everything": lambda scenario: True,
    "plain": lambda scenario: not any(scenario.get(key) for key in ("quota", "outages", "faults")),
    **{
        f"hint {hint}": lambda scenario, hint=hint: scenario["limit"]["hint"] == hint  # type: ignore[misc]
        for hint in ("none", "mixed", "limit_message", "message", "google", "retry_after_s", "retry_after_ms", "retry_after_date")
    },
    **{
        f"{kind} limit": lambda scenario, kind=kind: scenario["limit"].get("kind", "bucket") == kind
        for kind in ("bucket", "window", "fixed")
    },  # type: ignore[misc]
    "limit headers": lambda scenario: scenario["limit"].get("headers"),
    "refusals charged": lambda scenario: scenario["limit"].get("reject_cost"),
    "limit changes": lambda scenario: scenario["limit"].get("changes"),
    "silent cap": lambda scenario: not scenario["limit"].get("concurrency_text", True),
    "faults": lambda scenario: scenario.get("faults"),
    "outages": lambda scenario: scenario.get("outages"),
    "quota": lambda scenario: scenario.get("quota"),
}


def main() -> int:
    """Print a line per feature and the worst scenarios."""
    parser = argparse.ArgumentParser(prog="python -m bench sweep")
    parser.add_argument("--shape", default="drawn", choices=SHAPES, help="what they are drawn around (bench/provider/shapes.py)")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--worst", default="plr", help="figure by which the worst are chosen")
    parser.add_argument("--trace", help="play one scenario (a number, or the start of a public name) and show every step")
    asked = parser.parse_args()
    if asked.trace:
        named = [scenario for scenario in PUBLIC if scenario["name"].startswith(asked.trace)]
        scenario = (named or [SHAPES[asked.shape](int(asked.trace.lstrip("RLHO")))])[0]
        print(scenario)
        print(Run(scenario, 1, trace=print).run())
        return 0
    public = [Run(scenario, seed).run() | {"of": scenario} for scenario in PUBLIC for seed in (1, 2, 3)]
    print(line("public", public))
    rows = []
    for number in range(asked.first, asked.first + asked.count):
        scenario = SHAPES[asked.shape](number)
        rows.append(Run(scenario, 1).run() | {"of": scenario})
        if sys.stderr.isatty():
            print(f"\r{len(rows)}/{asked.count}", end="", file=sys.stderr, flush=True)
    for name, holds in FEATURES.items():
        chosen = [row for row in rows if holds(row["of"]) and (name == "quota" or not row["of"].get("quota"))]
        if chosen:
            print(line(name, chosen))
    if waits := [wait for row in rows for wait in row.get("lone_first", []) + row.get("lone_later", [])]:
        print("wait after the last refusal, in hints: " + ", ".join(f"{name} {quantile(waits, share):.2f}" for name, share in LONE))
    print(f"\nworst by {asked.worst}:")
    for row in sorted((row for row in rows if row.get(asked.worst) is not None), key=lambda row: row[asked.worst])[-15:]:
        print(line(row["scenario"], [row]), row["of"]["limit"])
    return 0


def line(name: str, rows: list[Row]) -> str:
    """The figures that matter, over these runs."""

    def of(key: str, how: Callable[[list[float]], float] = statistics.fmean) -> float:
        values = [row[key] for row in rows if row.get(key) is not None]
        return how(values) if values else math.nan

    over = statistics.fmean(row["req_per_image"] - row["req_per_image_ideal"] for row in rows)
    refused = statistics.fmean((row["rejected_rate"] + row["rejected_conc"]) / max(1, row["images"]) for row in rows)
    return (
        f"{name:17} n {len(rows):4} success {of('success'):.3f} PLR {of('plr', statistics.geometric_mean):.3f} (max {of('plr', max):.2f}) "
        f"req/img {of('req_per_image'):.3f} (+{over:.3f}, refused {refused:.3f}) paid {of('billed_per_image'):.3f} "
        f"light {of('light_ratio', statistics.median):.2f} "
        f"herd {of('herd_peak'):.2f} outage {of('outage_requests'):.1f} out/90s {of('outage_requests_per_90s'):.1f} "
        f"quota {of('quota_requests'):.1f} wrong {of('wrong_retries', sum):.0f} estimate {of('estimate_error', statistics.median):.2f}"
    )


if __name__ == "__main__":
    raise SystemExit(main())
