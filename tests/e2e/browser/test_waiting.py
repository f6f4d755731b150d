"""Cancel in every living state, and what stays calm on the page while something waits."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.browser.page import Chat, Exchange

pytestmark = pytest.mark.browser


def _cancelled(answer: Exchange) -> None:
    expect(answer.state).to_have_text("Cancelled")
    expect(answer.pictures).to_have_count(0)
    expect(answer.button("Cancel")).to_have_count(0)
    expect(answer.button("Retry")).to_be_visible()


def test_cancel_while_calling_says_what_it_may_still_cost(chat: Chat) -> None:
    answer = chat.imagine("a slow tide sandbox:hang")
    expect(answer.state).to_contain_text("Drawing")
    answer.press("Cancel")
    _cancelled(answer)
    answer.says("won't cost you anything")


def test_cancel_while_waiting_for_another_try(chat: Chat) -> None:
    answer = chat.imagine("a long wait sandbox:rate_limited*9")
    answer.says("too many requests right now")
    answer.press("Cancel")
    _cancelled(answer)


def test_cancel_while_queued_sends_nothing(chat: Chat) -> None:
    paused = chat.imagine("a busy seat sandbox:rate_limited*9")
    paused.says("too many requests right now")  # the shared pause holds everybody
    queued = chat.imagine("a quiet seat")
    expect(queued.state).to_contain_text("in line")
    queued.press("Cancel")
    _cancelled(queued)
    queued.says("Nothing was sent")
    paused.press("Cancel")
    _cancelled(paused)


def test_a_countdown_neither_takes_the_focus_nor_is_read_out_again(chat: Chat) -> None:
    answer = chat.imagine("a quiet queue sandbox:rate_limited*9")
    answer.says("Trying again")
    answer.button("Cancel").focus()
    chat.page.evaluate("() => { window.kept = document.activeElement }")
    log = chat.page.get_by_role("log")
    expect(log).to_have_attribute("aria-live", "polite")
    first = answer.article.inner_text()
    expect(answer.article).not_to_have_text(first)
    assert chat.page.evaluate("() => document.activeElement === window.kept || !window.kept.isConnected")
    answer.press("Cancel")
    _cancelled(answer)
    expect(chat.page.get_by_role("status").filter(has_text="Cancelled").first).to_be_attached()


def test_after_a_press_the_keyboard_stays_at_the_message(chat: Chat) -> None:
    answer = chat.imagine("a still pond sandbox:hang")
    expect(answer.state).to_contain_text("Drawing")
    answer.button("Cancel").press("Enter")
    _cancelled(answer)
    expect(answer.article).to_be_focused()
    chat.page.keyboard.press("Tab")
    expect(answer.button("Retry")).to_be_focused()
