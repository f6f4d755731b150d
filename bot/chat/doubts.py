"""Sends whose outcome is unknown: since when, by which ways, and with how many uploads. An adapter asks here when to take another way.

Kept in memory: after a restart a message begins again on the way that its `ref` names.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from bot.chat.port import Message
from bot.chat.views import Audience, View

MOVE_AFTER = 7.0
"""Seconds from the first unanswered send until what somebody waits for takes another way: one lost answer is mostly followed by a good
one, which changes the message where it is."""
MOST_MOVES = 3
"""New messages that one message may become because edits are not answered."""
MOST_UPLOADS = 6
"""Unanswered uploads of one message's files; after that it goes without, for as long as this process remembers it."""
REMEMBERED = 5000


@dataclass(slots=True)
class Doubt:
    """One message whose sending was not answered."""

    since: float
    """Monotonic time of the first unanswered send."""
    routes: dict[str, str] = field(default_factory=dict)
    """Route -> machine token of what came instead of an answer."""
    count: int = 0
    uploads: int = 0
    moves: int = 0

    @property
    def detail(self) -> str:
        """For the log: "edit_answer 500/0"."""
        return ", ".join(f"{route} {detail}" for route, detail in self.routes.items())[:60]


@dataclass(slots=True)
class Doubts:
    """All of one platform."""

    clock: Callable[[], float]
    _open: dict[str, Doubt] = field(default_factory=dict)

    def unanswered(self, message: str, route: str, detail: str, *, files: bool) -> None:
        """A send of this message by this way was not answered, or answered with an error of the platform's own."""
        doubt = self._open.setdefault(message, Doubt(self.clock()))
        doubt.routes[route] = detail
        doubt.count += 1
        doubt.uploads += files
        if len(self._open) > REMEMBERED:
            del self._open[next(iter(self._open))]

    def of(self, message: str) -> Doubt | None:
        return self._open.get(message)

    def count(self, message: str) -> int:
        """How often it was not answered, since it was in order for the last time."""
        doubt = self._open.get(message)
        return 0 if doubt is None else doubt.count

    def may_move(self, message: Message, view: View) -> bool:
        """Whether another way may be taken now, although an earlier send may have arrived or may still do so."""
        doubt = self._open.get(message.id)
        awaited = (view.final or view.mention is not None) and message.audience in (Audience.CHANNEL, Audience.MEMBER)
        return doubt is not None and awaited and doubt.moves < MOST_MOVES and self.clock() - doubt.since >= MOVE_AFTER

    def moved(self, message: str) -> None:
        """It became a new message."""
        if (doubt := self._open.get(message)) is not None:
            doubt.moves += 1

    def without_files(self, message: str) -> bool:
        """Whether this message's files were uploaded often enough."""
        doubt = self._open.get(message)
        return doubt is not None and doubt.uploads >= MOST_UPLOADS

    def over(self, message: str) -> None:
        """The way that was taken first works again."""
        self._open.pop(message, None)
