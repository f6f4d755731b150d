"""kill -9 of a real process in a loop, against a real file or server: nothing that was acknowledged is lost, nobody gets two answers.

A server can be disturbed too, while the process lives: its sessions ended, or all of it crashed and started again.
"""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, func, select

from bot.ledger import read_only
from bot.ledger.request_rows import LIVE_ROWS
from bot.ledger.server import LedgerServer
from bot.ledger.tables import messages, requests, spend
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


def start(folder: Path, server: LedgerServer | None) -> subprocess.Popen[str]:
    """A life, once it is ready."""
    command = [sys.executable, "-m", "tests.simulation.victim", str(folder), *([] if server is None else [server.url])]
    with (folder / "errors").open("a") as errors:
        process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True, bufsize=1)
    assert process.stdout is not None
    if process.stdout.readline() != "READY\n":
        raise RuntimeError((folder / "errors").read_text()[-2000:])
    return process


def loop(
    folder: Path, kills: int, seed: int = 1, server: LedgerServer | None = None, disturb: Callable[[random.Random], None] | None = None
) -> Killed:
    """Starts, feeds and kills the process so often; then lets it finish. `disturb` is called once in the middle of each life."""
    r, sent = random.Random(seed), 0
    for _ in range(kills):
        process, disturbed = start(folder, server), disturb is None
        assert process.stdin is not None
        end = time.monotonic() + r.uniform(0.02, 0.6) + (disturb is not None)
        while time.monotonic() < end:
            if not disturbed and r.random() < 0.05:
                disturbed = True
                disturb(r)  # type: ignore[misc]
            fresh = not sent or r.random() < 0.8
            sent += fresh
            process.stdin.write(f"event{sent if fresh else r.randint(1, sent)}\n")
            time.sleep(r.uniform(0, 0.02 if disturb is None else 0.1))  # a longer life isn't fed more
        process.kill()
        process.wait()
    process = start(folder, server)
    database = server or folder / "data" / "imagine-bot.db"
    deadline = time.monotonic() + 30 + sent
    while read_only.look(database, _open) and time.monotonic() < deadline:
        time.sleep(0.1)
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=30)
    answers: dict[str, set[str]] = defaultdict(set)
    for event, mark in lines(folder / "chat"):
        answers[event].add(mark)
    acknowledged = {event for (event,) in lines(folder / "acks")}
    reserved = read_only.look(database, lambda c: int(c.execute(select(func.coalesce(func.sum(spend.c.reserved), 0))).scalar_one()))
    return Killed(
        kills=kills,
        acknowledged=len(acknowledged),
        lost=len(acknowledged - set(answers)),
        doubled=sum(len(marks) > 1 for marks in answers.values()),
        uninvited=len(set(answers) - acknowledged),
        reserved=reserved,
        stopped="STOPPED" in out and process.returncode == 0,
    )


def _open(connection: Connection) -> bool:
    """Whether somebody still waits."""
    unsettled = select(messages.c.id).where(messages.c.settled.is_(False))
    return any(connection.execute(one.limit(1)).first() is not None for one in (select(requests.c.id).where(LIVE_ROWS), unsettled))
