"""Cache of the bot's own messages found in a channel's history, so that one page answers for all posts that were lost together.

Only found messages are cached, and only briefly; a message's absence is checked anew each time.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cachetools import FIFOCache

from adapters.kit.payload import part, parts, word
from adapters.slack.pacing import CallLog, Limit

CALLS = Limit(16, 20.5)
"""47 a minute; conversations.history and conversations.replies are each Tier 3, 50+ a minute."""
CACHE_TTL = 60.0
CACHE_SIZE = 5000


@dataclass(slots=True)
class LostPosts:
    """(channel, thread, identity) -> where and when it was found."""

    clock: Callable[[], float] = lambda: asyncio.get_running_loop().time()
    _seen: FIFOCache[tuple[str, str, str], tuple[str, float]] = field(default_factory=lambda: FIFOCache(CACHE_SIZE))
    _calls: defaultdict[str, CallLog] = field(default_factory=lambda: defaultdict(lambda: CallLog(CALLS)))

    def known(self, channel: str, thread: str | None, identity: str) -> str | None:
        ts, at = self._seen.get((channel, thread or "", identity), ("", 0.0))
        return ts if ts and self.clock() - at < CACHE_TTL else None

    def saw(self, channel: str, thread: str | None, message: Mapping[str, Any], ours: frozenset[str]) -> None:
        """Record a message from a page. Other authors' messages are ignored, because anyone could copy a mark; Slack names each message's
        author."""
        ts = word(message, "ts")
        authors = {one for one in (message.get("bot_id"), message.get("user")) if one}
        if not ts or (authors and not authors & ours):
            return
        for identity in identities(message):
            self._seen[channel, thread or "", identity] = (ts, self.clock())

    def gone(self, channel: str, ts: str) -> None:
        for key in [key for key, found in self._seen.items() if (key[0], found[0]) == (channel, ts)]:
            del self._seen[key]

    def turn(self, method: str) -> None:
        """Book a call of a method; raises BackOff if it would exceed the limit."""
        self._calls[method].turn(self.clock())


def mark(identity: str) -> str:
    """The block_id that identifies a message if its metadata isn't shown."""
    return f"m:{identity}"


def identities(message: Mapping[str, Any]) -> set[str]:
    """The identities a message claims, by its metadata and its first block."""
    named = word(part(part(message, "metadata"), "event_payload"), "id")
    first = next((word(one, "block_id") for one in parts(message.get("blocks"))), "")
    return {named, first.removeprefix(mark("")) if first.startswith(mark("")) else ""} - {""}
