"""Personas of the web chat and the channels they may read. They replace a real platform's accounts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from adapters.kit.callers import PlatformCaller
from bot.core import Visitor
from bot.texts import text

PLATFORM = "web"
COMMUNITY = "local"
IMAGINE, MODERATORS, OPERATORS = "imagine", "moderators", "operators"


class Role(StrEnum):
    MEMBER = "member"
    MODERATOR = "moderator"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Persona:
    id: str
    name: str
    role: Role

    @property
    def label(self) -> str:
        return text(f"web.{self.role.value}", name=self.name)

    def visitor(self, channel: str = IMAGINE) -> Visitor:
        return Visitor(PLATFORM, COMMUNITY, channel, self.id, self.name)


class Caller(PlatformCaller):
    platform = PLATFORM


@dataclass(frozen=True, slots=True)
class Channel:
    id: str
    readers: frozenset[Role]

    @property
    def label(self) -> str:
        return text(f"web.channel.{self.id}")


PEOPLE: dict[str, Persona] = {
    one.id: one
    for one in (
        Persona("ana", "Ana", Role.MEMBER),
        Persona("ben", "Ben", Role.MEMBER),
        Persona("mia", "Mia", Role.MODERATOR),
        Persona("noor", "Noor", Role.MODERATOR),
        Persona("olu", "Olu", Role.OPERATOR),
    )
}

CHANNELS: dict[str, Channel] = {
    one.id: one
    for one in (
        Channel(IMAGINE, frozenset(Role)),
        Channel(MODERATORS, frozenset({Role.MODERATOR})),
        Channel(OPERATORS, frozenset({Role.OPERATOR})),
    )
}


def persona(person: str | None) -> Persona:
    """The persona with this id; the first member if there is none."""
    return PEOPLE.get(person or "", next(iter(PEOPLE.values())))


def may_read(who: Persona, channel: str) -> bool:
    return channel in CHANNELS and who.role in CHANNELS[channel].readers


class WebModerators:
    """The platform's answer to "may this person decide?". Denies unknown people and communities."""

    async def is_moderator(self, person: str, community: str) -> bool:
        return community == COMMUNITY and person in PEOPLE and PEOPLE[person].role is Role.MODERATOR

    async def is_administrator(self, person: str, community: str) -> bool:
        return community == COMMUNITY and person in PEOPLE and PEOPLE[person].role is Role.OPERATOR
