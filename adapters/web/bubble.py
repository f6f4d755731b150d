"""One message on one page: what the member typed, then what the bot says. Updated part by part.

A part is only rebuilt when it changes, so that a countdown neither takes focus from a button nor makes a screen reader start over.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Protocol

from adapters.web.parts import Part, avatar, clean, clock, part, picture
from adapters.web.people import PEOPLE, Persona, Role
from adapters.web.room import Entry
from bot.chat.views import About, Audience, Button, ButtonStyle, Fact, PictureView, Tone, View
from bot.texts import LocalizedText, text
from bot.texts.phrases import number

LONG_QUOTE = 600
"""Characters of a prompt to show before "Show all"."""


class MessagePage(Protocol):
    def press(self, entry: Entry, button: Button) -> object: ...

    def dismiss(self, entry: Entry) -> None: ...

    def go_to(self, subject: str) -> None: ...


_STYLES = {ButtonStyle.PRIMARY: "button primary", ButtonStyle.PLAIN: "button", ButtonStyle.DANGER: "button danger"}
_ONCE = "(event) => chat.once(event, emit)"


class Bubble:
    def __init__(self, entry: Entry, who: Persona, counter: MessagePage) -> None:
        self.entry = entry
        self._who, self._counter = who, counter
        self._shown: dict[str, Hashable] = {}
        self.article = part("article", "", "message", tabindex="-1", data_message=entry.id)
        with self.article:
            self._said = part("div", "", "said")
            with part("div", "", "answer"):
                avatar(None)
                with part("div", "", "body", aria_live="off"):
                    self._byline = part("div", "", "byline")
                    self._title = part("h3", entry.view.title, f"state {entry.view.tone.value}")
                    self._slots = {name: part("div", "", name) for name in ("about", "text", "facts", "pictures", "buttons")}
        self.update(entry)

    def update(self, entry: Entry) -> None:
        self.entry = entry
        view = entry.view
        self._replace("said", self._said, view.quote, lambda: _said(entry, view))
        self._replace("byline", self._byline, bool(view.quote), lambda: self._sign(entry))
        self._retitle(view)
        buttons = tuple(one for one in view.buttons if one.pressers.admit(self._who.id, administrator=self._who.role is Role.OPERATOR))
        for name, key, build in (
            ("about", view.about, lambda: self._lead(view.about)),
            ("text", view.text, lambda: [part("p", line, "meta" if _is_meta(line) else "") for line in view.text]),
            ("facts", view.facts, lambda: _facts(view.facts)),
            ("pictures", view.pictures, lambda: _pictures(view.pictures)),
            ("buttons", buttons, lambda: self._row(buttons)),
        ):
            self._replace(name, self._slots[name], key, build)

    def _replace(self, name: str, slot: Part, key: Hashable, build: Callable[[], object]) -> None:
        if self._shown.get(name, ()) == key and name in self._shown:
            return
        self._shown[name] = key
        slot.clear()
        with slot:
            build()

    def _retitle(self, view: View) -> None:
        if self._title.text != clean(view.title):
            self._title.set_text(clean(view.title))
        if self._shown.get("tone") != view.tone:
            self._shown["tone"] = view.tone
            self._title.classes(replace=f"state {view.tone.value}")
            self.article.props["aria-busy"] = "true" if view.tone is Tone.WORKING else "false"

    def _sign(self, entry: Entry) -> None:
        part("span", text("web.bot"), "name")
        if not entry.view.quote:
            clock(entry.at)
        if entry.audience is Audience.MEMBER:
            part("span", text("web.only_you"), "only")
        if entry.whisper:
            part("button", text("web.dismiss"), "link", type="button").on(
                "click", lambda: self._counter.dismiss(self.entry), js_handler=_ONCE
            )

    def _lead(self, about: About | None) -> None:
        """Whom it's for, if it tells somebody something in front of others, and a link to the message that this one answers."""
        view = self.entry.view
        if view.notifies and view.mention in PEOPLE:
            part("span", f"@{PEOPLE[view.mention].name}", "name")
        if about is not None:
            part("a", about.label, "", href="#panel").on(
                "click", lambda: self._counter.go_to(about.subject), js_handler="(event) => { event.preventDefault(); emit() }"
            )

    def _row(self, buttons: tuple[Button, ...]) -> None:
        for button in buttons:
            part("button", button.label, _STYLES[button.style], type="button", aria_haspopup="dialog" if button.opens_form else None).on(
                "click", lambda _, button=button: self._counter.press(self.entry, button), js_handler=_ONCE
            )


def _said(entry: Entry, view: View) -> None:
    """The member's own line, as in any chat; somebody else's words appear as a quotation."""
    quote = view.quote
    if not quote:
        return
    if view.quoted:
        with part("figure"):
            part("figcaption", text("case.prompt.by", member=view.quoted))
            part("blockquote", quote, dir="auto")
        return
    if entry.by is None:
        part("blockquote", quote, dir="auto")
        return
    avatar(entry.by)
    with part("div", "", "body"):
        with part("div", "", "byline"):
            part("bdi", entry.by.name, "name")
            clock(entry.at)
        with part("p", "", "typed"):
            part("bdi", "/imagine", "command", dir="ltr")
            part("span", " ")
            part("bdi", quote if len(quote) <= LONG_QUOTE else quote[:LONG_QUOTE] + "…")
        if len(quote) > LONG_QUOTE:
            with part("details", "", "whole"):
                part("summary", text("web.show_all", count=number(len(quote), 0, 0)))
                part("p", quote, dir="auto")


def _is_meta(line: str) -> bool:
    """Whether a line is only metadata, such as "1024×1024 · medium · for Ana", to be shown smaller."""
    return " · " in line and len(line) < 90


def _facts(facts: tuple[Fact, ...]) -> None:
    if not facts:
        return
    with part("dl"):
        for fact in facts:
            with part("div", "", "fact"):
                part("dt", fact.label)
                with part("dd"):
                    _value(fact)


def _value(fact: Fact) -> None:
    if not fact.hidden:
        # A sentence of ours keeps the page's direction, whatever it quotes first; what people typed has its own.
        part("span" if isinstance(fact.value, LocalizedText) else "bdi", fact.value)
        return
    with part("details"):
        with part("summary", text("web.show_fact")):
            part("span", " " + fact.label, "unseen")
        part("p", fact.value, dir="auto")


def _pictures(pictures: tuple[PictureView, ...]) -> None:
    for one in pictures:
        with part("a", "", "picture", href=f"/pictures/{one.sha256}", target="_blank", rel="noopener"):
            picture(one, decoding="async")
