"""The main job in a real browser: a line is typed, and a picture or a plain sentence comes back."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing

import pytest
from playwright.sync_api import expect

from tests.e2e.browser.conftest import OpenPage
from tests.e2e.browser.page import Chat
from tests.e2e.browser.process import Process

pytestmark = pytest.mark.browser


def test_a_line_becomes_a_picture_with_words_for_those_who_cannot_see_it(chat: Chat) -> None:
    answer = chat.imagine("a red bicycle in the rain")
    answer.says("a red bicycle in the rain")
    answer.shows(1)
    expect(answer.pictures.first).to_have_attribute("alt", re.compile("red bicycle"))
    expect(answer.state).to_contain_text("Here is your picture")
    expect(chat.box).to_have_value("")
    assert chat.focused() == "Message"


def test_enter_sends_and_the_title_is_the_bots(chat: Chat) -> None:
    expect(chat.page).to_have_title("imagine-bot")
    chat.box.fill("/imagine a blue kettle")
    chat.box.press("Enter")
    chat.held(chat.exchanges.filter(has_text="a blue kettle")).shows(1)


def test_options_beside_the_box_and_in_the_line_both_count(chat: Chat) -> None:
    chat.page.get_by_label("Count", exact=True).select_option("2")
    chat.imagine("two green doors").shows(2)
    chat.imagine("one green door", "--count 1 --quality low").shows(1)


def test_a_rate_limit_says_why_it_waits_and_then_the_picture_comes(chat: Chat) -> None:
    answer = chat.imagine("a patient train sandbox:rate_limited*2")
    answer.says("too many requests right now")
    answer.shows(1)


def test_a_block_is_told_neutrally_and_becomes_a_case_for_moderators(chat: Chat, bot: Process) -> None:
    answer = chat.imagine("a drill about blocks sandbox:safety_prompt")
    answer.says(re.compile(r"case \d+"))
    expect(answer.state).to_contain_text("blocked")
    expect(answer.article).not_to_contain_text(re.compile("violat|violence|moderation_blocked|rejected as a result"))
    expect(answer.pictures).to_have_count(0)
    with closing(sqlite3.connect(f"file:{next((bot.folder / 'data').glob('*.db'))}?mode=ro", uri=True)) as ledger:
        assert ledger.execute("select count(*) from cases where state = 'open'").fetchone()[0] >= 1
    chat.be("Mia")
    chat.open("# moderators")
    card = chat.about("a drill about blocks")
    card.says("Ana")


def test_partial_success_delivers_what_came_and_says_why_the_rest_did_not(chat: Chat) -> None:
    answer = chat.imagine("three kites sandbox:partial_safety", "--count 3")
    answer.shows(2)
    expect(answer.state).to_contain_text("2 of 3")
    answer.says(re.compile(r"held back the rest.*case \d+", re.DOTALL))
    answer = chat.imagine("three sledges sandbox:partial", "--count 3")
    answer.shows(2)
    answer.says("The rest didn't work out")


def test_edit_prompt_opens_a_filled_form_and_its_wording_is_a_new_request(chat: Chat) -> None:
    first = chat.imagine("a grey cat on a wall")
    first.shows(1)
    first.press("Edit prompt")
    field = chat.dialog.get_by_label("Prompt", exact=True)
    expect(field).to_have_value("a grey cat on a wall")
    field.fill("a ginger cat on a wall")
    second = chat.next(chat.dialog.get_by_role("button", name="Imagine", exact=True).click)
    expect(chat.dialog).to_have_count(0)
    second.says("a ginger cat on a wall")
    second.shows(1)
    first.shows(1)


def test_again_makes_another_one_and_a_double_click_only_one(chat: Chat) -> None:
    first = chat.imagine("a wooden spoon")
    first.shows(1)
    before = chat.exchanges.count()
    chat.next(first.button("Again").dblclick).shows(1)
    expect(chat.exchanges).to_have_count(before + 1)


def test_the_second_click_of_a_double_click_presses_nothing_that_came_under_the_pointer(chat: Chat) -> None:
    answer = chat.imagine("a wooden ladle")
    answer.shows(1)
    answer.press("Delete")
    box = chat.dialog.get_by_role("button", name="Delete", exact=True).bounding_box()
    assert box is not None
    chat.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    chat.page.mouse.down(click_count=2)
    chat.page.mouse.up(click_count=2)
    expect(chat.dialog).to_be_visible()
    answer.shows(1)
    chat.page.mouse.down()
    chat.page.mouse.up()
    answer.shows(0)


def test_delete_takes_the_picture_away_for_everybody_and_from_its_address(chat: Chat, bot: Process, opened: OpenPage) -> None:
    answer = chat.imagine("a secret garden gate")
    answer.shows(1)
    other = opened(bot.url, "Ben")
    seen = other.about("a secret garden gate")
    address = seen.pictures.first.get_attribute("src")
    answer.press("Delete")
    expect(chat.dialog).to_contain_text("can't be undone")
    chat.page.keyboard.press("Escape")
    expect(chat.dialog).to_have_count(0)
    answer.press("Delete")
    expect(chat.dialog.get_by_role("button")).to_have_text(["Delete", "Keep it"])
    chat.dialog.get_by_role("button", name="Keep it").click()
    expect(chat.dialog).to_have_count(0)
    answer.shows(1)
    answer.press("Delete")
    chat.dialog.get_by_role("button", name="Delete", exact=True).click()
    expect(answer.pictures).to_have_count(0)
    answer.says("Deleted")
    expect(seen.pictures).to_have_count(0)
    assert chat.page.request.get(bot.url.rstrip("/") + str(address)).status == 404


def test_retry_after_a_failure_goes_again_and_works(chat: Chat) -> None:
    answer = chat.imagine("an anchor sandbox:auth_invalid_key*1")
    answer.says("operator")
    expect(answer.article).not_to_contain_text(re.compile("api key|401|sk-", re.IGNORECASE))
    chat.next(lambda: answer.press("Retry")).shows(1)
    chat.be("Olu")
    chat.open("# operators")
    expect(chat.page.get_by_role("log")).to_contain_text(re.compile("key", re.IGNORECASE))


def test_two_members_at_once_each_get_their_own_answer_and_see_both(bot: Process, opened: OpenPage) -> None:
    ana, ben = opened(bot.url, "Ana"), opened(bot.url, "Ben")
    ana.type("/imagine a left boot")
    ben.type("/imagine a right boot")
    for chat in (ana, ben):
        for words, who in (("a left boot", "Ana"), ("a right boot", "Ben")):
            expect(chat.exchanges.filter(has_text=words)).to_have_count(1)
            chat.about(words).shows(1)
            chat.about(words).says(who)
    expect(ben.about("a right boot").button("Again")).to_be_visible()
    expect(ben.about("a left boot").article.get_by_role("button")).to_have_text(["Report"])  # others would be refused


def test_a_reload_shows_the_same_messages_to_the_same_person(chat: Chat) -> None:
    chat.be("Ben")
    chat.imagine("a folded map").shows(1)
    words = chat.exchanges.all_inner_texts()[-5:]
    chat.reload()
    expect(chat.page.get_by_label("You are")).to_have_value("ben")
    assert chat.exchanges.all_inner_texts()[-5:] == words
    chat.about("a folded map").shows(1)


def test_a_private_result_is_seen_by_its_member_until_they_publish_it(chat: Chat, bot: Process, opened: OpenPage) -> None:
    ben = opened(bot.url, "Ben")
    answer = chat.imagine("a hidden drawer", "--private")
    answer.shows(1)
    answer.says("Only you can see this")
    expect(ben.exchanges.filter(has_text="a hidden drawer")).to_have_count(0)
    chat.be("Mia")
    expect(chat.exchanges.filter(has_text="a hidden drawer")).to_have_count(0)
    chat.be("Ana")
    chat.about("a hidden drawer").press("Publish")
    expect(ben.exchanges.filter(has_text="a hidden drawer")).to_have_count(1)
    ben.about("a hidden drawer").shows(1)


def test_a_long_history_opens_with_the_newest_and_shows_earlier_ones_on_request(bot: Process, opened: OpenPage) -> None:
    chat = opened(bot.url, "Noor")
    chat.open("# moderators")
    before = chat.exchanges.count()
    for number in range(max(0, 45 - before)):
        chat.type(f"/imagine-show {number}")
        expect(chat.exchanges).to_have_count(before + number + 1)
    chat.reload()
    expect(chat.exchanges).to_have_count(40)
    chat.page.get_by_role("button", name="Show earlier").click()
    expect(chat.exchanges).to_have_count(45)
