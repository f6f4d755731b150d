"""What happens in the bot, as a typed stream: rooms publish, whoever counts or writes lines subscribes. Nothing here decides anything.

An event never carries a prompt, a key or raw words of a service or platform.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Started:
    """The bot runs, and has found what a dead process left."""

    interrupted: int
    received: int
    unshown: int


@dataclass(frozen=True, slots=True)
class ExchangeEnded:
    """One exchange with an image service."""

    request: str
    attempt: int
    status: int | None
    kind: str | None
    """The kind of its failure; None when all pictures came."""
    code: str | None
    provider: str
    provider_request: str | None
    model: str
    size: str
    quality: str
    count: int
    pictures: int
    fingerprint: str
    latency: float
    billed: str
    cancelled: bool


@dataclass(frozen=True, slots=True)
class GateChanged:
    """A gate changed its mind: `name` is one of those in docs/gate.md."""

    name: str
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class GateStood:
    """How a gate stood right after it had changed its mind."""

    state: str
    in_flight: int
    waiting: int
    per_minute: float | None
    concurrency: int | None
    paused_for: float
    failures_in_a_row: int
    latency_p95: float | None
    timeout: float


@dataclass(frozen=True, slots=True)
class NoticeOpened:
    """Operators are told of a new cause."""

    cause: str
    kind: str
    facts: Mapping[str, str]
    what_to_do: str
    """Empty where a channel of theirs shows it."""


@dataclass(frozen=True, slots=True)
class NoticeResolved:
    """A cause that operators were told of is gone."""

    cause: str


@dataclass(frozen=True, slots=True)
class MessageRefused:
    """A platform will never show a message."""

    platform: str
    message: str
    why: str
    detail: str


@dataclass(frozen=True, slots=True)
class StorageFailed:
    """The ledger takes nothing any more."""

    problem: str


@dataclass(frozen=True, slots=True)
class StorageWorks:
    """It takes writes again, after so many tries."""

    after: int


@dataclass(frozen=True, slots=True)
class FilesRemoved:
    """Picture files that no request shows are gone, and parts of files that were never finished."""

    pictures: int
    parts: int


Event = (
    Started
    | ExchangeEnded
    | GateChanged
    | GateStood
    | NoticeOpened
    | NoticeResolved
    | MessageRefused
    | StorageFailed
    | StorageWorks
    | FilesRemoved
)


@dataclass(slots=True)
class EventStream:
    """Hands each event to every subscriber, in order. A subscriber is quick and never raises."""

    subscribers: list[Callable[[Event], None]] = field(default_factory=list)

    def publish(self, event: Event) -> None:
        """Something has happened."""
        for subscriber in self.subscribers:
            subscriber(event)
