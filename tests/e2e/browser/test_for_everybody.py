"""The chat without a mouse, without a screen, on a telephone, at night."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from bot.texts import say, text
from tests.e2e.browser.conftest import OpenPage
from tests.e2e.browser.page import Chat
from tests.e2e.browser.process import Process

pytestmark = pytest.mark.browser


def tab_to(chat: Chat, words: str, key: str = "Tab", most: int = 60) -> None:
    for _ in range(most):
        if chat.focused() == words:
            return
        chat.page.keyboard.press(key)
    raise AssertionError(f"{words!r} is not reached with {most} × {key}; now at {chat.focused()!r}")


def test_everything_can_be_done_with_the_keyboard_alone(chat: Chat) -> None:
    keys = chat.page.keyboard
    chat.reload()
    keys.press("Tab")
    assert chat.focused() == "Skip to the text box"
    keys.press("Enter")
    expect(chat.box).to_be_focused()
    keys.type("/imagine a clay pot")
    keys.press("Enter")
    expect(chat.exchanges.filter(has_text="a clay pot")).to_have_count(1)
    answer = chat.about("a clay pot")
    answer.shows(1)
    expect(chat.box).to_be_focused()
    tab_to(chat, "Edit prompt", "Shift+Tab")
    keys.press("Enter")
    expect(chat.dialog.get_by_label("Prompt", exact=True)).to_be_focused()
    keys.press("Escape")
    expect(chat.dialog).to_have_count(0)
    assert chat.focused() == "Edit prompt"
    keys.press("Enter")
    expect(chat.dialog.get_by_label("Prompt", exact=True)).to_be_focused()
    for _ in range(12):  # the focus goes round inside the form and never behind it
        keys.press("Tab")
        assert chat.page.evaluate("() => document.activeElement === document.body || !!document.activeElement.closest('dialog')")
    tab_to(chat, "Prompt")
    keys.press("ControlOrMeta+a")
    keys.type("a clay jug")
    tab_to(chat, "Imagine")
    keys.press("Enter")
    expect(chat.dialog).to_have_count(0)
    expect(chat.exchanges.filter(has_text="a clay jug")).to_have_count(1)
    chat.about("a clay jug").shows(1)


def test_channels_are_tabs_that_arrow_keys_move_through(chat: Chat) -> None:
    tab = chat.page.get_by_role("tab", name="# imagine")
    expect(chat.page.get_by_role("tab")).to_have_text(["# imagine", "# moderators", "# operators"])
    tab.focus()
    for key, name in (
        ("ArrowDown", "# moderators"),
        ("ArrowRight", "# operators"),
        ("Home", "# imagine"),
        ("ArrowLeft", "# operators"),
        ("End", "# operators"),
    ):
        chat.page.keyboard.press(key)
        now = chat.page.get_by_role("tab", name=name)
        expect(now).to_be_focused()
        expect(now).to_have_attribute("aria-selected", "true")
    expect(chat.page.get_by_role("tabpanel", name="# operators")).to_be_visible()


def test_names_are_as_written_and_focus_can_be_seen(chat: Chat) -> None:
    send = chat.page.get_by_role("button", name="Send", exact=True)
    assert send.evaluate("e => getComputedStyle(e).textTransform") == "none"
    assert send.inner_text() == "Send"
    chat.page.keyboard.press("Tab")
    outline = chat.page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"


def test_something_new_in_another_channel_is_marked_at_its_tab(bot: Process, opened: OpenPage) -> None:
    ana, mia = opened(bot.url, "Ana"), opened(bot.url, "Mia")
    tab = mia.page.get_by_role("tab", name="# moderators")
    ana.imagine("a marked drill sandbox:safety_prompt").says(re.compile(r"A moderator will look at this \(case \d+\)"))
    expect(tab).to_have_attribute("aria-description", "new messages")
    mia.open("# moderators")
    expect(tab).not_to_have_attribute("aria-description", "new messages")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_and_nothing_sticks_out(bot: Process, opened: OpenPage, width: int, dark: bool) -> None:
    chat = opened(bot.url, "Ana", width=width, height=844, dark=dark)
    chairs = chat.imagine("a striped deckchair", "--count 2")
    chairs.shows(2)
    chat.imagine(f"a stubborn door {width} {dark} sandbox:server_error*9 " + "unbroken" * 40).says("went wrong at the image service")
    # Blocked once and then remembered: five blocks of her own in an hour would pause Ana.
    chat.imagine("a locked gate sandbox:safety_prompt").says(re.compile(r"A moderator will look at this \(case \d+\)|blocked these words"))
    waiting = chat.imagine("a waiting room sandbox:hang")
    chat.ask("/imagine-show").says("Only you can see this")
    chat.type("no command")
    expect(chat.notice).to_be_visible()
    chat.check("# imagine with everything in it")
    chairs.press("Edit prompt")
    expect(chat.dialog).to_be_visible()
    chat.dialog.get_by_label("Prompt", exact=True).fill("")
    chat.dialog.get_by_role("button", name="Imagine", exact=True).click()
    expect(chat.dialog).to_contain_text("Please fill this in")
    chat.check("a form with an error")
    chat.page.keyboard.press("Escape")
    waiting.press("Cancel")
    chat.open("# moderators")
    chat.check("a closed channel")
    chat.be("Mia")
    card = chat.newest()
    card.says("Ana")
    chat.check("a moderator's card")
    chat.be("Olu")
    chat.open("# operators")
    chat.check("operators")


def test_arabic_runs_from_right_to_left_and_what_people_typed_keeps_its_direction(bot: Process, browser: Browser) -> None:
    """Also on a phone, at night, enlarged to 200 %, and without motion."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme="dark", reduced_motion="reduce", locale="ar-EG")
    chat = Chat(context.new_page())
    chat.page.goto(bot.url)
    chat.ready()
    page = chat.page
    try:
        assert page.evaluate("() => [document.documentElement.lang, document.documentElement.dir]") == ["ar", "rtl"]
        box = page.locator("#message")
        expect(box).to_have_attribute("placeholder", say(text("web.placeholder"), "ar"))
        box.fill("/imagine a lantern sandbox:hang")
        page.locator(".composer .primary").click()
        state = page.locator("article .state.working").last
        expect(state).to_be_visible(timeout=20_000)
        assert state.evaluate("e => getComputedStyle(e, '::before').animationName") == "none"
        box.fill("/imagine قطة (حمراء), 2 wheels!")
        page.locator(".composer .primary").click()
        cat = page.get_by_role("article").filter(has_text="wheels!")
        picture = cat.get_by_role("img")
        expect(picture).to_have_count(1)
        expect(picture).to_have_attribute("alt", re.compile(say(text("picture.alt_one", prompt="P"), "ar").partition("\u2068")[0].strip()))
        command = cat.locator(".command")
        assert command.evaluate("e => getComputedStyle(e).direction") == "ltr"
        assert cat.locator("p.typed bdi").last.evaluate("e => getComputedStyle(e).direction") == "rtl"
        wheels = cat.locator(".typed").bounding_box()
        assert wheels is not None
        assert (command.bounding_box() or wheels)["x"] > wheels["x"] + wheels["width"] / 2, (
            "the command stands at the right, where the line begins"
        )
        chat.check("Arabic on a phone")
        tab = page.get_by_role("tab").first
        tab.focus()
        page.keyboard.press("ArrowLeft")
        expect(page.get_by_role("tab").nth(1)).to_be_focused()
        page.keyboard.press("ArrowRight")
        page.set_viewport_size({"width": 640, "height": 400})
        chat.check("1280 x 800, enlarged to 200 %")
        assert page.locator("#log").bounding_box()["height"] >= 200  # type: ignore[index]
        box.scroll_into_view_if_needed()
        expect(box).to_be_in_viewport()
        page.get_by_role("article").filter(has_text="lantern").get_by_role("button").first.click()
    finally:
        context.close()
