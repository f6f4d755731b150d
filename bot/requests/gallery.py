"""The gallery: somebody's own results, found by words, date, model and tag; favourites, downloads, and the same settings once more.

Everything is checked on arrival: a member sees their own results, a moderator also what a channel has seen in that channel, and nobody
anything that was deleted or is hidden.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from bot.chat.handlers import Handlers
from bot.chat.views import Act, ActionName, Audience, Document, Form, PictureView, Reply, View
from bot.domain.gallery import NO_MARK, GalleryMark, GallerySearch, Shelf
from bot.domain.outcome import Picture
from bot.domain.request_states import Answer
from bot.domain.requests import Request
from bot.domain.visitor import Visitor
from bot.ledger import gallery_rows, picture_rows, request_rows
from bot.ledger.store import LedgerProblem, Tx
from bot.messages import gallery_view
from bot.messages.gallery_view import Turning
from bot.messages.picture_view import picture_views
from bot.messages.readers import Readers
from bot.requests.actions import RequestActions, edit_form, place_of_new_request
from bot.requests.gallery_search import UnusableSearch, dates_of, of_form, of_line
from bot.requests.making import as_json, base_name, file_name, making, zip_of
from bot.requests.prices import price_view
from bot.requests.tiers import settings_for
from bot.texts import text

PAGE = 10
MOST_BYTES = 8_000_000
"""Of a file that a button hands over: what the strictest platform takes, with some room."""
TAG_MAX = 60
ID = re.compile(r"[2-9a-z]{16}")
"""Format of all ids; anything else is rejected before a look-up."""
Render = Callable[[Connection, Request, Audience], View]


@dataclass(frozen=True, slots=True)
class GalleryEntry:
    id: str
    prompt: str
    model: str
    person: str
    """Name of its member; empty for one's own."""
    made_at: float
    mark: GalleryMark
    pictures: tuple[PictureView, ...]
    own: bool


@dataclass(frozen=True, slots=True)
class GalleryPage:
    """A page of the gallery, for platforms that can show a page of pictures."""

    search: GallerySearch
    entries: tuple[GalleryEntry, ...]
    page: int
    more: bool
    moderates: bool
    zone: str = "UTC"
    """The time zone of its dates."""
    problem: str = ""
    """Why the search can't be done."""


