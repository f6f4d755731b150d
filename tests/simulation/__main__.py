"""Long runs by command: `python -m tests.simulation sweep | replay | shrink | hash | cover | bugs | kill | torture`; more with --help."""

from __future__ import annotations

import hashlib
import multiprocessing
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Annotated

import typer

from tests.simulation import killing
from tests.simulation.case_bugs import BUGS, PROMISE
from tests.simulation.covering import Cover
from tests.simulation.generate import from_seed
from tests.simulation.plan import Plan
from tests.simulation.run import run, run_seed
from tests.simulation.shrink import shrink
from tests.simulation.world import Report

PLANTED = Path(__file__).with_name("planted")
app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)
Count = Annotated[int, typer.Option("-n", help="How many seeds.")]
FAILING = Path("failing-plans")
AT_ONCE = 1000
"""Seeds that are handed to the processes at once."""
SAID_EVERY = 500
"""Seeds between two lines of progress."""
Folder = Annotated[Path, typer.Option(help="Where failing plans are written.")]
PlanFile = Annotated[Path | None, typer.Option(help="A plan as JSON instead of a seed.")]


@app.command()
def sweep(
    n: Count = 600,
    start: int = 0,
    first: bool = False,
    out: Folder = FAILING,
    jobs: Annotated[int, typer.Option(help="Processes.")] = 1,
) -> None:
    """Run many seeds and say what broke."""
    began, simulated, events, lives = time.perf_counter(), 0.0, 0, 0
    rules: Counter[str] = Counter()
    died: Counter[str] = Counter()
    families: Counter[str] = Counter()
    failing: list[Report] = []
    done = 0
    for report in _reports(range(start, start + n), jobs):
        done += 1
        if done % SAID_EVERY == 0:
            print(f"{done} of {n} seeds, {len(failing)} failing, {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
        simulated, events, lives = simulated + report.simulated, events + report.events, lives + report.lives
        died.update(report.died_at)
        families.update(report.families)
        if report.violations:
            failing.append(report)
            rules.update({violation.rule for violation in report.violations})
            print(f"seed {report.plan.seed}:", end=" ")
            keep(report, out)
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


@app.command("bugs")
def bugs_command(names: Annotated[list[str] | None, typer.Argument()] = None, n: Count = 200) -> None:
    """Look for every planted bug, and write the smallest plan that shows it into `planted/`."""
    missed = 0
    for name in names or list(BUGS):
        file = PLANTED / f"{name}.json"

        def run_with_bug(plan: Plan, plant: str = name) -> Report:
            with BUGS[plant]():
                return run(plan)

        plans = [Plan.load(file)] if file.exists() else []
        for plan in [*plans, *map(from_seed, range(n))]:
            broken = [one.rule for one in run_with_bug(plan).violations if one.rule.startswith(PROMISE.get(name, tuple("1234567")))]
            rule = broken[0] if broken else None
            if rule is not None and not run(plan).violations:
                small, _, tries = shrink(plan, run_with_bug, rule)
                file.write_text(small.to_json(), encoding="utf-8")
                print(f"{name}: {rule} (seed {plan.seed}, {tries} runs, {len(small.commands)} commands)", flush=True)
                break
        else:
            missed += 1
            print(f"{name}: NOT FOUND in {n} seeds", flush=True)
    raise typer.Exit(1 if missed else 0)


@app.command("cover")
def cover_command(
    n: Count = 100, wanted: int = 20, budget: Annotated[float, typer.Option(help="Minutes.")] = 60.0, out: Folder = FAILING
) -> None:
    """Crash right before and right after every step of both tables, `wanted` times each; seeds are only the means."""
    failing: list[Path] = []
    cover = Cover(wanted, lambda report: failing.append(keep(report, out)))
    cover.go(n, budget)
    print("\n".join(cover.lines()))
    print(f"{len(failing)} failing")
    raise typer.Exit(1 if failing else 0)


@app.command("kill")
def kill_command(n: Count = 60, seed: int = 1) -> None:
    """kill -9 of a real process in a loop, against a real file."""
    with tempfile.TemporaryDirectory() as folder:
        print(killing.loop(Path(folder), n, seed))


@app.command("torture")
def torture_command(
    n: Count = 2000, kills: int = 20, stops: int = 8, crashes: int = 2, seed: int = 1, control: str = "", patience: float = 300.0
) -> None:
    """Four processes on one PostgreSQL server, killed and stopped, while the server crashes. `--control`: without one protection."""
    from tests.simulation.torture import torture

    with tempfile.TemporaryDirectory(prefix="imagine-torture-") as folder:
        seen = torture(Path(folder), n, kills, stops, crashes, seed=seed, control=control, patience=patience)
    print(seen)
    print(f"BROKEN {seen.broken}" if seen.broken else "nothing broken")
    raise typer.Exit(bool(seen.broken) is not bool(control))


def keep(report: Report, folder: Path) -> Path:
    """Writes a failing plan down and says how to run it again."""
    folder.mkdir(parents=True, exist_ok=True)
    name = hashlib.sha256(report.plan.to_json().encode()).hexdigest()[:8]
    file = folder / f"{report.violations[0].rule}-{name}.json"
    file.write_text(report.plan.to_json(), encoding="utf-8")
    print(f"{report.violations[0]}\n    python -m tests.simulation replay --plan {file}", flush=True)
    return file


def _reports(seeds: Sequence[int], jobs: int) -> Iterator[Report]:
    """The seeds' reports, in order."""
    if jobs < 2:
        yield from map(run_seed, seeds)
        return
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn")) as pool:
        for first in range(0, len(seeds), AT_ONCE):  # so that no more than these are waiting to be looked at
            yield from pool.map(run_seed, seeds[first : first + AT_ONCE], chunksize=10)


def _plan(seed: int, file: Path | None) -> Plan:
    return Plan.load(file) if file is not None else from_seed(seed)


def _tell(report: Report) -> None:
    print(f"hash {report.hash}, {report.simulated / 3600:.1f} h, {report.lives} lives, {report.events} events")
    for violation in report.violations:
        print(f"BROKEN {violation}")
    raise typer.Exit(1 if report.violations else 0)


if __name__ == "__main__":
    app()
