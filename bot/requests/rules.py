"""What the operator and the community allow, as plain values that every decision of this room is handed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.budgets import Limits
from bot.catalogue.cost import highest_cost_micros
from bot.catalogue.model import AUTO, Model


@dataclass(frozen=True, slots=True)
class Question:
    """Something to ask the member before a prompt is sent."""

    reason: str
    """Key under `held.` in the texts."""
    cleaned: str | None = None
    """A wording without what was found, offered at one press."""
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rules:
    """All limits of one running bot."""

    model: Model
    """The configured image model."""
    default_quality: str | None = None
    limits: Limits = field(default_factory=Limits)
    deadline: float = 840.0
    """Seconds from acceptance to the last moment of an answer."""
    max_attempts: int = 3
    max_rate_answers: int = 10
    max_live: int | None = 25
    """Requests that one member may have under way."""
    held_for: float = 900.0
    """Seconds a question to the member stays open."""
    allowed: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Platform -> communities that may use the bot; a missing or empty set means every one."""
    leave_out: frozenset[str] = frozenset()
    """Options that are never sent, by the operator's word."""
    lint: Callable[[str], Question | None] | None = None

    def highest_cost(self, size: str, quality: str, count: int, prompt: str, without: frozenset[str] = frozenset()) -> int:
        """The most that an attempt can cost, in micros. The service chooses what is left out (`without`), so the dearest counts where
        prices are published; for a model that the catalogue does not know, the guess stays the guess."""
        left_out = without | self.leave_out if self.model.known else frozenset()
        asked = (AUTO if "size" in left_out else size, AUTO if "quality" in left_out else quality)
        return highest_cost_micros(self.model, *asked, count, len(prompt))
