"""Cost of a call in whole micro-dollars: the maximum (reserved beforehand) and the actual cost from the provider's usage.

Pure. Sources of all numbers: `models.toml`.
"""

from __future__ import annotations

import math

from bot.catalogue.model import AUTO, Model
from bot.catalogue.sizes import edges
from bot.domain.outcome import Usage

TOKENS_PER_CHAR = 4
"""Upper bound: byte-level tokenizers never produce more tokens than UTF-8 bytes, and a code point has at most four bytes."""
PARTIAL_TOKENS = 100
"""Output tokens of an unfinished picture, by OpenAI's image generation guide."""
_WRAPPING_TOKENS = 64
"""Allowance for tokens that the provider adds around the prompt."""
_MOST_EXPENSIVE_FIRST = ("max", "xhigh", "high", "medium", "low")
_OF_HIGH = frozenset({AUTO, "hd"})
_OF_MEDIUM = frozenset({"standard"})
_MAX_TOKENS = 10**9
"""Cap for implausible token counts, which keeps sums small."""


REFERENCE_TOKENS = 8_000
"""Upper bound of the input tokens of one reference. The 2.x families' counts aren't published; the first family's largest was 65 + 129 for
each of up to eight tiles, and 6,240 for high fidelity."""


def highest_cost_micros(model: Model, size: str, quality: str, count: int, prompt_chars: int, references: int = 0) -> int:
    """Maximum cost of `count` pictures made from `references` others, in micro-dollars.

    `auto` counts as the most expensive size and as quality `high`; estimated prices include their margin. Prompt and references are billed
    again for every picture.
    """
    per_picture = picture_micros(model, size, quality)
    per_picture += (prompt_chars * TOKENS_PER_CHAR + _WRAPPING_TOKENS) * model.price.text_in
    per_picture += references * REFERENCE_TOKENS * model.price.image_in
    return math.ceil(per_picture * count * (100 + model.price.margin_percent) / 100)


def partials_micros(model: Model, count: int, partials: int) -> int:
    """Maximum cost of the unfinished pictures of a call, in micro-dollars."""
    return math.ceil(PARTIAL_TOKENS * partials * count * model.price.image_out * (100 + model.price.margin_percent) / 100)


def cost_from_usage(model: Model, usage: Usage | None) -> int | None:
    """Actual cost in micro-dollars from the provider's usage; None without usage, in which case the reserved amount is booked."""
    if usage is None:
        return None
    if usage.cost_micros is not None:
        return max(0, usage.cost_micros)
    if not usage.output_tokens or model.price.picture_dollars is not None:
        return None
    output = min(usage.output_tokens, _MAX_TOKENS) * model.price.image_out
    given = min(usage.input_tokens or 0, _MAX_TOKENS)
    of_images = min(usage.image_input_tokens or 0, given)
    return math.ceil(output + (given - of_images) * model.price.text_in + of_images * model.price.image_in)


def picture_micros(model: Model, size: str, quality: str) -> float:
    """Price of one picture without its prompt, in micro-dollars."""
    if model.price.picture_dollars is not None:
        return 1e6 * model.price.picture_dollars * (_megapixels(model, size) if model.price.by_megapixel else 1)
    by_tokens = picture_tokens(model, size, quality) * model.price.image_out
    if not model.picture_prices:
        return by_tokens
    row = model.picture_prices[_level(quality, tuple(model.picture_prices))]
    return max(by_tokens, 1e6 * (max(row.values()) if size == AUTO else row.get(size, max(row.values()))))


def _megapixels(model: Model, size: str) -> float:
    """Millions of pixels of a picture; of the largest one if the provider may choose."""
    width, height = (0, 0) if size == AUTO else edges(size)
    largest = model.sizes.max_pixels or max(math.prod(edges(one)) for one in (*model.sizes.popular, *model.sizes.fixed))
    return (width * height or largest) / 1e6


def picture_tokens(model: Model, size: str, quality: str) -> int:
    """Output tokens of one picture; the maximum if the provider may choose."""
    if model.token_table:
        row = model.token_table[_level(quality, tuple(model.token_table))]
        return max(row.values()) if size == AUTO else row.get(size, max(row.values()))
    level = _level(quality, tuple(model.factors))
    factor, times = model.factors[level], model.multiples.get(level, 1)
    if size == AUTO:
        side = math.isqrt(model.sizes.max_pixels)
        largest = [(side, side)] if side else []
        offered = (edges(size) for size in (*model.sizes.popular, *model.sizes.fixed))
        return times * max(area_tokens(factor, *one) for one in (*largest, *offered))
    return times * area_tokens(factor, *edges(size))


def area_tokens(factor: int, width: int, height: int) -> int:
    """Output tokens by gpt-image-2's formula, rounded up, in integer arithmetic; `models.toml` shows it in one line."""
    short, long = sorted((width, height))
    steps = (2 * factor * short + long) // (2 * long)
    return -(-factor * steps * (2_000_000 + width * height) // 4_000_000)


def _level(quality: str, levels: tuple[str, ...]) -> str:
    """The price table's column for a quality; an unknown quality counts as the most expensive."""
    if quality in _OF_HIGH:
        quality = "high"
    if quality in _OF_MEDIUM:
        quality = "medium"
    return quality if quality in levels else next(level for level in _MOST_EXPENSIVE_FIRST if level in levels)
