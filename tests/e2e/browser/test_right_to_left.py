"""Gallery, mask editor and batches in Arabic on a phone: from right to left, for axe, and nothing sticks out; the chat in three languages.

`SCREENSHOTS=folder` keeps pictures of each for people to look at."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from bot.texts import say, text
from tests.e2e.browser.page import Chat
from tests.e2e.browser.process import Process

pytestmark = pytest.mark.browser

Said = Callable[..., str]
CUT = """() => [...document.querySelectorAll('button, a, label, h1, h2, h3, p, legend')]
    .filter((one) => one.offsetParent !== null && !one.closest('.visually-hidden, .skip'))
    .filter((one) => {
        const box = one.getBoundingClientRect();
        const cut = one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflowX === "hidden";
        return box.width > 1 && box.height > 1 && (cut || box.left < -1 || box.right > innerWidth + 1);
    })
    .map((one) => one.textContent.slice(0, 60))"""
"""Visible words that are cut off, or stick out at a side."""
ONE = {"zh-Hans": "雨中的红色自行车", "ar": "دراجة حمراء تحت المطر", "de": "ein rotes Fahrrad im Regen"}
TROUBLE = {"zh-Hans": "两个骑士与龙搏斗", "ar": "فارسان يقاتلان تنينًا", "de": "zwei Ritter kämpfen gegen einen Drachen"}


def words(language: str) -> Said:
    """Words for a key in a language, without the marks that keep directions apart."""
    return lambda key, **values: re.sub("[\u2066-\u2069]", "", say(text(key, **values), language))


def look(chat: Chat, name: str) -> None:
    if folder := os.environ.get("SCREENSHOTS"):
        chat.picture(Path(folder) / f"{name}.png")


def nothing_is_cut(chat: Chat, where: str) -> None:
    assert chat.page.evaluate(CUT) == [], where


@pytest.fixture
def reading(browser: Browser, bot: Process) -> Iterator[Callable[..., Chat]]:
    contexts: list[BrowserContext] = []

    def open_page(language: str, width: int = 390, height: int = 844) -> Chat:
        contexts.append(browser.new_context(viewport={"width": width, "height": height}, locale=language))
        chat = Chat(contexts[-1].new_page())
        chat.page.goto(bot.url)
        chat.ready()
        assert chat.page.evaluate("() => document.documentElement.lang") == language
        return chat

    yield open_page
    for context in contexts:
        context.close()


def sent(chat: Chat, line: str) -> None:
    chat.page.locator("#message").fill(line)
    chat.page.locator(".composer .primary").click()


def test_gallery_mask_and_batch_run_from_right_to_left(reading: Callable[..., Chat]) -> None:
    chat, ar = reading("ar"), words("ar")
    page = chat.page
    sent(chat, "/imagine قطة على دراجة")
    cat = page.get_by_role("article").filter(has_text="قطة على دراجة").last
    expect(cat.get_by_role("img")).to_have_count(1)
    cat.get_by_role("button", name=ar("button.edit_picture"), exact=True).click()
    canvas = chat.dialog.get_by_label(ar("web.mask.canvas"))
    box = canvas.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.3)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.5, steps=8)
    page.mouse.up()
    expect(chat.dialog).to_contain_text(ar("web.mask.marked"))
    assert chat.dialog.evaluate("e => getComputedStyle(e).direction") == "rtl"
    chat.check("the mask editor in Arabic")
    nothing_is_cut(chat, "mask")
    look(chat, "mask-ar-390")
    page.keyboard.press("Escape")
    expect(chat.dialog).to_have_count(0)

    page.get_by_role("button", name=ar("web.more_options")).click()
    page.get_by_role("button", name=ar("web.batch")).click()
    chat.dialog.get_by_label(ar("batch.form_topics"), exact=True).fill("منارة\nميناء")
    chat.check("the form for a batch in Arabic")
    nothing_is_cut(chat, "batch form")
    look(chat, "batch-form-ar-390")
    chat.dialog.get_by_role("button", name=ar("batch.form_submit")).click()
    chat.about(ar("batch.state.proposed")).says(ar("batch.proposed_how"))
    chat.check("the price of a batch in Arabic")
    look(chat, "batch-ar-390")

    page.get_by_role("link", name=ar("web.gallery.title")).click()
    expect(page.get_by_role("heading", name=ar("web.gallery.title"))).to_be_visible()
    assert page.evaluate("() => [document.documentElement.lang, document.documentElement.dir]") == ["ar", "rtl"]
    page.get_by_label(ar("gallery.words")).fill("قطة")
    page.keyboard.press("Enter")
    expect(page.get_by_role("article")).not_to_have_count(0)
    about = page.locator(".card-meta").last
    model = about.evaluate(
        "e => { const range = new Range(); range.setStart(e.firstChild, 0); range.setEnd(e.firstChild, 8);"
        " return range.getBoundingClientRect().left - e.getBoundingClientRect().left }"
    )
    assert model > about.evaluate("e => e.getBoundingClientRect().width") / 2, "the model comes first, at the right"
    chat.check("the gallery in Arabic")
    nothing_is_cut(chat, "gallery")
    look(chat, "gallery-ar-390")


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("language", sorted(ONE))
def test_the_chat_is_whole_in_each_language(reading: Callable[..., Chat], language: str, width: int) -> None:
    chat, said = reading(language, width), words(language)
    nothing_is_cut(chat, "the start")
    look(chat, f"start-{language}-{width}")
    sent(chat, f"/imagine {ONE[language]} {width}")
    expect(chat.exchanges.filter(has_text=f"{ONE[language]} {width}").last.get_by_role("img")).to_have_count(1)
    sent(chat, f"/imagine {TROUBLE[language]} sandbox:bad_request_other")
    trouble = chat.exchanges.filter(has_text=TROUBLE[language]).last
    expect(trouble).to_contain_text(said("failures.bad_request_other.member"))
    chat.check(f"{language}, {width} px")
    nothing_is_cut(chat, f"{language}, {width} px")
    look(chat, f"chat-{language}-{width}")
