"""Several processes on one database, killed, stopped for longer than their lease, and continued, while the server crashes: nothing lost,
doubled or sent again after a block, the service's limit kept, attempts and books right. Without one of the protections, it fails.
"""

from __future__ import annotations

import contextlib
import itertools
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Connection, func, select

from bot.ledger import read_only
from bot.ledger.request_rows import UNFINISHED_ROWS
from bot.ledger.server import LedgerServer
from bot.ledger.tables import attempts, messages, requests, spend
from tests.postgres import keeper
from tests.simulation.fleet_victim import LIMIT
from tests.simulation.victim import lines

ROOT = Path(__file__).parents[2]
ROLES = ("chat,work,gate", "chat,work,gate", "chat,gate", "work,gate")
SPOKEN_EVERY, SPOKEN_WITHOUT_FENCING = 0.15, 0.3
"""Seconds between two commands. Without fencing, fewer: a stopped gate whose calls are all in flight never learns how they ended, and could
grant nothing more."""
STOPPED = 6.0
"""Seconds, twice the lease of these processes."""


@dataclass(frozen=True, slots=True)
class Tortured:
    """What a run showed."""

    requests: int
    kills: int
    stops: int
    crashes: int
    """Of the server."""
    seconds: float
    gates: int
    """How often another process became the gate, and the first time."""
    acknowledged: int
    lost: int
    """Acknowledged, and no final answer shown."""
    doubled: int
    """Two different answers."""
    outdated: int
    """The last thing shown isn't final."""
    uninvited: int
    """Answered without an acknowledgement."""
    sent_again: int
    """Prompts sent after the service had said that it blocked them."""
    at_once: int
    """Requests with two calls at a time."""
    over_limit: int
    """Most calls at a time, above the operator's limit."""
    unbooked: int
    """Calls without an attempt, and attempts with two calls."""
    open: int
    """Attempts that nobody closed."""
    reserved: int
    """Micros that are still reserved."""

    @property
    def broken(self) -> dict[str, int]:
        """What must be zero and isn't."""
        names = [one.name for one in fields(self)][7:]
        return {name: found for name in names if name != "acknowledged" and (found := getattr(self, name))}


