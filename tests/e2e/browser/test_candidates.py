"""Not right in a real browser: by keyboard on a phone, seen by somebody else, who can't pick."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.browser.conftest import OpenPage
from tests.e2e.browser.process import Process

pytestmark = pytest.mark.browser


def test_a_reason_leads_to_candidates_and_one_is_picked_on_a_phone(bot: Process, opened: OpenPage, tmp_path: Path) -> None:
    ben = opened(bot.url, "Ben")
    chat = opened(bot.url, width=390, height=844)
    answer = chat.imagine("a lantern that came out wrong, caption: Open today")
    answer.shows(2)
    expect(answer.pictures.nth(1)).to_have_attribute("alt", re.compile("with the text “\\W?Open today"))
    answer.button("Not right").focus()
    chat.page.keyboard.press("Enter")
    chat.dialog.get_by_label("What isn't right?").select_option(label="Words or letters are wrong")
    chat.check("the form for the reason")
    chat.picture(tmp_path / "reason.png")
    helps = chat.next(chat.dialog.get_by_role("button", name="See what helps").click)
    helps.says(re.compile(r"2 to 4 candidates cost at most \$\d"))
    expect(helps.button("Add text")).to_be_visible()
    chat.check("what helps")
    chat.picture(tmp_path / "helps.png")
    helps.press("Clean background")
    expect(chat.dialog.get_by_label("Wording")).to_have_value(re.compile("wrong\nNo lettering"))
    expect(chat.dialog.get_by_label("How many").locator("option").first).to_have_text(re.compile(r"^2 pictures, at most \$"))
    chat.dialog.get_by_label("How many").select_option("3")
    chat.picture(tmp_path / "wording.png")
    choice = chat.next(chat.dialog.get_by_role("button", name="Make them").click)
    choice.says("Which of these 3 is it?")
    choice.shows(4)
    expect(choice.pictures.first).to_have_attribute("alt", re.compile("^Contact sheet of candidates 1 to 3"))
    chat.check("the choice")
    choice.pictures.first.scroll_into_view_if_needed()
    chat.picture(tmp_path / "choice.png")
    seen = ben.about("Which of these 3 is it?")
    seen.shows(4)
    expect(seen.button("Pick 1")).to_have_count(0)
    choice.button("Pick 2").focus()
    chat.page.keyboard.press("Enter")
    for one in (choice, seen):
        one.shows(1)
        one.says("Here is your picture")
    chat.check("the picked one")
    others = chat.next(lambda: choice.press("The others"))
    others.shows(2)
    chat.picture(tmp_path / "others.png")
