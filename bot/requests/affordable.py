"""Budget check: the exceeded limit, the reason, and cheaper alternatives."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from sqlalchemy import Connection

from bot import budgets
from bot.catalogue.check import Checked, check
from bot.catalogue.model import AUTO, Model
from bot.domain.refusal import BudgetShortfall, Offer, Shortage
from bot.domain.requests import Request
from bot.requests.rules import Rules

PriceOf = Callable[[str, str, int], int]
"""Size, quality and count -> maximum cost in micros."""
_MEANING = tuple(Shortage)


def shortage(connection: Connection, request: Request, rules: Rules, limits: budgets.Limits, now: float) -> BudgetShortfall | None:
    """The limit that a validated request exceeds; None if it fits."""
    left = budgets.remaining_for(connection, request.place, request.person, limits, now, request.batch)
    asked = Checked(request.size, request.quality, request.count)

    def price(size: str, quality: str, count: int) -> int:
        return rules.highest_cost(size, quality, count, request.prompt, request.left_out, len(request.references))

    cost = price(asked.size, asked.quality, asked.count)
    if not (short := [one for one in left if one.left < _needed(one, cost, asked.count)]):
        return None
    cheapest = min(one.price for one in _variants(rules.model, price, asked))

    def meaning(one: budgets.Left) -> Shortage:
        if one.limit <= 0:
            return Shortage.OFF
        least = _needed(one, cheapest, rules.model.min_count)
        return Shortage.USED_UP if one.left < least <= one.limit else Shortage.TOO_EXPENSIVE

    def fits(offer: Offer) -> bool:
        return all(one.left >= _needed(one, offer.price, offer.count) for one in left)

    # Of several limits, choose the one that keeps the member waiting longest, so that the stated renewal time is true. On a month's last
    # day both end at once.
    worst = max(short, key=lambda one: (_MEANING.index(meaning(one)), one.renews_at, one.period == "month"))
    return BudgetShortfall(
        scope=worst.scope,
        period=worst.period,
        unit=worst.unit,
        left=max(0, worst.left),
        limit=worst.limit,
        renews_at=worst.renews_at,
        shortage=meaning(worst),
        price=cost,
        size=asked.size,
        quality=asked.quality,
        count=asked.count,
        renewed_fits=_needed(worst, cost, asked.count) <= worst.limit,
        offers=offers(rules.model, request.prompt, asked, price, fits),
    )


def offers(model: Model, prompt: str, asked: Checked, price: PriceOf, fits: Callable[[Offer], bool]) -> Mapping[str, Offer]:
    """Alternatives that fit: at most one each of `fewer`, `lower` (quality) and `smaller`, closest to the original. If no single change is
    enough, they combine several. Each is a valid request for the model."""

    def best(candidates: Iterable[Offer]) -> Offer | None:
        good = (one for one in candidates if fits(one) and _valid(model, prompt, one))
        return max(good, key=lambda one: (one.count, one.price), default=None)

    cost = price(asked.size, asked.quality, asked.count)
    all_cheaper = [one for one in _variants(model, price, asked) if one.price < cost or one.count < asked.count]

    def change(*, count: bool = False, quality: bool = False, size: bool = False) -> Offer | None:
        return best(
            one
            for one in all_cheaper
            if (count or one.count == asked.count) and (quality or one.quality == asked.quality) and (size or one.size == asked.size)
        )

    found = {"fewer": change(count=True), "lower": change(quality=True), "smaller": change(size=True)}
    if not any(found.values()):
        single = best(one for one in all_cheaper if one.count == model.min_count)
        found = {"smaller": change(quality=True, size=True), "fewer": single, "lower": change(count=True, quality=True, size=True)}
    kept: dict[str, Offer] = {}
    for name, offer in found.items():
        if offer is not None and offer not in kept.values():
            kept[name] = offer
    return kept


def _variants(model: Model, price: PriceOf, asked: Checked) -> list[Offer]:
    """All variants with one picture up to the requested count, in the offered sizes and every named quality."""
    sizes = dict.fromkeys([asked.size, *model.sizes.popular])
    qualities = dict.fromkeys([asked.quality, *(one for one in model.qualities if one != AUTO)])
    counts = range(model.min_count, max(asked.count, model.min_count) + 1)
    return [Offer(size, quality, count, price(size, quality, count)) for size in sizes for quality in qualities for count in counts]


def _valid(model: Model, prompt: str, offer: Offer) -> bool:
    return check(model, prompt, offer.size, offer.quality, offer.count) == Checked(offer.size, offer.quality, offer.count)


def _needed(left: budgets.Left, price: int, count: int) -> int:
    return price if left.unit == "money" else count
