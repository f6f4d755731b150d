"""`python -m bench.classifier.before COMMIT FILE.jsonl ...`: notes what the rules of a commit say of records that were opened after it.

Rules that were written with a record in sight are right about it more often than about others. The weights of rules are learned on what
they said of each opened set before it was opened (`rules_before.json`); docs/labels.md says when to run this.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from bench.classifier.records import digest as records_digest
from bot.domain.kinds import Action, Kind

FILE = Path(__file__).with_name("rules_before.json")
_ROOT = Path(__file__).resolve().parents[2]
_ASK = """
import json, sys
from pathlib import Path
from bot.domain.failure import Evidence
from bot.failures import classify
from bot.failures.rules import tables
from bot.failures.rules.rule import Text
from bot.failures.signals import read
found = []
for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines():
    raw = json.loads(line)
    given = {one: raw.get(one) for one in ("status", "body", "exception")}
    seen = read(Evidence(api=raw.get("api") or "images.generations", headers=raw.get("headers") or {}, **given))
    kind, action, confidence, decided = classify.judge(seen, Text(f" {seen.words} "), tables())
    found.append([str(kind), None if action is None else str(action), confidence, decided])
print(json.dumps(found))
"""


Ruling = tuple[Kind, Action | None, float, bool]
"""What the rules said: the values of `classify.judge`."""


@cache
def rulings() -> dict[str, Ruling]:
    """Record id -> ruling, for every record of an opened set."""
    noted = json.loads(FILE.read_text(encoding="utf-8"))
    return {
        f"{name}:{number}": (Kind(kind), None if action is None else Action(action), confidence, decided)
        for name, of_set in noted.items()
        for number, (kind, action, confidence, decided) in enumerate(of_set["rulings"], 1)
    }


def digest() -> str:
    """What the weights of the vote depend on: the records, and what was said of them. A test compares it with the weights."""
    return hashlib.sha256(FILE.read_bytes() + records_digest().encode()).hexdigest()[:16]


def asked(commit: str, path: Path) -> list[list[object]]:
    """What the rules of the commit say of each record of the file. Raises CalledProcessError if its classifier can't be asked so."""
    with tempfile.TemporaryDirectory() as folder:
        packed = subprocess.run(["git", "archive", commit, "bot"], cwd=_ROOT, capture_output=True, check=True, timeout=60).stdout
        subprocess.run(["tar", "x", "-C", folder], input=packed, check=True, timeout=60)
        command = [sys.executable, "-c", _ASK, str(path.resolve())]
        said = subprocess.run(command, cwd=folder, capture_output=True, check=True, timeout=300).stdout
    found: list[list[object]] = json.loads(said)
    return found


def written(noted: dict[str, dict[str, object]]) -> str:
    """The text of the file: a line for each record."""
    sets = []
    for name, of_set in noted.items():
        lines = ",\n".join(f"      {json.dumps(one)}" for one in of_set["rulings"])  # type: ignore[attr-defined]
        sets.append(f'  "{name}": {{\n    "commit": "{of_set["commit"]}",\n    "rulings": [\n{lines}\n    ]\n  }}')
    return "{\n" + ",\n".join(sets) + "\n}\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Note the rulings of these files."""
    commit, *files = sys.argv[1:] if arguments is None else arguments
    noted = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    for file in files:
        noted[Path(file).stem] = {"commit": commit, "rulings": asked(commit, Path(file))}
        print(f"{file}: {len(noted[Path(file).stem]['rulings'])} records")
    FILE.write_text(written(noted), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
