"""The pictures in README and docs/web.md, taken from the demo in Chromium: `python -m tests.e2e.browser.screenshots`."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, ViewportSize, sync_playwright

from tests.e2e.browser.conftest import FLAGS, NAMES
from tests.e2e.browser.page import Chat
from tests.e2e.browser.process import demo

IMAGES = Path(__file__).resolve().parents[3] / "docs" / "images"
BLOCKED = "two knights fight a dragon sandbox:safety_prompt"


def take(browser: Browser, url: str) -> None:
    """A blocked request and a picture on a desktop, then the moderators' card of the block on a dark phone."""
    ana = _page(browser, url, {"width": 1280, "height": 1180}, "light")
    ana.be("Ana")
    ana.imagine(BLOCKED).says("blocked this request")
    ana.be("Ben")
    ana.imagine("a red bicycle in the rain").shows(1)
    ana.page.wait_for_timeout(800)
    ana.picture(IMAGES / "chat.png")
    mia = _page(browser, url, {"width": 390, "height": 844}, "dark")
    mia.be("Mia")
    mia.open("# moderators")
    card = mia.newest()
    card.press("Claim")
    card.says("Mia")
    mia.page.get_by_role("button", name="Dismiss").click()
    card.button("Show prompt").scroll_into_view_if_needed()
    mia.page.wait_for_timeout(800)
    mia.picture(IMAGES / "chat-phone.png")


def _page(browser: Browser, url: str, viewport: ViewportSize, scheme: str) -> Chat:
    page = browser.new_context(viewport=viewport, color_scheme="dark" if scheme == "dark" else "light").new_page()
    page.goto(url)
    chat = Chat(page)
    chat.ready()
    return chat


def main() -> None:
    path = os.environ.get("CHROMIUM") or next(found for name in NAMES if (found := shutil.which(name)))
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        process = demo(Path(folder))
        process.start()
        try:
            take(playwright.chromium.launch(executable_path=path, args=FLAGS), process.url)
        finally:
            process.stop()


if __name__ == "__main__":
    main()
