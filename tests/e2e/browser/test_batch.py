"""A batch in a real browser: topics from a file, the price, a start, a contact sheet, choices by keyboard on a phone, finished pictures."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.browser.conftest import OpenPage
from tests.e2e.browser.process import Process

pytestmark = pytest.mark.browser


def test_topics_become_drafts_a_choice_and_finished_pictures(bot: Process, opened: OpenPage, tmp_path: Path) -> None:
    file, wrong = tmp_path / "covers.csv", tmp_path / "cat.csv"
    topics = "topic,style\nein Leuchtturm für die Serie,flach\nein Hafen für die Serie,\neine Brücke für die Serie,\n"
    file.write_bytes(topics.encode("cp1252"))
    wrong.write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(40))
    ben, mia = opened(bot.url, "Ben"), opened(bot.url, "Mia")
    chat = opened(bot.url, width=390, height=844)
    chat.page.get_by_role("button", name="More options").press("Enter")
    chat.page.get_by_role("button", name="Many at once").focus()
    chat.page.keyboard.press("Enter")
    chat.page.get_by_label("Or read them from a file").set_input_files(wrong)
    expect(chat.dialog.get_by_role("status")).to_contain_text("This isn't a text file")
    chat.page.get_by_label("Or read them from a file").set_input_files(file)
    expect(chat.dialog.get_by_label("Topics", exact=True)).to_have_value(re.compile("Leuchtturm für die Serie"))
    expect(chat.dialog.get_by_role("status")).to_contain_text("cp1252")
    chat.dialog.get_by_label("Budget in dollars").fill("a lot")
    chat.check("the form for a batch")
    chat.picture(tmp_path / "batch-form.png")
    chat.dialog.get_by_role("button", name="Show the price").click()
    expect(chat.dialog.get_by_role("alert").last).to_contain_text("isn't an amount of money")
    chat.dialog.get_by_label("Budget in dollars").fill("3")
    chat.dialog.get_by_role("button", name="Show the price").click()
    batch = chat.about("waiting for your start")
    batch.says("3 topics, one draft of each")
    batch.says("at most $3.00 and draws at most 6 pictures")
    chat.check("the price of a batch")
    chat.picture(tmp_path / "batch-price.png")
    seen = ben.about("waiting for your start")
    expect(seen.button("Start, for at most $3.00")).to_have_count(0)
    batch.button("Start, for at most $3.00").focus()
    chat.page.keyboard.press("Enter")
    batch.says("ready to choose from")
    sheet = chat.about("drafts to choose from")
    sheet.shows(1)
    expect(sheet.pictures.first).to_have_attribute("alt", re.compile("1: ein Leuchtturm für die Serie"))
    chat.check("a contact sheet")
    sheet.pictures.first.scroll_into_view_if_needed()
    chat.picture(tmp_path / "batch-sheet.png")
    ben.about("drafts to choose from").press("Pick")
    expect(ben.notice).to_contain_text("and the moderators here")
    mia.about("drafts to choose from").press("Reject")
    mia.dialog.get_by_label("Numbers").fill("2")
    mia.dialog.get_by_label("Why").fill("too empty")
    mia.dialog.get_by_role("button", name="Reject").click()
    batch.says("too empty")
    sheet.button("Pick").focus()
    chat.page.keyboard.press("Enter")
    chat.dialog.get_by_label("Numbers").fill("1 9")
    chat.dialog.get_by_label("Numbers").press("Enter")
    expect(chat.dialog.get_by_role("alert").last).to_contain_text("isn't a draft's number")
    chat.dialog.get_by_label("Numbers").fill("1 3")
    chat.picture(tmp_path / "batch-pick.png")
    chat.dialog.get_by_label("Numbers").press("Enter")
    batch.says("Picked: 1 and 3.")
    chat.check("a batch to choose from")
    offer = chat.next(lambda: batch.press("Finish"))
    offer.says(re.compile(r"2 pictures in high quality: up to \$\d"))
    chat.picture(tmp_path / "batch-offer.png")
    offer.button("Draw 2 pictures in high quality").dblclick()
    batch.says(": finished")
    finals = chat.about("2 pictures finished")
    finals.shows(2)
    expect(offer.article).to_have_count(0)
    batch.article.scroll_into_view_if_needed()
    chat.picture(tmp_path / "batch-done.png")
    chat.page.keyboard.press("End")
    finals.article.scroll_into_view_if_needed()
    chat.picture(tmp_path / "batch-finals.png")
    assert "2 pictures finished" in ben.about("2 pictures finished").article.inner_text()


def test_half_price_is_a_press_and_the_picture_comes_back(bot: Process, opened: OpenPage) -> None:
    chat = opened(bot.url)
    chat.page.get_by_role("button", name="Many at once").click()
    chat.dialog.get_by_label("Topics", exact=True).fill("ein Leuchtturm zum halben Preis")
    chat.dialog.get_by_label("Budget in dollars").fill("2")
    chat.dialog.get_by_role("button", name="Show the price").click()
    batch = chat.about("waiting for your start")
    batch.press("Start, for at most $2.00")
    batch.says("ready to choose from")
    batch.press("Pick")
    chat.dialog.get_by_label("Numbers").fill("all")
    chat.dialog.get_by_label("Numbers").press("Enter")
    batch.says("Picked: 1.")
    offer = chat.next(lambda: batch.press("Finish"))
    offer.says("At half the price, within a day instead of minutes: up to $")
    offer.press("Half price, within a day")
    batch.says(": finished")
    chat.about("picture finished").shows(1)
