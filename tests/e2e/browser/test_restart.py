"""The bot is killed while everything that follows a picture is half done: what somebody has begun is there again, and each press, however
often it's made, does one thing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.e2e.browser.conftest import OpenPage, again
from tests.e2e.browser.page import ANSWER, Chat, Exchange
from tests.e2e.browser.process import Process, Service
from tests.e2e.browser.test_reviews import turned

pytestmark = [pytest.mark.browser, pytest.mark.slow]
BACK = 30_000
"""Milliseconds until a page has found the bot again."""
PROMPT = "a red robot with a lantern, a blue scarf, watercolour, oil painting"


def begun(chat: Chat) -> None:
    """A preview of a text, one of a crop, and candidates without a pick."""
    answer = chat.imagine("a kite for everybody")
    answer.shows(1)
    answer.press("Add text")
    chat.dialog.get_by_label("Text", exact=True).fill("Open today")
    chat.next(chat.dialog.get_by_role("button", name="Show me", exact=True).click).says("Only you can see this so far")
    answer.press("Crop")
    chat.next(chat.dialog.get_by_role("button", name="Show me", exact=True).click).says("The frame is only in this preview")
    answer.press("Not right")
    chat.dialog.get_by_label("What isn't right?").select_option(label="Things are in the wrong place")
    helps = chat.next(chat.dialog.get_by_role("button", name="See what helps").click)
    helps.press("New candidates")
    chat.dialog.get_by_label("How many").select_option("2")
    chat.next(chat.dialog.get_by_role("button", name="Make them").dblclick).shows(3)


def twice(message: Exchange, label: str) -> None:
    message.button(label).dblclick()


def test_what_was_begun_is_there_after_a_kill_and_is_done_once(service: Service, started: Callable[..., Process], opened: OpenPage) -> None:
    service.fault("bad_request_other", "a blue scarf", times=1)
    bot = started(service)
    chat, ben, mia = (opened(bot.url, name) for name in ("Ana", "Ben", "Mia"))
    mia.open("# moderators")
    begun(chat)
    assert service.calls("a kite for everybody") == 2, "the first picture, and candidates once"
    chat.imagine(PROMPT).says("No picture this time")
    turned(opened, bot, "For the member first; a reviewer publishes them")
    poster = chat.imagine("a poster for a reviewer")
    poster.shows(1)
    poster.press("Ask to publish")
    card = mia.about("asks to publish this result")
    card.press("Claim")
    card.says("Mia is deciding")
    chat.page.get_by_role("button", name="Help me write it").click()
    chat.dialog.get_by_label("Subject").fill("a lamp that is asked for once")
    chat.next(chat.dialog.get_by_role("button", name="Show the wording").click).says("Nothing has been sent yet")
    calls = service.calls("")
    bot.kill()
    again(bot)
    for one in (chat, ben, mia):
        one.page.wait_for_function("() => window.did_handshake === true && window.socket?.connected", timeout=BACK)
    expect(chat.exchanges.filter(has_text="Nothing has been sent yet")).to_have_count(1, timeout=BACK)

    kite = chat.exchanges.filter(has_text="a kite for everybody").filter(has_not_text="so far").filter(has_not_text="Which of these")
    answer = chat.held(kite.first)
    twice(chat.about("Your picture with its text"), "Use it")
    answer.shows(2)
    twice(chat.about("The frame is only in this preview"), "Discard")
    expect(chat.exchanges.filter(has_text="The frame is only in this preview")).to_have_count(0)
    seen = ben.about("Which of these 2 is it?")
    seen.shows(3)
    expect(seen.button("Pick 1")).to_have_count(0)
    choice = chat.about("Which of these 2 is it?")
    twice(choice, "Pick 2")
    for one in (choice, seen):
        one.shows(1)
    assert service.calls("") == calls, "none of it is drawn again"

    twice(chat.about("Nothing has been sent yet"), "Send")
    expect(chat.page.get_by_role("img", name="a lamp that is asked for once")).to_have_count(1, timeout=ANSWER)
    step = chat.next(lambda: chat.about("No picture this time").press("Simplify"))
    twice(step, "Send this wording")
    chat.about("Add back").shows(1)
    assert service.calls("") == calls + 2

    twice(mia.about("asks to publish this result"), "Publish it")
    shown = ben.exchanges.filter(has_text="Checked and published by Mia")
    expect(shown).to_have_count(1, timeout=ANSWER)
    for words in ("Only you can see this so far", "Nothing has been sent yet", "Send this wording"):
        expect(ben.page.get_by_role("log")).not_to_contain_text(words)


def test_what_was_typed_into_a_form_is_there_again_until_it_is_sent_or_closed(
    service: Service, started: Callable[..., Process], opened: OpenPage
) -> None:
    bot = started(service)
    chat = opened(bot.url)
    words = chat.dialog.get_by_label("Text", exact=True)
    kite, boat = (chat.imagine(f"a {one} with words") for one in ("kite", "boat"))
    for one in (kite, boat):
        one.shows(1)
    kite.press("Add text")
    words.fill("Open today until nine")
    bot.kill()
    again(bot)
    expect(chat.dialog).to_have_count(0, timeout=BACK)
    chat.page.wait_for_function("() => window.did_handshake === true && window.socket?.connected", timeout=BACK)
    boat.press("Add text")
    expect(words).to_have_value("")
    chat.dialog.get_by_role("button", name="Close", exact=True).click()
    kite.press("Add text")
    expect(words).to_have_value("Open today until nine")
    chat.next(chat.dialog.get_by_role("button", name="Show me", exact=True).click).says("Only you can see this so far")
    kite.press("Add text")
    expect(words).to_have_value("")
    chat.page.keyboard.press("Escape")

    kite.press("Edit prompt")
    chat.dialog.get_by_label("Prompt", exact=True).fill("a kite with more words")
    chat.dialog.get_by_label("How many").select_option("3")
    chat.dialog.get_by_role("switch").check()
    chat.reload()
    kite.press("Edit prompt")
    expect(chat.dialog.get_by_label("Prompt", exact=True)).to_have_value("a kite with more words")
    expect(chat.dialog.get_by_label("How many")).to_have_value("3")
    expect(chat.dialog.get_by_role("switch")).to_be_checked()
    chat.dialog.get_by_role("button", name="Close", exact=True).click()
    kite.press("Edit prompt")
    expect(chat.dialog.get_by_label("Prompt", exact=True)).to_have_value("a kite with words")
    assert chat.page.evaluate("() => Object.keys(sessionStorage).filter((one) => one.startsWith('imagine-bot-form'))") == []
