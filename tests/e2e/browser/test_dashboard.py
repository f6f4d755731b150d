"""The operators' dashboard in a real browser: drawn and written, in light and dark, on a phone, and only with the token."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from adapters.web.charts import LIGHT
from bot.texts import text
from tests.e2e.browser.conftest import OpenPage
from tests.e2e.browser.process import Process, demo

pytestmark = pytest.mark.browser

CHARTS = ("requests", "failures", "latency", "spending")
Look = Callable[..., Page]


@pytest.fixture(scope="module")
def busy(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """A demo in which a picture came, a size was wrong and a prompt was blocked."""
    process = demo(tmp_path_factory.mktemp("dashboard"))
    process.start()
    yield process
    process.stop()


@pytest.fixture
def look(browser: Browser) -> Iterator[Look]:
    """Open the dashboard. Nothing may be asked of another host, nothing may break."""
    contexts = []
    wrong: list[str] = []

    def open_page(url: str, width: int = 1280, dark: bool = False, path: str = "operators") -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light")
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda one: None if one.url.startswith((url, "data:", "blob:")) else wrong.append(one.url))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(url + path)
        expect(page.get_by_text("renewed every 30 seconds")).to_be_visible()
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []


def test_what_happened_is_drawn_and_written(busy: Process, opened: OpenPage, look: Look) -> None:
    empty = look(busy.url)
    expect(empty.get_by_text("Nothing in this time.")).to_have_count(4)
    chat = opened(busy.url)
    chat.imagine("a zebra on a beach").shows(1)
    chat.imagine("a zebra sandbox:auth_invalid_key").says(text("failures.auth_invalid_key.member"))
    chat.imagine("a zebra sandbox:safety_prompt").says("moderator")
    page = look(busy.url)
    for name in CHARTS:
        expect(page.locator(f".chart-{name} svg")).to_be_visible()
    page.locator(".panel-requests summary").click()
    rows = page.locator(".panel-requests tbody tr").all_inner_texts()
    assert sorted(" ".join(row.split()) for row in rows) == ["blocked 1", "failed 1", "pictures 1"]
    page.locator(".panel-failures summary").click()
    kinds = page.locator(".panel-failures tbody tr").all_inner_texts()
    assert sorted(" ".join(row.split()) for row in kinds) == ["auth_invalid_key 1 0", "safety_prompt 1 0"]
    expect(page.locator(".panel-cases")).to_contain_text("Waiting for a decision")
    expect(page.locator(".panel-spending")).to_contain_text("The last seven days cost $")
    expect(page.locator(".panel-now")).to_contain_text("Working.")
    red, green = (page.locator(f'.chart-requests svg path[fill="{colour}"]') for colour in (LIGHT.series[1], LIGHT.series[0]))
    assert (red.count() > 0, green.count() > 0) == (True, True), "what failed is red, whatever is most"
    expect(page.locator(".panel-lessons")).to_contain_text("gpt-image-2")
    assert "zebra" not in page.content()
    page.get_by_role("link", name="30 days").click()
    expect(page.get_by_role("link", name="30 days")).to_have_attribute("aria-current", "page")
    expect(page.locator(".chart-requests svg")).to_be_visible()


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (1280, True), (390, False), (390, True)])
def test_it_is_readable_in_light_and_dark_and_on_a_phone(busy: Process, look: Look, tmp_path: Path, width: int, dark: bool) -> None:
    page = look(busy.url, width, dark)
    expect(page.locator(".panel")).to_have_count(7)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page)
    assert [
        (one["id"], one["nodes"][0]["html"][:200]) for one in found.response["violations"] if one["impact"] in ("serious", "critical")
    ] == []


def test_without_the_token_nobody_sees_it(started: Callable[..., Process], look: Look) -> None:
    process = started(WEB_TOKEN="correct-horse-battery")
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(process.url + "operators", timeout=10)
    assert refused.value.code == 401
    page = look(process.url, path="operators?token=correct-horse-battery")
    assert "token" not in page.url
