"""One run without sockets: the provider and the gate in a plain event queue, a thousand times faster than over HTTP. For tuning and for
drawing many scenarios; the figures of docs/benchmarks.md come from the wire (worker.py)."""

from __future__ import annotations

import heapq
import json
import math
import random
from collections.abc import Callable, Mapping
from typing import Any

from bench.provider.jobs import make_jobs
from bench.provider.metrics import compute, estimate_figures
from bench.provider.provider import Provider, Reply
from bench.provider.server import error
from bot.domain.failure import Evidence, Failure, Phase
from bot.domain.kinds import NOT_STARTED
from bot.domain.requests import Lane
from bot.failures.classify import classify
from bot.gate.backoff import own_wait
from bot.gate.gate import AdaptiveGate
from bot.gate.port import Gate, Grant, Verdict, Waiting, WakeAt
from bot.gate.settings import GateSettings

TIMED_OUT = classify(Evidence(exception="ReadTimeout: ", phase=Phase.AFTER_SEND))
MAX_ATTEMPTS, MAX_RATE_ANSWERS, DEADLINE = 3, 10, 840.0
ASK_EVERY = 5.0
RESTART_TAKES = 1.0
"""Seconds after which a restarted process asks again; they do not pass for the provider."""
MakeGate = Callable[[Callable[[float, float], float], Mapping[str, object] | None], Gate]


def adaptive(uniform: Callable[[float, float], float], memory: Mapping[str, object] | None = None) -> Gate:
    """The gate as it is shipped; `memory` is what the one before a restart has left."""
    return AdaptiveGate(GateSettings(), uniform, memory, RESTART_TAKES)


class Row:
    """A request as the core's ledger would hold it."""

    def __init__(self, job: dict[str, Any]) -> None:
        self.job, self.due, self.attempts, self.unbilled_tries = job, job["submit_at"], 0, 0
        self.told: float | None = None
        self.told_at = 0.0

    def waiting(self) -> Waiting:
        """As the core tells the gate."""
        return Waiting(
            self.job["id"],
            self.job["user"],
            "bench",
            Lane.INTERACTIVE,
            self.job["submit_at"],
            tries=self.attempts + self.unbilled_tries,
            last_try=self.attempts >= MAX_ATTEMPTS - 1 or self.unbilled_tries >= MAX_RATE_ANSWERS - 1,
        )


