"""Tell me when it is ready in a real browser: who chose it is named once in front of others, or told alone, after a minute of drawing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.e2e.browser.conftest import OpenPage
from tests.e2e.browser.page import Chat
from tests.e2e.browser.process import Process, Service

pytestmark = [pytest.mark.browser, pytest.mark.slow]

READY = "Your picture is ready"
DRAWN = 62.0
"""Seconds that the service draws: more than the minute after which an answer is late."""


def choose(chat: Chat, way: str) -> None:
    chat.ask("/imagine-status").button("Tell me when it is ready").press("Enter")
    chat.check("the form of the setting")
    chat.dialog.get_by_role("combobox").select_option(label=way)
    chat.dialog.get_by_role("button", name="Save").press("Enter")
    expect(chat.notice).to_contain_text("Saved.")


def test_a_late_answer_tells_each_person_as_they_chose(service: Service, started: Callable[..., Process], opened: OpenPage) -> None:
    service.fault("slow", "a long-awaited", times=None, delay=DRAWN)
    bot = started(service)
    ana, ben = opened(bot.url), opened(bot.url, "Ben", width=390, height=844)
    choose(ana, "mention me where I asked")
    choose(ben, "tell me privately")
    ana.type("/imagine a long-awaited lighthouse")
    ben.type("/imagine a long-awaited harbour")
    told, alone = (chat.exchanges.filter(has_text=READY) for chat in (ana, ben))
    expect(told.filter(has_text="@Ana")).to_have_count(1, timeout=DRAWN * 1000 + 40_000)
    expect(alone.filter(has_text="Only you can see this")).to_have_count(1, timeout=40_000)
    expect(told).to_have_count(1)
    expect(alone).to_have_count(2)  # Ana's, which names her, and his own
    ana.check("a message that names somebody")
    ben.check("a message for one person on a phone")
    ana.reload()
    expect(ana.exchanges.filter(has_text=READY)).to_have_count(1)
