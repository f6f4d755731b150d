"""Sends with an unknown outcome: since when, by which routes and with how many uploads. Adapters use it to decide when to switch routes.

In memory only: after a restart a message starts again on the route that its `ref` names.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from bot.chat.port import Message
from bot.chat.views import Audience, View

MOVE_AFTER = 7.0
"""Seconds from the first unanswered send until an awaited message may switch routes. Most lost answers are followed by a good one, which
updates the message in place."""
MOST_MOVES = 3
"""Maximum number of new posts for one message whose edits aren't answered."""
MOST_UPLOADS = 6
"""Maximum unanswered uploads of one message's files. After that it's sent without files for the life of this process."""
CACHE_SIZE = 5000


@dataclass(slots=True)
class UnansweredSend:
    since: float
    """Monotonic time of the first unanswered send."""
    routes: dict[str, str] = field(default_factory=dict)
    """Route -> machine token for the failure."""
    count: int = 0
    uploads: int = 0
    moves: int = 0

    @property
    def detail(self) -> str:
        """Summary for the log: "edit_answer 500/0"."""
        return ", ".join(f"{route} {detail}" for route, detail in self.routes.items())[:60]


@dataclass(slots=True)
class UnansweredSends:
    """Unanswered sends of one platform, by message."""

    clock: Callable[[], float]
    _open: dict[str, UnansweredSend] = field(default_factory=dict)

    def record(self, message: str, route: str, detail: str, *, files: bool) -> None:
        """Record that a send by this route was not answered, or answered with one of the platform's own errors."""
        lost = self._open.setdefault(message, UnansweredSend(self.clock()))
        lost.routes[route] = detail
        lost.count += 1
        lost.uploads += files
        if len(self._open) > CACHE_SIZE:
            del self._open[next(iter(self._open))]

    def of(self, message: str) -> UnansweredSend | None:
        return self._open.get(message)

    def count(self, message: str) -> int:
        """Number of unanswered sends since the message was last known to be fine."""
        lost = self._open.get(message)
        return 0 if lost is None else lost.count

    def may_move(self, message: Message, view: View) -> bool:
        """Whether the message may switch routes now, although an earlier send may have arrived or still arrive."""
        lost = self._open.get(message.id)
        awaited = (view.final or view.mention is not None) and message.audience in (Audience.CHANNEL, Audience.MEMBER)
        return lost is not None and awaited and lost.moves < MOST_MOVES and self.clock() - lost.since >= MOVE_AFTER

    def moved(self, message: str) -> None:
        """Record a new post of the message."""
        if (lost := self._open.get(message)) is not None:
            lost.moves += 1

    def without_files(self, message: str) -> bool:
        """Whether this message's files have been uploaded often enough."""
        lost = self._open.get(message)
        return lost is not None and lost.uploads >= MOST_UPLOADS

    def over(self, message: str) -> None:
        """Forget its unanswered sends: the original route works again."""
        self._open.pop(message, None)
