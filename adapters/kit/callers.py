"""Who did what where, in the core's terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from bot.chat.views import Act, ActionName
from bot.core import Visitor
from bot.domain.attachments import Attachment
from bot.domain.requests import Person, Place, Submission, is_direct
from bot.texts import DEFAULT_LANGUAGE

YES, NO = "true", "false"
"""Values of a form's switch."""


@dataclass(frozen=True, slots=True)
class PlatformCaller:
    """A person who typed a command, pressed a button or sent a form. Each platform names itself, and adds what it needs to answer."""

    platform: ClassVar[str]

    key: str
    """The event's id, identical for every delivery."""
    community: str
    channel: str
    person: str
    name: str
    thread: str | None = None
    language: str = DEFAULT_LANGUAGE
    """The person's language, if the platform states it."""
    zone: str = ""
    """The person's time zone, if the platform states it."""

    @property
    def in_direct(self) -> bool:
        return is_direct(self.community)

    @property
    def visitor(self) -> Visitor:
        return Visitor(self.platform, self.community, self.channel, self.person, self.name, self.zone)

    def who(self) -> Person:
        return Person(self.person, self.name)

    def place(self, reply: Mapping[str, str]) -> Place:
        return Place(self.platform, self.community, self.channel, self.thread, reply)

    def act(self, action: ActionName, row: str, values: Mapping[str, str], reply: Mapping[str, str]) -> Act:
        return Act(
            event_key=self.key,
            person=self.person,
            person_name=self.name,
            platform=self.platform,
            community=self.community,
            channel=self.channel,
            action=action,
            row=row,
            values=values,
            reply=reply,
            language=self.language,
            zone=self.zone,
            direct=self.in_direct,
        )

    def submission(
        self, values: Mapping[str, Any], reply: Mapping[str, str], attachments: tuple[Attachment, ...] = (), *, inline: bool = False
    ) -> Submission:
        """A request with the values of the /imagine form, or of the options beside the command; an empty one means the default."""
        return Submission(
            person=self.who(),
            place=self.place(reply),
            prompt=values.get("prompt") or "",
            size=values.get("size") or None,
            quality=values.get("quality") or None,
            model=values.get("model") or None,
            count=values.get("count") or None,
            private=values.get("private") in (True, YES),
            tag=values.get("tag") or "",
            caption=values.get("caption") or "",
            attachments=attachments,
            inline=inline,
            consent=values.get("consent") in (True, YES),
        )
