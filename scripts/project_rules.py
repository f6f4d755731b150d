"""Rules of this project that no off-the-shelf tool knows: file length, a line per dependency, paths in pages, SQL in its room, size of
functions, import circles and class names, language, generated pages current."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Set
from pathlib import Path

import complexity
import language
import structure
import texts

ROOT = Path(__file__).resolve().parent.parent
MAX_LINES = 400
SOURCE_PATH = re.compile(r"(?<![\w/.])(?:bot|adapters|tests|bench|scripts)/[\w/]+\w\.\w+")


SQLALCHEMY = re.compile(r"^\s*(?:from sqlalchemy(?! import Connection$).*|import sqlalchemy.*)$", re.MULTILINE)
SQL = re.compile(r"\b(?:SELECT\s[\w*,.() ]+\sFROM|DELETE\s+FROM|INSERT\s+(?:OR\s+\w+\s+)?INTO|UPDATE\s+\w+\s+SET)\b")


def long_files() -> list[str]:
    """Source files over the length limit."""
    found = []
    for folder in ("bot", "adapters", "tests", "scripts", "bench"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if ".venv" in path.parts:  # the benchmark's peers live in an environment of their own
                continue
            lines = len(path.read_text(encoding="utf-8").splitlines())
            if lines > MAX_LINES:
                found.append(f"{path.relative_to(ROOT)} has {lines} lines; split it by what changes together (limit {MAX_LINES})")
    return found


def undocumented_dependencies() -> list[str]:
    """Every direct dependency has a line in docs/dependencies.md, and every line a dependency."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = list(project["dependencies"])
    for extra in project.get("optional-dependencies", {}).values():
        named += extra
    wanted = {re.split(r"[\s\[<>=!~;]", line, maxsplit=1)[0].lower() for line in named}
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    have = {match.lower() for match in re.findall(r"^\| `([^`]+)` \|", page, flags=re.MULTILINE)}
    return [f"docs/dependencies.md has no line for {name}" for name in sorted(wanted - have)] + [
        f"docs/dependencies.md has a line for {name}, which is no dependency" for name in sorted(have - wanted)
    ]


def stale_pages() -> list[str]:
    """Generated pages must equal what their generator writes now."""
    script = ROOT / "scripts" / "generate_docs.py"
    if not script.exists():
        return []
    done = subprocess.run([sys.executable, str(script), "--check"], cwd=ROOT, capture_output=True, text=True, check=False)
    return [] if done.returncode == 0 else (done.stdout + done.stderr).splitlines()


