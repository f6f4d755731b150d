"""Where a message is on Slack, what answers somebody later, and the routes by which a message can be shown, best first.

Which of them works is found out in `chat`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from adapters.kit.editing_chat import is_staff
from adapters.kit.message_ref import StoredRef, shared_fields
from bot.chat.port import Message
from bot.chat.views import Audience, View

URL_LIFE = 30 * 60.0
MARGIN = 20.0
"""Seconds before the end of a response_url's life from which it is not used any more."""


@dataclass(frozen=True, slots=True)
class Handle:
    """What is needed to answer somebody later, also from a new process."""

    person: str
    url: str
    """The event's response_url; empty where Slack gave none (mentions, forms of a button in a form)."""
    at: float
    """Wall-clock time at which the event was taken."""

    def alive(self, now: float) -> bool:
        """Whether the response_url can still be used."""
        return bool(self.url) and now < self.at + URL_LIFE - MARGIN

    def reply(self) -> dict[str, str]:
        """For `Place.reply`."""
        return {"person": self.person, "url": self.url, "at": f"{self.at:.3f}"}


def of_reply(reply: Mapping[str, str]) -> Handle | None:
    """The handle in a place, or None when it holds none (or one of a version that we do not know)."""
    try:
        return Handle(person=reply["person"], url=reply["url"], at=float(reply["at"]))
    except (KeyError, ValueError):
        return None


class RouteKind(StrEnum):
    POST = "post"
    """A message of the bot in a channel or thread; can be edited."""
    URL = "url"
    """An answer over the command's response_url, where the bot is no member; cannot be edited later."""
    WORDS = "words"
    """The same without pictures: the last resort."""
    DIRECT = "direct"
    """A message of the bot in its direct channel with the person; can be edited."""


@dataclass(frozen=True, slots=True)
class Route:
    kind: RouteKind
    channel: str = ""
    thread: str | None = None
    person: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRef(StoredRef):
    """A stale copy is `channel:ts`."""

    channel: str = ""
    ts: str = ""
    lost: str = ""
    """Wall-clock time of a post whose answer was lost: it may be there, and is looked for before anything is posted."""
    files: str = ""
    """Ids of the files that it shows, with commas between."""
    apart: bool = False
    """The files were shared beside the message, because Slack would not show them in it."""

    @property
    def identity(self) -> str:
        return self.ts

    @staticmethod
    def of(ref: Mapping[str, str]) -> MessageRef:
        """The route is `post` or `url`."""
        return MessageRef(
            channel=ref.get("channel", ""),
            ts=ref.get("ts", ""),
            lost=ref.get("lost", ""),
            files=ref.get("files", ""),
            apart=ref.get("apart") == "1",
            **shared_fields(ref),
        )

    def ref(self) -> dict[str, str]:
        words = {"way": self.route, "channel": self.channel, "ts": self.ts, "lost": self.lost, "files": self.files}
        words["apart"] = "1" if self.apart else ""
        # Never empty: an empty ref means "keep what you have" to the sender.
        return {"v": "1", **{key: value for key, value in words.items() if value}, **self.shared_words()}

    def anew(self, *, gone: bool = False) -> MessageRef:
        return MessageRef(final=self.final, gone=gone, files=self.files, stale=self.stale)

    def left(self) -> MessageRef:
        """Its edits are not answered: it is shown anew, and what stands here is taken away when Slack answers again."""
        return replace(self.anew(), stale=(*self.stale, f"{self.channel}:{self.ts}"))

    def address(self, workspace: str) -> str:
        """Where Slack's clients find it; empty where they do not."""
        if self.route != "post" or self.gone or not self.ts or not workspace.startswith("https://"):
            return ""
        return f"{workspace}archives/{self.channel}/p{self.ts.replace('.', '')}"

    def at(self, channel: str, ts: str) -> MessageRef:
        return replace(self, route="post", channel=channel, ts=ts, lost="", gone=False)


def first_ways(message: Message, view: View, handle: Handle | None, now: float) -> list[Route]:
    """How to show a message anew. Only ways that do not widen who can read it."""
    channel, thread = message.place.channel, message.place.thread
    if is_staff(message):
        return [Route(RouteKind.POST, channel, thread)]
    person = message.person or (handle.person if handle is not None else "") or view.mention or ""
    answerable = message.subject.startswith(("request:", "question:")) and handle is not None and handle.alive(now)
    url, words = ([Route(RouteKind.URL)], [Route(RouteKind.WORDS)]) if answerable else ([], [])
    direct = [Route(RouteKind.DIRECT, person=person)] if person else []
    if message.audience is Audience.MEMBER:
        return [*direct, *words]
    # Also in a direct channel: between two people the bot is no member.
    return [Route(RouteKind.POST, channel, thread), *url, *direct, *words]
