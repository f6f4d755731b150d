"""Faults of Slack, by the name of the method.

Names are those of the Web API, and `upload` for the upload host, `respond` for response URLs, `link` for opening a WebSocket.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.platforms import faults
from tests.platforms.faults import How


@dataclass(slots=True, kw_only=True)
class Fault(faults.Fault):
    """What becomes of the calls of a method.

    A dict as `body` becomes JSON, bytes become an HTML page as gateways send it; none is Slack's own `internal_error` or an HTML page.
    """

    method: re.Pattern[str]
    with_pictures: bool = False
    """Only for messages that show a picture."""
    where: Callable[[Mapping[str, Any]], bool] | None = None
    """Only for arguments that are like this."""

    def matches(self, method: str, args: Mapping[str, Any]) -> bool:
        if self.method.fullmatch(method) is None:
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


class Faults(faults.Faults[Fault]):
    """The list of rules."""

    def add(self, method: str, how: How = How.ANSWER, **more: Any) -> Fault:
        """`method` is a regular expression for the whole name."""
        return self.put(Fault(method=re.compile(method), how=how, **more))

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
