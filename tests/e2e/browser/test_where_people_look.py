"""What is for one person appears where they look: at the end, linked to what it answers, marked on the tab, said aloud."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.e2e.browser.conftest import OpenPage
from tests.e2e.browser.page import ANSWER, Chat, Exchange
from tests.e2e.browser.process import Process, Service
from tests.e2e.browser.test_moderation import blocked, card, fill, moderators, told

pytestmark = [pytest.mark.browser, pytest.mark.slow]
Start = Callable[..., Process]
QUARREL = "a loud quarrel in the old tavern"


def later_messages(chat: Chat, count: int = 6) -> None:
    for number in range(count):
        chat.imagine(f"a calm river number {number}").shows(1)


def ask_to_rephrase(mia: Chat) -> None:
    card(moderators(mia, "Mia")).press("Claim")
    card(mia).press("Ask to rephrase")
    fill(mia, "Ask", {"A hint for the member": "make it friendlier"})


def in_view(chat: Chat, found: Exchange) -> None:
    expect(found.article).to_be_in_viewport(ratio=0.6, timeout=ANSWER)
    assert chat.page.evaluate("() => document.scrollingElement.scrollTop") == 0


def test_a_question_stands_at_the_end_is_announced_and_leads_to_its_request(service: Service, started: Start, opened: OpenPage) -> None:
    bot = started(service)
    ana, mia = opened(bot.url, "Ana"), opened(bot.url, "Mia")
    blocked(ana, service, QUARREL)
    later_messages(ana)
    request = ana.about(QUARREL)
    expect(request.article).not_to_be_in_viewport()
    ask_to_rephrase(mia)
    question = told(ana, re.compile("try different words"))
    in_view(ana, question)
    assert ana.newest().article.get_attribute("data-message") == question.article.get_attribute("data-message")
    expect(ana.page.get_by_role("status").filter(has_text="New message for you in # imagine: Please try different words")).to_have_count(1)
    question.article.get_by_role("link", name=f"About your request “{QUARREL}”").press("Enter")
    in_view(ana, request)
    expect(request.article).to_be_focused()
    request.says("wrote to Ana")
    ana.check("a question")
    ana.reload()  # it stays at the end
    assert ana.newest().state.inner_text().startswith("Please try different words")


def test_while_another_tab_is_open_the_tab_has_a_dot_and_the_word_is_said(service: Service, started: Start, opened: OpenPage) -> None:
    bot = started(service)
    ana, mia = opened(bot.url, "Ana"), opened(bot.url, "Mia")
    blocked(ana, service, QUARREL)
    ana.open("# operators")
    tab = ana.page.get_by_role("tab", name="# imagine")
    expect(tab).not_to_have_attribute("aria-description", re.compile("."))
    ask_to_rephrase(mia)
    expect(tab).to_have_attribute("aria-description", "new messages", timeout=ANSWER)
    assert tab.locator(".dot").evaluate("e => getComputedStyle(e).backgroundColor") != "rgba(0, 0, 0, 0)"
    expect(ana.page.get_by_role("status").filter(has_text="New message for you in # imagine")).to_have_count(1)
    ana.be("Ben")
    expect(tab).to_have_attribute("aria-description", "new messages")  # Ben has not looked at it either
    ana.be("Ana")
    expect(tab).to_have_attribute("aria-description", "new messages")
    ana.open("# imagine")
    expect(tab).not_to_have_attribute("aria-description", re.compile("."))
    in_view(ana, told(ana, re.compile("try different words")))


def test_who_reads_further_up_is_led_down_and_not_moved(service: Service, started: Start, opened: OpenPage) -> None:
    bot = started(service)
    ana, mia = opened(bot.url, "Ana"), opened(bot.url, "Mia")
    blocked(ana, service, QUARREL)
    later_messages(ana)
    log = ana.page.get_by_role("log")
    log.evaluate("e => { e.scrollTop = 0; }")
    jump = ana.page.get_by_role("button", name="New message for you")
    expect(jump).to_be_hidden()
    ask_to_rephrase(mia)
    expect(jump).to_be_visible(timeout=ANSWER)
    assert log.evaluate("e => e.scrollTop") == 0
    ana.check("the way down")
    jump.press("Enter")
    question = told(ana, re.compile("try different words"))
    in_view(ana, question)
    expect(question.article).to_be_focused()
    expect(jump).to_be_hidden()


def test_everybody_reads_how_it_ended_and_nobody_else_gets_the_buttons(service: Service, started: Start, opened: OpenPage) -> None:
    bot = started(service)
    ana, ben, mia = opened(bot.url, "Ana"), opened(bot.url, "Ben"), opened(bot.url, "Mia")
    blocked(ana, service, QUARREL)
    seen = ben.about(QUARREL)
    seen.says("A moderator will look at this")
    expect(ana.about(QUARREL).button("Edit prompt")).to_be_visible()
    expect(seen.article.get_by_role("button")).to_have_count(0)
    noor = opened(bot.url, "Noor")
    moderators(noor, "Noor")
    card(moderators(mia, "Mia")).press("Claim")
    expect(card(mia).button("Deny")).to_be_visible()
    expect(card(noor).state).to_contain_text("Mia is deciding")
    for name in ("Deny", "Suggest a rewrite", "Release", "Take over", "Block the member"):
        expect(card(noor).button(name)).to_have_count(0)
    expect(card(noor).button("Comment")).to_be_visible()
    card(mia).press("Deny")
    fill(mia, "Deny", {"Reason": "Another reason"})
    seen.says("Case 1 is closed: a moderator decided that this request stays blocked")
    expect(seen.article).not_to_contain_text("Another reason")
    expect(seen.article).not_to_contain_text("will look at this")
    told(ana, re.compile("stays blocked")).says("Another reason")
    expect(ben.exchanges).to_have_count(1)


def test_a_moderator_does_not_get_buttons_about_their_own_request(service: Service, started: Start, opened: OpenPage) -> None:
    bot = started(service)
    mia, noor = opened(bot.url, "Mia"), opened(bot.url, "Noor")
    blocked(mia, service, QUARREL)
    expect(card(moderators(noor, "Noor")).button("Claim")).to_be_visible()
    expect(card(moderators(mia, "Mia")).article.get_by_role("button")).to_have_count(0)


def test_words_from_right_to_left_turn_nothing_of_ours(service: Service, started: Start, opened: OpenPage) -> None:
    bot = started(service)
    ana, mia = opened(bot.url, "Ana"), opened(bot.url, "Mia")
    hostile = "מריבה (בפונדק) 12 \u202eישן\u2069"
    service.fault("safety_prompt", "מריבה", times=None)
    ana.imagine(hostile).says(re.compile(r"case \d+"))
    ask_to_rephrase(mia)
    question = told(ana, re.compile("try different words"))
    link = question.article.get_by_role("link")
    # Where each letter is drawn: ours run from left to right, and theirs lie between our quotation marks.
    places = link.evaluate(
        """link => {
            const node = document.createTreeWalker(link, NodeFilter.SHOW_TEXT).nextNode();
            const left = (index) => {
                const range = document.createRange();
                range.setStart(node, index);
                range.setEnd(node, index + 1);
                return range.getBoundingClientRect().left;
            };
            return [...node.data].map((one, index) => [one, left(index)]);
        }"""
    )
    ours = [left for one, left in places if (one.isascii() and one.isalpha()) or one in "“”"]
    assert ours == sorted(ours)
    theirs = [left for one, left in places if "\u0590" <= one <= "\u05ff"]
    opening, closing = (next(left for one, left in places if one == mark) for mark in "“”")
    assert opening < min(theirs)
    assert max(theirs) < closing
    assert theirs[0] > theirs[1]  # and theirs from right to left
    typed = ana.exchanges.filter(has_text="/imagine").first
    command = typed.get_by_text("/imagine", exact=True).bounding_box()
    words = typed.get_by_text("מריבה (בפונדק)").bounding_box()
    assert command is not None
    assert words is not None
    assert command["x"] < words["x"]


def test_the_prompt_that_a_moderator_looks_at_never_looks_like_words_of_theirs(service: Service, started: Start, opened: OpenPage) -> None:
    bot = started(service)
    ana, mia = opened(bot.url, "Ana"), opened(bot.url, "Mia")
    blocked(ana, service, QUARREL)
    card(moderators(mia, "Mia")).press("Show prompt")
    seen = told(mia, re.compile("The blocked prompt of case 1"))
    expect(seen.article.get_by_role("figure", name="Ana wrote:")).to_contain_text(QUARREL)
    expect(seen.article).not_to_contain_text("/imagine")
    expect(seen.article.get_by_text("Mia", exact=True)).to_have_count(0)
