"""What can go wrong on demand: answers, lost answers, cut connections, delays, by method and path."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class How(StrEnum):
    ANSWER = "answer"
    """Give this answer instead of doing anything."""
    LOST = "lost"
    """Do it, then cut the connection: the answer is lost."""
    DONE_BUT = "done_but"
    """Do it, then give this answer instead of the real one (a gateway's 502 after the work was done)."""
    CUT = "cut"
    """Cut the connection before doing anything."""
    STUCK = "stuck"
    """Neither do anything nor answer, for as long as the caller waits."""
    STUCK_AFTER = "stuck_after"
    """Do it, and never answer."""


@dataclass(slots=True)
class Fault:
    """One rule; the first that matches and has times left is used."""

    method: str
    path: re.Pattern[str]
    how: How
    status: int = 500
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    times: int = 1
    with_files: bool = False
    """Only for requests that upload something."""
    used: int = 0

    def matches(self, method: str, path: str, files: int) -> bool:
        if self.with_files and not files:
            return False
        return self.used < self.times and self.method in ("*", method) and self.path.search(path) is not None

    def payload(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


class Faults:
    """The list of rules."""

    def __init__(self) -> None:
        self.rules: list[Fault] = []

    def add(self, method: str, path: str, how: How = How.ANSWER, **more: Any) -> Fault:
        fault = Fault(method, re.compile(path), how, **more)
        self.rules.append(fault)
        return fault

    def rate_limited(self, method: str, path: str, retry_after: float, times: int = 1, scope: str = "user") -> Fault:
        body = {"message": "You are being rate limited.", "retry_after": retry_after, "global": scope == "global"}
        headers = {"Via": "1.1 google", "X-RateLimit-Scope": scope, "Retry-After": str(int(retry_after) + 1)}
        return self.add(method, path, status=429, body=body, headers=headers, times=times)

    def refuse(self, method: str, path: str, status: int, code: int, times: int = 1, *, with_files: bool = False) -> Fault:
        body = {"message": "refused on demand", "code": code}
        return self.add(method, path, status=status, body=body, times=times, with_files=with_files)

    def find(self, method: str, path: str, files: int) -> Fault | None:
        for fault in self.rules:
            if fault.matches(method, path, files):
                fault.used += 1
                return fault
        return None

    def clear(self) -> None:
        self.rules.clear()
