"""The chat as a person meets it: labels, names and roles, never classes or ids. Every wait is a wait for something seen."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

ANSWER = 40_000
"""Milliseconds within which the embedded sandbox has answered; the bound of a loaded machine, not the goal."""
_AXE = Axe()


@dataclass(frozen=True)
class Exchange:
    """One message: what was typed and what the bot says about it."""

    article: Locator

    @property
    def state(self) -> Locator:
        return self.article.get_by_role("heading")

    @property
    def pictures(self) -> Locator:
        return self.article.get_by_role("img")

    def button(self, name: str) -> Locator:
        return self.article.get_by_role("button", name=name, exact=True)

    def press(self, name: str) -> None:
        self.button(name).click()

    def says(self, words: str | re.Pattern[str]) -> None:
        expect(self.article).to_contain_text(words, timeout=ANSWER)

    def shows(self, count: int) -> None:
        """So many pictures, each with words for those who cannot see it, each really loaded."""
        expect(self.pictures).to_have_count(count, timeout=ANSWER)
        for one in self.pictures.all():
            expect(one).to_have_attribute("alt", re.compile(r"\w+ \w+"))
            expect(one).to_have_js_property("complete", True)
            assert one.evaluate("img => img.naturalWidth") > 0


@dataclass(frozen=True)
class Chat:
    """One browser page."""

    page: Page

    @property
    def box(self) -> Locator:
        return self.page.get_by_label("Message", exact=True)

    @property
    def notice(self) -> Locator:
        return self.page.get_by_role("status").filter(has=self.page.get_by_role("button", name="Dismiss"))

    @property
    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog")

    @property
    def exchanges(self) -> Locator:
        return self.page.get_by_role("article")

    def be(self, name: str) -> None:
        switch = self.page.get_by_label("You are")
        switch.select_option(label=switch.locator("option").filter(has_text=name).first.inner_text())
        expect(self.page.get_by_role("log")).to_have_attribute("data-reader", re.compile(f"^{name.lower()} "))

    def open(self, channel: str) -> None:
        tab = self.page.get_by_role("tab", name=channel)
        tab.click()
        expect(tab).to_have_attribute("aria-selected", "true")
        expect(self.page.get_by_role("log")).to_have_attribute("data-reader", re.compile(f" {channel.removeprefix('# ')}$"))

    def type(self, line: str) -> None:
        self.box.fill(line)
        self.page.get_by_role("button", name="Send", exact=True).click()

    def imagine(self, prompt: str, options: str = "") -> Exchange:
        """Send an /imagine line and find its message."""
        return self.ask(f"/imagine {options} {prompt}" if options else f"/imagine {prompt}")

    def ask(self, line: str) -> Exchange:
        """Send a line that is answered with a message, and find it."""
        return self.next(lambda: self.type(line))

    def next(self, cause: Callable[[], object]) -> Exchange:
        """The message that something brings."""
        before = self.exchanges.count()
        cause()
        expect(self.exchanges).to_have_count(before + 1, timeout=ANSWER)
        return self.newest()

    def newest(self) -> Exchange:
        """The last message as it is now; later ones do not change which one is meant."""
        return self.held(self.exchanges.last)

    def about(self, words: str) -> Exchange:
        return self.held(self.exchanges.filter(has_text=words).last)

    def held(self, article: Locator) -> Exchange:
        id = article.get_attribute("data-message")
        return Exchange(self.page.locator(f'article[data-message="{id}"]'))

    def reload(self) -> None:
        self.page.reload()
        self.ready()

    def ready(self) -> None:
        """The page is drawn and its line to the server stands."""
        expect(self.page.get_by_role("log")).to_be_visible(timeout=ANSWER)
        self.page.wait_for_function("() => window.did_handshake === true", timeout=ANSWER)

    # ---- what everybody can use

    def check(self, where: str) -> None:
        """axe finds nothing, and nothing sticks out to the side."""
        found = _AXE.run(self.page).response["violations"]
        words = [f"{one['id']}: {one['help']} at {[node['target'] for node in one['nodes']][:5]}" for one in found]
        assert words == [], f"{where}: {words}"
        wide, seen = self.page.evaluate("() => [document.documentElement.scrollWidth, window.innerWidth]")
        assert wide <= seen, f"{where}: {wide} px wide in {seen} px"

    def focused(self) -> str:
        """The visible words of what has the focus."""
        words = "(e => (e.ariaLabel || e.labels?.[0]?.textContent || e.textContent).trim())(document.activeElement)"
        return str(self.page.evaluate(words))

    def picture(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=path)
