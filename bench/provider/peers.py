"""The same benchmark for what people use today. Peers live in an environment of their own (bench/peers/.venv), made by this command."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

from bench.provider.gate import CORE
from bench.provider.matrix import ROOT, Job, Row, run_all, table
from bench.provider.scenarios import PUBLIC
from bench.provider.shapes import SHAPES

FOLDER = ROOT / "bench" / "peers"
VENV = FOLDER / ".venv"
NEEDS = {
    "openai_r2": "openai",
    "openai_r5": "openai",
    "litellm_r3": "litellm",
    "tenacity3": "tenacity",
    "stamina_default": "stamina",
    "gptdiscord": "backoff",
    "botocore_adaptive": "botocore",
    "aiolimiter_oracle": "aiolimiter",
    "atb": "httpx",
}


def main() -> int:
    """`python -m bench peers [--seeds 1,2,3] [--only a,b] [--drawn 0] [--shape drawn] [--markdown] [--json FILE]`."""
    parser = argparse.ArgumentParser(prog="python -m bench peers")
    parser.add_argument("--seeds", default="1,2,3")
    parser.add_argument("--only", default="", help="peers by name, comma-separated")
    parser.add_argument("--drawn", type=int, default=0, help="also so many scenarios drawn at random (from number 2000)")
    parser.add_argument("--shape", default="drawn", choices=SHAPES, help="what they are drawn around (bench/provider/shapes.py)")
    parser.add_argument("--markdown", action="store_true", help="print the table as in docs/benchmarks.md")
    parser.add_argument("--json", type=Path, help="keep all figures here")
    asked = parser.parse_args()
    python = environment()
    public = PUBLIC if asked.seeds else []
    scenarios = public + [SHAPES[asked.shape](number) for number in range(2000, 2000 + asked.drawn)]
    jobs = [Job(CORE, scenario["name"], seed) for scenario in scenarios for seed in _seeds(asked.seeds, scenario)]
    for peer, module in NEEDS.items():
        if asked.only and peer not in asked.only.split(","):
            continue
        if subprocess.run([python, "-c", f"import {module}"], capture_output=True, check=False).returncode:
            print(f"  {peer} is left out: {module} is not installed in {VENV}")
            continue
        jobs += [
            Job(FOLDER / f"{peer}.py", scenario["name"], seed, python) for scenario in scenarios for seed in _seeds(asked.seeds, scenario)
        ]
    rows: list[Row] = run_all(jobs, scenarios)
    if asked.json:
        asked.json.write_text(json.dumps(rows, indent=1))
    print("\n" + table(rows, markdown=asked.markdown))
    return 0


def environment() -> str:
    """The peers' Python; installs them the first time. One that cannot be installed is reported, the others still run."""
    python = VENV / "bin" / "python"
    if not python.exists():
        print("Installing the peers into bench/peers/.venv (once) ...", flush=True)
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
        names = [
            line.strip() for line in (FOLDER / "requirements.txt").read_text().splitlines() if line.strip() and not line.startswith("#")
        ]
        quiet = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        if subprocess.run([*quiet, *names], check=False, env=os.environ).returncode:
            for name in names:
                if subprocess.run([*quiet, name], check=False, capture_output=True).returncode:
                    print(f"  {name} could not be installed")
    return str(python)


def _seeds(asked: str, scenario: dict[str, object]) -> list[int]:
    return [1] if scenario not in PUBLIC else [int(seed) for seed in asked.split(",") if seed]


if __name__ == "__main__":
    raise SystemExit(main())
