"""kill -9 of a real process in a loop, against a real file: nothing that was acknowledged is lost, nobody gets two answers."""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from tests.simulation.victim import lines

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Killed:
    """What a loop showed."""

    kills: int
    acknowledged: int
    lost: int
    """Acknowledged, and no answer in the end."""
    doubled: int
    """Two different answers."""
    uninvited: int
    """Answered without an acknowledgement."""
    reserved: int
    """Micros that are still reserved."""
    stopped: bool
    """SIGTERM ended the last life in order."""


def start(folder: Path) -> subprocess.Popen[str]:
    """A life, once it is ready."""
    command = [sys.executable, "-m", "tests.simulation.victim", str(folder)]
    with (folder / "errors").open("a") as errors:
        process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True, bufsize=1)
    assert process.stdout is not None
    if process.stdout.readline() != "READY\n":
        raise RuntimeError((folder / "errors").read_text()[-2000:])
    return process


def loop(folder: Path, kills: int, seed: int = 1) -> Killed:
    """Starts, feeds and kills the process so often; then lets it finish."""
    r, sent = random.Random(seed), 0
    for _ in range(kills):
        process = start(folder)
        assert process.stdin is not None
        end = time.monotonic() + r.uniform(0.02, 0.6)
        while time.monotonic() < end:
            fresh = not sent or r.random() < 0.8
            sent += fresh
            process.stdin.write(f"event{sent if fresh else r.randint(1, sent)}\n")
            time.sleep(r.uniform(0, 0.02))
        process.kill()
        process.wait()
    process = start(folder)
    database = folder / "data" / "imagine-bot.db"
    deadline = time.monotonic() + 30 + sent
    while _open(database) and time.monotonic() < deadline:
        time.sleep(0.1)
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=30)
    answers: dict[str, set[str]] = defaultdict(set)
    for event, mark in lines(folder / "chat"):
        answers[event].add(mark)
    acknowledged = {event for (event,) in lines(folder / "acks")}
    with sqlite3.connect(database) as connection:
        reserved = connection.execute("SELECT coalesce(sum(reserved), 0) FROM spend").fetchone()[0]
    return Killed(
        kills=kills,
        acknowledged=len(acknowledged),
        lost=len(acknowledged - set(answers)),
        doubled=sum(len(marks) > 1 for marks in answers.values()),
        uninvited=len(set(answers) - acknowledged),
        reserved=reserved,
        stopped="STOPPED" in out and process.returncode == 0,
    )


def _open(database: Path) -> bool:
    """Whether somebody still waits."""
    with sqlite3.connect(database) as connection:
        live = connection.execute("SELECT 1 FROM requests WHERE state NOT IN ('answered', 'refused') LIMIT 1").fetchone()
        return live is not None or connection.execute("SELECT 1 FROM messages WHERE NOT settled LIMIT 1").fetchone() is not None