@dataclass(frozen=True, slots=True)
class Gallery:
    """Action handlers of the gallery, and what /imagine-show answers."""

    requests: RequestActions
    render: Render
    moderates: Callable[[Visitor], Awaitable[bool]]
    """Asks the platform whether somebody moderates a community."""
    read: Callable[[str], Awaitable[bytes]]
    """A stored picture's bytes; raises LookupError if it's gone."""

    @property
    def handlers(self) -> Handlers:
        return Handlers(
            {
                ActionName.GALLERY_NEXT: lambda act: self._turn_page(act, 1),
                ActionName.GALLERY_BACK: lambda act: self._turn_page(act, -1),
                ActionName.GALLERY_SEARCH: self._search,
                ActionName.FAVOURITE: lambda act: self._note(act, lambda mark: replace(mark, favourite=True), "gallery.favourite_kept"),
                ActionName.UNFAVOURITE: lambda act: self._note(act, lambda mark: replace(mark, favourite=False), "gallery.favourite_gone"),
                ActionName.GALLERY_TAG: self._tag,
                ActionName.DOWNLOAD: self._download,
            },
            {ActionName.GALLERY_SEARCH: self._search_form, ActionName.GALLERY_TAG: self._tag_form, ActionName.REPRODUCE: self._reproduce},
        )

    # ---- /imagine-show -------------------------------------------------------------------------------------------------------

    async def answer(self, who: Visitor, typed: str = "", values: Mapping[str, str] | None = None) -> View:
        """The list, what a search finds, or one result by its id. `values` as in the form of a search, in place of a typed one."""
        words = typed.strip()
        if ID.fullmatch(words.lower()):
            return await self._one(who, words.lower())
        try:
            search = of_form(values, await self._zone(who)) if values else of_line(words, await self._zone(who))
        except UnusableSearch as problem:
            return gallery_view.refused_view(str(problem.args[0]))
        return await self._list(who, search, 0)

    async def page(self, who: Visitor, values: Mapping[str, str], number: int) -> GalleryPage:
        """A page of results with their pictures. `values` as in the form of a search."""
        moderates, zone = await self.moderates(who), await self._zone(who)
        try:
            search = of_form(values, zone)
        except UnusableSearch as problem:
            return GalleryPage(GallerySearch(), (), 0, False, moderates, zone, str(problem.args[0]))
        if search.shelf is Shelf.PUBLIC and not moderates:
            return GalleryPage(search, (), 0, False, moderates, zone, text("gallery.not_a_moderator"))

        def look(connection: Connection) -> GalleryPage:
            ids = gallery_rows.find(connection, who, search, PAGE + 1, number * PAGE, with_pictures=True)
            noted = gallery_rows.marks_of(connection, who.platform, who.person, ids)
            entries = [self._entry(connection, who, one, noted.get(one, NO_MARK)) for one in ids[:PAGE]]
            return GalleryPage(search, tuple(one for one in entries if one is not None), number, len(ids) > PAGE, moderates, zone)

        return await self.requests.ledger.read(look)

    def _entry(self, connection: Connection, who: Visitor, request_id: str, mark: GalleryMark) -> GalleryEntry | None:
        request = request_rows.get(connection, request_id)
        if request is None:
            return None
        found = () if request.reported else picture_views(request, picture_rows.of_request(connection, request_id))
        own = request.person.id == who.person
        name = "" if own else request.person.name or request.person.id
        made_at = request.answered_at or request.created_at
        return GalleryEntry(request.id, request.prompt, request.model, name, made_at, mark, tuple(found), own)

    async def file(self, who: Visitor, request_id: str, number: int | None) -> Document | str:
        """One picture of somebody's own result with a readable name, or how it was made if no number is given. A sentence if it's gone."""
        found = await self.requests.ledger.read(lambda c: self._own_result(c, who, request_id))
        if found is None:
            return text("gallery.gone")
        request, pictures, mark = found
        if number is None:
            return Document(f"{base_name(request)}.json", as_json(making(request, pictures, mark)))
        if not 1 <= number <= len(pictures):
            return text("gallery.gone")
        try:
            return Document(file_name(request, pictures[number - 1], number, len(pictures)), await self.read(pictures[number - 1].sha256))
        except (LookupError, OSError):
            return text("gallery.gone")

    async def _one(self, who: Visitor, request_id: str) -> View:
        public = await self.requests.ledger.read(lambda c: self._is_foreign(c, who, request_id)) and await self.moderates(who)

        def look(connection: Connection) -> View | None:
            request = request_rows.get(connection, request_id)
            if request is None or request.deleted or request.place.platform != who.platform:
                return None
            if request.person.id == who.person:
                mark = gallery_rows.marks_of(connection, who.platform, who.person, [request_id]).get(request_id, NO_MARK)
                shown = self.render(connection, request, Audience.MEMBER)
                return shown if request.reported else gallery_view.with_gallery_buttons(shown, request, mark)
            if not (public and gallery_rows.may_see(connection, who, request_id, Shelf.PUBLIC)):
                return None
            shown = self.render(connection, request, Audience.CHANNEL)
            return replace(shown, buttons=tuple(one for one in shown.buttons if one.pressers.admit(who.person, administrator=False)))

        return await self.requests.ledger.read(look) or gallery_view.unknown_request()

    @staticmethod
    def _is_foreign(connection: Connection, who: Visitor, request_id: str) -> bool:
        """Whether this is somebody else's result that the channel has seen, so that it's worth asking whether somebody moderates."""
        request = request_rows.get(connection, request_id)
        return request is not None and request.person.id != who.person and gallery_rows.may_see(connection, who, request_id, Shelf.PUBLIC)

    async def _list(self, who: Visitor, search: GallerySearch, page: int) -> View:
        if search.shelf is Shelf.PUBLIC and not await self.moderates(who):
            return gallery_view.refused_view(text("gallery.not_a_moderator"))

        def look(connection: Connection) -> tuple[Sequence[Request], Mapping[str, GalleryMark], bool]:
            ids = gallery_rows.find(connection, who, search, PAGE + 1, page * PAGE)
            found = [request for one in ids[:PAGE] if (request := request_rows.get(connection, one)) is not None]
            return found, gallery_rows.marks_of(connection, who.platform, who.person, ids), len(ids) > PAGE

        found, noted, more = await self.requests.ledger.read(look)
        row = await self._store_search(who, search, page) if page or more or search != GallerySearch() else ""
        return gallery_view.list_view(found, noted, search, Turning(row, page, more))

    async def _store_search(self, who: Visitor, search: GallerySearch, page: int) -> str:
        """The row of a search; empty if nothing can be stored, so that the list is shown all the same."""
        try:
            return await self.requests.ledger.write(lambda tx: gallery_rows.add_search(tx, who, search, page))
        except LedgerProblem:
            return ""

    async def _zone(self, who: Visitor) -> str:
        """The time zone in which somebody names dates: their own, or their community's."""
        readers = Readers(self.requests.rules.limits.zone)
        return who.zone or await self.requests.ledger.read(lambda c: readers.zone_of(c, who.platform, who.community))

    # ---- presses on the list -------------------------------------------------------------------------------------------------

    async def _turn_page(self, act: Act, by: int) -> Reply:
        who = act.visitor
        row = await self.requests.ledger.read(lambda c: gallery_rows.search_row(c, act.row, act.platform, act.person))
        if row is None:
            return Reply(text("gallery.over"), changed=False)
        view = await self._list(who, row.search, max(0, row.page + by))
        return Reply(view.title, changed=False, view=view)

    async def _search_form(self, act: Act) -> Form | Reply:
        row = await self.requests.ledger.read(lambda c: gallery_rows.search_row(c, act.row, act.platform, act.person))
        search = GallerySearch() if row is None else row.search
        moderates = await self.moderates(act.visitor)
        models, dates = sorted(self.requests.rules.models), dates_of(search, await self._zone(act.visitor))
        return gallery_view.search_form(search, dates, models, act.row or gallery_view.FRESH, moderates=moderates)

    async def _search(self, act: Act) -> Reply:
        try:
            search = of_form(act.values, await self._zone(act.visitor))
        except UnusableSearch as problem:
            return Reply(str(problem.args[0]), changed=False)
        view = await self._list(act.visitor, search, 0)
        return Reply(view.title, changed=False, view=view)

    # ---- presses on a result -------------------------------------------------------------------------------------------------

    async def _note(self, act: Act, changed: Callable[[GalleryMark], GalleryMark], said: str, **values: str) -> Reply:
        def body(tx: Tx, request: Request) -> Reply:
            if not _is_result(request):
                return Reply(text("gallery.gone"), changed=False)
            before = gallery_rows.marks_of(tx.connection, act.platform, act.person, [request.id]).get(request.id, NO_MARK)
            after = changed(before)
            if after == before:
                return Reply(text("gallery.noted_already"), changed=False)
            gallery_rows.note(tx, act.platform, act.person, request.id, after)
            return Reply(text(said, **values))

        return await self.requests.on_own(act, body)

    async def _tag_form(self, act: Act) -> Form | Reply:
        def body(tx: Tx, request: Request) -> Form | Reply:
            if not _is_result(request):
                return Reply(text("gallery.gone"), changed=False)
            mark = gallery_rows.marks_of(tx.connection, act.platform, act.person, [request.id]).get(request.id, NO_MARK)
            return gallery_view.tag_form(request, mark)

        return await self.requests.on_own(act, body)

    async def _tag(self, act: Act) -> Reply:
        tag = " ".join(act.values.get("tag", "").split())
        if len(tag) > TAG_MAX:
            return Reply(text("gallery.tag_too_long", most=TAG_MAX), changed=False)
        said = "gallery.tag_kept" if tag else "gallery.tag_gone"
        return await self._note(act, lambda mark: replace(mark, tag=tag), said, tag=tag)

    async def _reproduce(self, act: Act) -> Form | Reply:
        """The form with the same settings, and what it would cost. Nothing is sent by opening it."""

        def body(tx: Tx, request: Request) -> Form | Reply:
            if not _is_result(request) or not request.prompt:
                return Reply(text("gallery.gone"), changed=False)
            rules = self.requests.rules
            there = place_of_new_request(act, request, private=request.private).community
            own = settings_for(tx.connection, act.platform, there, act.person, rules, tx.now)
            typed = {"model": request.model, "size": request.size, "quality": request.quality, "count": str(request.count)}
            kept = [text("gallery.same_pictures", count=len(request.references))] if request.references else []
            kept += [text("gallery.same_caption", text=" ".join(request.caption.split()))] if request.caption else []
            price = price_view(request.prompt, typed, own, rules, len(request.references)).text
            return gallery_view.reproduce_form(
                edit_form(request, rules.in_community(own)), [*kept, *(one for one in price if one != text("status.price_free"))]
            )

        return await self.requests.on_own(act, body)

    async def _download(self, act: Act) -> Reply:
        found = await self.requests.ledger.read(lambda c: self._own_result(c, act.visitor, act.row))
        if found is None:
            return Reply(text("reply.not_yours"), changed=False)
        request, pictures, mark = found
        files = {f"{base_name(request)}.json": as_json(making(request, pictures, mark))}
        left = MOST_BYTES - len(files[f"{base_name(request)}.json"])
        missing = 0
        for number, one in enumerate(pictures, 1):
            try:
                content = await self.read(one.sha256) if one.size <= left else None
            except (LookupError, OSError):
                content = None
            if content is None:
                missing += 1
            else:
                files[file_name(request, one, number, len(pictures))] = content
                left -= len(content)
        said = text("gallery.downloaded") if not missing else text("gallery.downloaded_without", count=missing)
        return Reply(said, changed=False, document=Document(f"{base_name(request)}.zip", await asyncio.to_thread(zip_of, files)))

    @staticmethod
    def _own_result(connection: Connection, who: Visitor, request_id: str) -> tuple[Request, Sequence[Picture], GalleryMark] | None:
        request = request_rows.get(connection, request_id)
        if request is None or (request.place.platform, request.person.id) != (who.platform, who.person) or not _is_result(request):
            return None
        mark = gallery_rows.marks_of(connection, who.platform, who.person, [request_id]).get(request_id, NO_MARK)
        return request, picture_rows.of_request(connection, request_id), mark


def _is_result(request: Request) -> bool:
    return request.answer is Answer.PICTURES and not request.deleted and not request.reported


def strict(act: Act) -> Act:
    """The action without its row if the row isn't a valid id. Its handler then answers, and records, an unknown row as usual."""
    return act if ID.fullmatch(act.row) else replace(act, row="")
