"""Operator notices for platforms that do not answer when messages are shown or changed: one per platform, solved when they answer again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from bot.chat.port import Message
from bot.chat.views import Audience
from bot.messages.background import BackgroundWrites
from bot.messages.notices import Notices

KIND = "chat_unanswered"
TOLD_AFTER = 3
"""Unanswered sends of one platform since its last quiet minute, until the operator hears of it: one or two happen on any day."""
STEADY = 60.0
"""Seconds without an unanswered send until the trouble counts as over."""


@dataclass(slots=True)
class Unanswered:
    """Hears from the sender of sends whose outcome is unknown, and of messages that arrived."""

    notices: Notices
    writes: BackgroundWrites
    clock: Callable[[], float]
    _last: dict[str, float] = field(default_factory=dict)
    """Platform -> monotonic time of the newest unanswered send."""
    _count: dict[str, int] = field(default_factory=dict)
    """Platform -> unanswered sends since its last quiet minute."""
    _waiting: dict[str, str] = field(default_factory=dict)
    """Message whose newest send was not answered -> its platform."""

    def doubt(self, message: Message, detail: str, tries: int) -> None:
        """A send was not answered, for the `tries`th time in a row; 0: another way was taken because of that."""
        platform = message.place.platform
        if self.clock() - self._last.get(platform, float("-inf")) >= STEADY:
            self._count[platform] = 0
        self._last[platform] = self.clock()
        self._count[platform] += 1 if tries else 2  # another way had to be taken
        if tries:
            self._waiting[message.id] = platform
        else:
            self._waiting.pop(message.id, None)
        cause = f"{KIND}:{platform}"
        if self._count[platform] >= TOLD_AFTER and cause not in self.notices.open:
            self.writes.begin(lambda tx: self.notices.report(tx, cause, KIND, {"platform": platform, "detail": detail[:60]}))

    def arrived(self, message: Message) -> None:
        """A platform shows this message. Called for every one, so nothing is written where no notice is open."""
        self._waiting.pop(message.id, None)
        platform = message.place.platform
        cause = f"{KIND}:{platform}"
        if cause not in self.notices.open or message.audience is Audience.OPERATORS:  # the notice itself may arrive by the way that works
            return
        if platform not in self._waiting.values() and self.clock() - self._last.get(platform, float("-inf")) >= STEADY:
            self.writes.begin(lambda tx: self.notices.resolve(tx, cause))

    def refused(self, message: Message) -> None:
        """A platform will never show this message, which is an answer."""
        self._waiting.pop(message.id, None)
