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
POSTS_BURST, POSTS_PER_SECOND = 3.0, 1.0
"""A bucket per channel: a short burst, then one a second."""


class Rates:
    """Slack's limits by the stand-in's clock."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._seen: defaultdict[str, deque[float]] = defaultdict(deque)
        self._buckets: dict[str, tuple[float, float]] = {}
        """Channel -> posts left, and when that was."""
        self.refused = 0

    def wait(self, method: str, args: Mapping[str, Any]) -> int:
        """Seconds until this would be taken; 0 takes it."""
        wait = self._post(str(args.get("channel"))) if method == "chat.postMessage" else self._window(method)
        self.refused += wait > 0
        return wait

    def _post(self, channel: str) -> int:
        now = self.world.now()
        left, since = self._buckets.get(channel, (POSTS_BURST, now))
        left = min(POSTS_BURST, left + (now - since) * POSTS_PER_SECOND)
        taken = left >= 1.0
        self._buckets[channel] = (left - 1.0 if taken else left, now)
        return 0 if taken else max(1, math.ceil((1.0 - left) / POSTS_PER_SECOND))

    def _window(self, method: str) -> int:
        most = PER_MINUTE.get(method)
        if most is None:
            return 0
        now, seen = self.world.now(), self._seen[method]
        while seen and now - seen[0] >= 60.0:
            seen.popleft()
        if len(seen) < most:
            seen.append(now)
            return 0
        return max(1, math.ceil(60.0 - (now - seen[0])))
