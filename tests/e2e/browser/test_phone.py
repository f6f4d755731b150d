"""The text box on a phone: small, with what's rarely needed behind one button, and nothing that holds something is hidden."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.browser.conftest import OpenPage
from tests.e2e.browser.page import Chat
from tests.e2e.browser.process import Process
from tests.e2e.browser.test_for_everybody import tab_to

pytestmark = pytest.mark.browser


def test_rare_options_unfold_by_keyboard_and_stay_while_they_hold_something(bot: Process, opened: OpenPage, tmp_path: Path) -> None:
    chat = opened(bot.url, width=390, height=844)
    more, options = chat.page.get_by_role("button", name="More options"), chat.page.get_by_role("group", name="Options")
    size, private, words = (chat.page.get_by_label(name, exact=True) for name in ("Size", "Private", "Text on the picture"))
    frame = chat.page.locator("#composer")
    expect(more).to_have_attribute("aria-expanded", "false")
    for one in (size, private, words):
        expect(one).to_be_hidden()
    assert frame.evaluate("e => e.offsetHeight") <= 200
    chat.check("the text box on a phone")
    chat.picture(tmp_path / "phone-folded.png")
    chat.box.focus()
    tab_to(chat, "More options")
    chat.page.keyboard.press("Enter")
    expect(more).to_have_attribute("aria-expanded", "true")
    expect(more).to_be_focused()
    expect(chat.page.get_by_role("button", name="Many at once")).to_be_visible()
    chat.check("the options on a phone")
    chat.picture(tmp_path / "phone-open.png")
    tab_to(chat, "Private")
    chat.page.keyboard.press("Space")
    more.click()
    expect(more).to_have_attribute("aria-expanded", "false")
    expect(private).to_be_checked()
    expect(private).to_be_visible()
    expect(size).to_be_hidden()
    chat.picture(tmp_path / "phone-private.png")
    answer = chat.imagine("a lantern on a phone")
    answer.says("Only you can see this")
    private.uncheck()
    expect(private).to_be_focused()
    expect(private).to_be_visible()
    chat.box.focus()
    expect(options).to_be_hidden()
    more.click()
    words.fill("Open today")
    chat.reload()
    expect(more).to_have_attribute("aria-expanded", "true")
    more.click()
    expect(words).to_have_value("Open today")
    expect(words).to_be_visible()
    expect(size).to_be_hidden()


def test_a_desktop_has_everything_at_hand(chat: Chat, tmp_path: Path) -> None:
    expect(chat.page.get_by_role("button", name="More options")).to_be_hidden()
    for name in ("Size", "Quality", "Count", "Text on the picture", "Private"):
        expect(chat.page.get_by_label(name, exact=True)).to_be_visible()
    chat.check("the text box on a desktop")
    chat.picture(tmp_path / "desktop.png")
