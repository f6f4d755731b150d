"""The gallery: a page of somebody's own results, or for moderators of everybody's, with a search, favourites, tags and downloads.

Served at /gallery behind the web chat's guard. The search is a plain HTML form, so that its address can be kept, and works without scripts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import quote, urlencode

from nicegui import Client, ui

from adapters.web.actions import WebActions
from adapters.web.parts import clean, language, part, picture, select
from adapters.web.people import IMAGINE, PEOPLE, persona
from adapters.web.sheet import Sheet, Submit
from bot.chat.views import ActionName, Document, Form
from bot.core import Core, GalleryEntry, GalleryPage, Options
from bot.domain.file_names import ending
from bot.domain.gallery import Shelf
from bot.texts import in_zone, joined, text
from bot.texts.phrases import moment

FIELDS = ("words", "dates", "model", "tag", "shelf")
_LONG = 240
"""Characters of a prompt to show on a card."""


class GalleryView:
    def __init__(
        self, client: Client, core: Core, actions: Callable[[GalleryView], WebActions], you: str, values: Mapping[str, str], page: int
    ) -> None:
        self._client, self._core = client, core
        self.who, self.channel = persona(you), IMAGINE
        self._values, self._page = {name: values.get(name, "")[:300] for name in FIELDS}, min(max(0, page), 10_000)
        self._actions = actions(self)
        self._hashes: frozenset[str] = frozenset()

    def shows(self, sha256: str) -> bool:
        return sha256 in self._hashes

    async def show(self) -> None:
        part("a", text("web.gallery.skip"), "skip", href="#found")
        with part("div", "", "gallery"):
            with part("header", "", "gallery-head"):
                part("h1", text("web.gallery.title"))
                self._switch()
                part("a", text("web.gallery.chat"), "window", href=f"/?{urlencode({'you': self.who.id, 'lang': language()})}")
            self._search = part("div", "", "gallery-search")
            self._notice = part("div", "", "notice", role="status", aria_live="polite", id="notice")
            self._body = part("section", "", "found", id="found", tabindex="-1", aria_label=text("web.gallery.results"))
            self._sheets = part("div", "", "sheets")
        await self._renew()

    # ---- for actions ---------------------------------------------------------------------------------------------------------

    def notice(self, sentence: str, problem: bool = False) -> None:
        """Show one sentence above the pictures. An empty one removes it."""
        self._notice.clear()
        if sentence:
            with self._notice, part("div", "", "note problem" if problem else "note"):
                part("p", sentence)

    def sheet(self, form: Form, submit: Submit) -> None:
        """Open a form; what it changed is then drawn."""

        async def submitted(values: dict[str, str]) -> str | None:
            sentence = await submit(values)
            if sentence is None and form.action is ActionName.GALLERY_TAG:
                await self._renew()
            return sentence

        self._sheets.clear()
        with self._sheets:
            Sheet(form, submitted, text("web.close"), self.who.id)

    def sent(self, key: str) -> None:
        """Nothing to empty here: this page has no text box."""

    def download(self, document: Document) -> None:
        with self._client:
            ui.download.content(document.content, document.name)

    # ---- drawing -------------------------------------------------------------------------------------------------------------

    def _switch(self) -> None:
        """Who looks, as in the chat. Choosing somebody opens their gallery."""
        with part("div", "", "gallery-who"):
            part("label", text("web.you_are"), "", for_="you")
            chooser = select(((one.id, one.label) for one in PEOPLE.values()), self.who.id, id="you", autocomplete="off")
            chooser.on("change", js_handler="(event) => { chat.remember('you', event.target.value); location.reload() }")

    async def _renew(self) -> None:
        found = await self._core.gallery_page(self.who.visitor(), self._values, self._page)
        self._hashes = frozenset(one.sha256 for entry in found.entries for one in entry.pictures)
        self._search.clear()
        with self._search:
            self._form(found, self._core.options())
        self._body.clear()
        with self._body:
            self._results(found)

    def _form(self, found: GalleryPage, options: Options) -> None:
        with part("form", "", "gallery-form", action="/gallery", method="get", role="search", autocomplete="off"):
            part("input", type="hidden", name="you", value=self.who.id)
            part("input", type="hidden", name="lang", value=language())
            self._line("words")
            self._line("dates", "2026-11-29", text("gallery.dates_hint"))
            if options.models:
                self._choice("model", [("", text("web.gallery.any")), *((one.value, one.label) for one in options.models)])
            else:
                self._line("model")
            self._line("tag")
            shelves = [one for one in Shelf if found.moderates or one is not Shelf.PUBLIC]
            self._choice("shelf", [(one.value, text(f"gallery.shelf_{one.value}")) for one in shelves])
            part("button", text("gallery.form_submit"), "button primary", type="submit")

    def _line(self, name: str, placeholder: str | None = None, hint: str | None = None) -> None:
        with part("div", "", "field"):
            part("label", text(f"gallery.{name}"), "", for_=f"find-{name}")
            part(
                "input", type="text", id=f"find-{name}", name=name, defaultValue=self._values[name], dir="auto", maxlength=300,
                placeholder=placeholder, title=hint,
            )  # fmt: skip

    def _choice(self, name: str, choices: list[tuple[str, str]]) -> None:
        with part("div", "", "field"):
            part("label", text(f"gallery.{name}"), "", for_=f"find-{name}")
            select(choices, self._values[name], id=f"find-{name}", name=name)

    def _results(self, found: GalleryPage) -> None:
        if found.problem:
            part("p", found.problem, "gallery-none problem", role="alert")
            return
        if not found.entries:
            shelf = found.search.shelf.value
            part("p", text("gallery.nothing_more" if found.page else f"gallery.nothing_{shelf}"), "gallery-none", role="status")
        else:
            part("p", text("web.gallery.shown", count=len(found.entries), number=found.page + 1), "gallery-count", role="status")
        with part("ul", "", "cards"):
            for entry in found.entries:
                with part("li"):
                    self._card(entry, found.zone)
        with part("nav", "", "turn", aria_label=text("web.gallery.pages")):
            if found.page:
                part("a", text("button.gallery_back"), "button", href=self._address(found.page - 1))
            if found.more:
                part("a", text("button.gallery_next"), "button", href=self._address(found.page + 1))

    def _address(self, page: int) -> str:
        given = {name: value for name, value in self._values.items() if value}
        return f"/gallery?{urlencode({'you': self.who.id, 'lang': language(), **given, 'page': page})}"

    def _card(self, entry: GalleryEntry, zone: str) -> None:
        with part("article", "", "card", aria_labelledby=f"card-{entry.id}"):
            with part("div", "", "card-pictures" if len(entry.pictures) < 2 else "card-pictures several"):
                for one in entry.pictures:
                    with part("a", "", "picture", href=f"/pictures/{one.sha256}", target="_blank", rel="noopener"):
                        picture(one, loading="lazy")
            if not entry.pictures:
                part("p", text("web.gallery.hidden"), "card-meta")
            words = entry.prompt if len(entry.prompt) <= _LONG else entry.prompt[: _LONG - 1] + "…"
            part("h2", words, "card-prompt", dir="auto", id=f"card-{entry.id}")
            said = [entry.person] if entry.person else []
            said += [entry.model, in_zone(moment(entry.made_at), zone)]
            part("p", joined(" · ", map(clean, said)), "card-meta")
            if entry.mark.tag:
                part("p", text("gallery.by_tag", tag=entry.mark.tag), "card-tag")
            if entry.own and entry.pictures:
                self._buttons(entry)

    def _buttons(self, entry: GalleryEntry) -> None:
        with part("div", "", "buttons"):
            self._star(entry)
            for action, key in ((ActionName.REPRODUCE, "reproduce"), (ActionName.GALLERY_TAG, "gallery_tag")):
                part("button", text(f"button.{key}"), "button", type="button", aria_haspopup="dialog").on(
                    "click", lambda _, action=action: self._actions.choose(action, entry.id, opens_form=True), js_handler=_ONCE
                )
        with part("div", "", "card-files"):
            for number, one in enumerate(entry.pictures, 1):
                label = text("web.gallery.save" if len(entry.pictures) == 1 else "web.gallery.save_one", number=number)
                part("a", label, "link", href=self._file(entry.id, f"{number}.{ending(one.format)}"), download=True)
            part("a", text("web.gallery.save_making"), "link", href=self._file(entry.id, "making.json"), download=True)

    def _star(self, entry: GalleryEntry) -> None:
        state = {"on": entry.mark.favourite}
        star = part("button", _star_label(state["on"]), "button star", type="button", aria_pressed="true" if state["on"] else "false")

        async def pressed() -> None:
            wanted = not state["on"]
            if await self._actions.choose(ActionName.FAVOURITE if wanted else ActionName.UNFAVOURITE, entry.id):
                state["on"] = wanted
                star.props["aria-pressed"] = "true" if wanted else "false"
                star.set_text(_star_label(wanted))

        star.on("click", pressed, js_handler=_ONCE)

    def _file(self, request: str, name: str) -> str:
        return f"/gallery/files/{quote(request)}/{name}?{urlencode({'you': self.who.id})}"


_ONCE = "(event) => chat.once(event, emit)"


def _star_label(on: bool) -> str:
    return clean(text("button.favourite")) + (" ★" if on else " ☆")
