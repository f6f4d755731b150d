"""Simplify in a real browser, by keyboard: down to the minimal version, and back up until the detail that made the prompt fail is named."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.browser.conftest import OpenPage
from tests.e2e.browser.page import ANSWER, Chat, Exchange
from tests.e2e.browser.process import Process, Service

pytestmark = pytest.mark.browser

PROMPT = "a red robot with a lantern, a blue scarf, watercolour, oil painting"
IDS = "all => all.map(one => one.dataset.message)"
GONE_ON = re.compile("^(Add back|Simplify)$")
MOST = 7
"""Steps for four details: as many calls as a binary search, two more, and the first failure."""


def enter(chat: Chat, message: Exchange, label: str | re.Pattern[str]) -> Exchange:
    """Press a button by keyboard, and find the message that this brings."""
    before = chat.page.eval_on_selector_all("article[data-message]", IDS)
    message.article.get_by_role("button", name=label, exact=True).focus()
    chat.page.keyboard.press("Enter")
    chat.page.wait_for_function(
        "known => [...document.querySelectorAll('article[data-message]')].some(one => !known.includes(one.dataset.message))",
        arg=before,
        timeout=ANSWER,
    )
    found = next(one for one in chat.page.eval_on_selector_all("article[data-message]", IDS) if one not in before)
    return Exchange(chat.page.locator(f'article[data-message="{found}"]'))


def test_the_detail_is_named_after_a_climb_by_keyboard(
    service: Service, started: Callable[..., Process], opened: OpenPage, tmp_path: Path
) -> None:
    service.fault("bad_request_other", "oil painting", times=None)
    already = service.calls("robot")
    try:
        chat = opened(started(service).url, width=390, height=844)
        answer = chat.imagine(PROMPT)
        answer.says("No picture this time")
        first = enter(chat, answer, "Simplify")
        first.says("One subject")
        assert service.calls("robot") - already == 1, "looking sends nothing"
        wording = enter(chat, first, "Go to the minimal version")
        wording.says("The minimal version")
        chat.check("the ladder on a phone")
        chat.picture(tmp_path / "ladder-minimal.png")
        for sent in range(2, MOST + 2):
            answer = enter(chat, wording, "Send this wording")
            expect(answer.article.get_by_role("button", name=GONE_ON)).to_be_visible(timeout=ANSWER)
            assert service.calls("robot") - already == sent, "one press, one call"
            wording = enter(chat, answer, GONE_ON)
            if "This made it fail" in wording.article.inner_text():
                break
        wording.says("This made it fail: “oil painting”")
        chat.check("the end of the ladder on a phone")
        chat.picture(tmp_path / "ladder-found.png")
    finally:
        service.forget_faults()
