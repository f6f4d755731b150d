"""Long runs by command: `python -m tests.simulation sweep | replay | shrink | hash`; each says more with --help."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from tests.simulation.plan import Plan, from_seed
from tests.simulation.run import run, run_seed
from tests.simulation.shrink import shrink
from tests.simulation.world import Report

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)
Count = Annotated[int, typer.Option("-n", help="How many seeds.")]
PlanFile = Annotated[Path | None, typer.Option(help="A plan as JSON instead of a seed.")]


@app.command()
def sweep(n: Count = 600, start: int = 0, first: bool = False) -> None:
    """Run many seeds and say what broke."""
    began, simulated, events, lives = time.perf_counter(), 0.0, 0, 0
    rules: Counter[str] = Counter()
    died: Counter[str] = Counter()
    families: Counter[str] = Counter()
    failing: list[Report] = []
    done = 0
    for seed in range(start, start + n):
        report = run_seed(seed)
        done += 1
        simulated, events, lives = simulated + report.simulated, events + report.events, lives + report.lives
        died.update(report.died_at)
        families.update(report.families)
        if report.violations:
            failing.append(report)
            rules.update({violation.rule for violation in report.violations})
            print(f"seed {seed}: {report.violations[0]}", flush=True)
            if first:
                break
    took = time.perf_counter() - began
    hours = simulated / 3600
    print(f"{done} seeds in {took:.1f} s ({done / took:.1f} a second), {hours:.0f} simulated hours ({hours / took:.0f} per second),")
    print(f"{events} events, {lives} lives, {len(failing)} failing {dict(rules)}")
    print(f"died at: {dict(died.most_common())}")
    print(f"faults: {dict(families.most_common())}")
    raise typer.Exit(1 if failing else 0)


@app.command()
def replay(seed: int = 0, plan: PlanFile = None, lines: int = 200) -> None:
    """Run one seed or plan and print its history."""
    report = run(_plan(seed, plan), keep=True)
    print("\n".join(report.lines[-lines:]))
    _tell(report)


@app.command("shrink")
def shrink_command(seed: int = 0, plan: PlanFile = None, rule: str = "", out: Path | None = None) -> None:
    """Make a failing seed or plan small and write it down."""
    small, broken, tries = shrink(_plan(seed, plan), run, rule or None)
    target = out or Path(f"failing-{small.seed}-{broken}.json")
    target.write_text(small.to_json(), encoding="utf-8")
    print(f"{broken}: {len(small.commands)} commands, {len(small.crashes)} crashes after {tries} runs -> {target}")


@app.command("hash")
def hash_command(seeds: Annotated[list[int], typer.Argument()]) -> None:
    """The hash of each seed's history: two processes must print the same."""
    for seed in seeds:
        print(seed, run_seed(seed).hash, flush=True)


def _plan(seed: int, file: Path | None) -> Plan:
    return Plan.load(file) if file is not None else from_seed(seed)


def _tell(report: Report) -> None:
    print(f"hash {report.hash}, {report.simulated / 3600:.1f} h, {report.lives} lives, {report.events} events")
    for violation in report.violations:
        print(f"BROKEN {violation}")
    raise typer.Exit(1 if report.violations else 0)


if __name__ == "__main__":
    app()
