"""Operator notices for platforms that don't answer sends: one per platform, resolved when it answers again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from bot.chat.port import Message
from bot.chat.views import Audience
from bot.messages.background import BackgroundWrites
from bot.messages.notices import Notices

KIND = "chat_unanswered"
REPORT_AFTER = 3
"""Unanswered sends since the platform's last quiet minute before operators are told; one or two happen on any day."""
STEADY = 60.0
"""Seconds without an unanswered send until the problem counts as over."""


@dataclass(slots=True)
class Unanswered:
    """Listener for sends with unknown outcome and for delivered messages."""

    notices: Notices
    writes: BackgroundWrites
    clock: Callable[[], float]
    _last: dict[str, float] = field(default_factory=dict)
    """Platform -> monotonic time of the latest unanswered send."""
    _count: dict[str, int] = field(default_factory=dict)
    """Platform -> unanswered sends since its last quiet minute."""
    _waiting: dict[str, str] = field(default_factory=dict)
    """Message whose latest send wasn't answered -> its platform."""

    def record(self, message: Message, detail: str, tries: int) -> None:
        """A send wasn't answered for the `tries`th time in a row; 0 if it switched routes because of that."""
        platform = message.place.platform
        if self.clock() - self._last.get(platform, float("-inf")) >= STEADY:
            self._count[platform] = 0
        self._last[platform] = self.clock()
        self._count[platform] += 1 if tries else 2  # it had to switch routes
        if tries:
            self._waiting[message.id] = platform
        else:
            self._waiting.pop(message.id, None)
        cause = f"{KIND}:{platform}"
        if self._count[platform] >= REPORT_AFTER and cause not in self.notices.open:
            self.writes.begin(lambda tx: self.notices.report(tx, cause, KIND, {"platform": platform, "detail": detail[:60]}))

    def arrived(self, message: Message) -> None:
        """A platform shows this message. Runs for every delivery, so it writes nothing unless a notice is open."""
        self._waiting.pop(message.id, None)
        platform = message.place.platform
        cause = f"{KIND}:{platform}"
        if cause not in self.notices.open or message.audience is Audience.OPERATORS:  # the notice itself may arrive by a working route
            return
        if platform not in self._waiting.values() and self.clock() - self._last.get(platform, float("-inf")) >= STEADY:
            self.writes.begin(lambda tx: self.notices.resolve(tx, cause))

    def refused(self, message: Message) -> None:
        """A platform rejects this message permanently, which is an answer."""
        self._waiting.pop(message.id, None)
