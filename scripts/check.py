"""All static checks in one list, for `make check`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent

COMMANDS: list[tuple[str, list[str]]] = [
    ("format (mend with: make format)", ["ruff", "format", "--check", "--quiet", "."]),
    ("lint", ["ruff", "check", "--quiet", "."]),
    ("types", ["mypy", "--no-error-summary"]),
    ("import order", ["lint-imports"]),
    ("dead code", ["vulture"]),
    ("dependencies", ["deptry", "."]),
    ("project rules", [sys.executable, "scripts/project_rules.py"]),
]


def main() -> int:
    failed = 0
    for what, command in COMMANDS:
        program = command[0] if command[0].startswith("/") else str(BIN / command[0])
        done = subprocess.run([program, *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
        print(f"{'ok  ' if done.returncode == 0 else 'FAIL'} {what}", flush=True)
        if done.returncode:
            failed += 1
            print(done.stdout + done.stderr, flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
