"""Text and crops in a real browser: by keyboard, on a phone, seen by nobody else before they're used."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.browser.conftest import OpenPage
from tests.e2e.browser.page import Chat, Exchange
from tests.e2e.browser.process import Process

pytestmark = pytest.mark.browser
WIDTH = 390


def preview_of(chat: Chat, submit: str = "Show me") -> Exchange:
    return chat.next(chat.dialog.get_by_role("button", name=submit, exact=True).click)


def colours(image: Locator, area: tuple[float, float, float, float]) -> int:
    """Number of different colours in a part of a picture (left, top, width, height as shares), as the browser shows it."""
    return int(
        image.evaluate(
            """(img, [x, y, w, h]) => {
                const box = document.createElement("canvas"), pen = box.getContext("2d")
                box.width = img.naturalWidth; box.height = img.naturalHeight; pen.drawImage(img, 0, 0)
                const data = pen.getImageData(x * box.width, y * box.height, w * box.width, h * box.height).data
                const seen = new Set()
                for (let i = 0; i < data.length; i += 4) seen.add(data[i] << 16 | data[i + 1] << 8 | data[i + 2])
                return seen.size
            }""",
            list(area),
        )
    )


def test_text_is_typed_seen_changed_and_used_while_nobody_else_sees_it(chat: Chat, bot: Process, opened: OpenPage, tmp_path: Path) -> None:
    ben = opened(bot.url, "Ben")
    answer = chat.imagine("a market stall for lanterns")
    answer.shows(1)
    expect(answer.article.get_by_role("button")).to_have_text(
        ["Again", "Edit prompt", "Not right", "Edit this picture", "Use as reference", "Add text", "Crop", "Report", "Delete"]
    )
    answer.press("Add text")
    chat.check("the form for text")
    chat.picture(tmp_path / "text-form.png")
    chat.dialog.get_by_label("Text", exact=True).fill("Grand opening\nשלום · สวัสดี · 你好")
    chat.dialog.get_by_label("Where").select_option(label="Top")
    chat.dialog.get_by_label("Colour").fill("reddish")
    chat.dialog.get_by_role("button", name="Show me").click()
    expect(chat.dialog.get_by_role("alert")).to_contain_text("“reddish” isn't a colour that I know")
    chat.dialog.get_by_label("Colour").fill("yellow")
    first = preview_of(chat)
    first.shows(1)
    first.says("Only you can see this so far")
    expect(first.pictures.first).to_have_attribute("alt", re.compile("with the text “\\W?Grand opening שלום · สวัสดี · 你好"))
    chat.check("the preview")
    chat.picture(tmp_path / "text-preview.png")
    assert colours(first.pictures.first, (0.05, 0.02, 0.9, 0.4)) > colours(answer.pictures.first, (0.05, 0.02, 0.9, 0.4))
    first.press("Change the text")
    expect(chat.dialog.get_by_label("Text", exact=True)).to_have_value("Grand opening\nשלום · สวัสดี · 你好")
    chat.dialog.get_by_label("Text", exact=True).fill("Open today")
    before = chat.exchanges.count()
    chat.dialog.get_by_role("button", name="Show me").click()
    new = chat.page.get_by_role("img", name=re.compile("Open today"))
    expect(new).to_be_visible()
    second = Exchange(chat.exchanges.filter(has=new))
    expect(second.button("Use it")).to_be_visible()
    expect(chat.exchanges).to_have_count(before)  # the older preview has gone
    expect(ben.page.get_by_role("log")).not_to_contain_text("Your picture with its text")
    seen = ben.about("a market stall for lanterns")
    expect(seen.pictures).to_have_count(1)
    second.button("Use it").dblclick()
    for one in (answer, seen):
        one.shows(2)
        expect(one.pictures.nth(1)).to_have_attribute(
            "alt", "Picture 2 of 2, made with AI, with the text “Open today”: a market stall for lanterns"
        )
        one.says("Picture 2: with text.")
    expect(chat.exchanges).to_have_count(before - 1)
    chat.picture(tmp_path / "text-used.png")
    answer.press("Add text")
    expect(chat.dialog.get_by_label("Text", exact=True)).to_have_value("Open today")
    expect(chat.dialog.get_by_label("Where")).to_have_value("top-centre")
    expect(chat.dialog.get_by_label("Colour")).to_have_value("yellow")
    chat.page.keyboard.press("Escape")
    answer.press("Delete")
    chat.dialog.get_by_role("button", name="Delete").click()
    expect(answer.pictures).to_have_count(0)


def test_a_crop_is_made_with_the_keyboard_alone_on_a_phone(bot: Process, opened: OpenPage, tmp_path: Path) -> None:
    chat = opened(bot.url, width=WIDTH, height=844)
    answer = chat.imagine("a lighthouse for cropping")
    answer.shows(1)
    answer.button("Crop").focus()
    chat.page.keyboard.press("Enter")
    expect(chat.dialog).to_be_visible()
    chat.check("the form for a crop on a phone")
    shape = chat.dialog.get_by_label("Shape")
    shape.focus()
    chat.page.keyboard.press("ArrowDown")
    chat.page.keyboard.press("ArrowDown")
    chat.page.keyboard.press("ArrowDown")
    expect(shape).to_have_value("9:16")
    chat.picture(tmp_path / "crop-form.png")
    chat.page.keyboard.press("Tab")
    chat.page.keyboard.press("Tab")
    assert chat.focused() == "Show me"
    preview = chat.next(lambda: chat.page.keyboard.press("Enter"))
    preview.shows(1)
    preview.says("The frame is only in this preview")
    assert preview.pictures.first.evaluate("img => img.naturalHeight / img.naturalWidth") == pytest.approx(16 / 9, rel=0.01)
    chat.check("the preview on a phone")
    preview.pictures.first.scroll_into_view_if_needed()
    chat.picture(tmp_path / "crop-preview.png")
    preview.button("Use it").focus()
    chat.page.keyboard.press("Enter")
    answer.shows(2)
    answer.says("Picture 2: cropped to 9:16.")
    chat.check("the result on a phone")
    chat.picture(tmp_path / "crop-used.png")


def test_private_words_are_asked_about_and_can_be_left_out(chat: Chat) -> None:
    answer = chat.imagine("a poster of a garage")
    answer.shows(1)
    answer.press("Add text")
    chat.dialog.get_by_label("Text", exact=True).fill("Garage sale on Sunday morning\nCall +49 151 2345 6789")
    question = preview_of(chat)
    question.says("something private")
    question.says("Garage sale on Sunday morning")
    before = chat.exchanges.count()
    question.press("Leave it out")
    expect(chat.page.get_by_role("img", name=re.compile("Garage sale on Sunday morning"))).to_be_visible()
    expect(chat.exchanges).to_have_count(before)
    chat.about("Your picture with its text").press("Discard")
    expect(chat.exchanges).to_have_count(before - 1)
    expect(answer.pictures).to_have_count(1)
