"""Operator limits for the gate, and the few constants measured in bench/provider (docs/gate.md)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GateSettings:
    """Upper bounds. The actual limits are learned from the provider's answers."""

    max_concurrency: int | None = None
    """Maximum calls in flight; None: learned, at most `hard_concurrency`."""
    max_images_per_minute: float | None = None
    """Maximum pictures requested per minute; None: learned."""
    hard_concurrency: int = 32
    """Cap on calls in flight whatever was learned, because each call needs a connection and a task."""
    timeout_cap: float = 300.0
    """Maximum timeout of a call, in seconds."""

    def __post_init__(self) -> None:
        if self.max_concurrency is not None and self.max_concurrency < 1:
            raise ValueError(f"MAX_CONCURRENCY is {self.max_concurrency}; it must be at least 1, or left out so that it is learned")
        if self.max_images_per_minute is not None and not self.max_images_per_minute > 0:
            raise ValueError(
                f"MAX_IMAGES_PER_MINUTE is {self.max_images_per_minute}; it must be above 0, or left out so that it is learned"
            )
