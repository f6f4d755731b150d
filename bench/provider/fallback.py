"""Outages of the first service through the real core over HTTP, with a second service and without: success, mean latency, and what reached
the second one. `python -m bench fallback [--seeds 1,2,3] [--shapes 3] [--first 2000]`."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from bench.provider.jobs import make_jobs, public_view
from bench.provider.provider import Provider, Reply
from bench.provider.scenarios import PUBLIC
from bench.provider.server import Server
from bench.provider.shapes import SHAPES
from bench.provider.warp import WarpLoop, install

ROOT = Path(__file__).resolve().parents[2]
SUCCESS, LATENCY = 0.99, 0.5
BLOCKED_SHARE = 0.05
"""Share of the jobs that the first service blocks: their prompts must not reach the second one."""


class Watched(Provider):
    """Notes which jobs it was asked for, and which of them it has answered with a block or may have charged."""

    def __init__(self, scenario: dict[str, Any], seed: int, jobs: list[dict[str, Any]]) -> None:
        super().__init__(scenario, seed, jobs)
        self.asked: set[str] = set()
        self.kept: set[str] = set()
        """Jobs that must not go elsewhere any more."""

    def receive(self, t: float, job: str) -> Reply:
        self.asked.add(job)
        reply = super().receive(t, job)
        if reply.status in (0, 200, 400, 500):
            self.kept.add(job)
        return reply


def main() -> int:
    """Run each scenario twice and compare."""
    parser = argparse.ArgumentParser(prog="python -m bench fallback")
    parser.add_argument("--seeds", default="1,2,3", help="of the public scenario with an outage")
    parser.add_argument("--shapes", type=int, default=3, help="so many drawn around two long outages")
    parser.add_argument("--first", type=int, default=2000, help="number of the first of them")
    parser.add_argument("--play", nargs=3, metavar=("SCENARIO", "SEED", "SECOND"), help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.play:
        return _play(wanted.play[0], int(wanted.play[1]), second=wanted.play[2] == "yes")
    runs = [("P3_outage", int(seed)) for seed in wanted.seeds.split(",") if seed]
    runs += [(f"outages:{number}", 1) for number in range(wanted.first, wanted.first + wanted.shapes)]
    with ThreadPoolExecutor(2) as pool:
        pairs = list(pool.map(lambda one: (_run(*one, "no"), _run(*one, "yes")), runs))
    missed = 0
    print(f"{'scenario':14} {'seed':>4}  success without/with   mean latency without/with (s)  ratio   moved  walked round")
    for (name, seed), (alone, both) in zip(runs, pairs, strict=True):
        ratio = both["mean"] / alone["mean"]
        good = both["success"] >= SUCCESS and ratio <= LATENCY and not both["walked"]
        missed += not good
        success = f"{alone['success']:.3f} / {both['success']:.3f}"
        latency = f"{alone['mean']:.1f} / {both['mean']:.1f}"
        counts = f"{both['moved']:6} {both['walked']:9}  {'ok' if good else 'MISS'}"
        print(f"{name:14} {seed:4}  {success:20}   {latency:29} {ratio:6.2f} {counts}")
    print(f"targets: success >= {SUCCESS}, ratio <= {LATENCY}, no block and nothing that may be charged at the second service")
    return 1 if missed else 0


def _run(name: str, seed: int, second: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.provider.fallback", "--play", name, str(seed), second]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=900, check=False)
    line = next((one for one in done.stdout.splitlines() if one.startswith("RESULT ")), None)
    if line is None:
        raise RuntimeError(f"{name} {seed} gave no result: {done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(line.removeprefix("RESULT "))
    return found


def _scenario(name: str) -> dict[str, Any]:
    shape, _, number = name.partition(":")
    return SHAPES[shape](int(number)) if number else next(one for one in PUBLIC if one["name"] == name)


def _play(name: str, seed: int, *, second: bool) -> int:
    logging.disable(logging.CRITICAL)
    loop = WarpLoop("virtual")
    asyncio.set_event_loop(loop)
    install(loop)
    random.seed(f"{seed}:client")
    found = loop.run_until_complete(_both(_scenario(name), seed, loop, second=second))
    print("RESULT " + json.dumps(found), flush=True)
    os._exit(0)


async def _both(scenario: dict[str, Any], seed: int, loop: WarpLoop, *, second: bool) -> dict[str, Any]:
    from bench import core_driver

    jobs = make_jobs(scenario, seed)
    luck = random.Random(f"{seed}:blocked")
    for job in jobs:
        if job["kind"] == "ok" and luck.random() < BLOCKED_SHARE:
            job["kind"] = "safety"
    healthy = {key: value for key, value in scenario.items() if key not in ("outages", "faults", "quota", "refusals")}
    first, other = Watched(scenario, seed, jobs), Watched(healthy, seed + 1, jobs)
    servers = [Server(first, loop.time), Server(other, loop.time)]
    walked: list[str] = []
    real = other.receive

    def receive(t: float, job: str) -> Reply:
        if job in first.kept:
            walked.append(job)
        return real(t, job)

    other.receive = receive  # type: ignore[method-assign]
    urls = [await one.start() for one in servers]
    results = {one["id"]: one for one in await core_driver.run(urls[0], public_view(jobs), urls[1] if second else None)}
    wanted = [job for job in jobs if job["kind"] == "ok"]
    good = [job for job in wanted if results[job["id"]]["ok"]]
    waits = [results[job["id"]]["t_done"] - job["submit_at"] if job in good else job["deadline_s"] for job in wanted]
    return {"success": len(good) / len(wanted), "mean": sum(waits) / len(waits), "moved": len(other.asked), "walked": len(walked)}


if __name__ == "__main__":
    raise SystemExit(main())