def sql_above_the_ledger() -> list[str]:
    """Only `bot/ledger` contains SQL: other rooms pass a `Connection` along and call query functions."""
    found = []
    for folder in ("bot", "adapters"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if path.is_relative_to(ROOT / "bot" / "ledger"):
                continue
            text = path.read_text(encoding="utf-8")
            wrong = [*SQLALCHEMY.findall(text), *SQL.findall(text)]
            found += [f"{path.relative_to(ROOT)} has {one.strip()!r}; queries belong in bot/ledger" for one in wrong]
    return found


def missing_paths() -> list[str]:
    """Every source file named in a page exists."""
    found = []
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        for named in sorted(set(SOURCE_PATH.findall(page.read_text(encoding="utf-8")))):
            if not (ROOT / named).exists():
                found.append(f"{page.relative_to(ROOT)} names {named}, which does not exist")
    return found


FIRST_STEPS_END = "## What it promises"
COMMAND = re.compile(
    r"imagine-bot [a-z-]+(?: (?=manifest)[a-z]+)?|^    make [a-z-]+|`--[a-z-]+`|(?:docs/[\w-]+\.md)|`[A-Z]+_[A-Z_]+…?`", re.MULTILINE
)
"""What both READMEs have to name alike: commands, options, settings and pages."""


CHINESE = {"docs/web.md": "## How it's built", "docs/discord.md": "## 3. ", "docs/slack.md": "## 3. "}
"""Page -> the heading after its first steps, which docs/zh-CN has in Chinese."""
STEP = re.compile(
    r"imagine-bot [a-z-]+(?: (?:manifest|invite))?|/i(?:magine(?:-[a-z]+)?|nvite)\b|--[a-z]+\b|\b[A-Z]+_[A-Z_]+\b|https?://[^\s>)`]+",
    re.MULTILINE,
)
"""What the first steps of a page name in every language: commands, options, settings and addresses."""


def other_first_steps() -> list[str]:
    """The Chinese README and pages name the same commands, options, settings and pages as the English ones' first steps."""
    english, chinese = _text("README.md").partition(FIRST_STEPS_END)[0], _text("README.zh-CN.md")
    found = _compared("README.zh-CN.md", "README.md", set(COMMAND.findall(english)), set(COMMAND.findall(chinese)) - {"docs/languages.md"})
    for page, end in CHINESE.items():
        name = f"docs/zh-CN/{Path(page).name}"
        found += _compared(name, page, set(STEP.findall(_text(page).partition(end)[0])), set(STEP.findall(_text(name))))
        found += [] if name in chinese else [f"README.zh-CN.md doesn't lead to {name}"]
    return found


def _compared(name: str, other: str, english: set[str], chinese: set[str]) -> list[str]:
    return [f"{name} lacks {one}" for one in sorted(english - chinese)] + [
        f"{name} names {one}, which {other} doesn't" for one in sorted(chinese - english)
    ]


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def outdated_changes() -> list[str]:
    """Every change of tests/mutants/by_hand.toml still has its place in the code, and every group's file is there."""
    folder = ROOT / "tests" / "mutants"
    changes = tomllib.loads((folder / "by_hand.toml").read_text(encoding="utf-8"))["change"]
    groups = tomllib.loads((folder / "groups.toml").read_text(encoding="utf-8"))["group"]
    files = [name.partition("::")[0] for group in groups for name in (*group["modules"], *group["tests"])]
    found = [f"tests/mutants/groups.toml names {name}, which isn't there" for name in files if not (ROOT / name).exists()]
    for one in changes:
        path = ROOT / one["module"]
        places = path.read_text(encoding="utf-8").count(one["before"]) if path.exists() else 0
        if places != 1:
            found.append(f"tests/mutants/by_hand.toml: {one['rule']!r} has {places} places in {one['module']}; it needs one")
    explained = tomllib.loads((folder / "explained.toml").read_text(encoding="utf-8"))
    rules = {one["rule"] for one in changes}
    return [
        *found,
        *(f"tests/mutants/explained.toml: the code no longer has: {key}" for key in explained if not _is_in_the_code(key, rules)),
    ]


_SURE = 40
"""Characters of a changed line that have to be in its module; a key joins lines that needn't be neighbours."""


def _is_in_the_code(key: str, by_hand: Set[str]) -> bool:
    """Whether a key of explained.toml (`module.Class.function: before -> after`) still speaks of the code."""
    where, _, change = key.partition(": ")
    if where.endswith(", by hand"):
        return change in by_hand
    parts = where.split(".")
    for end in range(len(parts) - 1, 0, -1):
        for path in (ROOT.joinpath(*parts[:end]).with_suffix(".py"), ROOT.joinpath(*parts[:end], "__init__.py")):
            if path.exists():
                text = path.read_text(encoding="utf-8")
                return f"def {parts[-1]}(" in text and change.partition(" -> ")[0][:_SURE] in " ".join(text.split())
    return False


GUARDED = ("bot/budgets", "bot/messages", "bot/moderation", "bot/requests")
"""Folders whose rules are all changed by `make mutants`."""
_DECIDES = (ast.If, ast.IfExp, ast.BoolOp, ast.Compare, ast.Match)


def unguarded_rules() -> list[str]:
    """Every file of these folders that decides something is in a group of tests/mutants/groups.toml, or left out there with a reason."""
    found = tomllib.loads((ROOT / "tests" / "mutants" / "groups.toml").read_text(encoding="utf-8"))
    grouped, left_out = {name for group in found["group"] for name in group["modules"]}, set(found["left_out"])
    paths = [path for folder in GUARDED for path in sorted((ROOT / folder).rglob("*.py"))]
    deciding = {
        str(path.relative_to(ROOT))
        for path in paths
        if any(isinstance(one, _DECIDES) for one in ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    }
    return [
        f"{name} decides something and is in no group of tests/mutants/groups.toml: add it to a group with the tests that guard it, or to"
        " [left_out] with a reason"
        for name in sorted(deciding - grouped - left_out)
    ] + [
        f"tests/mutants/groups.toml leaves out {name}, which is in a group or decides nothing"
        for name in sorted(left_out & grouped | left_out - deciding)
    ]


MARKER = re.compile(r"^(?:<{7} |={7}$|>{7} )", re.MULTILINE)


def conflict_markers() -> list[str]:
    """Pages and settings with what a merge left over; in source files the linter finds it."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.splitlines()
    texts_of_people = [name for name in listed if name.endswith((".md", ".ftl", ".toml", ".yaml", ".txt", ".html", ".css", ".js"))]
    return [
        f"{name} has a merge conflict's marker"
        for name in texts_of_people
        if (ROOT / name).exists() and MARKER.search((ROOT / name).read_text(encoding="utf-8"))
    ]


def main() -> int:
    problems = (
        long_files() + undocumented_dependencies() + missing_paths() + sql_above_the_ledger() + outdated_changes() + other_first_steps()
    )
    problems += (
        unguarded_rules()
        + conflict_markers()
        + structure.problems()
        + complexity.problems()
        + language.problems()
        + texts.problems()
        + stale_pages()
    )
    for line in problems:
        print(line)
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
