"""Generate the documentation pages; with `--check`, list the stale ones and exit with 1 if there are any.

A page is a module in scripts/pages/ with `PATH` (relative to the project root) and `page() -> str` (its whole text).
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "scripts" / "pages"


def generators() -> dict[str, Callable[[], str]]:
    """Path of a page -> the function that returns its text."""
    sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]
    found: dict[str, Callable[[], str]] = {}
    for file in sorted(PAGES.glob("[!_]*.py")):
        module = importlib.import_module(f"pages.{file.stem}")
        found[module.PATH] = module.page
    return found


def main(arguments: list[str]) -> int:
    check = "--check" in arguments
    unknown = [word for word in arguments if word != "--check"]
    if unknown:
        print(f"generate_docs.py knows only --check, not {' '.join(unknown)}", file=sys.stderr)
        return 2
    stale = 0
    for name, page in generators().items():
        path = ROOT / name
        wanted = page().rstrip("\n") + "\n"
        current = path.read_text(encoding="utf-8") if path.exists() else None
        if current == wanted:
            continue
        if check:
            stale += 1
            print(f"{name} is stale; run: make docs")
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(wanted, encoding="utf-8")
        print(f"wrote {name}")
    return 1 if stale else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
