"""Limits for functions: 40 lines, 7 parameters and 4 levels of nesting, unless there is a stated reason."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("bot", "adapters")
MOST_LINES, MOST_PARAMETERS, MOST_DEPTH = 40, 7, 4
_BLOCKS = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.Match)
_OWN = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)

EXCEPTIONS = {
    "bot/cli/batch.py:new": "typer reads a command's options from its signature",
    "bot/cli/batch.py:resume": "typer reads a command's options from its signature",
    "bot/cli/cases.py:list_": "typer reads a command's options from its signature",
    "bot/cli/cases.py:export": "typer reads a command's options from its signature",
    "bot/cli/cases.py:audit_log": "typer reads a command's options from its signature",
    "bot/cli/records.py:requests": "typer reads a command's options from its signature",
    "bot/ledger/request_rows.py:insert_received": "one line for each column of the row",
    "bot/prompts/lint_secrets.py:_detectors": "one line for each detector",
    "bot/failures/signals.py:finish": "one field of Signals after the other",
    "bot/gate/memory.py:read": "takes each learning part of the gate",
    "bot/compose.py:build": "everything that a bot is made of, by name",
    "bot/providers/http_provider.py:__init__": "ports with defaults",
}
"""Functions that may exceed a limit, each with its reason."""


def problems(root: Path = ROOT) -> list[str]:
    """One sentence for each function over a limit, and for each exception that is no longer needed."""
    found = []
    needed = set()
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*.py")):
            for function in _functions(ast.parse(path.read_text(encoding="utf-8"))):
                over = list(_over(function))
                name = f"{path.relative_to(root)}:{function.name}"
                if over and name in EXCEPTIONS:
                    needed.add(name)
                elif over:
                    found.append(f"{name} has {' and '.join(over)}; split it, or give a reason in scripts/complexity.py")
    return found + [
        f"{name} is no longer over a limit; take it out of scripts/complexity.py" for name in sorted(EXCEPTIONS.keys() - needed)
    ]


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _over(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    arguments = function.args
    listed = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    names = [one.arg for one in listed if one is not None and one.arg not in ("self", "cls")]
    deepest = depth(function)
    if lines > MOST_LINES:
        yield f"{lines} lines (limit {MOST_LINES})"
    if len(names) > MOST_PARAMETERS:
        yield f"{len(names)} parameters (limit {MOST_PARAMETERS})"
    if deepest > MOST_DEPTH:
        yield f"{deepest} levels of blocks (limit {MOST_DEPTH})"


def depth(node: ast.AST) -> int:
    """Levels of nested blocks; an `elif` counts as the level of its `if`, and nested functions are counted separately."""
    deepest = 0
    for child in ast.iter_child_nodes(node):
        if isinstance(child, _OWN):
            continue
        elif_ = isinstance(node, ast.If) and isinstance(child, ast.If) and node.orelse == [child]
        deepest = max(deepest, depth(child) + (isinstance(child, _BLOCKS) and not elif_))
    return deepest
