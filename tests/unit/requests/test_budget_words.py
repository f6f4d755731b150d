"""A budget in the way: used up, does not fit, or switched off, and what would fit as buttons that really fit."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from bot.budgets import Limits
from bot.catalogue.check import Checked, check
from bot.catalogue.cost import highest_cost_micros
from bot.catalogue.load import Catalogue
from bot.chat.views import ActionName, View
from bot.domain.refusal import Offer
from bot.requests.affordable import offers
from tests.world import world

FITS = (ActionName.FIT_FEWER, ActionName.FIT_LOWER, ActionName.FIT_SMALLER)
OPEN = Limits(None, None, None, None, None, None)


def told(view: View) -> str:
    return " ".join(view.text)


def labels(view: View) -> list[str]:
    return [one.label for one in view.buttons if one.action in FITS]


async def test_an_expensive_request_with_nothing_spent_says_its_price_and_every_button_gives_pictures(tmp_path: Path) -> None:
    async with world(tmp_path, limits=Limits()) as w:
        request = await w.imagine(size="3840x2160", quality="high", count="10")
        view = await w.answer(request)
        assert "used up" not in told(view)
        assert "$1.00 of $1.00 is left" in told(view)
        assert "waiting won't help" in told(view)
        assert labels(view)
        assert not w.service.calls
        first = next(one for one in view.buttons if one.action in FITS)
        await w.press(first.action, first.row)
        await w.until(lambda: w.service.calls)
        assert (w.service.calls[0].prompt, w.service.calls[0].size) == ("a red bicycle", "3840x2160")


async def test_what_is_left_is_counted_and_an_offer_that_no_longer_fits_is_explained_anew(tmp_path: Path) -> None:
    async with world(tmp_path, limits=Limits(member_day=300_000)) as w:
        refused = await w.imagine(quality="high", count="3")
        view = await w.answer(refused)
        assert "It renews" in told(view) or "waiting won't help" in told(view)
        assert {one.action for one in view.buttons} >= {ActionName.FIT_FEWER, ActionName.FIT_LOWER}
        await w.answer(await w.imagine(quality="high"))
        before = len(w.service.calls)
        await w.press(ActionName.FIT_FEWER, refused)
        await w.until(lambda: sum(one.title == "Not sent" for _, one in w.chat.all) >= 2)
        assert len(w.service.calls) == before


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (Limits(member_day=0), "switched off for members here"),
        (Limits(member_month=0), "switched off for members here"),
        (Limits(member_pictures_day=0), "switched off for members here"),
        (Limits(community_day=0), "Pictures are switched off here"),
        (Limits(community_month=0), "Pictures are switched off here"),
        (Limits(community_pictures_day=0), "Pictures are switched off here"),
    ],
)
async def test_a_limit_of_zero_is_switched_off_and_promises_no_renewal(tmp_path: Path, limits: Limits, words: str) -> None:
    async with world(tmp_path, limits=limits) as w:
        view = await w.answer(await w.imagine())
        assert words in told(view)
        assert "renews" not in told(view)
        assert labels(view) == []


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (Limits(member_day=55_000, member_month=None), "Your budget for today is used up"),
        (Limits(member_day=None, member_month=55_000), "Your budget for this month is used up"),
        (Limits(member_day=55_000, member_month=55_000), "Your budget for this month is used up"),
        (Limits(community_day=55_000), "Everyone's shared budget for today is used up"),
        (Limits(community_month=55_000), "Everyone's shared budget for this month is used up"),
        (Limits(member_pictures_day=1), "You've had all your pictures for today (1 picture)"),
        (Limits(community_pictures_day=1), "Together, everyone here has made today's 1 picture."),
    ],
)
async def test_used_up_says_which_budget_and_when_it_renews(tmp_path: Path, limits: Limits, words: str) -> None:
    async with world(tmp_path, limits=limits) as w:
        assert (await w.answer(await w.imagine())).pictures
        view = await w.answer(await w.imagine("another"))
        assert words in told(view)
        assert "renews" in told(view) or "from" in told(view)
        assert labels(view) == []


@pytest.mark.parametrize("limits", [Limits(member_pictures_day=2), Limits(community_pictures_day=2)])
async def test_too_many_pictures_offer_as_many_as_are_left(tmp_path: Path, limits: Limits) -> None:
    async with world(tmp_path, limits=limits) as w:
        view = await w.answer(await w.imagine(count="5"))
        assert "2 pictures of" in told(view)
        assert [one.action for one in view.buttons if one.action in FITS] == [ActionName.FIT_FEWER]
        assert labels(view)[0].startswith("2 pictures")
        await w.press(ActionName.FIT_FEWER, view.buttons[0].row)
        await w.until(lambda: w.service.calls)
        assert w.service.calls[0].count == 2


@pytest.mark.parametrize("name", sorted(Catalogue.load().models))
def test_every_offer_of_every_model_is_valid_cheaper_and_fits(name: str) -> None:
    model = Catalogue.load().models[name]

    def price(size: str, quality: str, count: int) -> int:
        return highest_cost_micros(model, size, quality, count, 40)

    sizes, counts, budgets = [*model.sizes.popular, "auto"], (1, 3, 10), (1, 4_000, 30_000, 90_000, 400_000, 1_500_000)
    for size, quality, count, budget in itertools.product(sizes, model.qualities, counts, budgets):
        asked = Checked(size, quality, count)
        if price(size, quality, count) <= budget:
            continue

        def fits(offer: Offer, most: int = budget) -> bool:
            return offer.price <= most

        for offer in offers(model, "a cat", asked, price, fits).values():
            assert offer.price == price(offer.size, offer.quality, offer.count) <= budget
            assert check(model, "a cat", offer.size, offer.quality, offer.count) == Checked(offer.size, offer.quality, offer.count)
            assert offer.count <= count
            assert (offer.size, offer.quality, offer.count) != (size, quality, count)
