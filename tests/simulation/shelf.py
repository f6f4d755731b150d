"""What the simulated image API hands out later: tasks that are polled, and pictures that lie at an address of their own."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from tests.simulation.loop import Life
from tests.simulation.wire import HttpAnswer, HttpRequest

FAMILIES = {"fetch_500": 3, "fetch_reset": 2, "fetch_hangs": 1, "fetch_429": 1}
"""How asking for it goes wrong; none of it says anything about the thing itself."""


@dataclass(slots=True)
class Task:
    """Something that was taken and is not done yet."""

    prompt: str
    final: HttpAnswer
    blocked: bool
    polls: int
    """How often it says that it is still at it."""


@dataclass(slots=True)
class Fetch:
    """One request for something on the shelf. Implements the wire's Exchange."""

    made: HttpAnswer
    verdict: Callable[[Life], None] | None = None
    """Told when a living process has read a block."""

    def answer(self) -> HttpAnswer:
        return self.made

    def received(self, life: Life) -> None:
        if self.verdict is not None:
            self.verdict(life)

    def abandoned(self) -> None:
        return None


@dataclass(slots=True)
class Shelf:
    """All of it, by address."""

    tasks: dict[str, Task] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)

    def take(self, prompt: str, final: HttpAnswer, blocked: bool, r: Random) -> HttpAnswer:
        """Makes a task of an answer; the answer that says so."""
        name = f"task-{len(self.tasks) + 1}"
        self.tasks[f"/v1/images/tasks/{name}"] = Task(prompt, replace(final, think=0.1), blocked, r.choice([0, 1, 1, 3]))
        return _json(202, {"id": name, "status": "queued"}, think=r.uniform(0.2, 3))

    def lay(self, data: list[dict[str, Any]], pictures: list[bytes]) -> None:
        """Pictures get an address instead of standing in the answer."""
        for item, one in zip([item for item in data if "b64_json" in item], pictures, strict=True):
            path = f"/v1/files/{len(self.files) + 1}.png"
            self.files[path] = one
            del item["b64_json"]
            item["url"] = f"https://images.sim.test{path}"

    def ask(self, request: HttpRequest, fault: str | None, verdict: Callable[[str, Life], None]) -> Fetch:
        """One poll or download."""
        if fault is not None:
            return Fetch(_spoilt(fault))
        if request.path in self.files:
            return Fetch(HttpAnswer(200, {"content-type": "image/png"}, self.files[request.path], think=0.1))
        task = self.tasks.get(request.path)
        if task is None:
            return Fetch(_json(404, {"error": {"message": "no such task", "code": "not_found"}}))
        if task.polls > 0:
            task.polls -= 1
            return Fetch(_json(200, {"id": request.path.rpartition("/")[2], "status": "running"}, think=0.1))
        return Fetch(task.final, (lambda life: verdict(task.prompt, life)) if task.blocked else None)


def _spoilt(fault: str) -> HttpAnswer:
    match fault:
        case "fetch_reset":
            return HttpAnswer(cut=0.0, think=1.0)
        case "fetch_hangs":
            return HttpAnswer(silent=True)
        case "fetch_429":
            return _json(429, {"error": {"message": "slow down", "code": "rate_limit_exceeded"}})
    return _json(500, {"error": {"message": "oops", "type": "server_error"}}, think=1.0)


def _json(status: int, body: dict[str, Any], think: float = 0.1) -> HttpAnswer:
    return HttpAnswer(status, {"content-type": "application/json"}, json.dumps(body).encode(), think=think)
