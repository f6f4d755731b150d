"""The bar of `python -m bench failover`: no refused prompt walks to the second service, and an outage is not flooded."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from bench.provider.failover import SCENARIOS, Found, judge


def test_no_blocked_prompt_reaches_the_second_service_and_an_outage_is_asked_little() -> None:
    command = [sys.executable, "-m", "bench", "failover", "--only", "S13,S15,B1,B2"]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "blocked prompts at the second service: 0; scenarios failed: 0 of 4" in done.stdout


def test_a_walk_round_a_block_is_seen() -> None:
    scenario = next(one for one in SCENARIOS if one.id == "S13")
    clean = Found(first=[(0.0, "j00")], answers=[{"id": "j00", "ok": False}])
    assert judge(scenario, clean) == ("pass", [])
    walked = Found(first=[(0.0, "j00")], second=[(1.0, "j00")], walked=["j00"], answers=[{"id": "j00", "ok": True}])
    assert judge(scenario, walked)[0] == "FAIL"
