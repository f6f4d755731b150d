"""A person who asks something and is answered privately."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.requests import Place


@dataclass(frozen=True, slots=True)
class Visitor:
    """A person whose question is answered privately."""

    platform: str
    community: str
    channel: str
    person: str
    person_name: str = ""
    zone: str = ""
    """The person's time zone, if the platform states it."""

    @property
    def place(self) -> Place:
        return Place(self.platform, self.community, self.channel)