class Run:
    """Event queue of (time, number, action)."""

    def __init__(self, scenario: dict[str, Any], seed: int, make: MakeGate = adaptive, trace: Callable[..., None] | None = None) -> None:
        self.scenario, self.seed, self.trace = scenario, seed, trace
        self.jobs = make_jobs(scenario, seed)
        self.provider = Provider(scenario, seed, self.jobs)
        luck = random.Random(f"{seed}:client")
        self.uniform = luck.uniform
        self.make = make
        self.gate = make(luck.uniform, None)
        self.running = 0
        self.restart: float | None = scenario.get("restart")
        self.rows: dict[str, Row] = {}
        self.events: list[tuple[float, int, Callable[[float], None]]] = []
        self.number, self.wake, self.now = 0, math.inf, 0.0
        self.results: list[dict[str, Any]] = []
        self.turns = 0

    def at(self, t: float, action: Callable[[float], None]) -> None:
        """Schedule."""
        self.number += 1
        heapq.heappush(self.events, (t, self.number, action))

    def run(self) -> dict[str, Any]:
        """Play it to the end."""
        for job in self.jobs:
            self.at(job["submit_at"], lambda now, job=job: self._submit(job))  # type: ignore[misc]
        while self.events or self.rows:
            if not self.events and self.wake == math.inf:
                raise AssertionError(f"dead end at {self.now}: {len(self.rows)} waiting, {self.gate.snapshot(self.now)}")
            if not self.events or self.wake < self.events[0][0]:
                self.now, self.wake = self.wake, math.inf
            else:
                self.now, _, action = heapq.heappop(self.events)
                action(self.now)
                while self.events and self.events[0][0] <= self.now:
                    heapq.heappop(self.events)[2](self.now)
            self._schedule()
            if self.now > 3600:
                break
        out = compute(self.scenario, self.seed, self.jobs, self.provider, self.results, self.now)
        out.update(scenario=self.scenario["name"], seed=self.seed, driver="gate", turns=self.turns, **estimate_figures(self.results))
        return out

    def _submit(self, job: dict[str, Any]) -> None:
        self.rows[job["id"]] = row = Row(job)
        self.at(self.now + DEADLINE, lambda now: self._expire(job["id"]))
        self.at(self.now, lambda now: self._tell(row))

    def _tell(self, row: Row) -> None:
        """What the member sees: the first number that is shown is the promise that is measured."""
        if row.job["id"] not in self.rows or row.told is not None:
            return
        due = [each.waiting() for each in self.rows.values() if each.due <= self.now]
        estimate = self.gate.estimates(self.now, due).get(row.job["id"])
        if estimate is not None and estimate.seconds is not None:
            row.told, row.told_at = estimate.seconds, self.now
        else:
            self.at(self.now + ASK_EVERY, lambda now: self._tell(row))

    def _expire(self, job: str) -> None:
        if job in self.rows:
            self._answer(self.rows.pop(job), "expired")

    def _answer(self, row: Row, error: str | None) -> None:
        found = {"id": row.job["id"], "ok": error is None, "error": error, "t_done": self.now}
        self.results.append(found if row.told is None else {**found, "told": row.told, "told_at": row.told_at})

    def _schedule(self) -> None:
        if self.restart is not None and self.now >= self.restart and not self.running:
            self.restart = None
            self.gate = self.make(self.uniform, json.loads(json.dumps(self.gate.remember())))
        while True:
            self.turns += 1
            if self.turns > 200_000:
                raise AssertionError("livelock")
            due = [row.waiting() for row in self.rows.values() if row.due <= self.now + 1e-9]
            answer = self.gate.next(self.now, due)
            if self.trace and hasattr(self.gate, "changes"):
                for change in self.gate.changes():
                    self.trace(f"{self.now:8.2f}   {change.name} {dict(change.facts)}")
            if isinstance(answer, WakeAt):
                later = min((row.due for row in self.rows.values() if row.due > self.now), default=math.inf)
                self.wake = min(answer.when, later) if self.rows else math.inf
                if self.wake <= self.now:
                    self.wake = self.now + 1e-3
                return
            self._launch(answer)

    def _launch(self, grant: Grant) -> None:
        row = self.rows.pop(grant.request_id)
        self.running += 1
        reply = self.provider.receive(self.now, row.job["id"])
        if self.trace:
            what = "admitted" if reply.admitted else reply.message[:30]
            self.trace(f"{self.now:8.2f} -> {row.job['id']} {reply.status} {what} flying {self.provider.in_flight}")
        if reply.after >= grant.timeout:
            self.at(self.now + grant.timeout, lambda now: self._end(grant, row, reply, timed_out=True))
        else:
            self.at(self.now + reply.after, lambda now: self._end(grant, row, reply, timed_out=False))

    def _end(self, grant: Grant, row: Row, reply: Reply, *, timed_out: bool) -> None:
        self.running -= 1
        if timed_out:
            self.provider.give_up(reply)
            failure: Failure | None = TIMED_OUT
        else:
            self.provider.finish(reply, self.now)
            failure = failure_of(reply)
        self.gate.report(
            grant, Verdict(failure, rate_headers(reply.headers) if not timed_out else {}, pictures=int(failure is None)), self.now
        )
        if failure is None:
            self._answer(row, None)
            return
        if not failure.retryable:
            self._answer(row, str(failure.kind))
            return
        if failure.kind in NOT_STARTED:
            row.unbilled_tries += 1
        else:
            row.attempts += 1
        row.due = self.now + own_wait(failure, row.attempts, self.uniform)
        if row.attempts >= MAX_ATTEMPTS or row.unbilled_tries >= MAX_RATE_ANSWERS:
            self._answer(row, f"gave up: {failure.kind}")
        elif row.due >= row.job["submit_at"] + DEADLINE:
            self._answer(row, "expired")
        else:
            self.rows[row.job["id"]] = row
            if row.due > self.now:
                self.at(row.due, lambda now: None)


def rate_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """As the provider's adapter filters them."""
    return {name: value for name, value in headers.items() if name.startswith(("x-ratelimit-", "retry-after"))}


def failure_of(reply: Reply) -> Failure | None:
    """Through the real classifier, from the answer as it would come over HTTP."""
    if reply.status == 200:
        return None
    if reply.status == 0:
        return classify(Evidence(exception="ReadError: connection reset by peer", phase=Phase.AFTER_SEND))
    return classify(Evidence(api="images.generations", status=reply.status, headers=reply.headers, body={"error": error(reply)}))
