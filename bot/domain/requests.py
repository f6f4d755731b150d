"""Who asks for what, where: the rows of the main job as frozen dataclasses. Times are wall-clock seconds since the epoch, UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.failure import Evidence
from bot.domain.outcome import Billed
from bot.domain.request_states import Answer, RequestState


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on a platform. The id is the platform's; the name is what people see and may change."""

    id: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message lives, as far as the core needs to know; the rest is the adapter's own `reply` handle."""

    platform: str
    """Adapter name: `web`, `discord`, `slack`."""
    community: str
    """Guild or workspace id; `dm:<person>` for direct messages."""
    channel: str
    thread: str | None = None
    reply: Mapping[str, str] = field(default_factory=dict)
    """Opaque to the core: interaction token, application id, response_url, ... Treated as a secret in logs."""


Period = tuple[str, str, str]
"""Scope, owner and period: the key of a row of what was reserved and spent."""


class Origin(StrEnum):
    """Why a request exists. All but COMMAND have a parent."""

    COMMAND = "command"
    AGAIN = "again"
    EDIT = "edit"
    RETRY = "retry"
    NEAREST = "nearest"
    """The member pressed the button with the allowed value."""
    REWRITE = "rewrite"
    """A moderator's wording that the member accepted; carries the case."""
    CLEANED = "cleaned"


class Lane(StrEnum):
    INTERACTIVE = "interactive"
    BATCH = "batch"


@dataclass(frozen=True, slots=True)
class Submission:
    """What a member typed, as the platform delivered it; None means "the default"."""

    person: Person
    place: Place
    prompt: str
    size: str | None = None
    quality: str | None = None
    count: int | str | None = None
    private: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """One row of the ledger's `requests`."""

    id: str
    state: RequestState
    person: Person
    place: Place
    prompt: str
    fingerprint: str
    """sha256 of the normalised prompt; what logs and block memory use."""
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
    """Raised by every open_attempt and every recovery; a transition with an old epoch does nothing."""
    attempts: int = 0
    """Exchanges that may have been billed."""
    rate_answers: int = 0
    answer: Answer | None = None
    answered_at: float | None = None
    failure: Mapping[str, object] | None = None
    """The last failure as `bot.ledger.codec` wrote it; also set while a request waits to try again."""
    refusal: Mapping[str, object] | None = None
    """Why it was refused, or what is asked while held: `{"reason": ..., facts}`."""
    published: bool = False
    deleted: bool = False
    left_out: frozenset[str] = frozenset()
    """Options that its exchange goes without, so that the service decides."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One exchange with the provider, written before it starts."""

    id: str
    request_id: str
    number: int
    epoch: int
    opened_at: float
    wanted: int
    """Pictures asked for by this attempt."""
    reserved_micros: int
    """Highest cost, reserved before the call; millionths of a US dollar."""
    closed_at: float | None = None
    billed: Billed | None = None
    """None while open."""
    cost_micros: int = 0
    task_id: str | None = None
    poll_url: str | None = None
    provider_request_id: str | None = None
    status: int | None = None
    periods: tuple[Period, ...] = ()
    """The rows of the books in which its cost is reserved."""
    evidence: Evidence | None = None
    """What the service said of pictures that did not come."""
