"""A safety block's way in a real browser: card, lease, rewrite with consent, appeal, rephrase, expiry, pause, two moderators at once."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest
from playwright.sync_api import expect

from tests.e2e.browser.conftest import OpenPage, again
from tests.e2e.browser.page import ANSWER, Chat, Exchange
from tests.e2e.browser.process import Process, Service

pytestmark = [pytest.mark.browser, pytest.mark.slow]
Start = Callable[..., Process]
BLOCKED = "a loud quarrel in the tavern"
WORDS = "two friends talk in the tavern"


def blocked(chat: Chat, service: Service, words: str = BLOCKED, caption: str = "") -> None:
    """A member's request that the service blocks."""
    service.fault("safety_prompt", words, times=None)
    chat.imagine(f"{words}, caption: {caption}" if caption else words).says(re.compile(r"case \d+"))


def moderators(chat: Chat, name: str) -> Chat:
    chat.be(name)
    chat.open("# moderators")
    return chat


def card(chat: Chat) -> Exchange:
    return chat.held(chat.exchanges.filter(has_text=re.compile(r"Case \d+")).first)


def fill(chat: Chat, submit: str, fields: dict[str, str]) -> None:
    expect(chat.dialog).to_be_visible()
    for label, value in fields.items():
        field = chat.dialog.get_by_label(label)
        if field.evaluate("e => e.tagName") == "SELECT":
            field.select_option(label=value)
        else:
            field.fill(value)
    chat.dialog.get_by_role("button", name=submit, exact=True).click()
    expect(chat.dialog).to_have_count(0)


def told(chat: Chat, words: str | re.Pattern[str]) -> Exchange:
    """A message to the member about the case."""
    found = chat.exchanges.filter(has=chat.page.get_by_role("heading", name=words))
    expect(found.last).to_be_visible(timeout=ANSWER)
    return chat.held(found.last)


def ledger(bot: Process, sql: str, *values: object) -> list[tuple[object, ...]]:
    file = next((bot.folder / "data").rglob("*.db"))
    with closing(sqlite3.connect(file, timeout=10)) as connection:
        rows = connection.execute(sql, values).fetchall()
        connection.commit()
        return rows


def test_block_card_claim_rewrite_consent_picture_and_nothing_sent_in_between(service: Service, started: Start, opened: OpenPage) -> None:
    bot = started(service)
    ana, mia = opened(bot.url, "Ana"), opened(bot.url, "Mia")
    blocked(ana, service, caption="Open today")
    moderators(mia, "Mia")
    seen = card(mia)
    expect(seen.state).to_contain_text("open")
    seen.press("Claim")
    expect(seen.state).to_contain_text("Mia is deciding")
    seen.press("Suggest a rewrite")
    fill(mia, "Offer to the member", {"Your wording": WORDS})
    question = told(ana, re.compile("Mia suggests a different wording"))
    question.says(BLOCKED)
    question.says(WORDS)
    question.says(re.compile(r"up to \$"))
    question.says("Text that's drawn on it: Open today")
    assert service.calls(BLOCKED) == 1
    assert service.calls(WORDS) == 0
    question.button("Accept and send").dblclick()
    expect(ana.page.get_by_role("img")).to_have_count(2, timeout=ANSWER)
    expect(ana.page.get_by_role("img").last).to_have_attribute("alt", re.compile("with the text “\\W?Open today"))
    assert (service.calls(BLOCKED), service.calls(WORDS)) == (1, 1)
    expect(seen.state).to_contain_text("accepted")
    expect(question.button("Accept and send")).to_have_count(0)


def test_deny_appeal_and_another_moderator_decides(service: Service, started: Start, opened: OpenPage) -> None:
    bot = started(service)
    ana, mia, noor = opened(bot.url, "Ana"), opened(bot.url, "Mia"), opened(bot.url, "Noor")
    blocked(ana, service, "a quarrel about an appeal")
    card(moderators(mia, "Mia")).press("Claim")
    card(mia).press("Deny")
    fill(mia, "Deny", {"Reason": "Another reason"})
    denied = told(ana, re.compile("stays blocked"))
    denied.says("Another reason")
    denied.press("Appeal")
    fill(ana, "Appeal", {"anything they should know": "it is a comedy"})
    expect(card(mia).state).to_contain_text("appealed")
    expect(card(mia).button("Claim")).to_have_count(0)  # who denied it has no turn
    moderators(noor, "Noor")
    card(noor).press("Claim")
    expect(card(noor).state).to_contain_text("Noor is deciding")
    card(noor).press("Ask to rephrase")
    fill(noor, "Ask", {"A hint for the member": "make it friendlier"})
    asked = told(ana, re.compile("try different words"))
    asked.says("make it friendlier")
    asked.press("Rephrase")
    fill(ana, "Imagine", {"Prompt": "a comedy about friends"})
    expect(ana.page.get_by_role("img")).to_have_count(1, timeout=ANSWER)
    expect(card(noor).state).to_contain_text("own wording worked")
    assert service.calls("a quarrel about an appeal") == 1


