"""Port through which messages reach a platform. Adapters implement it; only `bot.messages` calls it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, Protocol, runtime_checkable

from bot.chat.views import Audience, View
from bot.domain.requests import Place
from bot.texts import DEFAULT_LANGUAGE, DEFAULT_ZONE

READERS_LANGUAGE, COMMUNITYS_LANGUAGE, READERS_ZONE = "language", "community_language", "zone"
"""Names in `Place.reply`: the requester's language and time zone, and the language that the platform states for the whole community."""
READ_ALONE = "direct"
"""Name in `Place.reply` of the mark that the requester alone reads the place."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message: a projection of its subject for one audience at one place. It's edited rather than posted again."""

    id: str
    """Random; also the idempotency nonce of the first post."""
    subject: str
    """Kind and id of the subject: `request:<id>`, `question:<id>`, `case:<id>`, `step:<number>`, `notice:<cause>` and the like."""
    audience: Audience
    place: Place
    person: str | None
    """Platform id of the only reader, if the audience is MEMBER."""
    ref: Mapping[str, str] = field(default_factory=dict)
    """What the adapter stored about the platform's message (ids, route); empty before the first send."""
    maybe_shown: bool = False
    """With an empty `ref`: an earlier send, possibly by a killed process, may have posted it. Platforms without nonces look before they
    post."""
    language: str = DEFAULT_LANGUAGE
    """The language of its readers."""
    zone: str = DEFAULT_ZONE
    """The time zone in which they are told times."""
    about: Message | None = None
    """The message that the view's `about` refers to, if it was shown; adapters link to it from messages that only one person sees."""


class RefusedWhy(StrEnum):
    """Why a platform rejects a message permanently."""

    GONE = "gone"
    """The message or channel was deleted."""
    FORBIDDEN = "forbidden"
    EXPIRED = "expired"
    """The handle (interaction token) has expired and there was no other route."""
    INVALID = "invalid"
    """The platform rejects the payload: a bug."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The platform now shows this view."""

    ref: Mapping[str, str] = field(default_factory=dict)
    """Replaces the message's ref. The adapter may have switched routes (from @original to a channel post)."""
    repair: str = ""
    """Machine token if something remains to be fixed: an earlier route wasn't answered, files were left out, or an older copy may still
    exist. A final view is then sent again a few times with growing pauses."""


@dataclass(frozen=True, slots=True)
class Later:
    """Not now; try again after this many seconds."""

    seconds: float
    progress: bool = False
    """Only progress has to wait this long; a view that becomes final is tried at once."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Never: the message stays stored and /imagine-show can fetch it."""

    why: RefusedWhy
    detail: str = ""
    """Machine token for the operator's log; never raw platform text."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """The answer was lost, so the message may or may not be shown. It's sent again: edits are idempotent, and first posts carry the message
    id as nonce."""

    ref: Mapping[str, str] = field(default_factory=dict)
    detail: str = ""
    """Machine token for the failure, such as a status or an exception."""


SendResult = Sent | Later | Refused | Unknown


class ChatPort(Protocol):
    """Show a view. Never raises for platform errors.

    Tries all fallback routes within one call, never one with a wider audience.
    """

    async def send(self, message: Message, view: View) -> SendResult: ...


@runtime_checkable
class LocalizesViews(Protocol):
    """Optional addition to ChatPort for platforms that show one message to each reader in their own language. They get views whose texts
    are still keys and values (`bot.chat.localize`)."""

    localizes_views: Literal[True]


@runtime_checkable
class OwnClocks(Protocol):
    """Optional addition to ChatPort for platforms that show a time to each reader in their own zone and language. They get times marked
    (`bot.texts.clocks`)."""

    own_clocks: Literal[True]


@runtime_checkable
class StatesLanguage(Protocol):
    """Optional addition to ChatPort for platforms that state the language of a community or channel."""

    async def language_at(self, place: Place) -> str:
        """The language that bot.texts has for everybody at a place; empty if the platform doesn't say. Never raises."""
        ...


class ModeratorCheck(Protocol):
    """Whether somebody may decide a community's cases, asked of the platform at the click; False if unsure."""

    async def is_moderator(self, person: str, community: str) -> bool: ...

    async def is_administrator(self, person: str, community: str) -> bool: ...


@runtime_checkable
class ModeratorDirectory(Protocol):
    """Optional addition to ModeratorCheck for platforms that can list people; used to tell whether an appeal should wait for another
    moderator."""

    async def list_moderators(self, community: str) -> frozenset[str] | None:
        """Everyone who may decide a community's cases; None if the platform can't say now."""
        ...


@runtime_checkable
class RoleCheck(Protocol):
    """Optional addition to ModeratorCheck for platforms with roles or groups that a community can name as its moderators."""

    async def holds_role(self, person: str, community: str, role: str) -> bool:
        """Whether somebody currently has this role in the community; False if unsure."""
        ...


@runtime_checkable
class MemberCheck(Protocol):
    """Optional addition to ModeratorCheck for platforms whose direct messages belong to no community."""

    async def is_member(self, person: str, community: str) -> bool:
        """Whether somebody is in the community now; False if unsure."""
        ...
