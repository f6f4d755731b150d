"""Rows of the request table as frozen dataclasses: who asks for what, where. Times are wall-clock seconds since the epoch (UTC)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bot.domain.attachments import Attachment
from bot.domain.failure import Evidence, Failure
from bot.domain.outcome import Billed
from bot.domain.refusal import Refusal
from bot.domain.request_states import REST_MISSING, Answer, RequestState


@dataclass(frozen=True, slots=True)
class Person:
    """A person on a platform. The id is the platform's; the display name may change."""

    id: str
    name: str = ""


_DIRECT = "dm:"


def direct_community(person: str) -> str:
    """The community that stands for a person's direct messages."""
    return _DIRECT + person


def is_direct(community: str) -> bool:
    """Whether a community stands for somebody's direct messages."""
    return community.startswith(_DIRECT)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message is, as far as the core needs to know; `reply` is the adapter's own."""

    platform: str
    """Adapter name: `web`, `discord` or `slack`."""
    community: str
    """Guild or workspace id, or `direct_community`."""
    channel: str
    thread: str | None = None
    reply: Mapping[str, str] = field(default_factory=dict)
    """Opaque to the core: interaction token, application id, response_url, ... Treated as a secret in logs."""

    @property
    def is_direct(self) -> bool:
        """Whether these are somebody's direct messages with the bot."""
        return is_direct(self.community)


Period = tuple[str, str, str]
"""Scope, owner and period: the key of a row of reserved and spent amounts."""


class Origin(StrEnum):
    """Why a request exists. All except COMMAND have a parent."""

    COMMAND = "command"
    AGAIN = "again"
    EDIT = "edit"
    RETRY = "retry"
    NEAREST = "nearest"
    """The member pressed the button with the nearest allowed value."""
    REFERENCE = "reference"
    """Made from one of the parent's pictures."""
    PICTURE_EDIT = "picture_edit"
    """One of the parent's pictures with a change."""
    CANDIDATES = "candidates"
    """Made because the parent's pictures were rejected, to pick one."""
    SIMPLIFY = "simplify"
    """A step of the ladder that the parent's wording began."""
    REWRITE = "rewrite"
    """A moderator's wording that the member accepted; linked to the case."""


@dataclass(frozen=True, slots=True)
class Lineage:
    """What a request was made from."""

    origin: Origin = Origin.COMMAND
    parent: str | None = None
    """The previous request; None for a command."""
    case_id: str | None = None
    """The case that it answers."""


COMMAND = Lineage()
"""A command has nothing before it."""


class Lane(StrEnum):
    INTERACTIVE = "interactive"
    BATCH = "batch"
    """Pictures of a batch (`bot/batch/`): they wait while anybody else does."""


LOCAL = "cli"
"""Platform of what the operator asks for at the command line. Nobody is shown a message there."""


@dataclass(frozen=True, slots=True)
class Submission:
    """What a member typed, as delivered by the platform; None means the default."""

    person: Person
    place: Place
    prompt: str
    size: str | None = None
    quality: str | None = None
    count: int | str | None = None
    private: bool = False
    references: tuple[str, ...] = ()
    """SHA-256 of the pictures that its parent was made from, which are used again."""
    attachments: tuple[Attachment, ...] = ()
    """Newly attached pictures, in addition to `references`."""
    consent: bool = False
    """The member ticked that the people in the attached pictures agree."""
    candidates: bool = False
    """Its pictures are candidates: the member picks one."""
    caption: str = ""
    """Text to draw on the finished pictures."""
    model: str | None = None
    inline: bool = False
    """The prompt was typed as one line, so its end may hold options (`a cat, 16:9, 3 pictures`)."""
    template: str = ""
    """Name of the community's template that the prompt was made with."""
    batch: str = ""
    """Id of the batch that it's a picture of."""
    tag: str = ""
    """Cost tag: what it's for, as the member named it."""
    service: str = ""
    """Image service to draw it, if it's made for one in particular."""

    @property
    def lane(self) -> Lane:
        return Lane.BATCH if self.batch else Lane.INTERACTIVE


