"""Where a message is on Slack now (`Message.ref`), and the ways to show it, best first. Which of them works is found out in `chat`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from adapters.slack.handles import Handle
from bot.chat.port import Message
from bot.chat.views import Audience, View


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


@dataclass(frozen=True, slots=True)
class MessageRef:
    """What is remembered of a message between sends and processes."""

    route: str = ""
    """`post` or `url`; empty when it was never shown for certain."""
    channel: str = ""
    ts: str = ""
    final: bool = False
    """A final view was shown here."""
    gone: bool = False
    """Somebody deleted it."""
    lost: str = ""
    """Wall-clock time of a post whose answer was lost: it may be there, and is looked for before anything is posted."""
    files: str = ""
    """Ids of the files that it shows, with commas between."""
    stale: tuple[str, ...] = ()
    """Older copies that may still stand, because their edits were not answered: `channel:ts`."""
    apart: bool = False
    """The files were shared beside the message, because Slack would not show them in it."""

    @staticmethod
    def of(ref: Mapping[str, str]) -> MessageRef:
        return MessageRef(
            route=ref.get("way", ""),
            channel=ref.get("channel", ""),
            ts=ref.get("ts", ""),
            final=ref.get("final") == "1",
            gone=ref.get("gone") == "1",
            lost=ref.get("lost", ""),
            files=ref.get("files", ""),
            apart=ref.get("apart") == "1",
            stale=tuple(one for one in ref.get("stale", "").split(",") if one),
        )

    def ref(self) -> dict[str, str]:
        words = {"way": self.route, "channel": self.channel, "ts": self.ts, "lost": self.lost, "files": self.files}
        words["stale"] = ",".join(self.stale)
        flags = {"final": self.final, "gone": self.gone, "apart": self.apart}
        # Never empty: an empty ref means "keep what you have" to the sender.
        return {"v": "1", **{key: value for key, value in words.items() if value}, **{key: "1" for key, value in flags.items() if value}}

    def anew(self, *, gone: bool = False) -> MessageRef:
        """Not shown where it was any more."""
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
    if message.audience in (Audience.MODERATORS, Audience.OPERATORS):
        return [Route(RouteKind.POST, channel, thread)]
    person = message.person or (handle.person if handle is not None else "") or view.mention or ""
    answerable = message.subject.startswith(("request:", "question:")) and handle is not None and handle.alive(now)
    url, words = ([Route(RouteKind.URL)], [Route(RouteKind.WORDS)]) if answerable else ([], [])
    direct = [Route(RouteKind.DIRECT, person=person)] if person else []
    if message.audience is Audience.MEMBER:
        return [*direct, *words]
    # Also in a direct channel: between two people the bot is no member.
    return [Route(RouteKind.POST, channel, thread), *url, *direct, *words]


def is_staff(message: Message) -> bool:
    return message.audience in (Audience.MODERATORS, Audience.OPERATORS)
