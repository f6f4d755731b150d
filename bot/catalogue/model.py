"""Data model of the catalogue: what one image model accepts and costs.

`load.py` reads the file, `check.py` validates requests.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from bot.domain.attachments import ReferenceLimits

AUTO = "auto"
"""The provider chooses size or quality."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Either a fixed list or a rule; exactly one of `fixed` and `multiple_of` is set."""

    default: str
    popular: tuple[str, ...]
    """Sizes for option lists, most common first; all valid."""
    fixed: tuple[str, ...] = ()
    multiple_of: int = 0
    """Both edges must be multiples of this, in pixels; 0 for a fixed list."""
    min_edge: int = 0
    max_edge: int = 0
    min_pixels: int = 0
    max_pixels: int = 0
    max_aspect: float = 0.0
    """Maximum ratio of the longer to the shorter edge."""

    @property
    def free(self) -> bool:
        """Whether sizes other than the popular ones can be typed."""
        return self.multiple_of > 0


@dataclass(frozen=True, slots=True)
class Price:
    """Dollars per million tokens, which equals micro-dollars per token."""

    text_in: float
    image_out: float
    image_in: float = 10.0
    """Of references; the default is a cautious guess."""
    estimated: bool = False
    """No published price: a cautious estimate plus a margin, settled from the provider's usage."""
    margin_percent: int = 0
    """Added to reservations, never to settlements from usage."""
    picture_dollars: float | None = None
    """Of a finished picture, as the service publishes it now; then tokens say nothing about its price."""
    by_megapixel: bool = False
    """That price is for each million pixels."""


@dataclass(frozen=True, slots=True)
class Model:
    id: str
    """Name to send; for a model that only the operator's gateway knows, the operator's spelling."""
    sizes: Sizes
    qualities: tuple[str, ...]
    default_quality: str
    min_count: int
    max_count: int
    """Most pictures of a request."""
    prompt_max_chars: int
    """In code points."""
    price: Price
    factors: Mapping[str, int] = field(default_factory=dict)
    """Quality -> factor of the area formula; empty if a table is used."""
    multiples: Mapping[str, int] = field(default_factory=dict)
    """Quality -> multiple of the formula's tokens to reserve; 1 if not listed."""
    token_table: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Quality -> size -> output tokens per picture."""
    picture_prices: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """Quality -> size -> dollars per picture, where the maker's price is higher than its tokens."""
    leave_out: frozenset[str] = frozenset()
    """Options that its services reject, omitted unless somebody chose them."""
    references: ReferenceLimits = field(default_factory=ReferenceLimits)
    """Reference pictures that the model accepts; its service may accept fewer."""
    shutdown_date: date | None = None
    """Shutdown date announced by the provider."""
    replacement: str | None = None
    per_call: int | None = None
    """Most pictures of one call, so that a request for more is made in parts; None if a call gives all of them."""
    known: bool = True
    """False for a name outside the catalogue: permissive limits, estimated prices."""


def at_half_price(model: Model) -> Model:
    """The model as its maker's Batch API bills it."""
    price = model.price
    dollars = None if price.picture_dollars is None else price.picture_dollars / 2
    halved = replace(price, text_in=price.text_in / 2, image_out=price.image_out / 2, image_in=price.image_in / 2, picture_dollars=dollars)
    table = {quality: {size: each / 2 for size, each in row.items()} for quality, row in model.picture_prices.items()}
    return replace(model, price=halved, picture_prices=table)


def at_most(model: Model, per_call: int | None) -> Model:
    """The model with a service's own limit on pictures per call; None if the model decides."""
    known = [one for one in (model.per_call, per_call) if one is not None and one < model.max_count]
    return replace(model, per_call=min(known)) if known else model


@dataclass(frozen=True, slots=True)
class Retired:
    """A model that its maker has shut down. Gateways may still offer it under the old name."""

    id: str
    shutdown_date: date
    replacement: str
