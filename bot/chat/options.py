"""What the configured model accepts, for adapters' lists and forms."""

from __future__ import annotations

from dataclasses import dataclass

from bot.chat.views import Choice


@dataclass(frozen=True, slots=True)
class Options:
    """Options of the configured model, for lists and forms."""

    model: str
    sizes: tuple[Choice, ...]
    """Popular sizes first; with `free_sizes`, others can be typed."""
    free_sizes: bool
    qualities: tuple[Choice, ...]
    default_size: str
    default_quality: str
    max_count: int
    prompt_max_chars: int
    max_references: int = 0
    """Maximum pictures that can be attached; 0 if the service draws from words alone."""
    captions: bool = False
    """Whether text can be drawn on pictures."""
    masks: bool = False
    """Whether a mask can limit a change to a part of the picture."""
    models: tuple[Choice, ...] = ()
    """Models to choose from, the default first; empty if there's only one."""
