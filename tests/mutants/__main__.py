"""Would a test notice? Changes the code that decides who may do what, one small change at a time, and runs the tests of its module.

`make mutants`, or `python -m tests.mutants [GROUP ...]` where mutmut 3 is installed. `groups.toml` maps modules to fast tests,
`by_hand.toml` holds changes of rules that mutmut does not think of, `explained.toml` those that no test needs to notice. Ends with 1
when a change survives that is not explained, or an explanation matches no change.
"""

from __future__ import annotations

import json
import multiprocessing
import time
import tomllib
from collections.abc import Iterable
from typing import Annotated

import typer

from tests.mutants import server
from tests.mutants.changes import HERE, ROOT, Change, by_hand, by_mutmut, dotted


def main(
    groups: Annotated[list[str] | None, typer.Argument(help="Groups of groups.toml, or modules; all of them by default.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Also arguments of calls and strings.")] = False,
    hand: Annotated[bool, typer.Option("--by-hand", help="Only the changes of by_hand.toml.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Only what was not noticed, or not tried, the last time.")] = False,
    jobs: Annotated[int, typer.Option(help="Processes.")] = 1,
) -> None:
    """Run the groups, and say which changes no test noticed."""
    (ROOT / ".mutants").mkdir(exist_ok=True)
    explained: dict[str, str] = tomllib.loads((HERE / "explained.toml").read_text(encoding="utf-8"))
    failed = False
    for group in tomllib.loads((HERE / "groups.toml").read_text(encoding="utf-8"))["group"]:
        modules = [one for one in group["modules"] if not groups or group["name"] in groups or one in groups]
        found = list(by_hand(modules))
        changes = [one for one in found if isinstance(one, Change)]
        for gone in (one for one in found if isinstance(one, str)):
            print(gone)
            failed = True
        if not hand:
            changes += [one for module in modules for one in by_mutmut(module, everything=everything)]
            for key in _gone(explained, modules, {one.key for one in changes}):
                print(f"explained.toml: no such change: {key}")
                failed = True
        if changes:
            failed = _run(group["name"], changes, modules, group["tests"], explained, again=again, jobs=jobs) or failed
    raise typer.Exit(1 if failed else 0)


def _run(
    name: str, changes: list[Change], modules: list[str], tests: list[str], explained: dict[str, str], *, again: bool, jobs: int
) -> bool:
    """One group, in a process of its own, because it imports the product its own way; whether something is left."""
    file = ROOT / ".mutants" / f"{name}.json"
    known: dict[str, str] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    names = _names(changes)
    unnoticed = (None, server.SURVIVED, server.UNREACHED, server.NO_FUNCTION)
    wanted = [one for one, named in zip(changes, names, strict=True) if not again or known.get(named) in unnoticed]
    wanted.sort(key=lambda one: one.key in explained)  # those last, because each of them runs every test
    named = dict(zip(map(id, changes), names, strict=True))
    for one in wanted:
        known.pop(named[id(one)], None)

    def verdict(change: Change, what: str) -> None:
        known[named[id(change)]] = what
        file.write_text(json.dumps(known, indent=0), encoding="utf-8")
        if what in unnoticed and change.key not in explained:
            print(f"    {what}: {change.key}", flush=True)

    began = time.monotonic()
    if wanted:
        process = multiprocessing.get_context("fork").Process(
            target=server.serve, args=(wanted, modules, tests, jobs, verdict, file.with_suffix(".tests"))
        )
        process.start()
        process.join()
        known = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    left = [one for one, its in zip(changes, names, strict=True) if known.get(its) in unnoticed]
    untried = sum(its not in known for its in names)
    unexplained = sum(known.get(its, "") in unnoticed and one.key not in explained for one, its in zip(changes, names, strict=True))
    noticed, survived, took = len(changes) - len(left), len(left) - untried, time.monotonic() - began
    print(f"{name}: {len(changes)} changes, {noticed} noticed, {survived} not, of which {unexplained} unexplained", flush=True)
    print(f"    {untried} not tried; {took:.0f} s", flush=True)
    return bool(unexplained or untried)


def _gone(explained: Iterable[str], modules: list[str], known: set[str]) -> list[str]:
    """Explained keys of these modules that match no change, also none of `--all`."""
    left = []
    for module in modules:
        own = [key for key in explained if key.startswith((f"{dotted(module)}.", f"{dotted(module)}, by hand")) and key not in known]
        possible = {one.key for one in by_mutmut(module, everything=True)} if own else set()
        left += [key for key in own if key not in possible]
    return left


def _names(changes: list[Change]) -> list[str]:
    """Keys, numbered where several changes of a function read the same."""
    seen: dict[str, int] = {}
    names = []
    for one in changes:
        seen[one.key] = seen.get(one.key, 0) + 1
        names.append(one.key if seen[one.key] == 1 else f"{one.key} ({seen[one.key]})")
    return names


if __name__ == "__main__":
    typer.run(main)
