"""Message refs, handles for later answers, and the routes by which a message can be shown, best first.

`chat` finds out which of them works.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from adapters.kit.editing_chat import is_staff
from adapters.kit.message_ref import StoredRef
from bot.chat.port import READ_ALONE, READERS_LANGUAGE, READERS_ZONE, Message
from bot.chat.views import Audience, View
from bot.texts import DEFAULT_LANGUAGE

URL_LIFE = 30 * 60.0
MARGIN = 20.0
"""Seconds before a response_url expires in which it's no longer used."""


@dataclass(frozen=True, slots=True)
class Handle:
    """Everything needed to answer a person later, even from another process."""

    person: str
    url: str
    """The event's response_url; empty if Slack gave none (mentions, forms opened from a form)."""
    at: float
    """Wall-clock time at which the event was handled."""
    language: str = DEFAULT_LANGUAGE
    """The person's language."""
    zone: str = ""
    """The person's time zone."""
    direct: bool = False
    """Handled in a direct message, where nobody else reads the answer."""

    def alive(self, now: float) -> bool:
        return bool(self.url) and now < self.at + URL_LIFE - MARGIN

    def reply(self) -> dict[str, str]:
        """The contents of `Place.reply`."""
        language = "" if self.language == DEFAULT_LANGUAGE else self.language
        reader = {READERS_LANGUAGE: language, READERS_ZONE: self.zone, READ_ALONE: "1" if self.direct else ""}
        return {"person": self.person, "url": self.url, "at": f"{self.at:.3f}", **{name: one for name, one in reader.items() if one}}


def of_reply(reply: Mapping[str, str]) -> Handle | None:
    """The handle stored in a place; None if there is none, or one of an unknown version."""
    try:
        language, zone = reply.get(READERS_LANGUAGE, DEFAULT_LANGUAGE), reply.get(READERS_ZONE, "")
        return Handle(reply["person"], reply["url"], float(reply["at"]), language, zone, reply.get(READ_ALONE) == "1")
    except (KeyError, ValueError):
        return None


class RouteKind(StrEnum):
    POST = "post"
    """A message of the bot in a channel or thread; editable."""
    URL = "url"
    """An answer over the command's response_url, where the bot isn't a member; not editable later."""
    WORDS = "words"
    """The same without pictures, as a last resort."""
    DIRECT = "direct"
    """A message of the bot in its direct channel with the person; editable."""


@dataclass(frozen=True, slots=True)
class Route:
    kind: RouteKind
    channel: str = ""
    thread: str | None = None
    person: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRef(StoredRef):
    """Location of a message on Slack. The route is `post` or `url`, a stale copy `channel:ts`."""

    channel: str = ""
    ts: str = ""
    lost: str = ""
    """Wall-clock time of a post whose answer was lost: it may exist, so it's looked up before posting again."""
    files: str = ""
    """Ids of the files it shows, separated by commas."""
    apart: bool = False
    """The files were shared next to the message, because Slack wouldn't show them in it."""

    @property
    def identity(self) -> str:
        return self.ts

    def anew(self, *, gone: bool = False) -> MessageRef:
        return MessageRef(final=self.final, gone=gone, files=self.files, stale=self.stale)

    def left(self) -> MessageRef:
        """The ref after unanswered edits: a new message is posted, and this copy is deleted once Slack answers again."""
        return replace(self.anew(), stale=(*self.stale, f"{self.channel}:{self.ts}"))

    def address(self, workspace: str) -> str:
        """URL of the message in Slack's clients; empty if there is none."""
        if self.route != "post" or self.gone or not self.ts or not workspace.startswith("https://"):
            return ""
        return f"{workspace}archives/{self.channel}/p{self.ts.replace('.', '')}"

    def at(self, channel: str, ts: str) -> MessageRef:
        return replace(self, route="post", channel=channel, ts=ts, lost="", gone=False)


def new_message_routes(message: Message, view: View, handle: Handle | None, now: float) -> list[Route]:
    """Routes for a new message, best first; none of them widens the audience."""
    channel, thread = message.place.channel, message.place.thread
    if is_staff(message):
        return [Route(RouteKind.POST, channel, thread)]
    person = message.person or (handle.person if handle is not None else "") or view.mention or ""
    answerable = message.subject.startswith(("request:", "question:", "batch:")) and handle is not None and handle.alive(now)
    url, words = ([Route(RouteKind.URL)], [Route(RouteKind.WORDS)]) if answerable else ([], [])
    direct = [Route(RouteKind.DIRECT, person=person)] if person else []
    if message.audience is Audience.MEMBER:
        return [*direct, *words]
    # Also in a direct channel: the bot isn't a member of one between two people.
    return [Route(RouteKind.POST, channel, thread), *url, *direct, *words]
