"""Refusals before sending, and questions to the member while a request is held."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

FactValue = str | int | float | list[str] | None


class Shortage(StrEnum):
    """Why a limit is exceeded, mildest first; also part of the text key."""

    TOO_EXPENSIVE = "too_dear"
    """Something is left, but this request costs more. The value is stored, so it keeps its older spelling."""
    USED_UP = "used_up"
    """Too little is left for any picture."""
    OFF = "off"
    """The limit is zero and never renews."""


@dataclass(frozen=True, slots=True)
class Offer:
    """The same request with other options, and its maximum cost."""

    size: str
    quality: str
    count: int
    price: int
    """In micros."""


@dataclass(frozen=True, slots=True)
class BudgetShortfall:
    """The exceeded limit, the request's cost, and alternatives that fit."""

    scope: str
    """`member` or `community`."""
    period: str
    """`day` or `month`."""
    unit: str
    """`money` or `pictures`; `left` and `limit` are in micros or pictures."""
    left: int
    limit: int
    renews_at: float
    """Wall-clock time."""
    shortage: Shortage
    price: int
    """Maximum cost of the request, in micros."""
    size: str
    quality: str
    count: int
    renewed_fits: bool
    """It fits once the limit has renewed."""
    offers: Mapping[str, Offer] = field(default_factory=dict)
    """`fewer`, `lower` (quality) and `smaller`, if available."""


@dataclass(frozen=True, slots=True)
class Nearest:
    """The allowed value nearest to the requested one, and its label."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """The reason for refusing a request, or the question while it's held."""

    reason: str
    """Key under `refusal.` in the texts, or under `held.` while the request is held."""
    facts: Mapping[str, FactValue] = field(default_factory=dict)
    """Fields of the sentence: `value`, `allowed`, `channels`, `limit`, `case_id`."""
    until: float | None = None
    """Wall-clock time at which the reason ends; None if it doesn't."""
    unquoted: bool = False
    """The prompt would have needed a question, so the channel's message doesn't quote it."""
    cleaned: str | None = None
    """For a question: the prompt without the finding, offered on a button."""
    nearest: Nearest | None = None
    budget: BudgetShortfall | None = None
    """For the reason `budget`."""
