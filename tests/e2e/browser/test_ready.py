"""Tell me when it is ready in a real browser: who chose it is named once in front of others, or told alone, after a long drawing."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.browser.conftest import OpenPage
from tests.e2e.browser.page import Chat
from tests.e2e.browser.process import Process, Service

pytestmark = [pytest.mark.browser, pytest.mark.slow]

READY = "Your picture is ready"
SLOW, DRAWN = 3.0, 4.0
"""Seconds after which an answer is late here instead of a minute (tests/unit/requests/test_ready.py has the minute), and that the service
draws."""


def choose(chat: Chat, way: str) -> None:
    chat.ask("/imagine-status").button("Tell me when it is ready").press("Enter")
    chat.check("the form of the setting")
    chat.dialog.get_by_role("combobox").select_option(label=way)
    chat.dialog.get_by_role("button", name="Save").press("Enter")
    expect(chat.notice).to_contain_text("Saved.")


def test_a_late_answer_tells_each_person_as_they_chose(
    service: Service, started: Callable[..., Process], opened: OpenPage, tmp_path: Path
) -> None:
    service.fault("slow", "a long-awaited", times=None, delay=DRAWN)
    (tmp_path / "impatient").mkdir()
    (tmp_path / "impatient" / "sitecustomize.py").write_text(f"import bot.requests.ready as ready\nready.SLOW = {SLOW}\n")
    bot = started(service, PYTHONPATH=os.pathsep.join(filter(None, (str(tmp_path / "impatient"), os.environ.get("PYTHONPATH", "")))))
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
