"""The changes: what mutmut would change in a module, and what people wrote into `by_hand.toml`."""

from __future__ import annotations

import difflib
import functools
import textwrap
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import libcst as cst
from mutmut.mutation.file_mutation import create_mutations

HERE, ROOT = Path(__file__).parent, Path(__file__).parents[2]
WORDS = (cst.Call, cst.SimpleString)
"""Without `--all` neither arguments nor strings are changed: those are three of four changes, and mostly about words."""


@dataclass(frozen=True, slots=True)
class Change:
    """One small change of the code."""

    module: str
    """Path from the root of the tree."""
    key: str
    """Where, and the lines that differ: says what a change does, and stays the same when other functions change."""
    source: str
    """The whole module with the change."""
    line: int
    """The first that differs, counted from 1."""


@functools.cache
def text_of(module: str) -> str:
    """As it stood when the run began."""
    return (ROOT / module).read_text(encoding="utf-8")


def by_mutmut(module: str, *, everything: bool) -> Iterator[Change]:
    """Every change of a module's functions that mutmut makes."""
    text = text_of(module)
    tree, mutations, _, _ = create_mutations(module, text)
    owners = dict(_functions(tree.body))
    for one in mutations:
        function = one.contained_by_top_level_function
        if isinstance(function, cst.FunctionDef) and function in owners and (everything or not isinstance(one.original_node, WORDS)):
            where = f"{dotted(module)}.{'.'.join(filter(None, (owners[function], function.name.value)))}"
            changed = function.deep_replace(one.original_node, one.mutated_node)
            old, new = (tree.code_for_node(part) for part in (function, changed))
            if owners[function]:
                old, new = (textwrap.indent(part, "    ", lambda line: bool(line.strip())) for part in (old, new))
            before, found, after = text.partition(old)
            # Many times as quick as having the module written anew, but a docstring of several lines is not found.
            source = before + new + after if found else tree.deep_replace(function, changed).code  # type: ignore[arg-type]
            yield Change(module, f"{where}: {difference(old.splitlines(), new.splitlines())}", source, first_line(text, source))


def by_hand(modules: Sequence[str]) -> Iterator[Change | str]:
    """What `by_hand.toml` has for these modules; a sentence for one whose lines no longer stand there once."""
    for one in tomllib.loads((HERE / "by_hand.toml").read_text(encoding="utf-8"))["change"]:
        if one["module"] in modules:
            text = text_of(one["module"])
            if text.count(one["before"]) != 1:
                yield f"by_hand.toml: {one['rule']}: {one['module']} has {text.count(one['before'])} such places"
                continue
            source = text.replace(one["before"], one["after"])
            yield Change(one["module"], f"{dotted(one['module'])}, by hand: {one['rule']}", source, first_line(text, source))


def difference(old: Sequence[str], new: Sequence[str]) -> str:
    if len(old) == len(new):
        pairs = [pair for pair in zip(old, new, strict=True) if pair[0] != pair[1]]
        gone, come = [one for one, _ in pairs], [one for _, one in pairs]
    else:
        lines = [line for line in difflib.ndiff(old, new) if line[:1] in "+-"]
        gone, come = ([line[1:] for line in lines if line[0] == sign] for sign in "-+")
    return " -> ".join(" ".join(" ".join(line.split()) for line in part) for part in (gone, come))


def first_line(old: str, new: str) -> int:
    before, after = old.splitlines(), new.splitlines()
    pairs = enumerate(zip(before, after, strict=False), 1)
    return next((number for number, (left, right) in pairs if left != right), min(len(before), len(after) + 1))


def dotted(module: str) -> str:
    return module.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _functions(body: Sequence[Any]) -> Iterator[tuple[cst.FunctionDef, str | None]]:
    for one in body:
        if isinstance(one, cst.FunctionDef):
            yield one, None
        elif isinstance(one, cst.ClassDef):
            yield from ((part, one.name.value) for part in one.body.body if isinstance(part, cst.FunctionDef))
