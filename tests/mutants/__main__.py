"""Would a test notice? Changes the code that decides who may do what, one small change at a time, and runs the tests of its module.

`make mutants`, or `python -m tests.mutants [GROUP ...]` where mutmut 3 is installed. `groups.toml` maps modules to fast tests,
`explained.toml` holds the changes that no test needs to notice. Ends with 1 when a change survives that is not explained.
"""

from __future__ import annotations

import difflib
import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Annotated, Any

import libcst as cst
import typer
from mutmut.configuration import reset_config
from mutmut.mutation.file_mutation import create_mutations
from mutmut.mutation.trampoline_templates import mangle_function_name

HERE, ROOT = Path(__file__).parent, Path(__file__).parents[2]
COPIED = ("bot", "adapters", "tests", "bench", "pyproject.toml", "README.md")
WORDS = (cst.Call, cst.SimpleString)
"""Without `--all` neither arguments nor strings are changed: those are three of four changes, and mostly about words."""
SURVIVED, NO_TESTS, KILLED = 0, 33, (1, 3)
CONFIG = """
[tool.mutmut]
source_paths = ["bot/", "adapters/"]
only_mutate = {modules}
also_copy = ["bench/", "README.md"]
pytest_add_cli_args_test_selection = {tests}
pytest_add_cli_args = ["-p", "no:cacheprovider", "-p", "no:xdist"]
track_dependencies = false
use_git_change_detection = false
"""


@dataclass(frozen=True, slots=True)
class Change:
    """One small change of the code."""

    name: str
    """mutmut's."""
    where: str
    """Module and function."""
    function: cst.FunctionDef
    before: cst.CSTNode
    after: cst.CSTNode

    @property
    def key(self) -> str:
        """Where, and the lines that differ: says what a change does, and stays the same when other functions change."""
        old, new = (cst.Module([one]).code.splitlines() for one in (self.function, self.function.deep_replace(self.before, self.after)))
        lines = [line for line in difflib.ndiff(old, new) if line[:1] in "+-"]
        gone, come = (" ".join(" ".join(line[1:].split()) for line in lines if line[0] == sign) for sign in "-+")
        return f"{self.where}: {gone} -> {come}"


def main(
    groups: Annotated[list[str] | None, typer.Argument(help="Groups of groups.toml, or modules; all of them by default.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Also arguments of calls and strings.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Only what was not noticed, or not tried, the last time.")] = False,
    jobs: Annotated[int, typer.Option(help="Processes.")] = 1,
) -> None:
    """Run the groups, and say which changes no test noticed."""
    explained: dict[str, str] = tomllib.loads((HERE / "explained.toml").read_text(encoding="utf-8"))
    failed = False
    for group in tomllib.loads((HERE / "groups.toml").read_text(encoding="utf-8"))["group"]:
        modules = [one for one in group["modules"] if not groups or group["name"] in groups or one in groups]
        if not modules:
            continue
        folder = copy_of_the_tree(group["name"], modules, group["tests"])
        os.chdir(folder)  # where mutmut looks for its settings
        reset_config()
        changes = [one for module in modules for one in changes_of(module, everything=everything)]
        left = ROOT / ".mutants" / f"{group['name']}.json"
        before = set(json.loads(left.read_text(encoding="utf-8"))) if left.exists() else set()
        others = sorted(one for one in before if not one.startswith(tuple(f"{_dotted(module)}." for module in modules)))
        if again and left.exists():
            changes = [one for one in changes if one.key in before]
        results = run(folder, modules, changes, jobs) if changes else {}
        survived = [one for one in changes if results.get(one.name) in (SURVIVED, NO_TESTS)]
        unexplained = [one for one in survived if one.key not in explained]
        untried = sum(results.get(one.name) is None for one in changes)
        mine = [one.key for one in changes if results.get(one.name) in (SURVIVED, NO_TESTS, None)]
        left.write_text(json.dumps([*others, *mine]), encoding="utf-8")
        noticed = len(changes) - len(survived) - untried
        print(f"{group['name']}: {len(changes)} changes, {noticed} noticed, {len(survived)} not, of which {len(unexplained)} unexplained")
        if untried:
            print(f"    {untried} not tried")
        for one in unexplained:
            print(f"    {one.key}")
        failed = failed or bool(unexplained) or bool(untried)
    raise typer.Exit(1 if failed else 0)


def changes_of(module: str, *, everything: bool) -> Iterator[Change]:
    """Every change of a module's functions, named as mutmut names them."""
    tree, mutations, _, _ = create_mutations(module, (ROOT / module).read_text(encoding="utf-8"))
    owners = dict(_functions(tree.body))
    counts: dict[cst.FunctionDef, int] = {}
    for one in mutations:
        function = one.contained_by_top_level_function
        if not isinstance(function, cst.FunctionDef) or function not in owners:
            continue
        counts[function] = counts.get(function, 0) + 1
        if everything or not isinstance(one.original_node, WORDS):
            dotted = _dotted(module)
            name = f"{dotted}.{mangle_function_name(name=function.name.value, class_name=owners[function])}__mutmut_{counts[function]}"
            where = f"{dotted}.{'.'.join(filter(None, (owners[function], function.name.value)))}"
            yield Change(name, where, function, one.original_node, one.mutated_node)


def _dotted(module: str) -> str:
    return module.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _functions(body: Sequence[Any]) -> Iterator[tuple[cst.FunctionDef, str | None]]:
    for one in body:
        if isinstance(one, cst.FunctionDef):
            yield one, None
        elif isinstance(one, cst.ClassDef):
            yield from ((part, one.name.value) for part in one.body.body if isinstance(part, cst.FunctionDef))


def copy_of_the_tree(group: str, modules: Sequence[str], tests: Sequence[str]) -> Path:
    """What mutmut needs, in a folder of its own with settings of its own."""
    folder = ROOT / ".mutants" / group
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
        else:
            shutil.copy(ROOT / name, folder / name)
    with (folder / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(CONFIG.format(modules=json.dumps(modules), tests=json.dumps(tests)))
    return folder


def run(folder: Path, modules: Sequence[str], changes: Sequence[Change], jobs: int) -> dict[str, int | None]:
    """mutmut in that folder; exit codes of the tests by change."""
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", str(jobs), *(one.name for one in changes)]
    with (folder / "mutmut.log").open("w", encoding="utf-8") as log:
        subprocess.run(command, cwd=folder, stdout=log, stderr=subprocess.STDOUT, check=False, env={**os.environ, "PYTHONPATH": ""})
    found: dict[str, int | None] = {}
    for module in modules:
        meta = folder / "mutants" / f"{module}.meta"
        if meta.exists():
            found.update(json.loads(meta.read_text(encoding="utf-8"))["exit_code_by_key"])
    return {one.name: code for one in changes for key, code in found.items() if fnmatch(key.replace(".__init__", ""), one.name)}


if __name__ == "__main__":
    typer.run(main)
