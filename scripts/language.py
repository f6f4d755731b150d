"""Language of the project: private words and phrases that must not come back in names, docstrings and pages; predicates that write."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from bot.texts.files import split

ROOT = Path(__file__).resolve().parent.parent
OLD_WORDS: Mapping[str, str] = {
    "candour": "forecast bias",
    "court": "routing, or the deciding community",
    "courts": "routing",
    "crowd": "concurrency limit",
    "crowded": "over the concurrency limit",
    "dear": "expensive",
    "dearest": "most expensive",
    "desk": "action handlers",
    "foretold": "forecast",
    "hands": "dependencies",
    "judged": "classified",
    "leftovers": "orphaned files",
    "mend": "repair, or fix",
    "mended": "repaired, or fixed",
    "mends": "repairs, or fixes",
    "patience": "timeout",
    "roll": "directory",
    "strangers": "foreign connections, or untrusted",
    "tell": "notify, show or report",
    "trail": "audit log",
    "trouble": "error, incident or outage",
    "troubles": "errors",
    "ways": "routes",
}
"""Old private word -> the field's term (docs/glossary.md)."""
OLD_PHRASES = re.compile(
    r"\b(?:Possible are|looks? as if it held|whoever|mend(?:s|ed)?|goes on|any more|cannot"
    r"|(?:is|are|was|were|do|does|did|has|have|could) not)\b"
)
PRIVATE_PHRASES: Mapping[str, str] = {
    r"(?:process|processes|one|ones|others?) that (?:is|are|was|were) here": "a live process",
    r"(?:process|processes) that (?:is|are|was|were|has|have) gone": "a dead process",
    r"who(?:ever)? is here": "live processes",
    r"a most of": "a maximum of",
    r"rate answers?": "a rejection, or an unbilled try",
    r"free answers?": "an unbilled try",
    r"bad answers? so far": "failed tries",
    r"no longer, and never again": "for good",
    r"as far as the \w+ cares": "what the … uses",
    r"somebody was faster": "another … took it",
}
"""Phrase of this house -> what an English-speaking engineer would write."""
_PRIVATE = re.compile("|".join(rf"\b{phrase}\b" for phrase in PRIVATE_PHRASES), re.IGNORECASE)
OLD_NAMES: Mapping[str, str] = {
    "print_": "fingerprint",
    "rate_answers": "unbilled_tries",
    "free_answers": "unbilled_tries",
    "first_time": "claim_…",
    "may_open": "authorize_form",
    "may_poll": "claim_task",
    "still_here": "is_still_live",
}
"""Old name -> the name of this meaning now."""
PREDICATE = re.compile(r"_?(?:is|has|was|may|can|should|needs)_")
_WRITES = frozenset({"insert", "update", "upsert", "delete", "write"})
_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def old_words(source: str) -> Iterator[tuple[int, str, str]]:
    """(line, name, term to use) for each function, class, parameter and variable that is named with an old word."""
    for node in ast.walk(ast.parse(source)):
        name = _defined(node)
        if name in OLD_NAMES:
            yield getattr(node, "lineno", 0), name, OLD_NAMES[name]
        if name is not None:
            for part in _PARTS.findall(name):
                if part.lower() in OLD_WORDS:
                    yield getattr(node, "lineno", 0), name, OLD_WORDS[part.lower()]


def private_phrases(written: str) -> Iterator[tuple[int, str, str]]:
    """(line, phrase, what to write) for each private phrase of a source file or page."""
    for number, line in enumerate(written.splitlines(), 1):
        for found in _PRIVATE.finditer(line):
            yield number, found[0], next(say for phrase, say in PRIVATE_PHRASES.items() if re.fullmatch(phrase, found[0], re.IGNORECASE))


def predicates_that_write(source: str) -> Iterator[tuple[int, str]]:
    """(line, name) for each function that is named like a question and writes to the ledger."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and PREDICATE.match(node.name):
            calls = (one.func for one in ast.walk(node) if isinstance(one, ast.Call))
            if any((one.id if isinstance(one, ast.Name) else getattr(one, "attr", "")) in _WRITES for one in calls):
                yield node.lineno, node.name


def old_phrases(texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """(key, phrase) for each text that uses a stiff phrase; what people read has contractions and plain words."""
    for key, words in texts.items():
        yield from ((key, found) for found in OLD_PHRASES.findall(words))


def problems(root: Path = ROOT) -> list[str]:
    """One sentence for each old word or phrase."""
    found = []
    for folder in ("bot", "adapters"):
        for path in sorted((root / folder).rglob("*.py")):
            place, source = path.relative_to(root), path.read_text(encoding="utf-8")
            found += [f"{place}:{line} {name}: say {term}" for line, name, term in old_words(source)]
            found += [f"{place}:{line} “{phrase}”: write {term}" for line, phrase, term in private_phrases(source)]
            found += [f"{place}:{line} {name} writes: name it with a verb" for line, name in predicates_that_write(source)]
    for path in sorted((root / "docs").glob("*.md")):
        said_here = private_phrases(path.read_text(encoding="utf-8"))
        found += [f"{path.relative_to(root)}:{line} “{phrase}”: write {term}" for line, phrase, term in said_here]
    for path in sorted((root / "bot" / "texts" / "en").rglob("*.ftl")):
        said = old_phrases(split(path.read_text(encoding="utf-8")))
        found += [f"{path.relative_to(root)}: {key} says “{phrase}”" for key, phrase in said]
    return found


def _defined(node: ast.AST) -> str | None:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name) | ast.arg(arg=name):
            return name
        case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
            return name
    return None
