"""In-memory state of the web chat: messages, who may read them, and listeners for changes. Independent of pages and HTML.

After a restart the core sends the messages again, and what somebody hasn't decided about. Other whispers (answers to one person's command)
aren't kept.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import structlog

from adapters.web.people import CHANNELS, IMAGINE, MODERATORS, OPERATORS, PEOPLE, Persona, may_read
from bot.chat.port import Message
from bot.chat.views import Audience, View
from bot.supervise import places_of

log = structlog.get_logger()

MOST = 1000
"""Maximum messages to keep. The oldest are dropped first, and /imagine-show can still fetch them."""


@dataclass(slots=True)
class Entry:
    id: str
    subject: str
    community: str
    channel: str
    audience: Audience
    person: str | None
    """The only reader, if the audience is MEMBER."""
    by: Persona | None
    """The person whose line this message answers."""
    at: float
    """When it was typed or first shown; messages are in this order, and in that of their arrival within the same instant."""
    view: View
    whisper: bool = False
    activity: int = 0
    """Sequence number of its last notable change, for the tab's mark: it arrived, or its state changed."""

    def readable_by(self, who: Persona) -> bool:
        if self.audience is Audience.MEMBER:
            return self.person == who.id
        return may_read(who, self.channel)

    def channel_for(self, who: Persona) -> str:
        """The tab where this person sees it: their own messages appear in # imagine if its channel is closed to them."""
        return self.channel if may_read(who, self.channel) else IMAGINE


@dataclass(slots=True)
class Room:
    """All messages, and the open pages that show them."""

    clock: Callable[[], float]
    entries: dict[str, Entry] = field(default_factory=dict)
    listeners: list[Callable[[Entry, bool], None]] = field(default_factory=list)
    """Called with (entry, gone) after every change."""
    _activity: int = 0
    _seen: dict[tuple[str, str], int] = field(default_factory=dict)
    """(person, channel) -> the latest change they have seen there."""

    def show(self, message: Message, view: View) -> Entry:
        entry = self.entries.get(message.id)
        if entry is None:
            at = written_at(message)
            entry = Entry(
                id=message.id,
                subject=message.subject,
                community=message.place.community,
                channel=_channel(message),
                audience=message.audience,
                person=message.person,
                by=PEOPLE.get(message.place.reply.get("by", message.person or "")),
                at=self.clock() if at is None else at,
                view=view,
            )
            self._keep(entry)
        else:
            if (entry.view.tone, entry.view.final) != (view.tone, view.final):
                self._new(entry)
            entry.view = view
        self._publish(entry)
        return entry

    def whisper(self, id: str, who: Persona, channel: str, community: str, view: View) -> Entry:
        """Answer one person only, until they dismiss it."""
        entry = Entry(id, "", community, channel, Audience.MEMBER, who.id, who, self.clock(), view, whisper=True)
        self._keep(entry)
        self._publish(entry)
        return entry

    def dismiss(self, id: str, who: Persona) -> None:
        """Remove a whisper; other messages stay."""
        entry = self.entries.get(id)
        if entry is not None and entry.whisper and entry.person == who.id:
            del self.entries[id]
            self._publish(entry, gone=True)

    def read(self, who: Persona, channel: str) -> list[Entry]:
        """The messages that this person sees in a channel, oldest first."""
        return sorted(
            (one for one in self.entries.values() if one.readable_by(who) and one.channel_for(who) == channel), key=lambda one: one.at
        )

    def about(self, who: Persona, subject: str) -> Entry | None:
        """The message about a subject that this person can read; the one in the channel if there are several."""
        found = [one for one in self.entries.values() if one.subject == subject and one.readable_by(who)]
        return min(found, key=lambda one: one.audience is not Audience.CHANNEL, default=None)

    def saw(self, who: Persona, channel: str) -> None:
        self._seen[who.id, channel] = self._activity

    def unread(self, who: Persona, channel: str) -> bool:
        seen = self._seen.get((who.id, channel), 0)
        return any(one.activity > seen and one.readable_by(who) and one.channel_for(who) == channel for one in self.entries.values())

    def shows_picture(self, sha256: str) -> bool:
        """Whether any message shows this picture; a deleted picture is served to nobody."""
        return any(picture.sha256 == sha256 for entry in self.entries.values() for picture in entry.view.pictures)

    def _new(self, entry: Entry) -> None:
        self._activity += 1
        entry.activity = self._activity

    def _keep(self, entry: Entry) -> None:
        self._new(entry)
        self.entries[entry.id] = entry
        if len(self.entries) > MOST:
            oldest = min(self.entries.values(), key=lambda one: one.at)
            del self.entries[oldest.id]
            self._publish(oldest, gone=True)

    def _publish(self, entry: Entry, gone: bool = False) -> None:
        for listener in list(self.listeners):
            try:
                listener(entry, gone)
            except Exception as error:
                # One failing page must not stop the others, or the core.
                log.error("web_page_not_updated", error=type(error).__name__, at=places_of(error))


_BY_AUDIENCE: Mapping[Audience, str] = {Audience.MODERATORS: MODERATORS, Audience.OPERATORS: OPERATORS}


def _channel(message: Message) -> str:
    """Messages for moderators and operators always go to their own channel: delivery never widens the audience."""
    fixed = _BY_AUDIENCE.get(message.audience)
    if fixed is not None:
        return fixed
    return message.place.channel if message.place.channel in CHANNELS else IMAGINE


def written_at(message: Message) -> float | None:
    """When a message arrived, if recorded. A request sorts by when it was typed; everything else, such as a question about an old request,
    by when it arrived, because that's where its reader looks."""
    typed = message.place.reply.get("at") if message.subject.startswith("request:") else None
    return _moment(typed or message.ref.get("at"))


def _moment(written: str | None) -> float | None:
    try:
        found = float(written or "")
    except ValueError:
        return None
    return found if math.isfinite(found) else None
