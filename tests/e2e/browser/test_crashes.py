"""The bot is killed under an open page and started again: each line has exactly one answer, and nothing is paid twice by itself."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.e2e.browser.conftest import OpenPage, again
from tests.e2e.browser.page import Chat, Exchange
from tests.e2e.browser.process import Process, Service

pytestmark = [pytest.mark.browser, pytest.mark.slow]
BACK = 30_000
"""Milliseconds until a page has found the bot again."""
Start = Callable[..., Process]


def _back(chat: Chat) -> None:
    """The page comes back by itself."""
    chat.page.wait_for_function("() => window.did_handshake === true && window.socket?.connected", timeout=BACK)


def _one(chat: Chat, words: str) -> Exchange:
    expect(chat.exchanges.filter(has_text=words)).to_have_count(1, timeout=BACK)
    return chat.about(words)


def test_killed_while_calling_it_says_interrupted_once_and_retry_works(service: Service, started: Start, opened: OpenPage) -> None:
    bot = started(service)
    chat = opened(bot.url)
    service.fault("hang", "a tall ship", times=1)
    expect(chat.imagine("a tall ship").state).to_contain_text("Drawing")
    _until(lambda: service.calls("a tall ship") == 1, chat)
    bot.kill()
    again(bot)
    _back(chat)
    answer = _one(chat, "a tall ship")
    expect(answer.state).to_contain_text("interrupted", timeout=BACK)
    expect(answer.pictures).to_have_count(0)
    assert service.calls("a tall ship") == 1
    answer.press("Retry")
    expect(chat.exchanges.filter(has_text="a tall ship")).to_have_count(2)
    chat.newest().shows(1)
    expect(answer.button("Retry")).to_have_count(0)
    bot.kill()
    again(bot)
    _back(chat)
    expect(chat.exchanges.filter(has_text="a tall ship")).to_have_count(2, timeout=BACK)
    expect(answer.article).to_contain_text("You tried this again")
    expect(answer.button("Retry")).to_have_count(0)  # a second press would buy another one
    assert service.calls("a tall ship") == 2


def test_killed_while_queued_the_picture_still_comes_once(service: Service, started: Start, opened: OpenPage) -> None:
    bot = started(service)
    chat = opened(bot.url)
    service.fault("rate_limited", "a late bus", times=1, retry_after=2)
    chat.imagine("a late bus").says("too many requests right now")
    bot.kill()
    again(bot)
    _back(chat)
    _one(chat, "a late bus").shows(1)
    assert service.calls("a late bus") == 2


def test_killed_before_its_first_call_the_picture_still_comes_once(service: Service, started: Start, opened: OpenPage) -> None:
    bot = started(service, MAX_CONCURRENCY="1")
    chat = opened(bot.url)
    service.fault("hang", "a long opera", times=1)
    expect(chat.imagine("a long opera").state).to_contain_text("Drawing")
    expect(chat.imagine("a short song").state).to_contain_text("next in line")
    assert service.calls("a short song") == 0
    bot.kill()
    again(bot)
    _back(chat)
    _one(chat, "a short song").shows(1)
    expect(_one(chat, "a long opera").state).to_contain_text("interrupted", timeout=BACK)
    assert service.calls("a short song") == 1
    assert service.calls("a long opera") == 1


def test_killed_while_answers_are_delivered_each_line_has_exactly_one(service: Service, started: Start, opened: OpenPage) -> None:
    bot = started(service)
    chat = opened(bot.url)
    words = [f"a paper boat number {number}" for number in range(6)]
    service.fault("slow", "a paper boat", times=None, delay=0.4)
    for one in words:
        chat.type(f"/imagine {one}")
        expect(chat.exchanges.filter(has_text=one)).to_have_count(1)
    expect(chat.page.get_by_role("img").first).to_be_attached(timeout=20_000)
    bot.kill()
    again(bot)
    _back(chat)
    for one in words:
        answer = _one(chat, one)
        expect(answer.state).to_have_text(re.compile("Here is your picture|interrupted"), timeout=BACK)
        assert service.calls(one) <= 1  # none when the kill came between the ledger and the wire
    shown = chat.exchanges.all_inner_texts()
    chat.reload()
    expect(chat.exchanges).to_have_count(len(words))
    assert chat.exchanges.all_inner_texts() == shown


def test_asked_to_stop_it_ends_what_runs_and_shows_it_after_the_next_start(service: Service, started: Start, opened: OpenPage) -> None:
    bot = started(service)
    chat = opened(bot.url)
    service.fault("slow", "a calm lake", times=1, delay=1.5)
    expect(chat.imagine("a calm lake").state).to_contain_text("Drawing")
    assert bot.stop() == 0
    again(bot)
    _back(chat)
    _one(chat, "a calm lake").shows(1)
    assert service.calls("a calm lake") == 1


def test_private_results_stay_private_and_a_half_written_line_stays_written(service: Service, started: Start, opened: OpenPage) -> None:
    bot = started(service)
    chat = opened(bot.url)
    chat.imagine("a locked box", "--private").shows(1)
    chat.box.fill("/imagine a half-written")
    bot.kill()
    again(bot)
    ben = opened(bot.url, "Ben")
    _back(chat)
    _one(chat, "a locked box").shows(1)
    expect(chat.box).to_have_value("/imagine a half-written")
    expect(ben.exchanges.filter(has_text="a locked box")).to_have_count(0)


def _until(check: Callable[[], bool], chat: Chat) -> None:
    """Ask again with every frame of the page until it is so."""
    for _ in range(2000):
        if check():
            return
        chat.page.evaluate("() => new Promise(requestAnimationFrame)")
    raise AssertionError("it did not become so")