class Processes:
    """The victims, and what happened to each of them when."""

    def __init__(self, folder: Path, server: LedgerServer, roles: Sequence[str], control: str) -> None:
        self.folder, self.server, self.roles, self.control = folder, server, roles, control
        self.all: list[subprocess.Popen[str]] = [self._start(one) for one in roles]
        self.absent: list[tuple[int, float, float]] = []
        """Process id, and from when until when it did nothing."""

    def _start(self, roles: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.simulation.fleet_victim", str(self.folder), self.server.url, roles, self.control]
        with (self.folder / "errors").open("a") as errors, (self.folder / "out").open("a") as out:
            return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=out, stderr=errors, text=True, bufsize=1)

    def await_ready(self) -> None:
        """Wait until all have started once."""
        until = time.monotonic() + 300
        while (self.folder / "out").read_text().count("READY") < len(self.all):
            if time.monotonic() > until or self.revive():
                raise RuntimeError((self.folder / "errors").read_text()[-3000:])
            time.sleep(0.2)

    def await_most(self, within: float = 60.0) -> None:
        """Wait until at most one is still starting, so that on a slow machine the blows don't only hit starts."""
        until = time.monotonic() + within
        while time.monotonic() < until:
            ready = set((self.folder / "out").read_text().split())
            if sum(str(process.pid) not in ready for process in self.all) <= 1:
                return
            self.revive()
            time.sleep(0.1)

    def say(self, number: int, event: str) -> None:
        """A command in the chat."""
        pipe = self.all[number].stdin
        with contextlib.suppress(BrokenPipeError):
            assert pipe is not None
            pipe.write(f"{event}\n")

    def kill(self, number: int) -> None:
        """kill -9, and a supervisor that starts it again."""
        process = self.all[number]
        process.kill()
        process.wait()
        self.absent.append((process.pid, time.time(), float("inf")))
        self.all[number] = self._start(self.roles[number])

    def stop(self, number: int) -> None:
        """SIGSTOP for longer than the lease."""
        process, began = self.all[number], time.time()
        process.send_signal(signal.SIGSTOP)
        time.sleep(STOPPED)
        self.absent.append((process.pid, began, time.time()))
        process.send_signal(signal.SIGCONT)

    def revive(self) -> int:
        """Start again what ended by itself. Returns how many did."""
        ended = [number for number, process in enumerate(self.all) if process.poll() is not None]
        for number in ended:
            self.all[number] = self._start(self.roles[number])
        return len(ended)

    def end(self) -> None:
        for process in self.all:
            process.send_signal(signal.SIGCONT)
            process.send_signal(signal.SIGTERM)
        for process in self.all:
            try:
                process.wait(40)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def torture(
    folder: Path,
    n: int = 2000,
    kills: int = 20,
    stops: int = 8,
    crashes: int = 2,
    *,
    seed: int = 1,
    control: str = "",
    patience: float = 120.0,
) -> Tortured:
    """One run, on a server of its own in this folder. Its path must be short, for the server's socket."""
    r, began = random.Random(seed), time.monotonic()
    aimed = 1.0 if control == "fencing" else 0.4  # share of blows that hit the gate; without fencing, a stopped one is what does harm
    spoken_every = SPOKEN_WITHOUT_FENCING if control == "fencing" else SPOKEN_EVERY
    folder.chmod(0o711)  # where we are root, the server is another user
    (folder / "pg").mkdir()
    database = keeper.start(folder / "pg")
    server = LedgerServer(keeper.url(folder / "pg", "postgres"))
    processes = Processes(folder, server, ROLES, control)
    chats = [number for number, roles in enumerate(ROLES) if "chat" in roles]
    done = threading.Event()
    events = [f"event{number}" for number in range(n)]

    def speak() -> None:
        """Members type, and platforms deliver again what nobody has acknowledged."""
        for event in events:
            processes.say(r.choice(chats), event)
            time.sleep(spoken_every)
        while not done.wait(2.0):
            acknowledged = {event for (event,) in lines(folder / "acks")}
            for event in events:
                if event not in acknowledged:
                    processes.say(r.choice(chats), event)

    try:
        processes.await_ready()
        speaking = threading.Thread(target=speak, daemon=True)
        speaking.start()
        blows = ["kill"] * kills + ["stop"] * stops + ["crash"] * crashes
        r.shuffle(blows)
        for blow in blows:
            time.sleep(r.uniform(0.5, 1.5) * max(2.0, n * spoken_every / len(blows)))  # as long as members type
            processes.await_most()
            victim = _gate(server, processes) if r.random() < aimed else r.randrange(len(ROLES))
            if blow == "crash":
                database.send_signal(signal.SIGQUIT)
                database.wait(20)
                database = keeper.serve(folder / "pg")
            else:
                getattr(processes, blow)(victim)
            processes.revive()
        until = time.monotonic() + patience
        while time.monotonic() < until and (_unacknowledged(folder, events) or read_only.look(server, _unfinished)):
            time.sleep(0.5)
            processes.revive()
        done.set()
        processes.end()
        return _seen(folder, server, processes, n, Counter(blows), time.monotonic() - began)
    finally:
        done.set()
        for process in processes.all:
            process.kill()
        database.send_signal(signal.SIGQUIT)
        database.wait(20)


def _gate(server: LedgerServer, processes: Processes) -> int:
    """The elected gate's process."""
    with contextlib.suppress(psycopg.Error), psycopg.connect(server.url) as connection:
        row = connection.execute("SELECT p.about FROM holdings h JOIN processes p ON p.id = h.owner WHERE h.name = 'gate'").fetchone()
        pids = [process.pid for process in processes.all]
        if row is not None and (pid := int(str(row[0]).rpartition(" ")[2])) in pids:
            return pids.index(pid)
    return 0


