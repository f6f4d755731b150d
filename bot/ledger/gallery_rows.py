"""Queries on the gallery: what somebody may look through, what they noted about it, and the searches whose pages they turn."""

from __future__ import annotations

import dataclasses
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, delete, exists, insert, or_, select

from bot.domain.gallery import NO_MARK, GalleryMark, GallerySearch, Shelf
from bot.domain.request_states import Answer
from bot.domain.requests import Lane
from bot.domain.visitor import Visitor
from bot.ledger.dialect import json_text
from bot.ledger.gallery_tables import gallery_marks as marks
from bot.ledger.gallery_tables import gallery_searches as searches
from bot.ledger.records import find_one, record
from bot.ledger.store import Tx
from bot.ledger.tables import pictures, requests

LOOKED_AT = 20_000
"""Newest rows to compare with the words of a search."""


@dataclass(frozen=True, slots=True)
class SearchRow:
    """A search on one of its pages, behind the buttons of a list."""

    id: str
    platform: str
    person: str
    search: GallerySearch
    page: int


def find(
    connection: Connection, who: Visitor, search: GallerySearch, limit: int, offset: int, *, with_pictures: bool = False
) -> Sequence[str]:
    """Ids of the requests that fit, newest first. `with_pictures` leaves out those that show none."""
    own = _allowed(who, search.shelf) & _within(search)
    if with_pictures or search.shelf is not Shelf.OWN:
        own &= exists().where(pictures.c.request_id == requests.c.id, pictures.c.aside_at.is_(None))
    r, texts = requests.c, ("caption", "tag")
    columns = (r.id, r.prompt, r.model, r.template, marks.c.tag, *(json_text(r.typed, name).label(f"typed_{name}") for name in texts))
    noted = and_(marks.c.request_id == r.id, marks.c.platform == who.platform, marks.c.person == who.person)
    found: Select[tuple[object, ...]] = select(*columns).select_from(requests.outerjoin(marks, noted)).where(own)
    if search.shelf is Shelf.FAVOURITES:
        found = found.where(marks.c.favourite.is_(True))
    found = found.order_by(r.created_at.desc(), r.id)
    if not search.by_content:
        return [row.id for row in connection.execute(found.limit(limit).offset(offset))]
    fitting: list[str] = []
    for row in connection.execute(found.limit(LOOKED_AT)):
        # Compared here, because SQLite knows the two cases of Latin letters only.
        named = [row.tag or "", row.template or "", row.typed_tag or ""]
        if _fits(search, f"{row.prompt}\n{row.typed_caption or ''}", row.model, named):
            fitting.append(row.id)
            if len(fitting) == offset + limit:
                break
    return fitting[offset:]


def _allowed(who: Visitor, shelf: Shelf) -> ColumnElement[bool]:
    r = requests.c
    here = (r.platform == who.platform) & r.deleted.is_(False) & (r.lane == Lane.INTERACTIVE.value)
    if shelf is not Shelf.PUBLIC:
        return here & (r.person == who.person)
    shown = (r.answer == Answer.PICTURES.value) & or_(r.private.is_(False), r.published.is_(True))
    visible = or_(json_text(r.typed, "reported").is_(None), json_text(r.typed, "reported") == "")
    return here & shown & visible & (r.community == who.community) & (r.channel == who.channel)


def _within(search: GallerySearch) -> ColumnElement[bool]:
    created = requests.c.created_at
    since = created >= (0.0 if search.since is None else search.since)
    return since if search.until is None else since & (created < search.until)


def _fits(search: GallerySearch, words: str, model: str, tags: Sequence[str]) -> bool:
    text = _folded(words)
    if not all(one in text for one in _folded(search.words).split()):
        return False
    if _folded(search.model) not in _folded(model):
        return False
    return not search.tag or _folded(search.tag) in [_folded(one) for one in tags if one]


def _folded(words: str) -> str:
    """Without case, width and other differences that nobody types on purpose."""
    return " ".join(unicodedata.normalize("NFKC", words).casefold().split())


def may_see(connection: Connection, who: Visitor, request_id: str, shelf: Shelf) -> bool:
    """Whether this request is among those that somebody may look through."""
    return connection.execute(select(requests.c.id).where(_allowed(who, shelf), requests.c.id == request_id)).first() is not None


# ---- what members noted ------------------------------------------------------------------------------------------------------


def marks_of(connection: Connection, platform: str, person: str, ids: Sequence[str]) -> Mapping[str, GalleryMark]:
    """What somebody noted about these requests."""
    own = (marks.c.platform == platform) & (marks.c.person == person) & marks.c.request_id.in_(ids)
    return {row.request_id: GalleryMark(row.favourite, row.tag) for row in connection.execute(select(marks).where(own))}


def note(tx: Tx, platform: str, person: str, request_id: str, mark: GalleryMark) -> None:
    """Store what somebody noted about a request of theirs. An empty note is deleted."""
    drop_marks(tx, request_id)
    if mark != NO_MARK:
        values = {"request_id": request_id, "platform": platform, "person": person, **dataclasses.asdict(mark), "changed_at": tx.now}
        tx.connection.execute(insert(marks).values(**values))


def drop_marks(tx: Tx, request_id: str) -> None:
    """Forget what was noted about a request."""
    tx.connection.execute(delete(marks).where(marks.c.request_id == request_id))


# ---- pages of a search -------------------------------------------------------------------------------------------------------


def add_search(tx: Tx, who: Visitor, search: GallerySearch, page: int) -> str:
    """Store a search, so that a button can turn its page. Returns its id."""
    found = tx.new_id()
    values = {"platform": who.platform, "person": who.person, "search": dataclasses.asdict(search), "page": page}
    tx.connection.execute(insert(searches).values(id=found, created_at=tx.now, **values))
    return found


def search_row(connection: Connection, row_id: str, platform: str, person: str) -> SearchRow | None:
    """Somebody's search by id; None if there is none, or if it's another person's."""
    own = (searches.c.id == row_id) & (searches.c.platform == platform) & (searches.c.person == person)
    return find_one(connection, select(searches).where(own), _search)


def _search(row: Row[Any]) -> SearchRow:
    return record(SearchRow, row, search=GallerySearch(**{**row.search, "shelf": Shelf(row.search["shelf"])}))


def drop_searches_before(tx: Tx, before: float) -> None:
    tx.connection.execute(delete(searches).where(searches.c.created_at < before))


def forget(tx: Tx, platform: str, person: str) -> None:
    for table in (marks, searches):
        tx.connection.execute(delete(table).where(table.c.platform == platform, table.c.person == person))
