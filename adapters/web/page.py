"""One open page of the chat: the persona, the channel, and the messages they may see, kept up to date.

This file draws the frame (tabs, persona switch, log, text box); messages are in `bubble`, forms in `sheet`, button and command actions in
`actions`.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable

from nicegui import Client, ui

from adapters.web.actions import WebActions
from adapters.web.bubble import Bubble
from adapters.web.composer import Composer
from adapters.web.parts import Part, clean, language, part, select
from adapters.web.people import CHANNELS, IMAGINE, PEOPLE, may_read, persona
from adapters.web.room import Entry, Room
from adapters.web.sheet import Sheet, Submit
from bot.chat.views import Button, Document, Form
from bot.texts import has, languages, own_name, text
from bot.texts.direction import bare

AT_ONCE = 40
"""Messages drawn when a channel is opened; older ones on request."""


class ChatPage:
    """Draws itself into the current client and listens to the room until the client disconnects."""

    def __init__(self, client: Client, room: Room, actions: Callable[[ChatPage], WebActions], you: str, channel: str, demo: bool) -> None:
        self._client, self._room, self._demo = client, room, demo
        self.who = persona(you)
        self.channel = channel if channel in CHANNELS else IMAGINE
        self._actions = actions(self)
        self._bubbles: dict[str, Bubble] = {}
        self._met = {id: entry.activity for id, entry in room.entries.items()}
        """Message -> its latest change that this page has shown."""
        self._tones: dict[str, tuple[object, bool]] = {}
        self._limit = AT_ONCE
        self._flip = False
        self._tabs: dict[str, Part] = {}
        self._dots: dict[str, Part] = {}
        self._draw()
        room.listeners.append(self._changed)
        client.on_delete(self._leave)

    # ---- for actions ---------------------------------------------------------------------------------------------------------

    def notice(self, sentence: str, problem: bool = False) -> None:
        """Show one sentence above the text box, on this page only. An empty one removes it."""
        self._notice.clear()
        if not sentence:
            return
        with self._notice, part("div", "", "note problem" if problem else "note"):
            part("p", sentence)
            part("button", text("web.dismiss"), "link", type="button").on(
                "click", lambda: self.notice(""), js_handler="(event) => chat.back(emit)"
            )

    def sheet(self, form: Form, submit: Submit, leave: str = "") -> None:
        """Open a form. `leave` replaces the label "Close" where closing has an effect."""
        self._sheets.clear()
        with self._sheets:
            Sheet(form, submit, leave or text("web.close"), self.who.id)

    def sent(self, key: str) -> None:
        """Empty the text box, unless something else has been typed since."""
        self._client.run_javascript(f"chat.sent({json.dumps(key)})")

    def download(self, document: Document) -> None:
        with self._client:
            ui.download.content(document.content, document.name)

    # ---- for messages --------------------------------------------------------------------------------------------------------

    def press(self, entry: Entry, button: Button) -> Awaitable[bool]:
        return self._sure(entry, button) if button.confirm else self._actions.press(entry, button)

    async def _sure(self, entry: Entry, button: Button) -> bool:
        """Ask for confirmation before an action that can't be undone."""

        async def submitted(values: dict[str, str]) -> str | None:
            return None if await self._actions.press(entry, button) else text("web.our_fault")

        question = text(f"confirm.{button.action.value}")
        self.sheet(Form(button.action, button.row, text("confirm.title"), (), button.label, question), submitted, text("confirm.keep"))
        return True

    def dismiss(self, entry: Entry) -> None:
        """Remove an answer that only one person sees."""
        self._room.dismiss(entry.id, self.who)

    def go_to(self, subject: str) -> None:
        """Go to the message about a subject, in whichever channel it is."""
        entry = self._room.about(self.who, subject)
        if entry is None:
            self.notice(text("web.gone"))
            return
        if entry.channel_for(self.who) != self.channel:
            self._open(entry.channel_for(self.who))
        if entry.id not in self._bubbles:
            newer = [one for one in self._room.read(self.who, self.channel) if one.at >= entry.at]
            self._limit = len(newer) + AT_ONCE // 2
            self._refill()
        self._client.run_javascript(f"chat.reveal({json.dumps(entry.id)})")

    # ---- drawing

    def _draw(self) -> None:
        part("a", text("web.skip"), "skip", href="#panel").on("click", js_handler="(event) => chat.skip(event)")
        with part("div", "", "app"):
            with part("div", "", "side"):
                with part("div", "", "brand"):
                    part("span", "", "logo", aria_hidden="true")
                    with part("div"):
                        part("h1", text("web.title"))
                        part("p", text("web.tagline"), "tagline")
                self._draw_tabs()
                self._gallery = part("a", text("web.gallery.title"), "gallery-link", href=self._gallery_address())
                self._draw_switch()
            with part("div", "", "room", role="tabpanel", id="panel") as self._panel:
                with part("div", "", "top"):
                    self._heading = part("h2", "")
                    self._topic = part("p", "", "topic")
                self._log = part("div", "", "log", role="log", aria_live="polite", aria_relevant="additions", tabindex="0", id="log")
                self._spoken = part("div", "", "spoken", role="status", aria_live="polite")
                self._notice = part("div", "", "notice", role="status", aria_live="polite", id="notice")
                part("button", text("web.jump"), "jump", type="button", id="jump", hidden=True).on("click", js_handler="() => chat.jump()")
                with part("div", "", "foot") as self._foot:
                    Composer(self._actions)
        self._sheets = part("div", "", "sheets")
        self._fill()

    def _draw_tabs(self) -> None:
        with part("div", "", "tabs", role="tablist", aria_label=text("web.channels"), id="tabs"):
            for channel in CHANNELS.values():
                with part("button", "", "tab", role="tab", type="button", id=f"tab-{channel.id}", aria_controls="panel") as tab:
                    part("span", channel.label)
                    self._dots[channel.id] = part("span", "", "dot", aria_hidden="true")
                tab.on(
                    "click",
                    lambda _, id=channel.id: self._open(id),
                    js_handler=f"() => {{ chat.remember('channel', '{channel.id}'); emit() }}",
                )
                self._tabs[channel.id] = tab

    def _draw_switch(self) -> None:
        with part("div", "", "who"):
            part("label", text("web.you_are"), "", for_="you")
            select(((one.id, one.label) for one in PEOPLE.values()), self.who.id, id="you", autocomplete="off").on(
                "change",
                lambda event: self._become(str(event.args)),
                js_handler="(event) => { chat.remember('you', event.target.value); emit(event.target.value) }",
            )
            part("label", text("web.language"), "", for_="language")
            with part("select", id="language", autocomplete="off") as chooser:
                for tongue in sorted(languages()):
                    part("option", own_name(tongue), value=tongue, lang=tongue, selected=tongue == language())
            chooser.on("change", js_handler="(event) => { chat.remember('lang', event.target.value); location.reload() }")

    def _gallery_address(self) -> str:
        return f"/gallery?you={self.who.id}&lang={language()}"

    def _become(self, person: str) -> None:
        if persona(person) is self.who:
            return
        self.who = persona(person)
        self._gallery.props["href"] = self._gallery_address()
        self._limit = AT_ONCE
        self.notice("")
        self._fill()

    def _open(self, channel: str) -> None:
        self.channel, self._limit = channel, AT_ONCE
        self.notice("")
        self._fill()

    def _fill(self) -> None:
        channel = CHANNELS[self.channel]
        for id, tab in self._tabs.items():
            chosen = id == channel.id
            tab.props["aria-selected"] = "true" if chosen else "false"
            tab.props["tabindex"] = "0" if chosen else "-1"
        self._panel.props["aria-labelledby"] = f"tab-{channel.id}"
        self._heading.set_text(clean(channel.label))
        self._topic.set_text(clean(text(f"web.topic.{channel.id}")))
        self._log.props["aria-label"] = clean(text("web.conversation", channel=channel.label))
        self._room.saw(self.who, channel.id)
        for dot in self._dots:
            self._mark(dot, self._room.unread(self.who, dot))
        self._refill()
        self._foot.props.set_bool("hidden", not may_read(self.who, channel.id))
        self._log.props["data-reader"] = f"{self.who.id} {channel.id}"
        self._client.run_javascript("chat.bottom()")

    def _refill(self) -> None:
        self._bubbles.clear()
        self._log.clear()
        with self._log:
            if not may_read(self.who, self.channel):
                part("p", text(f"web.closed.{self.channel}"), "closed")
                return
            entries = self._room.read(self.who, self.channel)
            if len(entries) > self._limit:
                part("button", text("web.earlier"), "button earlier", type="button").on("click", self._earlier)
            else:
                self._welcome()
            for entry in entries[-self._limit :]:
                self._add(entry)

    def _welcome(self) -> None:
        """The channel's introduction, above the first message."""
        with part("div", "", "welcome" if self.channel == IMAGINE else "welcome bare"):
            part("h3", text(f"web.empty.{self.channel}_title"))
            part("p", text(f"web.empty.{self.channel}"))
            if self.channel == IMAGINE:
                with part("div", "", "examples"):
                    for name in ("picture", "several", *(("wait", "block") if self._demo else ())):
                        line = text(f"web.example.{name}")
                        typed = json.dumps(bare(clean(line)))
                        part("button", line, "example", type="button").on("click", js_handler=f"() => chat.fill({typed})")

    def _earlier(self) -> None:
        self._limit += AT_ONCE * 2
        self._refill()

    # ---- changes

    def _add(self, entry: Entry) -> Bubble:
        bubble = Bubble(entry, self.who, self)
        self._bubbles[entry.id] = bubble
        self._tones[entry.id] = (entry.view.tone, entry.view.final)
        return bubble

    def _changed(self, entry: Entry, gone: bool) -> None:
        if self._client.is_deleted:
            self._leave()
            return
        with self._client:
            if gone:
                self._met.pop(entry.id, None)
                bubble = self._bubbles.pop(entry.id, None)
                if bubble is not None:
                    bubble.article.delete()
                return
            if not entry.readable_by(self.who):
                return
            channel = entry.channel_for(self.who)
            if channel == self.channel:
                self._room.saw(self.who, channel)
                self._show(entry)
            elif entry.activity > self._met.get(entry.id, 0):
                self._mark(channel, True)
            if entry.id not in self._met and entry.person == self.who.id and entry.view.about is not None:
                self._call(entry, CHANNELS[channel].label)
            self._met[entry.id] = entry.activity

    def _show(self, entry: Entry) -> None:
        bubble = self._bubbles.get(entry.id)
        if bubble is not None:
            bubble.update(entry)
            state = (entry.view.tone, entry.view.final)
            if self._tones.get(entry.id) != state:
                self._tones[entry.id] = state
                self._say(text("web.announce", name=entry.by.name if entry.by else text("web.bot"), title=entry.view.title))
            return
        later = [one for one in self._room.read(self.who, self.channel) if one.at > entry.at and one.id in self._bubbles]
        with self._log:
            bubble = self._add(entry)
        if later:
            siblings = self._log.default_slot.children
            bubble.article.move(target_index=siblings.index(self._bubbles[later[0].id].article))

    def _call(self, entry: Entry, channel: str) -> None:
        """Announce a new message for this person only, with a link to it if it's out of view."""
        self._say(text("web.for_you", channel=channel, title=entry.view.title))
        self._client.run_javascript(f"chat.arrived({json.dumps(entry.id)})")

    def _say(self, sentence: str) -> None:
        """Announce a change of state to screen readers, once. Countdowns only change visually."""
        self._flip = not self._flip
        self._spoken.set_text(clean(sentence) + ("\u00a0" if self._flip else ""))

    def _mark(self, channel: str, new: bool) -> None:
        self._dots[channel].classes(add="new" if new else "", remove="" if new else "new")
        self._tabs[channel].props.set_optional("aria-description", clean(text("web.unread")) if new and has("web.unread") else None)

    def _leave(self) -> None:
        if self._changed in self._room.listeners:
            self._room.listeners.remove(self._changed)
