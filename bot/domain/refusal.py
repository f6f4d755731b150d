"""Why a request was turned down before anything was sent, or what its member is asked while it is held."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

FactValue = str | int | float | list[str] | None


class Shortage(StrEnum):
    """Why a limit is in the way; the worst last. Also the key of the sentence that says so."""

    TOO_DEAR = "too_dear"
    """Something is left, and this request costs more."""
    USED_UP = "used_up"
    """Too little is left for any picture."""
    OFF = "off"
    """The limit is zero: it never renews."""


@dataclass(frozen=True, slots=True)
class Offer:
    """The same request with other options, and the most that it can cost."""

    size: str
    quality: str
    count: int
    price: int
    """Micros."""


@dataclass(frozen=True, slots=True)
class BudgetShortfall:
    """The limit that is in the way, what was asked for, and what would fit instead."""

    scope: str
    """`member` or `community`."""
    period: str
    """`day` or `month`."""
    unit: str
    """`money` or `pictures`; `left` and `limit` are micros or pictures."""
    left: int
    limit: int
    renews_at: float
    """Wall-clock time."""
    shortage: Shortage
    price: int
    """Micros: the most that the request as it was asked for can cost."""
    size: str
    quality: str
    count: int
    renewed_fits: bool
    """It fits once the limit has renewed."""
    offers: Mapping[str, Offer] = field(default_factory=dict)
    """`fewer`, `lower` (quality) and `smaller`, as far as there are any."""


@dataclass(frozen=True, slots=True)
class Nearest:
    """An allowed value that is nearest to the one asked for, and how people read it."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Turned down before anything was sent, or held with a question."""

    reason: str
    """Key under `refusal.` in the texts, under `held.` while the request is held."""
    facts: Mapping[str, FactValue] = field(default_factory=dict)
    """What the sentence names: `value`, `allowed`, `channels`, `limit`, `case_id`."""
    until: float | None = None
    """Wall-clock time at which it passes; None for one that does not."""
    unquoted: bool = False
    """The prompt would have been asked about: it is not quoted in the channel."""
    cleaned: str | None = None
    """Of a question: the wording without what was found, offered at one press."""
    nearest: Nearest | None = None
    budget: BudgetShortfall | None = None
    """Of the reason `budget`."""
