"""Which test runs which line, and how a function gets changed code in a process that has imported everything."""

from __future__ import annotations

import ast
import builtins
import functools
import gc
import importlib.abc
import importlib.machinery
import sys
from collections.abc import Iterator, Sequence
from types import CodeType, FunctionType, ModuleType
from typing import Any

from tests.mutants.changes import ROOT, dotted, text_of

PROBE = "__mutants_probe__"


class Probes(importlib.abc.MetaPathFinder):
    """Imports the given modules with a probe before each statement of their functions."""

    def __init__(self, modules: Sequence[str]) -> None:
        self.modules = {dotted(one): one for one in modules}
        self.hits: set[tuple[str, int]] = set()
        """Module and line of every statement that ran."""
        self.codes: dict[str, CodeType] = {}
        setattr(builtins, PROBE, lambda module, line: self.hits.add((module, line)))
        sys.meta_path.insert(0, self)

    def find_spec(self, fullname: str, path: Any, target: ModuleType | None = None) -> importlib.machinery.ModuleSpec | None:
        if fullname not in self.modules:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path)
        assert spec is not None
        assert spec.origin is not None
        spec.loader = _Loader(fullname, spec.origin, self)
        return spec

    def statement(self, module: str, line: int) -> set[tuple[str, int]]:
        """The probes of which one is hit when the line runs: of its statement, or of the whole function for a line of its head."""
        tree = _tree(module)
        around = [one for one in ast.walk(tree) if isinstance(one, ast.stmt) and _first(one) <= line <= (one.end_lineno or one.lineno)]
        inner = max(around, key=lambda one: (one.lineno, not isinstance(one, ast.FunctionDef)), default=None)
        outer = [one for one in around if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]
        if inner is None or not outer:
            return set()
        if inner is outer[0]:
            return {(module, one.lineno) for one in ast.walk(inner) if isinstance(one, ast.stmt)}
        return {(module, inner.lineno)}

    def around(self, module: str, line: int) -> set[tuple[str, int]]:
        """The probes of the function that the line belongs to."""
        functions = (one for one in ast.walk(_tree(module)) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef))
        whole = [one for one in functions if _first(one) <= line <= (one.end_lineno or one.lineno)]
        outer = min(whole, key=lambda one: one.lineno, default=None)
        return set() if outer is None else {(module, one.lineno) for one in ast.walk(outer) if isinstance(one, ast.stmt)}


@functools.cache
def _tree(module: str) -> ast.Module:
    return ast.parse(text_of(module))


class _Loader(importlib.machinery.SourceFileLoader):
    def __init__(self, fullname: str, path: str, probes: Probes) -> None:
        super().__init__(fullname, path)
        self.probes = probes

    def get_code(self, fullname: str) -> CodeType:
        module = self.probes.modules[fullname]
        tree = _Planter(module).visit(ast.parse(text_of(module)))
        code: CodeType = compile(ast.fix_missing_locations(tree), self.path, "exec", dont_inherit=True)
        self.probes.codes[module] = code
        return code


class _Planter(ast.NodeTransformer):
    def __init__(self, module: str) -> None:
        self.module, self.depth = module, 0

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.depth += 1
        self.generic_visit(node)
        self.depth -= 1
        return node

    visit_AsyncFunctionDef = visit_FunctionDef  # type: ignore[assignment]  # the names are ast's

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        if self.depth:
            for name in ("body", "orelse", "finalbody"):
                block = getattr(node, name, None)
                if isinstance(block, list) and block:
                    setattr(node, name, [part for one in block for part in self._with_probe(one, block[0] is one)])
        return node

    def _with_probe(self, one: ast.stmt, first: bool) -> Iterator[ast.stmt]:
        docstring = first and isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant)
        if not docstring:
            arguments: list[ast.expr] = [ast.Constant(self.module), ast.Constant(one.lineno)]
            yield ast.copy_location(ast.Expr(ast.Call(ast.Name(PROBE, ast.Load()), arguments, [])), one)
        yield one


class Functions:
    """The living functions of the modules, by module and qualified name. Made once everything is imported."""

    def __init__(self, probes: Probes) -> None:
        places = {code: (module, name) for module, whole in probes.codes.items() for name, code in _codes(whole).items()}
        self.found: dict[tuple[str, str], list[FunctionType]] = {}
        for one in gc.get_objects():
            if isinstance(one, functools._lru_cache_wrapper) and getattr(one, "__module__", None) in probes.modules:
                one.cache_clear()  # what was remembered while nothing was changed would hide a change
            if isinstance(one, FunctionType) and one.__code__ in places and one.__code__.co_filename.startswith(str(ROOT)):
                self.found.setdefault(places[one.__code__], []).append(one)

        for module in probes.codes:
            _read(module, text_of(module))  # once for all that are forked

    def change(self, module: str, source: str) -> int:
        """Give every function that differs the changed code; how many those were."""
        (old, heads_before), (new, heads) = _read(module, text_of(module)), _read(module, source)
        changed = 0
        for name, code in new.items():
            for function in self.found.get((module, name), []) if code != old.get(name) or heads[name] != heads_before.get(name) else []:
                function.__code__ = code
                if heads[name] != heads_before.get(name):
                    _new_defaults(function, source, name)
                changed += 1
        return changed


def _new_defaults(function: FunctionType, source: str, name: str) -> None:
    [node] = [one for found, one in _definitions(ast.parse(source)) if found == name]
    node.decorator_list = []
    space = dict(function.__globals__)
    exec(compile(ast.Module([node], []), "head", "exec", dont_inherit=True), space)
    made = space[node.name]
    function.__defaults__, function.__kwdefaults__ = made.__defaults__, made.__kwdefaults__


def _codes(whole: CodeType) -> dict[str, CodeType]:
    """Functions and methods by qualified name; the last of a name."""
    found: dict[str, CodeType] = {}
    for one in whole.co_consts:
        if isinstance(one, CodeType):
            found[one.co_qualname] = one
            if "<locals>" not in one.co_qualname:
                found.update(_codes(one))
    return found


@functools.lru_cache(maxsize=64)
def _read(module: str, source: str) -> tuple[dict[str, CodeType], dict[str, str]]:
    """Functions with their code, and with their parameters and defaults."""
    tree = ast.parse(source)
    codes = _codes(compile(tree, module, "exec", dont_inherit=True))
    return codes, dict.fromkeys(codes, "") | {name: ast.dump(node.args) for name, node in _definitions(tree)}


def _definitions(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for one in ast.iter_child_nodes(tree):
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{prefix}{one.name}", one
        elif isinstance(one, ast.ClassDef):
            yield from _definitions(one, f"{prefix}{one.name}.")


def _first(one: ast.stmt) -> int:
    decorators = getattr(one, "decorator_list", [])
    return min([one.lineno, *(each.lineno for each in decorators)])
