"""The gallery in a real browser: found by words, kept, made again and saved, by keyboard and on a phone; for moderators what is public."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import urljoin

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.browser.conftest import OpenPage
from tests.e2e.browser.process import Process

pytestmark = pytest.mark.browser


def accessible(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_a_member_finds_keeps_reproduces_and_saves_a_picture_by_keyboard_on_a_phone(bot: Process, opened: OpenPage, tmp_path: Path) -> None:
    chat = opened(bot.url, "Ben", width=390, height=844)
    chat.imagine("a walrus on a tandem, 2 pictures").shows(2)
    chat.imagine("a heron on a tandem").shows(1)
    page = chat.page
    page.get_by_role("link", name="Gallery").click()
    expect(page.get_by_role("heading", name="Gallery")).to_be_visible()
    page.get_by_label("Words of the prompt").focus()
    page.keyboard.type("TANDEM walrus")
    page.keyboard.press("Enter")
    cards = page.get_by_role("article")
    expect(cards).to_have_count(1)
    expect(page.get_by_label("Words of the prompt")).to_have_value("TANDEM walrus")
    walrus = cards.first
    expect(walrus.get_by_role("img").nth(1)).to_have_attribute("alt", re.compile(r"walrus on a tandem"))
    assert page.evaluate("[...document.images].every((one) => one.complete && one.naturalWidth > 0)") or page.wait_for_timeout(1000) is None
    accessible(page)
    page.screenshot(path=tmp_path / "gallery-390.png", full_page=True)

    star = walrus.get_by_role("button", name="Favourite")
    star.focus()
    page.keyboard.press("Enter")
    expect(star).to_have_attribute("aria-pressed", "true")
    expect(star).to_be_focused()
    star.dblclick()  # one press
    expect(star).to_have_attribute("aria-pressed", "false")
    star.press("Enter")
    expect(star).to_have_attribute("aria-pressed", "true")
    walrus.get_by_role("button", name="Tag").focus()
    page.keyboard.press("Enter")
    page.get_by_role("dialog").get_by_label("Tag").fill("spring sale")
    page.keyboard.press("Enter")
    expect(page.get_by_text("tag: spring sale")).to_be_visible()

    walrus.get_by_role("button", name="Reproduce").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Prompt")).to_have_value("a walrus on a tandem")
    expect(dialog.get_by_label("Pictures")).to_have_value("2")
    expect(dialog.get_by_text("Nothing is sent before you press Send")).to_be_visible()
    accessible(page)
    page.screenshot(path=tmp_path / "reproduce-390.png")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)

    with page.expect_download() as saved:
        walrus.get_by_role("link", name="Save picture 2").click()
    assert re.fullmatch(r"\d{4}-\d\d-\d\d-a-walrus-on-a-tandem-2\.png", saved.value.suggested_filename)
    with page.expect_download() as said:
        walrus.get_by_role("link", name="Save how it was made").click()
    made = json.loads(said.value.path().read_text(encoding="utf-8"))
    assert (made["prompt"], made["favourite"], made["tag"], len(made["pictures"])) == ("a walrus on a tandem", True, "spring sale", 2)

    page.get_by_label("Words of the prompt").fill("")
    page.get_by_label("Which ones").select_option(label="my favourites")
    page.get_by_role("button", name="Search").click()
    expect(cards).to_have_count(1)
    page.get_by_label("Date").fill("in spring")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("alert").filter(has_text="in spring")).to_be_visible()
    page.set_viewport_size({"width": 1280, "height": 800})
    page.screenshot(path=tmp_path / "problem-1280.png", full_page=True)


def test_moderators_see_what_is_public_and_what_is_deleted_is_nowhere(bot: Process, opened: OpenPage, tmp_path: Path) -> None:
    ben = opened(bot.url, "Ben")
    ben.imagine("an otter at a regatta").shows(1)
    ben.imagine("/imagine --private an otter in secret").shows(1)
    gone = ben.imagine("an otter that goes")
    gone.shows(1)
    address = urljoin(bot.url, gone.pictures.first.get_attribute("src") or "")
    gone.press("Delete")
    ben.dialog.get_by_role("button", name="Delete").click()
    gone.shows(0)
    ben.page.goto(urljoin(bot.url, "gallery?you=ben&words=regatta"))
    for name in ("Save picture", "Save how it was made"):
        own = urljoin(bot.url, ben.page.get_by_role("link", name=name).get_attribute("href") or "")
        assert (ben.page.request.get(own).status, ben.page.request.get(own.replace("you=ben", "you=ana")).status) == (200, 404)
    mia = opened(bot.url, "Mia").page
    mia.goto(urljoin(bot.url, "gallery?you=mia&words=otter&shelf=public"))
    cards = mia.get_by_role("article")
    expect(cards).to_have_count(1)
    expect(cards.first).to_contain_text("Ben")
    expect(cards.first.get_by_role("button")).to_have_count(0)
    accessible(mia)
    mia.screenshot(path=tmp_path / "public-1280.png", full_page=True)
    assert mia.request.get(address).status == 404
    mia.goto(urljoin(bot.url, "gallery?you=ana&words=otter&shelf=public"))
    expect(mia.get_by_role("alert")).to_contain_text("Only moderators")
    expect(cards).to_have_count(0)
