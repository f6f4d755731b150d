"""All static checks in one list, for `make check`."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent

COMMANDS: list[tuple[str, list[str]]] = [  # the longest first: they run side by side
    ("types", ["mypy", "--no-error-summary"]),
    ("project rules", [sys.executable, "scripts/project_rules.py"]),
    ("import order", ["lint-imports"]),
    ("dead code", ["vulture"]),
    ("dependencies", ["deptry", "."]),
    ("lint", ["ruff", "check", "--quiet", "."]),
    ("format (mend with: make format)", ["ruff", "format", "--check", "--quiet", "."]),
]


def run(check: tuple[str, list[str]]) -> bool:
    """Run one check and print its line, and its output if it fails; return whether it passed."""
    what, command = check
    program = command[0] if command[0].startswith("/") else str(BIN / command[0])
    done = subprocess.run([program, *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
    passed = done.returncode == 0
    print(f"ok   {what}" if passed else f"FAIL {what}\n{done.stdout}{done.stderr}", flush=True)
    return passed


def main() -> int:
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return 0 if all(list(pool.map(run, COMMANDS))) else 1


if __name__ == "__main__":
    raise SystemExit(main())
