"""The real core in a hostile world: forty seeds, and the same history whenever and wherever a seed is run."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.simulation.plan import Plan
from tests.simulation.run import run, run_seed

START, SEEDS = int(os.environ.get("SIM_START", "0")), int(os.environ.get("SIM_SEEDS", "40"))
ROOT = Path(__file__).parents[2]
seen: Counter[str] = Counter()


@pytest.mark.parametrize("seed", range(START, START + SEEDS))
def test_no_promise_is_broken(seed: int) -> None:
    report = run_seed(seed)
    seen.update(report.died_at)
    seen.update(report.families)
    seen.update(f"{table} {before}>{after}" for table, before, after, _ in report.steps)
    assert not report.violations, f"replay with: python -m tests.simulation replay --seed {seed}\n" + "\n".join(
        map(str, report.violations[:5])
    )


def test_the_seeds_reached_what_matters() -> None:
    """A green run that never came near the interesting states would prove nothing."""
    if SEEDS < 40 or not seen:
        pytest.skip("needs the seeds above")
    sites = {name.split()[0] for name in seen if " " in name}
    assert {"http-before", "http-sent", "http-answered", "chat-before", "chat-after", "commit-before", "commit-after"} <= sites, sites
    assert {"hang", "reset", "late", "lost", "rate_hint", "server_error"} <= set(seen)
    assert {"requests calling>queued", "requests calling>answered", "requests queued>answered", "requests received>refused"} <= set(seen)
    assert {"requests received>held", "requests calling>collecting", "requests collecting>answered"} <= set(seen)
    assert {"cases open>claimed", "cases claimed>with_member", "cases with_member>closed_accepted", "cases claimed>open"} <= set(seen)


def test_the_same_seed_is_the_same_history_in_another_process() -> None:
    seeds = (0, 7)
    here = [f"{seed} {run_seed(seed).hash}" for seed in seeds]
    again = [f"{seed} {run_seed(seed).hash}" for seed in seeds]
    environment = {**os.environ, "PYTHONHASHSEED": "12345"}
    command = [sys.executable, "-m", "tests.simulation", "hash", *map(str, seeds)]
    there = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout.split("\n")
    assert here == again == there[:-1]


@pytest.mark.parametrize("file", sorted(Path(__file__).with_name("regressions").glob("*.json")), ids=lambda file: file.stem)
def test_a_plan_that_once_failed_is_clean(file: Path) -> None:
    report = run(Plan.load(file))
    assert not report.violations, "\n".join(map(str, report.violations[:5]))
