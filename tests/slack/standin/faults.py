"""What can go wrong on demand: answers, lost answers, cut connections, delays, by the name of the method.

Names are those of the Web API, and `upload` for the upload host, `respond` for response URLs, `link` for opening a WebSocket.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
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

    method: re.Pattern[str]
    how: How
    status: int = 500
    body: Any = None
    """A dict becomes JSON, bytes become an HTML page as gateways send it; none is Slack's own `internal_error` or an HTML page."""
    headers: Mapping[str, str] = field(default_factory=dict)
    times: int = 1
    with_pictures: bool = False
    """Only for messages that show a picture."""
    where: Callable[[Mapping[str, Any]], bool] | None = None
    """Only for arguments that are like this."""
    used: int = 0

    def matches(self, method: str, args: Mapping[str, Any]) -> bool:
        if self.used >= self.times or self.method.fullmatch(method) is None:
            return False
        if self.with_pictures and '"slack_file"' not in json.dumps(args.get("blocks") or []):
            return False
        return self.where is None or self.where(args)

    def payload(self) -> tuple[bytes, str]:
        """Body and content type."""
        if isinstance(self.body, bytes):
            return self.body, "text/html"
        if self.body is None and self.status >= 502:
            return b"<html><body>upstream error</body></html>", "text/html"
        return json.dumps(self.body or {"ok": False, "error": "internal_error"}).encode(), "application/json"


class Faults:
    """The list of rules."""

    def __init__(self) -> None:
        self.rules: list[Fault] = []

    def add(self, method: str, how: How = How.ANSWER, **more: Any) -> Fault:
        """`method` is a regular expression for the whole name."""
        fault = Fault(re.compile(method), how, **more)
        self.rules.append(fault)
        return fault

    def ratelimited(self, method: str, retry_after: float, times: int = 1, **more: Any) -> Fault:
        headers = {"Retry-After": str(int(retry_after) if retry_after == int(retry_after) else retry_after)}
        body = {"ok": False, "error": "ratelimited"}
        return self.add(method, status=429, body=body, headers=headers, times=times, **more)

    def refuse(self, method: str, error: str, times: int = 1, messages: tuple[str, ...] = (), **more: Any) -> Fault:
        """Slack's own refusal: HTTP 200 with `ok: false`."""
        body: dict[str, Any] = {"ok": False, "error": error}
        if messages:
            body["response_metadata"] = {"messages": list(messages)}
        return self.add(method, status=200, body=body, times=times, **more)

    def find(self, method: str, args: Mapping[str, Any]) -> Fault | None:
        for fault in self.rules:
            if fault.matches(method, args):
                fault.used += 1
                return fault
        return None

    def clear(self) -> None:
        self.rules.clear()
