"""Long runs by command: `python -m tests.simulation sweep | replay | shrink | hash | cover | bugs | kill`; each says more with --help."""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from tests.simulation import killing
from tests.simulation.case_bugs import BUGS, PROMISE
from tests.simulation.generate import from_seed
from tests.simulation.plan import Crash, Plan
from tests.simulation.run import run, run_seed
from tests.simulation.shrink import shrink
from tests.simulation.world import Report

Change = tuple[str, str | None, str, str | None]
SIDES = ("before", "after")
PLANTED = Path(__file__).with_name("planted")
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
def cover_command(n: Count = 2000, wanted: int = 20, budget: Annotated[float, typer.Option(help="Minutes.")] = 60.0) -> None:
    """Crash right before and right after every step of both tables, `wanted` times each; seeds are only the means."""
    steps: Counter[Change] = Counter()
    crashed: Counter[tuple[Change, str]] = Counter()
    failing, began = 0, time.perf_counter()
    for seed in range(n):
        plan = from_seed(seed)
        poor = sorted(
            ((crashed[change, side], side, change) for change in steps for side in SIDES if crashed[change, side] < wanted), key=str
        )
        if (not poor and seed >= 100) or time.perf_counter() > began + budget * 60:
            break
        if poor and seed % 4:  # aim at what was seen and is still short of crashes
            _, side, (_, before, after, detail) = poor[seed % len(poor)]
            target = f"commit-{side}:{before}>{after}" + (f"={detail}" if detail else "")
            plan.crashes.insert(0, Crash(target, 1 + seed % 2, ("kill", "power", "torn")[seed % 3], 3.0))
        report = run(plan)
        steps.update(map(change_of, report.steps.elements()))
        crashed.update((change_of(key[:4]), key[4]) for key in report.crashed.elements())
        if report.violations:
            failing += 1
            print(f"seed {seed} with {plan.crashes}: {report.violations[0]}", flush=True)
    for change in sorted(steps, key=str):
        table, before, after, detail = change
        counts = " ".join(f"{side} {crashed[change, side]:4}" for side in SIDES)
        print(f"{table:9} {before or '-'!s:12} > {after:18} {detail or '':12} {steps[change]:6} times, crashed {counts}")
    short = [one for one in steps for side in SIDES if crashed[one, side] < wanted]
    print(f"{seed} seeds, {failing} failing, {len(short)} of {2 * len(steps)} sides below {wanted}")
    raise typer.Exit(1 if failing else 0)


@app.command("kill")
def kill_command(n: Count = 60, seed: int = 1) -> None:
    """kill -9 of a real process in a loop, against a real file."""
    with tempfile.TemporaryDirectory() as folder:
        print(killing.loop(Path(folder), n, seed))


def change_of(step: tuple[str, str | None, str, str | None]) -> Change:
    """A step of a table; who decided a case makes no difference."""
    table, before, after, detail = step
    return table, before, after, detail if table == "requests" and after == "answered" else None


def _plan(seed: int, file: Path | None) -> Plan:
    return Plan.load(file) if file is not None else from_seed(seed)


def _tell(report: Report) -> None:
    print(f"hash {report.hash}, {report.simulated / 3600:.1f} h, {report.lives} lives, {report.events} events")
    for violation in report.violations:
        print(f"BROKEN {violation}")
    raise typer.Exit(1 if report.violations else 0)


if __name__ == "__main__":
    app()
