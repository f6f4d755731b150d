"""The gate's benchmark with three work processes on one PostgreSQL, against the single process on SQLite, in real time and the same run."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from bench.provider.matrix import ROOT, Column, Job, Row, mean, run_all, table
from bench.provider.scenarios import PUBLIC

SINGLE, SEVERAL = ROOT / "bench" / "single_driver.py", ROOT / "bench" / "workers_driver.py"
CLOCK, WALL = "scaled:1", 1500.0
"""Real time: the work processes and the database have clocks of their own."""
WITHIN = 0.05
"""Share by which several processes may be worse."""


def main() -> int:
    """`python -m bench workers [--seeds 1] [--json FILE]`. About ten minutes for a seed."""
    parser = argparse.ArgumentParser(prog="python -m bench workers")
    parser.add_argument("--seeds", default="1")
    parser.add_argument("--json", type=Path, help="keep all figures here")
    asked = parser.parse_args()
    rows: list[Row] = []
    for seed in (int(one) for one in asked.seeds.split(",")):
        jobs = [Job(driver, one["name"], seed, clock=CLOCK, wall=WALL) for one in PUBLIC for driver in (SINGLE, SEVERAL)]
        rows += run_all(jobs, PUBLIC, at_once=len(jobs))
    print("\n" + table(rows) + "\n")
    if asked.json:
        asked.json.write_text(json.dumps(rows, indent=1))
    return judge(rows)


def judge(rows: list[Row]) -> int:
    """Print each bound with both figures. Returns how many were missed."""
    missed = sum("failed" in row for row in rows)
    one, more = ([row for row in rows if row["driver"] == driver.stem and "failed" not in row] for driver in (SINGLE, SEVERAL))
    if not one or not more:
        return missed or 1
    for key, most in (("success", None), ("plr", 1 + WITHIN), ("wrong_retries", 0.0), ("rejected", 1.0)):
        alone, several = (_figure(key, some) for some in (one, more))
        met = several >= alone * (1 - WITHIN) if most is None else several <= (alone * most if most else 0.0) + 1e-9
        missed += not met
        print(f"  {'ok  ' if met else 'MISS'} {key:14} one process {alone:7.3f}   three work processes {several:7.3f}")
    return missed


def _figure(key: str, rows: list[Row]) -> float:
    if key == "rejected":  # calls above the service's limits
        return float(sum(row["rejected_rate"] + row["rejected_conc"] for row in rows))
    return mean(rows, Column(key, key, geometric=key == "plr")) or 0.0


if __name__ == "__main__":
    raise SystemExit(main())
