"""The guide in a real browser: a template is written, chosen by its name, filled in by keyboard, read, changed and sent."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.browser.conftest import OpenPage
from tests.e2e.browser.process import Process

pytestmark = pytest.mark.browser


def test_a_template_is_written_and_a_wording_is_read_before_it_is_sent(bot: Process, opened: OpenPage, tmp_path: Path) -> None:
    olu = opened(bot.url, "Olu")
    olu.ask("/imagine-settings").press("Templates for prompts")
    olu.about("There are no templates yet").press("New template")
    olu.dialog.get_by_label("Name").fill("Weekly cover")
    olu.dialog.get_by_label("Fields").fill("Use case: article cover\nMood: gloomy")
    olu.check("the form for a template")
    olu.picture(tmp_path / "template-form.png")
    olu.dialog.get_by_role("button", name="Save").click()
    expect(olu.dialog.get_by_role("alert")).to_contain_text("I can't read the line “Mood: gloomy”")
    olu.dialog.get_by_label("Fields").fill("Use case: article cover\nStyle: flat illustration\nComposition: 16:9")
    olu.dialog.get_by_role("button", name="Save").click()
    expect(olu.notice).to_contain_text("Saved “Weekly cover”")

    chat = opened(bot.url, width=390, height=844)
    chat.page.get_by_role("button", name="Help me write it").focus()
    offer = chat.next(lambda: chat.page.keyboard.press("Enter"))
    offer.button("Weekly cover").focus()
    chat.page.keyboard.press("Enter")
    expect(chat.dialog.get_by_label("Style")).to_have_value("flat illustration")
    chat.check("the guide's form on a phone")
    chat.picture(tmp_path / "guide-form.png")
    chat.dialog.get_by_label("Subject").fill("a paper lantern for the guide")
    chat.dialog.get_by_label("Subject").press("Enter")
    wording = chat.about("Nothing has been sent yet")
    wording.says("Subject: a paper lantern for the guide")
    chat.check("the wording on a phone")
    chat.picture(tmp_path / "guide-wording.png")
    wording.press("Edit the wording")
    words = chat.dialog.get_by_label("Prompt")
    words.fill(words.input_value() + " at night")
    chat.dialog.get_by_role("button", name="Show the wording").click()
    newer = chat.about("no tiny readable text at night")
    expect(wording.article).to_have_count(0)
    newer.button("Send").dblclick()
    expect(chat.page.get_by_role("img", name="a paper lantern for the guide")).to_have_count(1)
    expect(newer.article).to_have_count(0)
    chat.picture(tmp_path / "guide-result.png")
