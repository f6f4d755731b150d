"""Buttons that offer something else than what was asked for: what fits a budget, an allowed value, a question's answers, "my rewording"."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.browser.conftest import GENEROUS, OpenPage
from tests.e2e.browser.page import ANSWER
from tests.e2e.browser.process import Process, Service
from tests.e2e.browser.test_moderation import blocked, card, fill, moderators, told

pytestmark = [pytest.mark.browser, pytest.mark.slow]
Start = Callable[..., Process]
EXPENSIVE = "--count 10 --size 3840x2160 --quality high"
BARTER = "a loud barter in the old market"


def test_what_would_fit_a_budget_stands_on_buttons_with_its_price_and_is_drawn(service: Service, started: Start, opened: OpenPage) -> None:
    bot = started(service)
    ana, ben = opened(bot.url, "Ana"), opened(bot.url, "Ben")
    refused = ana.imagine("a red lighthouse", EXPENSIVE)
    refused.says("$1.00 of $1.00 is left")
    expect(refused.article).not_to_contain_text("used up")
    fewer = refused.button("2 pictures (up to $0.80)")
    expect(fewer).to_be_visible()
    expect(ben.about("a red lighthouse").article.get_by_role("button")).to_have_count(0)
    assert service.calls("a red lighthouse") == 0
    ana.next(fewer.click).shows(2)
    assert service.calls("a red lighthouse") == 1
    expect(refused.article.get_by_role("button", name="up to $")).to_have_count(0)
    refused.says("You tried this again")


def test_a_picture_of_a_newly_typed_line_is_asked_about_and_closes_the_case_only_with_a_press(
    service: Service, started: Start, opened: OpenPage
) -> None:
    bot = started(service)
    ana, mia = opened(bot.url, "Ana"), opened(bot.url, "Mia")
    blocked(ana, service, BARTER)
    card(moderators(mia, "Mia")).press("Claim")
    card(mia).press("Ask to rephrase")
    fill(mia, "Ask", {"A hint for the member": "make it friendlier"})
    told(ana, re.compile("try different words"))
    ana.type("/imagine a poster for the village library")
    asked = ana.held(ana.exchanges.filter(has=ana.page.get_by_role("button", name="That was my new wording")))
    asked.says("a poster for the village library")
    expect(card(mia).state).not_to_contain_text("own wording worked")
    ana.check("whether it was the new wording")
    asked.press("That was my new wording")
    expect(card(mia).state).to_contain_text("own wording worked", timeout=ANSWER)
    expect(asked.button("That was my new wording")).to_have_count(0)


def test_every_offer_fits_small_and_large_pages_in_light_and_dark(
    tmp_path: Path, service: Service, started: Start, opened: OpenPage
) -> None:
    bot = started(service, **{**GENEROUS, "BUDGET_MEMBER_DAY_USD": "1"})
    ana = opened(bot.url, "Ana")
    ana.imagine("a red lighthouse", EXPENSIVE).says("something that fits")
    ana.imagine("a blue boat", "--size 1x1").says("can't make the size")
    ana.imagine("a poster with a comet, jane.doe@example.com").says("Waiting for an answer")
    held = told(ana, re.compile("One question before this is sent"))
    ana.imagine("a green hill").shows(1)
    folder = Path(os.environ.get("SCREENSHOTS", tmp_path))
    for width, dark in ((1280, False), (1280, True), (390, False), (390, True)):
        seen = opened(bot.url, "Ana", width=width, dark=dark)
        where = f"offers-{width}-{'dark' if dark else 'light'}"
        for words in ("up to $0.80", "Use ", "See the question", "Send without it"):
            button = seen.page.get_by_role("button", name=re.compile(re.escape(words))).first
            button.scroll_into_view_if_needed()
            _whole(button)
        seen.check(where)
        seen.picture(folder / f"{where}.png")
        seen.about("a red lighthouse").button("2 pictures (up to $0.80)").scroll_into_view_if_needed()
        seen.picture(folder / f"{where}-budget.png")
        seen.about("a green hill").press("Delete")
        expect(seen.dialog).to_contain_text("can't be undone")
        seen.check(f"{where}-delete")
        seen.picture(folder / f"{where}-delete.png")
    shown = ana.next(lambda: ana.about("Waiting for an answer").press("See the question"))
    shown.says("email address")
    held.press("Don't send")
    held.says("closed")
    assert service.calls("a poster with a comet") == 0


def _whole(button: Locator) -> None:
    """A button's words are not cut, and it lies within the page."""
    cut, left, right, wide = button.evaluate(
        "e => [e.scrollWidth > e.clientWidth + 1, e.getBoundingClientRect().left, e.getBoundingClientRect().right, innerWidth]"
    )
    assert not cut
    assert left >= 0
    assert right <= wide
