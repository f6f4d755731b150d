"""The pictures of the web chat in README and docs, taken from the demo in Chromium: `python -m tests.e2e.browser.screenshots [FOLDER]`."""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
import tempfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urljoin

from playwright.sync_api import Browser, ViewportSize, expect, sync_playwright

from tests.e2e.browser.conftest import FLAGS, NAMES
from tests.e2e.browser.page import ANSWER, Chat
from tests.e2e.browser.process import demo

IMAGES = Path(__file__).resolve().parents[3] / "docs" / "images"
BLOCKED = "two knights fight a dragon sandbox:safety_prompt"
DESKTOP, PHONE = ViewportSize(width=1280, height=1320), ViewportSize(width=390, height=844)
CARDS = ViewportSize(width=1280, height=900)
FONTS = """<fontconfig>
<include ignore_missing="yes">/etc/fonts/fonts.conf</include>
<dir>{folder}/pylopdf_fonts_zh_cn</dir><dir>{folder}/pylopdf_fonts_ar</dir>
</fontconfig>"""
"""For Chromium: the machine's own fonts, and those of the extra `captions`."""
OpenPage = Callable[..., Chat]


def take(opened: OpenPage, url: str, folder: Path) -> None:
    """Each picture as its page describes it. Later ones show what earlier ones made."""
    ana = opened(url, DESKTOP)
    ana.be("Ana")
    ana.imagine(BLOCKED).says("blocked this request")
    ana.be("Ben")
    ana.imagine("a red bicycle in the rain").shows(1)
    _shoot(ana, folder / "chat.png")
    mia = opened(url, PHONE, scheme="dark")
    mia.be("Mia")
    mia.open("# moderators")
    card = mia.newest()
    card.press("Claim")
    card.says("Mia")
    mia.page.get_by_role("button", name="Dismiss").click()
    card.button("Show prompt").scroll_into_view_if_needed()
    _shoot(mia, folder / "chat-phone.png")
    gallery = opened(url, CARDS)
    for prompt in ("a lighthouse at dusk, watercolour", "a fox in a library", "a poster for a village fair"):
        gallery.imagine(prompt).shows(1)
    gallery.page.get_by_role("link", name="Gallery").click()
    expect(gallery.page.get_by_role("article")).not_to_have_count(0)
    _shoot(gallery, folder / "gallery.png")
    dashboard = opened(url, CARDS)
    dashboard.page.goto(urljoin(url, "operators"))
    _shoot(dashboard, folder / "dashboard.png", wait=2500)
    _in_other_languages(opened, url, folder)


def _in_other_languages(opened: OpenPage, url: str, folder: Path) -> None:
    """Arabic on a desktop and Chinese on a phone: one picture with a prompt in both directions, and one request that waits."""
    arabic = opened(url, CARDS, locale="ar")
    _type(arabic, "/imagine قطة حمراء (صغيرة) على دراجة, 2 wheels!")
    expect(arabic.exchanges.last.get_by_role("img")).to_have_count(1, timeout=ANSWER)
    _type(arabic, "/imagine a slow train sandbox:rate_limited*9")
    expect(arabic.exchanges.last).to_contain_text("Ana", timeout=ANSWER)
    arabic.page.wait_for_timeout(1500)
    _type(arabic, "/imagine-show")
    expect(arabic.exchanges.last.get_by_role("button")).not_to_have_count(0, timeout=ANSWER)
    _shoot(arabic, folder / "chat-arabic.png")
    chinese = opened(url, PHONE, locale="zh-CN")
    chinese.exchanges.filter(has_text="wheels").first.evaluate("e => e.scrollIntoView()")
    _shoot(chinese, folder / "chat-chinese-phone.png")


def _type(chat: Chat, line: str) -> None:
    """Send a line in a page whose words aren't English."""
    before = chat.exchanges.count()
    chat.page.locator("#message").fill(line)
    chat.page.locator(".composer .primary").click()
    expect(chat.exchanges).to_have_count(before + 1, timeout=ANSWER)


def _shoot(chat: Chat, path: Path, wait: float = 800) -> None:
    chat.page.wait_for_timeout(wait)
    chat.picture(path)


def _opener(browser: Browser) -> OpenPage:
    def opened(url: str, viewport: ViewportSize, scheme: str = "light", locale: str = "en") -> Chat:
        context = browser.new_context(viewport=viewport, color_scheme="dark" if scheme == "dark" else "light", locale=locale)
        chat = Chat(context.new_page())
        chat.page.goto(url)
        chat.ready()
        return chat

    return opened


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else IMAGES
    path = os.environ.get("CHROMIUM") or next(found for name in NAMES if (found := shutil.which(name)))
    with tempfile.TemporaryDirectory() as data:
        fonts = Path(data, "fonts.conf")
        fonts.write_text(FONTS.format(folder=sysconfig.get_path("purelib")))
        os.environ["FONTCONFIG_FILE"] = str(fonts)
        process = demo(Path(data))
        process.start()
        try:
            with sync_playwright() as playwright:
                take(_opener(playwright.chromium.launch(executable_path=path, args=FLAGS)), process.url, folder)
        finally:
            process.stop()


if __name__ == "__main__":
    main()