def test_not_a_policy_matter_gives_a_retry_that_works(service: Service, started: Start, opened: OpenPage) -> None:
    bot = started(service)
    ana, mia = opened(bot.url, "Ana"), opened(bot.url, "Mia")
    words = "a garden that nobody minds"
    service.fault("safety_prompt", words, times=1)
    ana.imagine(words).says(re.compile(r"case \d+"))
    card(moderators(mia, "Mia")).press("Claim")
    card(mia).press("Not a policy matter")
    told(ana, re.compile("You can try again")).press("Retry")
    expect(ana.page.get_by_role("img")).to_have_count(1, timeout=ANSWER)
    assert service.calls(words) == 2
    mia.be("Olu")
    mia.open("# operators")
    told(mia, re.compile("technical"))


def test_a_blocked_member_hears_it_and_can_go_on_after_the_unblock(service: Service, started: Start, opened: OpenPage) -> None:
    bot = started(service)
    ana, mia = opened(bot.url, "Ana"), opened(bot.url, "Mia")
    blocked(ana, service, "a quarrel that ends in a pause")
    card(moderators(mia, "Mia")).press("Claim")
    card(mia).press("Block the member")
    fill(mia, "Block", {"For how long": "an hour"})
    told(ana, re.compile("You're paused until"))
    ana.imagine("a silent pond at noon").says("paused your use")
    assert service.calls("a silent pond at noon") == 0
    card(mia).press("Unblock the member")
    told(ana, re.compile("You're back"))
    ana.imagine("a calm river").shows(1)


def test_two_moderators_at_once_and_one_holds_the_case(service: Service, started: Start, opened: OpenPage) -> None:
    bot = started(service)
    ana, mia, noor = opened(bot.url, "Ana"), opened(bot.url, "Mia"), opened(bot.url, "Noor")
    blocked(ana, service, "a quarrel for two")
    for chat, name in ((mia, "Mia"), (noor, "Noor")):
        moderators(chat, name)
        expect(card(chat).button("Claim")).to_be_visible()
    # Both pages press at the same moment, so that neither can have heard of the other's press.
    moment = mia.page.evaluate("Date.now() + 1500")
    for chat in (mia, noor):
        card(chat).button("Claim").evaluate("(button, at) => void setTimeout(() => button.click(), at - Date.now())", moment)
    expect(card(mia).state).to_contain_text(re.compile("(Mia|Noor) is deciding"))
    expect(card(noor).state).to_contain_text(re.compile("(Mia|Noor) is deciding"))
    claims = "SELECT outcome FROM audit WHERE event = 'claim' ORDER BY outcome"
    for _ in range(2000):
        if len(ledger(bot, claims)) == 2:
            break
        mia.page.evaluate("() => new Promise(requestAnimationFrame)")
    assert ledger(bot, claims) == [("done",), ("stale",)]


def test_a_member_sees_neither_the_card_nor_its_buttons(service: Service, started: Start, opened: OpenPage) -> None:
    bot = started(service)
    ana, mia = opened(bot.url, "Ana"), opened(bot.url, "Mia")
    blocked(ana, service, "a quarrel nobody else decides")
    seen = card(moderators(mia, "Mia"))
    seen.press("Claim")
    expect(seen.state).to_contain_text("Mia is deciding")
    ana.open("# moderators")
    expect(ana.exchanges).to_have_count(0)
    expect(ana.page.get_by_role("button", name="Deny", exact=True)).to_have_count(0)


def test_killed_and_with_the_clock_moved_it_expires_with_an_honest_text(service: Service, started: Start, opened: OpenPage) -> None:
    bot = started(service)
    ana, mia = opened(bot.url, "Ana"), opened(bot.url, "Mia")
    blocked(ana, service, "a quarrel that nobody decides")
    card(moderators(mia, "Mia")).press("Claim")
    expect(card(mia).state).to_contain_text("Mia is deciding")
    bot.kill()
    # Three days pass for the ledger: every time in it lies 73 hours further back.
    moved = "opened_at = opened_at - 262800, waiting_since = waiting_since - 262800, due_at = due_at - 262800"
    ledger(bot, f"UPDATE cases SET {moved}, expires_at = expires_at - 262800, lease_until = lease_until - 262800")
    again(bot)
    expired = told(ana, re.compile("Nobody decided in time"))
    expired.says("nothing was sent")
    expect(card(mia).state).to_contain_text("expired", timeout=30_000)
    assert service.calls("a quarrel that nobody decides") == 1
    assert ledger(bot, "SELECT event FROM audit WHERE actor = 'imagine-bot' ORDER BY seq")[-1] == ("expire",)


def test_a_prompt_with_private_data_is_asked_about_and_sent_without_it(service: Service, started: Start, opened: OpenPage) -> None:
    bot = started(service)
    ana, ben = opened(bot.url, "Ana"), opened(bot.url, "Ben")
    ana.type("/imagine a poster with a sun, jane.doe@example.com")
    held = told(ana, re.compile("One question before this is sent"))
    held.says("email address")
    expect(ben.exchanges).to_have_count(1)
    ben.newest().says("Waiting for an answer from Ana")
    expect(ben.newest().article).not_to_contain_text(re.compile("mail|jane|poster"))
    expect(ben.newest().article.get_by_role("button")).to_have_count(0)
    held.says("a poster with a sun")
    assert service.calls("a poster with a sun") == 0
    held.press("Send without it")
    expect(ana.page.get_by_role("img")).to_have_count(1, timeout=ANSWER)
    assert service.calls("jane.doe") == 0
    assert service.calls("a poster with a sun") == 1