def _unacknowledged(folder: Path, events: Sequence[str]) -> bool:
    return len({event for (event,) in lines(folder / "acks")}) < len(events)


def _unfinished(connection: Connection) -> bool:
    unsettled = select(messages.c.id).where(messages.c.settled.is_(False))
    return any(connection.execute(one.limit(1)).first() is not None for one in (select(requests.c.id).where(UNFINISHED_ROWS), unsettled))


def _seen(folder: Path, server: LedgerServer, processes: Processes, n: int, blows: Counter[str], seconds: float) -> Tortured:
    answers, last = defaultdict[str, set[str]](set), dict[str, str]()
    for event, mark in lines(folder / "chat"):
        if event.startswith("event"):  # not a case's message
            answers[event].add(mark)
    for event, what, _ in lines(folder / "shown"):
        last[event] = what
    acknowledged = {event for (event,) in lines(folder / "acks")}
    calls: list[list[Any]] = list(lines(folder / "calls"))
    again, at_once, most = _calls(calls, processes.absent)
    begun = Counter(attempt for what, attempt, *_ in calls if what == "begin")

    def books(c: Connection) -> tuple[set[str], int, int, int]:
        known = set(c.execute(select(attempts.c.id)).scalars())
        still = c.execute(select(func.count()).where(attempts.c.closed_at.is_(None))).scalar_one()
        reserved = c.execute(select(func.coalesce(func.sum(spend.c.reserved), 0))).scalar_one()
        return known, int(still), int(reserved), int(c.exec_driver_sql("SELECT token FROM holdings WHERE name = 'gate'").scalar_one())

    known, still, reserved, gates = read_only.look(server, books)
    return Tortured(
        requests=n,
        kills=blows["kill"],
        stops=blows["stop"],
        crashes=blows["crash"],
        seconds=round(seconds, 1),
        gates=gates,
        acknowledged=len(acknowledged),
        lost=len(acknowledged - set(answers)),
        doubled=sum(len(marks) > 1 for marks in answers.values()),
        outdated=sum(last.get(event) == "progress" for event in acknowledged),
        uninvited=len(set(answers) - acknowledged),
        sent_again=again,
        at_once=at_once,
        over_limit=max(0, most - LIMIT),
        unbooked=len(set(begun) - known) + sum(count > 1 for count in begun.values()),
        open=still,
        reserved=reserved,
    )


def _calls(calls: Sequence[Sequence[Any]], absent: Sequence[tuple[int, float, float]]) -> tuple[int, int, int]:
    """Prompts sent again after a block, requests with two calls at a time, and most calls at a time. A call ends when its process does
    nothing any more: a real service goes on drawing, but that's the same with one process that is killed."""
    ends = {attempt: float(at) for what, attempt, _, at, _ in calls if what != "begin"}
    blocked = {prompt: float(at) for what, _, prompt, at, _ in calls if what == "block"}
    spans, again = list[tuple[float, float, str]](), 0
    for what, attempt, prompt, at, pid in calls:
        if what != "begin":
            continue
        again += at > blocked.get(prompt, float("inf"))
        cut = [began for who, began, _ in absent if who == pid and began > at]
        spans.append((at, min([ends.get(attempt, float("inf")), *cut]), prompt))
    moments = sorted([(begin, 1) for begin, _, _ in spans] + [(end, -1) for _, end, _ in spans], key=lambda one: (one[0], one[1]))
    now = most = 0
    for _, step in moments:
        now += step
        most = max(most, now)
    by_prompt = defaultdict[str, list[tuple[float, float]]](list)
    for begin, end, prompt in sorted(spans):
        by_prompt[prompt].append((begin, end))
    twice = sum(any(two[0] < one[1] for one, two in itertools.pairwise(some)) for some in by_prompt.values())
    return again, twice, most
