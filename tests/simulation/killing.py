"""kill -9 of a real process in a loop, against a real file or server: nothing that was acknowledged is lost, nobody gets two answers.

A server can be disturbed too, while the process lives: its sessions ended, or all of it crashed and started again.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import multiprocessing.reduction
import os
import random
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select

from bot.ledger import read_only
from bot.ledger.request_rows import UNFINISHED_ROWS
from bot.ledger.server import LedgerServer
from bot.ledger.tables import messages, requests, spend
from tests.simulation import victim
from tests.simulation.victim import lines


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


class Life:
    """A process of its own that lives until it's killed or told to stop. It's forked from one that has imported everything, because imports
    are most of a start."""

    def __init__(self, folder: Path, server: LedgerServer | None) -> None:
        reads, self._fed = os.pipe()
        self._said, writes = os.pipe()
        ends = [multiprocessing.reduction.DupFd(one) for one in (reads, writes)]
        self.process = _FORKS.Process(target=_live, args=(folder, server, *ends), daemon=True)
        self.process.start()
        os.close(reads)
        os.close(writes)
        self.feed, self.out = os.fdopen(self._fed, "w", buffering=1), os.fdopen(self._said)
        if self.out.readline() != "READY\n":
            raise RuntimeError((folder / "errors").read_text()[-2000:])

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.join()
        self._close()

    def stop(self) -> bool:
        """SIGTERM; whether it ended in order."""
        os.kill(self.process.pid or 0, signal.SIGTERM)
        self.process.join(30)
        said = self.out.read()
        self._close()
        return "STOPPED" in said and self.process.exitcode == 0

    def _close(self) -> None:
        with contextlib.suppress(BrokenPipeError):
            self.feed.close()
        self.out.close()


_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.simulation.victim"])


def _live(folder: Path, server: LedgerServer | None, reads: Any, writes: Any) -> None:
    """What the forked process does."""
    with (folder / "errors").open("a") as errors:
        for end, stream in ((reads.detach(), 0), (writes.detach(), 1), (errors.fileno(), 2)):
            os.dup2(end, stream)
    sys.stdin, sys.stdout = os.fdopen(0), os.fdopen(1, "w", buffering=1)
    asyncio.run(victim.main(folder, server))


def loop(
    folder: Path, kills: int, seed: int = 1, server: LedgerServer | None = None, disturb: Callable[[random.Random], None] | None = None
) -> Killed:
    """Starts, feeds and kills the process so often; then lets it finish. `disturb` is called once in the middle of each life."""
    r, sent = random.Random(seed), 0
    for _ in range(kills):
        life, disturbed = Life(folder, server), disturb is None
        end = time.monotonic() + r.uniform(0.02, 0.6) + (disturb is not None)
        while time.monotonic() < end:
            if not disturbed and r.random() < 0.05:
                disturbed = True
                disturb(r)  # type: ignore[misc]
            fresh = not sent or r.random() < 0.8
            sent += fresh
            life.feed.write(f"event{sent if fresh else r.randint(1, sent)}\n")
            time.sleep(r.uniform(0, 0.02 if disturb is None else 0.1))  # a longer life isn't fed more
        life.kill()
    life = Life(folder, server)
    database = server or folder / "data" / "imagine-bot.db"
    deadline = time.monotonic() + 30 + sent
    while read_only.look(database, _open) and time.monotonic() < deadline:
        time.sleep(0.1)
    stopped = life.stop()
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
        stopped=stopped,
    )


def _open(connection: Connection) -> bool:
    """Whether somebody still waits."""
    unsettled = select(messages.c.id).where(messages.c.settled.is_(False))
    return any(connection.execute(one.limit(1)).first() is not None for one in (select(requests.c.id).where(UNFINISHED_ROWS), unsettled))
