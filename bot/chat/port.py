"""The port through which messages reach a platform. One adapter implements it per platform; `bot.messages` is its only caller."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, runtime_checkable

from bot.chat.views import Audience, View
from bot.domain.requests import Place


@dataclass(frozen=True, slots=True)
class Message:
    """One message: a projection of its subject for one audience at one place. It is edited, not posted again."""

    id: str
    """Random; also the idempotency nonce of a first post."""
    subject: str
    """Kind and id of what it shows: `request:<id>`, `case:<id>`, `consent:<id>`, `notice:<cause>`."""
    audience: Audience
    place: Place
    person: str | None
    """Platform id of the one reader when the audience is MEMBER."""
    ref: Mapping[str, str] = field(default_factory=dict)
    """What the adapter remembered of the platform's message: ids, path; empty before the first send."""
    maybe_shown: bool = False
    """With an empty `ref`: an earlier send, also of a dead process, may have shown it. A platform without nonces looks before it posts."""
    about: Message | None = None
    """The message that the view's `about` names, where it was shown: adapters link to it from what its reader alone sees."""


class RefusedWhy(StrEnum):
    """Why a platform will not take a message however often it is sent."""

    GONE = "gone"
    """The message or channel was deleted."""
    FORBIDDEN = "forbidden"
    EXPIRED = "expired"
    """The handle (interaction token) is too old and no other path was open."""
    INVALID = "invalid"
    """The platform does not like the payload: a bug of ours."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The platform shows this view now."""

    ref: Mapping[str, str] = field(default_factory=dict)
    """Replaces the message's ref; the adapter may have changed its path (from @original to a channel post)."""
    doubts: str = ""
    """A machine token when something is left to mend: an earlier way was not answered, files were left out, an older copy may still stand.
    A final view is sent again a few times then, after growing pauses."""


@dataclass(frozen=True, slots=True)
class Later:
    """Not now; try again after so many seconds."""

    seconds: float
    progress: bool = False
    """Only progress has to wait so long: a view that is final by then is tried at once."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Never: the message stays stored and can be fetched with /imagine-show."""

    why: RefusedWhy
    detail: str = ""
    """A short machine token for the operator's log, never raw platform text."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """The answer was lost: it may be shown or not. Sent again; edits are idempotent and first posts carry the message id as nonce."""

    ref: Mapping[str, str] = field(default_factory=dict)
    detail: str = ""
    """A short machine token of what came instead of an answer."""


SendResult = Sent | Later | Refused | Unknown


class ChatPort(Protocol):
    """Shows views on one platform. Never raises for what the platform does.

    Tries its fallback paths within one call, never one with a wider audience.
    """

    async def send(self, message: Message, view: View) -> SendResult: ...


class ModeratorCheck(Protocol):
    """Whether somebody may decide cases of a community, asked of the platform at the click; False when unsure."""

    async def is_moderator(self, person: str, community: str) -> bool: ...

    async def is_administrator(self, person: str, community: str) -> bool: ...


@runtime_checkable
class ModeratorRoll(Protocol):
    """What a ModeratorCheck may offer beside, where the platform can list people: it decides whether an appeal waits for somebody else."""

    async def list_moderators(self, community: str) -> frozenset[str] | None:
        """Everybody who may decide cases of a community; None when the platform cannot say now."""
        ...


@runtime_checkable
class RoleCheck(Protocol):
    """What a ModeratorCheck may offer beside, where the platform has roles or groups that a community can name as its moderators."""

    async def holds_role(self, person: str, community: str, role: str) -> bool:
        """Whether somebody in this community holds this role now; False when unsure."""
        ...
