"""What one image model accepts and costs, as frozen dataclasses. Reading the file is `load.py`, checking a request is `check.py`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

AUTO = "auto"
"""Size or quality that the provider chooses."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Either a fixed list or a free rule; exactly one of `fixed` and `multiple_of` is set."""

    default: str
    popular: tuple[str, ...]
    """Offered in option lists, the most usual first; all of them valid."""
    fixed: tuple[str, ...] = ()
    multiple_of: int = 0
    """Both edges in pixels are multiples of this; 0 for a fixed list."""
    min_edge: int = 0
    max_edge: int = 0
    min_pixels: int = 0
    max_pixels: int = 0
    max_aspect: float = 0.0
    """Longer edge divided by the shorter one."""

    @property
    def free(self) -> bool:
        """Whether sizes outside the popular ones may be typed."""
        return self.multiple_of > 0


@dataclass(frozen=True, slots=True)
class Price:
    """Dollars for a million tokens, which is the same number in micro-dollars for one token."""

    text_in: float
    image_out: float
    estimated: bool = False
    """Nobody has published what a picture costs: a cautious guess with a margin, settled from the provider's own usage."""
    margin_percent: int = 0
    """Added to what is reserved, never to what is settled from usage."""


@dataclass(frozen=True, slots=True)
class Model:
    """One image model."""

    id: str
    """The name to send: for a model that only the operator's gateway knows, the operator's spelling."""
    sizes: Sizes
    qualities: tuple[str, ...]
    default_quality: str
    min_count: int
    max_count: int
    prompt_max_chars: int
    """Code points."""
    price: Price
    factors: Mapping[str, int] = field(default_factory=dict)
    """Quality -> factor of the area formula; empty where a table is used."""
    multiples: Mapping[str, int] = field(default_factory=dict)
    """Quality -> how many times the formula's tokens are reserved; 1 where it is not named."""
    token_table: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Quality -> size -> output tokens of one picture."""
    picture_prices: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """Quality -> size -> dollars of one picture, where the maker publishes more than the tokens come to."""
    leave_out: frozenset[str] = frozenset()
    """Options that its services refuse, left out where nobody chose them."""
    shutdown_date: date | None = None
    """The provider has announced that the model stops then."""
    replacement: str | None = None
    known: bool = True
    """False for a name that is not in the catalogue: limits are permissive and prices a guess."""


@dataclass(frozen=True, slots=True)
class Retired:
    """A model that its maker has shut down; gateways may still offer it under the old name."""

    id: str
    shutdown_date: date
    replacement: str
