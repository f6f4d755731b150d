"""Faults of Discord's REST API, by method and path."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from tests.platforms import faults
from tests.platforms.faults import How


@dataclass(slots=True, kw_only=True)
class Fault(faults.Fault):
    """What becomes of the requests with this method (`*` for all) and a path in which this is found."""

    method: str
    path: re.Pattern[str]
    with_files: bool = False
    """Only for requests that upload something."""

    def matches(self, method: str, path: str, files: int) -> bool:
        return (bool(files) or not self.with_files) and self.method in ("*", method) and self.path.search(path) is not None

    def payload(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


class Faults(faults.Faults[Fault]):
    """The list of rules."""

    def add(self, method: str, path: str, how: How = How.ANSWER, **more: Any) -> Fault:
        return self.put(Fault(method=method, path=re.compile(path), how=how, **more))

    def rate_limited(self, method: str, path: str, retry_after: float, times: int = 1, scope: str = "user") -> Fault:
        body = {"message": "You are being rate limited.", "retry_after": retry_after, "global": scope == "global"}
        headers = {"Via": "1.1 google", "X-RateLimit-Scope": scope, "Retry-After": str(int(retry_after) + 1)}
        return self.add(method, path, status=429, body=body, headers=headers, times=times)

    def refuse(self, method: str, path: str, status: int, code: int, times: int = 1, *, with_files: bool = False) -> Fault:
        body = {"message": "refused on demand", "code": code}
        return self.add(method, path, status=status, body=body, times=times, with_files=with_files)
