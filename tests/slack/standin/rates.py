"""Slack's rates, when a test asks for them: about one post per second and channel with a small burst, tiers per method and minute."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Mapping
from typing import Any

from tests.slack.standin.world import World

PER_MINUTE = {
    "chat.update": 50,
    "chat.delete": 50,
    "conversations.open": 50,
    "conversations.info": 50,
    "conversations.history": 50,
    "conversations.replies": 50,
    "conversations.members": 100,
    "users.info": 100,
    "views.open": 100,
    "views.update": 100,
    "views.push": 100,
    "files.getUploadURLExternal": 100,
    "files.completeUploadExternal": 100,
    "files.info": 100,
    "files.delete": 50,
    "chat.postEphemeral": 100,
}
POSTS_BURST, POSTS_SECONDS = 4, 4.0


class Rates:
    """Sliding windows by the stand-in's clock."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._seen: defaultdict[tuple[str, str], deque[float]] = defaultdict(deque)
        self.refused = 0

    def wait(self, method: str, args: Mapping[str, Any]) -> int:
        """Seconds until this would be taken; 0 takes it."""
        if method == "chat.postMessage":
            return self._wait((method, str(args.get("channel"))), POSTS_BURST, POSTS_SECONDS)
        if method in PER_MINUTE:
            return self._wait((method, ""), PER_MINUTE[method], 60.0)
        return 0

    def _wait(self, key: tuple[str, str], most: int, seconds: float) -> int:
        now, seen = self.world.now(), self._seen[key]
        while seen and now - seen[0] >= seconds:
            seen.popleft()
        if len(seen) < most:
            seen.append(now)
            return 0
        self.refused += 1
        return max(1, math.ceil(seconds - (now - seen[0])))