@dataclass(frozen=True, slots=True)
class Request:
    """One row of the ledger's `requests` table."""

    id: str
    state: RequestState
    person: Person
    place: Place
    prompt: str
    fingerprint: str
    """SHA-256 of the normalised prompt; used by logs and block memory."""
    model: str
    size: str
    quality: str
    count: int
    private: bool
    created_at: float
    due_at: float
    deadline_at: float
    origin: Origin = Origin.COMMAND
    parent: str | None = None
    case_id: str | None = None
    lane: Lane = Lane.INTERACTIVE
    epoch: int = 0
    """Fencing token, incremented by every open_attempt and recovery; a transition with an old epoch does nothing."""
    attempts: int = 0
    """Number of calls that may have been billed, of the part that is being made."""
    unbilled_tries: int = 0
    """Number of tries that certainly cost nothing: turned away, refused connection, refused option. Of the same part as `attempts`."""
    answer: Answer | None = None
    answered_at: float | None = None
    failure: Failure | None = None
    """The last failure; also set while a request waits for another try."""
    refusal: Refusal | None = None
    """Why it was refused, or the open question while held; next to a failure, the alternatives that fit."""
    published: bool = False
    deleted: bool = False
    left_out: frozenset[str] = frozenset()
    """Options omitted from the call, so that the service decides."""
    option_refused: bool = False
    """A service refused one of the options, so no other service is asked."""
    references: tuple[str, ...] = ()
    """SHA-256 of each attached picture; part of the fingerprint."""
    mask: str = ""
    """SHA-256 of the mask; not part of the fingerprint, so that a changed mask doesn't get around the block memory."""
    reported: str = ""
    """Id of the case about a report; its pictures are hidden until a moderator shows them again."""
    consent: bool = False
    """The member confirmed that the people in the attached pictures agree."""
    settled: int = 0
    """Pictures that its finished parts asked for. A request for more pictures than one call gives is made in parts, one after another."""
    per_call: int = 0
    """Most pictures of a call, as the service said when it refused one; 0 if it didn't."""
    part_failure: Failure | None = None
    """Why a finished part brought fewer pictures than it asked for."""
    applied: Mapping[str, str] = field(default_factory=dict)
    """Options that the service replaced: `quality`, `model`; `no_quality` if it has no such option."""
    caption: str = ""
    """Text to draw on its finished pictures."""
    caption_problem: tuple[str, str] = ("", "")
    """Why that couldn't be drawn: a key below `change.problem_` in the texts, and its value."""
    review: str = ""
    """Id of the case about publishing it: a reviewer decides."""
    candidates: bool = False
    """Its pictures are candidates, of which the member picks one."""
    picked: bool = False
    """One of the candidates was picked; the others are set aside."""
    service: str = ""
    """Name of its image service (`bot/requests/services.py`); empty for the configured one."""
    template: str = ""
    """Name of the community's template that its prompt was made with, also of requests made from that one; empty without one."""
    batch: str = ""
    """Id of the batch that it's a picture of: the batch's message shows it, and the batch's budget counts it."""
    tag: str = ""
    """Cost tag."""
    typed: Mapping[str, Any] = field(default_factory=dict)
    """Size, quality, count, model and caption as typed, before they were checked; None or missing where nothing was typed. `inline`: the
    prompt's end may hold more of them; `unreadable`: the prompt couldn't be stored as it came."""


def undrawn(request: Request, drawn: int) -> int:
    """Pictures that a button can still request: the request ended before their part was made, for a reason other than its content."""
    ended_early = request.refusal is not None and request.refusal.reason in REST_MISSING.values()
    over = request.answer is not Answer.PICTURES or request.deleted or request.picked
    return max(0, request.count - drawn) if ended_early and not over else 0


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call to the provider, recorded before it starts."""

    id: str
    request_id: str
    number: int
    epoch: int
    opened_at: float
    wanted: int
    """Number of pictures requested by this attempt."""
    reserved_micros: int
    """Maximum cost, reserved before the call, in micro-dollars."""
    closed_at: float | None = None
    billed: Billed | None = None
    """None while the attempt is open."""
    cost_micros: int = 0
    """While the attempt is open, the task's cost as stated by the provider; 0 if it didn't state one."""
    task_id: str | None = None
    poll_url: str | None = None
    handed_to: str = ""
    """Half price: the service and the key that its task is handed in with, as in `Provider.gate_key`; empty otherwise."""
    provider_request_id: str | None = None
    status: int | None = None
    periods: tuple[Period, ...] = ()
    """The rows in which its cost is reserved."""
    evidence: Evidence | None = None
    """The service's evidence about missing pictures."""
