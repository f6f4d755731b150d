"""Operator notices for undeliverable messages: one per channel, one per platform for closed direct messages; resolved by the next
delivery."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.chat.port import Message, Refused, RefusedWhy
from bot.chat.views import Audience
from bot.ledger import message_rows, notice_rows
from bot.ledger.store import Tx
from bot.messages.background import BackgroundWrites
from bot.messages.notices import Notices

DIRECT = "chat_direct"
MOST_PEOPLE = 500
"""Maximum number of unreachable people that a notice lists by id; the earliest are dropped first."""
_CHANNEL_KINDS = tuple(f"chat_{why.value}" for why in RefusedWhy if why is not RefusedWhy.INVALID)


@dataclass(slots=True)
class Undeliverable:
    """Listener for rejected and delivered messages."""

    notices: Notices
    writes: BackgroundWrites

    def refused(self, message: Message, refused: Refused) -> None:
        """A platform won't show this message; it stays stored."""
        if refused.why is RefusedWhy.INVALID or message.audience is Audience.OPERATORS:
            return
        detail = refused.detail[:60]
        if _is_direct(message):
            self.writes.begin(lambda tx: self._note_unreachable(tx, message, detail))
            return
        place = message.place
        facts = {"platform": place.platform, "channel": place.channel, "detail": detail, "audience": message.audience.value}
        kind = f"chat_{refused.why.value}"
        self.writes.begin(lambda tx: self.notices.report(tx, _of_channel(kind, message), kind, facts))

    def arrived(self, message: Message) -> None:
        """A platform shows this message. Runs for every delivery, so it reads nothing unless a notice is open."""
        if _is_direct(message):
            if _of_platform(message) in self.notices.open:
                self.writes.begin(lambda tx: self._note_reached(tx, message))
            return
        over = [cause for kind in _CHANNEL_KINDS if (cause := _of_channel(kind, message)) in self.notices.open]
        if over:
            self.writes.begin(lambda tx: self._resolve(tx, over))

    def _resolve(self, tx: Tx, causes: Sequence[str]) -> None:
        for cause in causes:
            self.notices.resolve(tx, cause)

    def _note_unreachable(self, tx: Tx, message: Message, detail: str) -> None:
        people = [one for one in self._people(tx, message) if one != _reader(message)]
        people = [*people, _reader(message)][-MOST_PEOPLE:]
        self.notices.report(tx, _of_platform(message), DIRECT, _facts(message, people, detail))

    def _note_reached(self, tx: Tx, message: Message) -> None:
        people = self._people(tx, message)
        if _reader(message) not in people:
            return
        people.remove(_reader(message))
        cause = _of_platform(message)
        notice_rows.change(tx, cause, _facts(message, people, ""))
        if people:
            message_rows.bump(tx, f"notice:{cause}")
        else:
            self.notices.resolve(tx, cause)

    def _people(self, tx: Tx, message: Message) -> list[str]:
        """Ids of unreachable people in the open notice."""
        row = notice_rows.get(tx.connection, _of_platform(message))
        return [] if row is None or row.resolved_at is not None else str(row.facts.get("who", "")).split()


def _is_direct(message: Message) -> bool:
    return message.audience is Audience.MEMBER or message.place.is_direct


def _reader(message: Message) -> str:
    return "".join((message.person or message.place.channel).split())


def _of_channel(kind: str, message: Message) -> str:
    return f"{kind}:{message.place.platform}:{message.place.channel}"[:80]


def _of_platform(message: Message) -> str:
    return f"{DIRECT}:{message.place.platform}"


def _facts(message: Message, people: list[str], detail: str) -> Mapping[str, str]:
    return {"platform": message.place.platform, "people": str(len(people)), "detail": detail, "who": " ".join(people)}
