"""Look before publishing in a real browser, by keyboard: an administrator turns it on, a moderator publishes, and until then others see
nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.browser.conftest import OpenPage
from tests.e2e.browser.process import Process
from tests.e2e.browser.test_for_everybody import tab_to

pytestmark = pytest.mark.browser


def turned(chat_of: OpenPage, bot: Process, label: str) -> None:
    """Set who sees results first."""
    olu = chat_of(bot.url, "Olu")
    settings = olu.ask("/imagine-settings")
    settings.press("Publishing")
    olu.dialog.get_by_label("Results", exact=True).select_option(label=label)
    olu.check("the page about publishing")
    olu.dialog.get_by_role("button", name="Save").click()
    expect(olu.dialog).to_be_hidden()


def test_others_see_a_result_once_a_moderator_published_it(bot: Process, opened: OpenPage, tmp_path: Path) -> None:
    turned(opened, bot, "For the member first; a reviewer publishes them")
    try:
        ben, ana, mia = opened(bot.url, "Ben"), opened(bot.url, "Ana"), opened(bot.url, "Mia")
        mia.open("# moderators")
        answer = ana.imagine("a poster that somebody looks at first")
        answer.shows(1)
        answer.button("Ask to publish").focus()
        ana.page.keyboard.press("Enter")
        answer.says("A reviewer looks at it before others see it")
        card = mia.about("asks to publish this result")
        card.shows(1)
        mia.check("the card")
        mia.picture(tmp_path / "review-card.png")
        card.button("Claim").focus()
        mia.page.keyboard.press("Enter")
        card.says("Mia is deciding")
        expect(card.article).to_be_focused()
        tab_to(mia, "Publish it", most=5)
        expect(ben.page.get_by_role("log")).not_to_contain_text("somebody looks at first")
        seen = ben.next(lambda: mia.page.keyboard.press("Enter"))
        seen.shows(1)
        seen.says("Checked and published by Mia")
        card.says("published by Mia")
        expect(card.pictures).to_have_count(0)
        ben.picture(tmp_path / "review-published.png")
    finally:
        turned(opened, bot, "Public at once")
