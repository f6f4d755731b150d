"""One run: one driver against one scenario and seed, in this process. Prints one line `RESULT {json}`.

    python -m bench.provider.worker DRIVER.py SCENARIOS.json NAME SEED [virtual|scaled[:K]]

A driver is a module with `async def run(base_url, jobs) -> [{"id", "ok", "error", "t_done"}]`; a job is {id, user, prompt, size, submit_at,
deadline_s}. Imports nothing of the bot, because peers run in an environment of their own.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import logging
import os
import random
import sys
import warnings
from pathlib import Path
from typing import Any

from bench.provider.warp import WarpLoop, install, real_monotonic

QUIET = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_TELEMETRY": "False", "LITELLM_LOG": "CRITICAL", "NO_PROXY": "127.0.0.1"}


def main() -> None:
    """Run and leave without waiting for anybody's threads."""
    driver, scenarios, name, seed = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
    mode, _, scale = (sys.argv[5] if len(sys.argv) > 5 else "virtual").partition(":")
    for proxy in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        os.environ.pop(proxy, None)
        os.environ.pop(proxy.lower(), None)
    os.environ.update(QUIET)
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    scenario = next(one for one in json.loads(scenarios.read_text())["scenarios"] if one["name"] == name)
    os.environ["BENCH_TRUTH"] = json.dumps(scenario["limit"])  # read only by the oracle
    loop = WarpLoop(mode, float(scale or 20))
    asyncio.set_event_loop(loop)
    install(loop)
    random.seed(f"{seed}:client")
    loop.run_until_complete(_go(driver, scenario, seed, loop))
    sys.stdout.flush()
    os._exit(0)


async def _go(driver: Path, scenario: dict[str, Any], seed: int, loop: WarpLoop) -> None:
    from bench.provider.jobs import make_jobs, public_view
    from bench.provider.metrics import compute, estimate_figures
    from bench.provider.provider import Provider
    from bench.provider.server import Server

    began = real_monotonic()
    sys.path.insert(0, str(driver.parent))
    module = importlib.import_module(driver.stem)
    jobs = make_jobs(scenario, seed)
    provider = Provider(scenario, seed, jobs)
    server = Server(provider, loop.time)
    base = await server.start()
    common = sys.modules.get("_common")  # the peers' helper: its clock starts with the scenario
    if common is not None:
        common.T0 = server.start_time  # type: ignore[attr-defined]
    if hasattr(module, "begins"):  # a driver that takes a while to start, in real time
        module.begins = lambda: setattr(server, "start_time", loop.time())
    partial: dict[str, dict[str, Any]] = getattr(common or module, "PARTIAL", {})
    try:
        results = await asyncio.wait_for(module.run(base, public_view(jobs)), scenario.get("horizon_s", 3600))
    except TimeoutError:
        results = list(partial.values())
    found = compute(scenario, seed, jobs, provider, results, server.t())
    errors: dict[str, int] = {}
    for result in results:
        if not result["ok"]:
            errors[str(result.get("error"))[:40]] = errors.get(str(result.get("error"))[:40], 0) + 1
    found |= {"driver": driver.stem, "scenario": scenario["name"], "seed": seed, "errors": errors, **estimate_figures(results)}
    found["wall_s"] = round(real_monotonic() - began, 2)
    print("RESULT " + json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
