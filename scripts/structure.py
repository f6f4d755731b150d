"""Structure of the code, from its imports: circular imports, imports of names that are gone, and duplicate public class names."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("bot", "adapters")
KIT = "adapters.kit."


def modules(root: Path = ROOT, folders: Sequence[str] = FOLDERS) -> dict[str, ast.Module]:
    """Dotted name -> syntax tree of every module of these folders."""
    found = {}
    for folder in folders:
        for path in sorted((root / folder).rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            found[name] = ast.parse(path.read_text(encoding="utf-8"))
    return found


def imports(trees: Mapping[str, ast.Module]) -> dict[str, set[str]]:
    """Module -> the project's modules that it imports anywhere: at the top, lazily or for type checking only."""
    graph: dict[str, set[str]] = {}
    for name, tree in trees.items():
        named = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                named |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                named |= {f"{node.module}.{alias.name}" for alias in node.names}
        graph[name] = {module for one in named if (module := _module_of(one, trees)) is not None} - {name}
    return graph


def _module_of(named: str, trees: Mapping[str, ast.Module]) -> str | None:
    while named and named not in trees:
        named = named.rpartition(".")[0]
    return named or None


def circles(graph: Mapping[str, set[str]]) -> list[list[str]]:
    """Groups of modules that import each other, directly or indirectly (strongly connected components)."""
    reachable = {name: set(_reach(name, graph)) for name in graph}
    found: list[list[str]] = []
    for name in sorted(graph):
        group = sorted(other for other in reachable[name] if name in reachable[other])
        if group and group[0] == name:
            found.append(group)
    return found


def _reach(start: str, graph: Mapping[str, set[str]]) -> Iterator[str]:
    """All modules reachable from `start` in one or more steps."""
    seen: set[str] = set()
    waiting = list(graph[start])
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            yield name
            waiting += graph.get(name, ())


def shared_names(trees: Mapping[str, ast.Module]) -> list[str]:
    """Public names of classes and types are unique in `bot` and the adapters' kit, and adapters don't use them for something else. Adapters
    may mirror each other, and a type may be written down in several places with the same meaning."""
    classes: dict[str, list[str]] = defaultdict(list)
    aliases: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for module, tree in trees.items():
        for name, meaning in _type_names(tree.body):
            if meaning is None:
                classes[name].append(module)
            else:
                aliases[name][meaning].append(module)
    found = []
    for name in sorted({*classes, *aliases}):
        where = [*classes[name], *(homes[0] for homes in aliases[name].values())]
        if len(where) > 1 and _clashes(where):
            found.append(f"class or type {name} stands in {' and '.join(where)}; one name, one thing")
    return found


def _type_names(body: Sequence[ast.stmt]) -> Iterator[tuple[str, str | None]]:
    """A module's public classes, and its public type aliases with their definition. Options of a command line aren't types."""
    for node in body:
        match node:
            case ast.If() | ast.Try():
                yield from _type_names([*node.body, *node.orelse])
            case ast.ClassDef(name=name) if _names_a_type(name):
                yield name, None
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if _names_a_type(name):
                if not (meaning := ast.unparse(value)).startswith("Annotated"):
                    yield name, meaning


def _names_a_type(name: str) -> bool:
    return name[0].isupper() and not name.isupper()


def _clashes(where: Sequence[str]) -> bool:
    adapters = [".".join(one.split(".")[:2]) for one in where if one.startswith("adapters.") and not one.startswith(KIT)]
    return len(adapters) < len(where) or len(set(adapters)) < len(adapters)


def missing_names(trees: Mapping[str, ast.Module], users: Mapping[str, ast.Module]) -> list[str]:
    """Imports of names that a module doesn't have: a renamed function leaves them in tests of other rooms."""
    found = []
    for user, tree in users.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module in trees:
                known = set(_defined(trees[node.module]))
                gone = [one.name for one in node.names if one.name not in known and f"{node.module}.{one.name}" not in trees]
                found += [f"{user} imports {name}, which {node.module} doesn't have" for name in gone]
    return found


def _defined(tree: ast.Module) -> Iterator[str]:
    """Every name that is bound anywhere outside functions and classes."""
    waiting: list[ast.AST] = [*tree.body]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from ((one.asname or one.name).partition(".")[0] for one in node.names)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        else:
            waiting += ast.iter_child_nodes(node)


def problems(root: Path = ROOT) -> list[str]:
    """One sentence for each broken rule."""
    trees = modules(root)
    everything = {**trees, **modules(root, ("tests", "bench"))}
    return [
        *(f"import circle: {' -> '.join([*group, group[0]])}" for group in circles(imports(trees))),
        *shared_names(trees),
        *missing_names(everything, everything),
    ]
