"""Drivers x scenarios x seeds, each run in a process of its own, and the table of their figures."""

from __future__ import annotations

import concurrent.futures
import json
import math
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
WALL = 300.0
"""Seconds of real time after which a run is given up."""
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Column:
    """One figure of the table."""

    key: str
    head: str
    form: str = "{:.2f}"
    geometric: bool = False
    """Ratios of times are averaged over scenarios as ratios are."""


COLUMNS = (
    Column("success", "success"),
    Column("plr", "PLR", geometric=True),
    Column("req_per_image", "req/img"),
    Column("billed_per_image", "paid/img"),
    Column("light_ratio", "light"),
    Column("herd_peak", "herd"),
    Column("outage_requests", "outage", "{:.1f}"),
    Column("outage_requests_per_90s", "out/90s", "{:.1f}"),
    Column("quota_requests", "quotaReq", "{:.1f}"),
    Column("wrong_retries", "wrong", "{:.0f}"),
    Column("goodput_at_1_25", "good@1.25"),
    Column("p95", "p95_s", "{:.0f}"),
    Column("estimate_error", "est.err"),
)


@dataclass(frozen=True, slots=True)
class Job:
    """One run."""

    driver: Path
    scenario: str
    seed: int
    python: str = sys.executable
    clock: str = "virtual"
    wall: float = WALL


def run_all(jobs: Sequence[Job], scenarios: Sequence[dict[str, Any]], at_once: int = 2) -> list[Row]:
    """Every run's figures, with a line of progress for each."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "scenarios.json"
        file.write_text(json.dumps({"scenarios": list(scenarios)}))
        with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
            running = {pool.submit(_run, job, file): job for job in jobs}
            for number, done in enumerate(concurrent.futures.as_completed(running), start=1):
                row = done.result()
                rows.append(row)
                said = row.get("failed") or f"success {row['success']:.2f} PLR {row['plr']:.2f} ({row['wall_s']:.0f} s)"
                print(f"  {number:3}/{len(jobs)} {row['driver']:18} {row['scenario']:22} seed {row['seed']}  {said}", flush=True)
    return rows


def _run(job: Job, file: Path) -> Row:
    row: Row = {"driver": job.driver.stem, "scenario": job.scenario, "seed": job.seed}
    command = [job.python, "-m", "bench.provider.worker", str(job.driver), str(file), job.scenario, str(job.seed), job.clock]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=job.wall, check=False)
    except subprocess.TimeoutExpired:
        return {**row, "failed": f"not done after {job.wall:.0f} s"}
    found = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
    if not found:
        return {**row, "failed": " ".join((done.stderr or done.stdout).split())[-200:] or "no result"}
    result: Row = json.loads(found[-1][7:])
    return result


def mean(rows: Iterable[Row], column: Column) -> float | None:
    """Of those runs that have this figure."""
    values = [row[column.key] for row in rows if isinstance(row.get(column.key), (int, float)) and math.isfinite(row[column.key])]
    if not values:
        return None
    return statistics.geometric_mean(values) if column.geometric else statistics.fmean(values)


def table(rows: Sequence[Row], *, markdown: bool = False) -> str:
    """Mean over seeds per scenario and driver, then over everything."""
    drivers = list(dict.fromkeys(sorted(row["driver"] for row in rows)))
    lines = [["scenario", "client", *(column.head for column in COLUMNS)]]
    for scenario in [*sorted({row["scenario"] for row in rows}), "ALL"]:
        for driver in drivers:
            chosen = [row for row in rows if row["driver"] == driver and scenario in (row["scenario"], "ALL")]
            good = [row for row in chosen if "failed" not in row]
            if not chosen:
                continue
            values = [mean(good, column) for column in COLUMNS]
            cells = ["-" if value is None else column.form.format(value) for value, column in zip(values, COLUMNS, strict=True)]
            missing = f" ({len(chosen) - len(good)} failed)" if len(good) < len(chosen) else ""
            lines.append([scenario, driver + missing, *cells])
    if markdown:
        lines.insert(1, ["---"] * len(lines[0]))
        return "\n".join("| " + " | ".join(line) + " |" for line in lines)
    widths = [max(len(line[index]) for line in lines) for index in range(len(lines[0]))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines)
