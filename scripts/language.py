"""Language of the project: private words that names must not use again, and phrases that people should not read."""

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
_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def old_words(source: str) -> Iterator[tuple[int, str, str]]:
    """(line, name, term to use) for each function, class, parameter and variable that is named with an old word."""
    for node in ast.walk(ast.parse(source)):
        name = _defined(node)
        if name is not None:
            for part in _PARTS.findall(name):
                if part.lower() in OLD_WORDS:
                    yield getattr(node, "lineno", 0), name, OLD_WORDS[part.lower()]


def old_phrases(texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """(key, phrase) for each text that uses a stiff phrase; what people read has contractions and plain words."""
    for key, words in texts.items():
        yield from ((key, found) for found in OLD_PHRASES.findall(words))


def problems(root: Path = ROOT) -> list[str]:
    """One sentence for each old word or phrase."""
    found = []
    for folder in ("bot", "adapters"):
        for path in sorted((root / folder).rglob("*.py")):
            place = path.relative_to(root)
            found += [f"{place}:{line} {name}: say {term}" for line, name, term in old_words(path.read_text(encoding="utf-8"))]
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
