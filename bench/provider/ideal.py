"""Clairvoyant reference: knows the limiter, the concurrency cap, outages and every draw; round-robin over users; never sends a request
that would be rejected. Unavoidable faults (random 503, reset) still cost it an admission."""

from __future__ import annotations

import collections
import heapq
from typing import Any

from bench.provider.limiter import Limiter
from bench.provider.provider import Draw, in_windows


def ideal(scenario: dict[str, Any], seed: int, jobs: list[dict[str, Any]]) -> dict[str, Any]:
    """When each job could have been done at best."""
    limiter, cap = Limiter(scenario), scenario["limit"]["concurrency"]
    todo = [job for job in jobs if job["kind"] == "ok"]
    coming = collections.deque(sorted(todo, key=lambda job: job["submit_at"]))
    queues: dict[str, collections.deque[Any]] = {}
    order: collections.deque[str] = collections.deque()
    admissions: collections.Counter[str] = collections.Counter()
    done: dict[str, float] = {}
    in_flight, t, sent = 0, 0.0, 0
    ends: list[tuple[float, int, Any, bool]] = []

    def push(job: Any, front: bool = False) -> None:
        queue = queues.setdefault(job["user"], collections.deque())
        if not queue:
            order.append(job["user"])
        (queue.appendleft if front else queue.append)(job)

    def pick(after: list[float]) -> tuple[Any, Draw] | None:
        for _ in range(len(order)):
            user = order.popleft()
            job = queues[user][0]
            draw = Draw(scenario, seed, job["id"], admissions[job["id"]])
            kill = next((o for o in scenario.get("outages", ()) if o.get("kill_inflight") and t < o["from"] < t + draw.seconds), None)
            if kill and not draw.slow and not draw.reset and not draw.is503(scenario, t):
                order.append(user)
                after.append(kill["to"])
                continue
            queues[user].popleft()
            if queues[user]:
                order.append(user)
            return job, draw
        return None

    while len(done) < len(todo):
        while coming and coming[0]["submit_at"] <= t + 1e-9:
            push(coming.popleft())
        while ends and ends[0][0] <= t + 1e-9:
            end, _, job, ok = heapq.heappop(ends)
            in_flight -= 1
            if ok:
                done[job["id"]] = end
            else:
                push(job, True)
        after = [coming[0]["submit_at"]] if coming else []
        if ends:
            after.append(ends[0][0])
        blocked = in_windows(t, scenario.get("outages")) or in_windows(t, scenario.get("quota"))
        if order and blocked:
            after.append(blocked["to"])
        elif order and in_flight < cap:
            wait = limiter.wait(t)
            if wait > 1e-9:
                after.append(t + wait)
            elif picked := pick(after):
                job, draw = picked
                admissions[job["id"]] += 1
                limiter.take(t)
                sent += 1
                in_flight += 1
                heapq.heappush(ends, (_end(draw, t, scenario), sent, job, _works(draw, t, scenario)))
                continue
        after = [x for x in after if x > t + 1e-9]
        if not after:
            break
        t = min(after)
    latency = {job["id"]: done[job["id"]] - job["submit_at"] for job in todo if job["id"] in done}
    return {"done": done, "lat": latency, "makespan": max(done.values()), "sent": sent}


def _works(draw: Draw, t: float, scenario: dict[str, Any]) -> bool:
    return not (draw.is503(scenario, t) or draw.slow or draw.reset)


def _end(draw: Draw, t: float, scenario: dict[str, Any]) -> float:
    if draw.is503(scenario, t):
        return t + 0.5
    if draw.slow:
        return t
    return t + draw.seconds * (draw.share if draw.reset else 1.0)
