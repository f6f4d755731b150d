"""A batch whose process is killed again and again: what is paid, what is written, and whether anything is done twice.

The sandbox is a process of its own, so it survives the kills and knows what it drew. `imagine-bot batch new` is run, killed with SIGKILL at
random moments, and run again, until a run ends by itself; then what the kills cut off is asked for once more. Every tenth topic carries a
fault, of each group in turn. Then two such batches run in one bot with members beside them (`batch_crowd`).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from pathlib import Path
from typing import Any

from bench import batch_crowd

COMMAND = [str(Path(sys.executable).with_name("imagine-bot"))]
FAULTS = ("safety_prompt", "unsupported_option", "server_error*1", "empty_result", "safety_output", "rate_limited*1", "corrupt_image")
"""A fault of every group; `*1` fails once and then works."""
LONGEST = 3600.0
PAUSED = 4
RETRIES = 10
"""Times to go on after a pause that topics with a fault bring about."""


def main() -> int:
    """Print the figures. Returns 1 if a promise is broken."""
    options = argparse.ArgumentParser(prog="bench batch")
    options.add_argument("--topics", type=int, default=200)
    options.add_argument("--kills", type=int, default=20)
    options.add_argument("--budget", type=float, default=20.0)
    options.add_argument("--within", type=float, default=25.0, help="a kill comes at a random moment of so many seconds")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--beside", type=float, default=120.0, help="seconds for which members ask beside two batches; 0 leaves that out")
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="batch-bench-") as folder:
        service, address = _sandbox()
        try:
            problems = _run(Path(folder), address, given) if given.kills else []
        finally:
            service.terminate()
            service.wait()
    if given.beside:
        problems += batch_crowd.run(_topics(given.topics), given.beside, given.seed)
    for one in problems:
        print(f"BROKEN: {one}")
    return 1 if problems else 0


def _sandbox() -> tuple[subprocess.Popen[str], str]:
    service = subprocess.Popen([*COMMAND, "sandbox", "--port", "0"], stdout=subprocess.PIPE, text=True)
    assert service.stdout is not None
    found = re.search(r"http://\S+[^\s.,]", service.stdout.readline())
    assert found is not None
    return service, found.group()


def _topics(count: int) -> list[str]:
    return [f"topic {n} sandbox:{FAULTS[n // 10 % len(FAULTS)]}" if n % 10 == 9 else f"topic {n}" for n in range(count)]


def _run(folder: Path, address: str, given: argparse.Namespace) -> list[str]:
    topics = _topics(given.topics)
    (folder / "topics.txt").write_text("\n".join(topics) + "\n", encoding="utf-8")
    env = {**os.environ, "IMAGE_BASE_URL": address, "IMAGE_API_KEY": "sandbox", "DATA_DIR": str(folder / "data"), "LOG_LEVEL": "error"}
    env |= {"BUDGET_COMMUNITY_DAY_USD": "1000", "BUDGET_COMMUNITY_DAY_PICTURES": "10000"}
    limits = ["--max-pictures", str(given.topics * 2), "--budget", str(given.budget), "--out", "covers", "--yes", "--json"]
    command = [*COMMAND, "batch", "new", "topics.txt", *limits]
    chance, kills, pauses, began = random.Random(given.seed), 0, 0, time.monotonic()
    while time.monotonic() - began < LONGEST:
        run = subprocess.Popen(command, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            out, err = run.communicate(timeout=chance.uniform(1.0, given.within) if kills < given.kills else LONGEST)
        except subprocess.TimeoutExpired:
            run.send_signal(signal.SIGKILL)
            run.communicate()
            kills += 1
            continue
        if run.returncode == PAUSED and pauses < 10:
            pauses += 1  # two topics in a row that the operator would have to mend: run it again
            continue
        if run.returncode not in (0, 3):
            return [f"the command ended with {run.returncode}: {err.strip()[-400:]}"]
        problems = _check(folder, address, json.loads(out), topics, kills)
        return problems + _the_rest(folder, env, topics)
    return ["it never ended"]


def _the_rest(folder: Path, env: dict[str, str], topics: list[str]) -> list[str]:
    """Try again what the kills cut off: in the end every topic without a fault has exactly one draft."""
    for _ in range(RETRIES):
        command = [*COMMAND, "batch", "resume", "1", "--retry-failed", "--json"]
        run = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=LONGEST)
        if run.returncode != PAUSED:
            break
    found = json.loads(run.stdout)
    connection = sqlite3.connect(folder / "data" / "imagine-bot.db")
    rows = connection.execute("SELECT json_extract(topic, '$.topic'), state FROM batch_items").fetchall()
    drawn = Counter(topic for topic, state in rows if state == "drawn")
    missing = [topic for topic in topics if "sandbox:" not in topic and drawn[topic] != 1]
    files = [one for one in (folder / "covers").rglob("*.png") if one.name.startswith("draft")]
    print(
        f"after another try of the failed ones: {sum(drawn.values())} drawn, {len(files)} files, ${found['spent_micros'] / 1e6:.4f} spent"
    )
    problems = [f"{len(missing)} topics without a fault have no draft, such as {missing[0]!r}"] if missing else []
    if len(files) != sum(drawn.values()):
        problems.append(f"{len(files)} drafts in the folder for {sum(drawn.values())} topics")
    return problems + _files(folder / "covers", found, tried_again=True)


def _check(folder: Path, address: str, found: dict[str, Any], topics: list[str], kills: int) -> list[str]:
    covers, problems = folder / "covers", list[str]()
    with urllib.request.urlopen(address.rsplit("/", 1)[0] + "/_sandbox/log") as answer:
        calls = json.load(answer)["calls"]
    drawn = Counter(call.get("prompt") for call in calls if call["outcome"] == "pictures")
    twice = [prompt for prompt, count in drawn.items() if count > 1]
    if twice:
        problems.append(f"{len(twice)} topics were drawn twice, such as {twice[0]!r}")
    connection = sqlite3.connect(folder / "data" / "imagine-bot.db")
    spent, reserved = connection.execute("SELECT spent, reserved FROM spend WHERE scope = 'batch'").fetchone()
    attempts, interrupted = connection.execute(
        "SELECT coalesce(sum(a.cost), 0), coalesce(sum(CASE WHEN r.answer = 'interrupted' THEN 1 ELSE 0 END), 0)"
        " FROM attempts a JOIN requests r ON r.id = a.request_id WHERE r.lane = 'batch'"
    ).fetchone()
    if spent != attempts or reserved:
        problems.append(f"the batch's books say {spent} spent and {reserved} reserved, its calls {attempts}")
    if spent > found["budget_micros"]:
        problems.append(f"{spent} of {found['budget_micros']} is over the budget")
    problems += _files(covers, found)
    print(f"{len(topics)} topics, {kills} kills, {interrupted} calls cut off by them, {len(calls)} calls, {found['pictures']} pictures")
    print(f"spent ${spent / 1e6:.4f} of ${found['budget_micros'] / 1e6:.2f}; the calls' own costs add up to ${attempts / 1e6:.4f}")
    print("items: " + ", ".join(f"{count} {state}" for state, count in found["items"].items() if count))
    return problems


def _files(covers: Path, found: dict[str, Any], *, tried_again: bool = False) -> list[str]:
    lines = [json.loads(line) for line in (covers / "manifest.jsonl").read_text(encoding="utf-8").splitlines()]
    files = Counter(line["file"] for line in lines)
    problems = [f"{name} is listed {count} times" for name, count in files.items() if count > 1]
    problems += [f"{line['file']} is listed and not there" for line in lines if not (covers / line["file"]).is_file()]
    problems += [
        f"{line['file']} isn't what was drawn"
        for line in lines
        if "sha256" in line and hashlib.sha256((covers / line["file"]).read_bytes()).hexdigest() != line["sha256"]
    ]
    problems += [f"{part} is left over" for part in covers.rglob("*.part")]
    problems += [f"{path} isn't listed" for path in covers.rglob("*.png") if str(path.relative_to(covers)) not in files]
    wanted = found["items"]["drawn"] + found["items"]["failed"]
    if tried_again:  # a topic that was drawn after it had failed has a line of each
        return problems
    return problems if len(lines) == wanted else [*problems, f"the manifest has {len(lines)} lines for {wanted} topics"]


if __name__ == "__main__":
    sys.exit(main())
