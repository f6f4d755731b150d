"""What a service itself publishes about a model, and the catalogue's model with it. Pure.

The form is OpenRouter's (openrouter.ai/docs/guides/overview/multimodal/image-generation, 2026-11), which other gateways use as well:
`supported_parameters` name what a call may ask for, `pricing` what is charged. A service with several providers behind it may choose any of
them, so the strictest limit and the highest price count. Whatever is missing or strange stays as the catalogue has it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.catalogue.model import Model

MOST_DOLLARS = 100.0
"""A price per picture above this is taken for a mistake in the list."""


@dataclass(frozen=True, slots=True)
class Published:
    """What is published about one model; None and empty where nothing is."""

    per_call: int | None = None
    """Most pictures of a call."""
    references: int | None = None
    """Most pictures to start from; 0 if it draws from words alone."""
    unsupported: frozenset[str] = frozenset()
    """Of the bot's options `n`, `size` and `quality`, those that a call can't choose."""
    dollars: float | None = None
    """Highest price of a picture."""
    by_megapixel: bool = False
    """The price is for each million pixels of it."""

    def __bool__(self) -> bool:
        return self != Published()


def read_published(value: object, model: str) -> Published:
    """Read a model's own record, or its entry in a list of models. Total: anything unknown counts as nothing published."""
    records = list(_records(value, model))
    parameters = [one["supported_parameters"] for one in records if isinstance(one.get("supported_parameters"), Mapping)]
    prices = [price for one in records for price in _prices(one.get("pricing"))]
    units = {unit for _, unit in prices}
    found = Published()
    if parameters:
        options = {"n": ("n",), "size": ("size", "resolution", "aspect_ratio"), "quality": ("quality",)}
        unsupported = {name for name, theirs in options.items() if any(not set(theirs) & set(one) for one in parameters)}
        found = replace(
            found,
            per_call=_least(_most(one.get("n"), 1) for one in parameters),
            references=_least(_most(one.get("input_references"), 0) for one in parameters),
            unsupported=frozenset(unsupported),
        )
    if len(units) == 1 and all(any(_prices(one.get("pricing"))) for one in records):
        found = replace(found, dollars=max(dollars for dollars, _ in prices), by_megapixel=units == {"megapixel"})
    return found


def with_published(model: Model, found: Published) -> Model:
    """The model as its service offers it now."""
    per_call = min((one for one in (model.per_call, found.per_call) if one), default=None)
    references = model.references
    if found.references is not None:
        references = replace(references, count=min(references.count, found.references))
    price = model.price
    if found.dollars is not None:
        price = replace(price, picture_dollars=found.dollars, by_megapixel=found.by_megapixel, estimated=False, margin_percent=0)
    return replace(
        model,
        per_call=per_call if per_call is not None and per_call < model.max_count else model.per_call,
        references=references,
        leave_out=model.leave_out | found.unsupported,
        price=price,
    )


def _records(value: object, model: str) -> Iterator[Mapping[str, Any]]:
    if not isinstance(value, Mapping):
        return
    endpoints, listed = value.get("endpoints"), value.get("data")
    if isinstance(endpoints, Sequence) and not isinstance(endpoints, str):
        yield from (one for one in endpoints if isinstance(one, Mapping))
    elif isinstance(listed, Sequence) and not isinstance(listed, str):
        yield from (one for one in listed if isinstance(one, Mapping) and one.get("id") == model)


def _prices(pricing: object) -> Iterator[tuple[float, str]]:
    """(dollars, unit) of a finished picture."""
    for one in pricing if isinstance(pricing, Sequence) and not isinstance(pricing, str) else ():
        if not isinstance(one, Mapping) or one.get("billable") != "output_image" or one.get("unit") not in ("image", "megapixel"):
            continue
        try:
            dollars = float(str(one.get("cost_usd")))
        except ValueError:
            continue
        if math.isfinite(dollars) and 0 < dollars <= MOST_DOLLARS:
            yield dollars, str(one["unit"])


def _most(descriptor: object, absent: int) -> int | None:
    """The largest value that a descriptor allows; `absent` without one, None if it doesn't say."""
    if descriptor is None:
        return absent
    most = descriptor.get("max") if isinstance(descriptor, Mapping) else None
    return most if isinstance(most, int) and not isinstance(most, bool) and 0 <= most <= 1000 else None


def _least(values: Iterator[int | None]) -> int | None:
    return min((one for one in values if one is not None), default=None)
