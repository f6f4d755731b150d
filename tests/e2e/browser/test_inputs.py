"""What people type by mistake or on purpose: each gets a clear sentence, and nothing half-done stays behind."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.e2e.browser.conftest import OpenPage
from tests.e2e.browser.page import Chat
from tests.e2e.browser.process import Process

pytestmark = pytest.mark.browser


def test_the_command_alone_opens_the_form_and_an_empty_prompt_is_named_there(chat: Chat) -> None:
    chat.type("/imagine")
    expect(chat.dialog).to_be_visible()
    before = chat.exchanges.count()
    send = chat.dialog.get_by_role("button", name="Imagine", exact=True)
    send.click()
    expect(chat.dialog).to_contain_text("Please fill this in")
    field = chat.dialog.get_by_label("Prompt", exact=True)
    expect(field).to_be_focused()
    field.fill("a tin drum")
    send.click()
    expect(chat.dialog).to_have_count(0)
    expect(chat.exchanges).to_have_count(before + 1)
    chat.about("a tin drum").shows(1)


def test_a_wrong_size_is_answered_with_the_nearest_one_as_a_button(chat: Chat) -> None:
    answer = chat.imagine("a square peg", "--size 7x7")
    answer.says("can't make the size 7x7")
    chat.next(answer.article.get_by_role("button", name=re.compile("^Use ")).click).shows(1)


def test_a_wrong_count_is_answered_before_anything_is_sent(chat: Chat) -> None:
    answer = chat.imagine("a crowd of geese", "--count 99")
    answer.says("99 pictures at a time doesn't work here")
    expect(answer.state).to_have_text("Not sent")


def test_forty_thousand_characters_are_too_many_and_the_page_stays_usable(chat: Chat) -> None:
    chat.ask("/imagine " + "long " * 8000).says(re.compile(r"Your prompt has \d+ characters"))
    chat.imagine("a short poem").shows(1)


def test_a_whole_book_is_turned_away_at_the_box(chat: Chat) -> None:
    chat.type("/imagine " + "x" * 150_000)
    expect(chat.notice).to_contain_text("characters that fit in the text box")
    expect(chat.box).not_to_have_value("")


def test_lone_surrogates_are_named_as_unreadable(chat: Chat) -> None:
    chat.box.evaluate("box => { box.value = '/imagine a \\ud800 fox'; box.dispatchEvent(new Event('input', { bubbles: true })) }")
    chat.next(chat.page.get_by_role("button", name="Send", exact=True).click).says("can't read")


@pytest.mark.parametrize(
    "prompt",
    [
        "@everyone look at this",
        "<img src=x onerror=alert(1)> <b>bold</b>",
        "{{7*7}} ${7*7} </script><script>alert(1)</script>",
        "*not* _marked_ `up` [x](http://y)",
    ],
)
def test_what_looks_like_code_or_a_mention_is_only_words(chat: Chat, prompt: str) -> None:
    chat.page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    answer = chat.imagine(prompt)
    answer.says(prompt)
    expect(answer.state).to_have_text(re.compile("Here is your picture|question|Not sent"))
    expect(answer.article.locator("b, script")).to_have_count(0)


def test_plain_words_get_a_hint_and_stay_in_the_box(chat: Chat) -> None:
    before = chat.exchanges.count()
    chat.type("a red bicycle")
    expect(chat.notice).to_contain_text("put /imagine in front")
    expect(chat.box).to_have_value("a red bicycle")
    chat.notice.get_by_role("button", name="Dismiss").click()
    expect(chat.notice).to_have_count(0)
    expect(chat.box).to_be_focused()
    chat.type("/draw a fox")
    expect(chat.notice).to_contain_text("/draw isn't a command here")
    chat.type("/imagine --ar 16:9 a fox")
    expect(chat.notice).to_contain_text("--ar isn't an option")
    expect(chat.exchanges).to_have_count(before)


def test_answers_to_commands_are_for_the_one_who_asked_and_can_be_dismissed(chat: Chat, bot: Process, opened: OpenPage) -> None:
    ben = opened(bot.url, "Ben")
    before = ben.exchanges.count()
    chat.imagine("a glass marble").shows(1)
    for line, words in (
        ("/imagine-help", "What you can do"),
        ("/imagine-status", "How the bot is doing"),
        ("/imagine-show", "Your requests"),
    ):
        answer = chat.ask(line)
        answer.says("Only you can see this")
        expect(answer.state).to_have_text(words)
    shown = chat.next(lambda: answer.press("Show 1"))
    shown.says("a glass marble")
    shown.shows(1)
    expect(ben.exchanges).to_have_count(before + 1)
    answer.press("Dismiss")
    expect(answer.article).to_have_count(0)


def test_closed_channels_say_why_and_take_no_lines(chat: Chat) -> None:
    chat.open("# moderators")
    expect(chat.page.get_by_role("log")).to_contain_text("Only moderators can read this channel")
    expect(chat.box).to_be_hidden()
    chat.open("# operators")
    expect(chat.page.get_by_role("log")).to_contain_text("Only the operator can read this channel")
    chat.be("Mia")
    expect(chat.page.get_by_role("log")).to_contain_text("Only the operator")
    chat.open("# moderators")
    expect(chat.box).to_be_visible()


def test_with_a_token_the_chat_opens_only_for_those_who_bring_it(started: Callable[..., Process], opened: OpenPage) -> None:
    bot = started(WEB_TOKEN="a-long-enough-secret")
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(bot.url)
    chat = opened(bot.url + "?token=a-long-enough-secret")
    assert "token" not in chat.page.url
    chat.imagine("a brass key").shows(1)
    assert b"a-long-enough-secret" not in b"".join(bot.said)


def test_what_it_would_cost_is_a_press_that_keeps_the_line(chat: Chat) -> None:
    chat.box.fill("a heron at dawn, 3 pictures")
    answer = chat.next(chat.page.get_by_role("button", name="What would this cost?").click)
    answer.says(re.compile(r"Up to \$[0-9.]+ for 3 pictures"))
    expect(chat.box).to_have_value("a heron at dawn, 3 pictures")
    expect(chat.box).to_be_focused()


HELD = "() => { const sent = chat.sent; chat.sent = (key) => { window.arrive = () => sent.call(chat, key) } }"
"""The bot's word that a line has arrived waits for `arrive()`."""


def test_a_sent_line_leaves_the_box_whatever_was_switched_since_and_another_line_stays(chat: Chat) -> None:
    chat.page.evaluate(HELD)
    for then, left in (
        (lambda: chat.page.get_by_label("Quality", exact=True).select_option("high"), ""),
        (lambda: chat.box.fill("mine"), "mine"),
    ):
        chat.imagine("a slow pigeon").shows(1)
        then()
        chat.page.wait_for_function("() => window.arrive")
        chat.page.evaluate("() => { window.arrive(); delete window.arrive }")
        expect(chat.box).to_have_value(left)
    chat.box.fill("")
