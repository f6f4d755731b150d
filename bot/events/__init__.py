"""Typed event stream: rooms publish, log lines and metrics subscribe. Makes no decisions.

Events never contain a prompt, a key, or raw text from a service or platform.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Started:
    """The bot has started and recovered from the previous process."""

    interrupted: int
    received: int
    unshown: int


@dataclass(frozen=True, slots=True)
class CallEnded:
    request: str
    attempt: int
    status: int | None
    kind: str | None
    """The failure's kind; None if all pictures came."""
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
    references: tuple[str, ...] = ()
    """Beginnings of the hashes of the pictures that it started from."""
    own_key: bool = False
    """It was made with a community's own key."""


@dataclass(frozen=True, slots=True)
class GateChanged:
    """A gate's state changed; `name` is one of those in docs/gate.md."""

    name: str
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class GateState:
    """A gate's state right after a change."""

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
    """Operators are notified of a new cause."""

    cause: str
    kind: str
    facts: Mapping[str, str]
    what_to_do: str
    """Empty if an operators' channel shows it."""


@dataclass(frozen=True, slots=True)
class NoticeResolved:
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
    """The ledger can't be written."""

    problem: str


@dataclass(frozen=True, slots=True)
class StorageWorks:
    """The ledger can be written again, after this many tries."""

    after: int


@dataclass(frozen=True, slots=True)
class FilesRemoved:
    """Orphaned picture files and partial files were deleted."""

    pictures: int
    parts: int


Event = (
    Started
    | CallEnded
    | GateChanged
    | GateState
    | NoticeOpened
    | NoticeResolved
    | MessageRefused
    | StorageFailed
    | StorageWorks
    | FilesRemoved
)


@dataclass(slots=True)
class EventStream:
    """Delivers each event to every subscriber, in order. Subscribers must be fast and must not raise."""

    subscribers: list[Callable[[Event], None]] = field(default_factory=list)

    def publish(self, event: Event) -> None:
        """Deliver an event."""
        for subscriber in self.subscribers:
            subscriber(event)
