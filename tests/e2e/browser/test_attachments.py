"""Pictures in and out, in a real browser: a photo is dropped, edited where it was marked, and the result is the next start."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.browser.conftest import OpenPage
from tests.e2e.browser.page import Chat, Exchange
from tests.e2e.browser.process import Process
from tests.unit.pixels.test_reference import WRONG, file, mask, picture

pytestmark = pytest.mark.browser

PHOTO = file(picture(900, 600), "JPEG")


def give(chat: Chat, name: str, content: bytes, how: str = "drop") -> None:
    """Drop or paste a file onto the page, as a file manager or a screenshot tool does."""
    chat.page.evaluate(
        """([name, content, how]) => {
            const bytes = Uint8Array.from(atob(content), (one) => one.charCodeAt(0));
            const data = new DataTransfer();
            data.items.add(new File([bytes], name, { type: "image/jpeg" }));
            const target = document.getElementById("message");
            const more = { bubbles: true, cancelable: true };
            if (how === "paste") target.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, ...more }));
            else for (const kind of ["dragover", "drop"]) target.dispatchEvent(new DragEvent(kind, { dataTransfer: data, ...more }));
        }""",
        [name, base64.b64encode(content).decode(), how],
    )


def attached(chat: Chat) -> Locator:
    return chat.page.get_by_role("list", name="Attached pictures").get_by_role("img")


def send(chat: Chat, prompt: str) -> Exchange:
    """Send the line with its pictures, past the question that everybody is asked once."""
    answer = chat.imagine(prompt)
    question = chat.page.get_by_role("button", name="It's fine, send them", exact=True)
    expect(question.or_(answer.pictures).first).to_be_visible(timeout=20_000)
    if question.count():
        question.first.click()
    return answer


def look(chat: Chat, name: str) -> None:
    """A picture of the page for people, where one is asked for."""
    if folder := os.environ.get("SCREENSHOTS"):
        chat.picture(Path(folder) / f"{name}.png")


@pytest.mark.parametrize("width", [1280, 390])
def test_a_photo_is_dropped_edited_with_a_mask_and_used_again(bot: Process, opened: OpenPage, width: int) -> None:
    chat = opened(bot.url, "Ana" if width == 1280 else "Ben", width=width)
    give(chat, "kitchen.jpg", PHOTO)
    expect(attached(chat)).to_have_count(1)
    expect(attached(chat).first).to_have_attribute("alt", "Attached: kitchen.jpg")
    assert chat.focused() == "Message"
    chat.page.get_by_label("Anyone shown has agreed").check()
    chat.check(f"attached, {width} px")
    look(chat, f"attached-{width}")
    first = send(chat, f"a kitchen in spring {width}")
    first.shows(1)
    first.says("made from 1 picture")
    expect(attached(chat)).to_have_count(0)
    expect(chat.page.get_by_label("Anyone shown has agreed")).to_be_hidden()
    first.press("Edit this picture")
    canvas = chat.dialog.get_by_label("Mark what should change")
    box = canvas.bounding_box()
    assert box is not None
    chat.page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.3)
    chat.page.mouse.down()
    chat.page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.5, steps=8)
    chat.page.mouse.up()
    expect(chat.dialog).to_contain_text("Only the marked part will change.")
    chat.dialog.get_by_label("What should change?").fill(f"make the door blue {width}")
    chat.check(f"mask, {width} px")
    look(chat, f"mask-{width}")
    second = chat.next(chat.dialog.get_by_role("button", name="Change it").click)
    second.shows(1)
    second.says("changing only the marked part")
    look(chat, f"edited-{width}")
    second.press("Use as reference")
    expect(chat.dialog.get_by_role("img")).to_have_count(1)
    chat.dialog.get_by_label("What would you like to see?").fill(f"as a postage stamp {width}")
    look(chat, f"reference-{width}")
    third = chat.next(chat.dialog.get_by_role("button", name="Imagine", exact=True).click)
    third.shows(1)
    third.says("made from 1 picture")


def test_the_keyboard_alone_attaches_removes_and_marks(bot: Process, opened: OpenPage) -> None:
    chat = opened(bot.url, "Mia")
    chat.page.locator("#attach-file").set_input_files(
        [{"name": "one.jpg", "mimeType": "image/jpeg", "buffer": PHOTO}, {"name": "two.png", "mimeType": "image/png", "buffer": PHOTO}]
    )
    expect(attached(chat)).to_have_count(2)
    chat.page.get_by_role("button", name="Remove one.jpg").focus()
    chat.page.keyboard.press("Enter")
    expect(attached(chat)).to_have_count(1)
    assert chat.focused() == "Message"
    answer = send(chat, "a quiet library")
    answer.shows(1)
    answer.press("Edit this picture")
    chat.dialog.get_by_label("Mark what should change").focus()
    chat.page.keyboard.press("ArrowRight")
    chat.page.keyboard.press("Space")
    expect(chat.dialog).to_contain_text("Only the marked part will change.")
    chat.page.keyboard.press("Delete")
    expect(chat.dialog).to_contain_text("Nothing is marked")
    chat.dialog.get_by_label("Or a mask file").set_input_files(
        {"name": "mask.png", "mimeType": "image/png", "buffer": file(mask(64, 64), "PNG")}
    )
    chat.dialog.get_by_label("What should change?").fill("add a cat")
    chat.dialog.get_by_role("button", name="Change it").click()
    expect(chat.dialog.get_by_role("alert")).to_contain_text(re.compile("Your mask is 64×64 pixels, and the picture is 1024×1024"))
    chat.dialog.get_by_role("button", name="Make it fit").click()
    second = chat.next(chat.dialog.get_by_role("button", name="Change it").click)
    second.shows(1)
    second.says("changing only the marked part")


def test_a_bad_file_is_said_at_once_and_a_pasted_one_is_taken(chat: Chat) -> None:
    alert = chat.page.locator("#attach-problem")
    for name in ("animated gif", "svg called png", "truncated jpeg", "one pixel", "png and zip"):
        give(chat, f"{name}.jpg", WRONG[name][0])
        expect(alert).to_contain_text(f"{name}.jpg")
        expect(attached(chat)).to_have_count(0)
    give(chat, "", PHOTO, "paste")
    expect(attached(chat)).to_have_count(1)
    expect(alert).to_have_text("")
    chat.page.get_by_role("button", name=re.compile("^Remove ")).click()
    expect(attached(chat)).to_have_count(0)


def test_two_unfinished_pictures_are_seen_before_the_edited_one(started: Callable[..., Process], opened: OpenPage) -> None:
    chat = opened(started(PARTIAL_IMAGES="2").url)
    chat.page.evaluate(
        """() => {
            window.unfinished = new Set();
            const found = () => document.querySelectorAll('article img[alt^="Unfinished picture"]');
            const look = () => found().forEach((one) => unfinished.add(one.src));
            new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true });
        }"""
    )
    give(chat, "kitchen.jpg", PHOTO)
    expect(attached(chat)).to_have_count(1)
    chat.page.get_by_label("Anyone shown has agreed").check()
    answer = send(chat, "a kitchen in winter")
    expect(answer.pictures.first).to_have_attribute("alt", re.compile("^Unfinished picture of: .*a kitchen in winter"))
    chat.check("an unfinished picture")
    look(chat, "unfinished")
    expect(answer.pictures.first).to_have_attribute("alt", re.compile("made with AI"))
    answer.shows(1)
    seen = chat.page.evaluate("() => [...unfinished]")
    assert len(seen) == 2
    for address in seen:  # nothing of them is kept
        assert chat.page.request.get(address).status == 404
