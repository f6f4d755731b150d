"""Queries on the pictures of requests, and on files that no request shows anymore."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update

from bot.domain.outcome import Picture
from bot.domain.rejections import Candidate
from bot.ledger import attachment_rows, batch_sheet_rows, draft_rows, gallery_rows, memory_rows, rejection_rows, sheet_rows
from bot.ledger.codec import change_from_json, change_to_json
from bot.ledger.records import count_rows, file_columns, record
from bot.ledger.store import Tx
from bot.ledger.tables import pictures

UNSHOWN = "unshown:"
"""Key prefix, followed by the hash of a picture whose file may have to be deleted; the value is the last request that showed it."""
_INSERT_PICTURE = insert(pictures)
_ALL = select(pictures).where(pictures.c.request_id == bindparam("id")).order_by(pictures.c.position)
_PICTURES = _ALL.where(pictures.c.aside_at.is_(None))


def add(tx: Tx, request_id: str, attempt_id: str, found: Sequence[Picture]) -> None:
    """Add stored pictures to a request, after those that it already has."""
    if found:
        before = count_rows(tx.connection, pictures.c.request_id == request_id)
        rows = [
            {"id": tx.new_id(), "request_id": request_id, "attempt_id": attempt_id, "position": position}
            | file_columns(picture)
            | {"revised_prompt": picture.revised_prompt, "signed": picture.signed, "kept": picture.kept}
            for position, picture in enumerate(found, before)
        ]
        tx.connection.execute(_INSERT_PICTURE, rows)


def of_request(connection: Connection, request_id: str) -> Sequence[Picture]:
    """The pictures of a request, in order, without those that were set aside."""
    rows = connection.execute(_PICTURES, {"id": request_id})
    return [_picture(row) for row in rows]


def requests_showing(connection: Connection, sha256: str) -> Sequence[str]:
    rows = connection.execute(select(pictures.c.request_id).where(pictures.c.sha256 == sha256).distinct().limit(50))
    return [row.request_id for row in rows]


def put_changed(tx: Tx, request_id: str, picture: Picture, replaces: str) -> Sequence[str]:
    """Show a changed picture with a request: in the place of another changed one (`replaces`, its hash), or after all others. Returns
    hashes that no row uses anymore."""
    assert picture.change is not None, "pictures of the service belong to an attempt"
    values = {**file_columns(picture), "change": change_to_json(picture.change), "source": picture.change.source}
    here = pictures.c.request_id == request_id
    old = (here, pictures.c.sha256 == replaces, pictures.c.change.is_not(None))
    if replaces and tx.connection.execute(update(pictures).where(*old).values(values)).rowcount:
        return release(tx, {replaces}, request_id)
    last = tx.connection.execute(select(func.max(pictures.c.position)).where(here)).scalar()
    rest = {"id": tx.new_id(), "request_id": request_id, "attempt_id": "", "position": 0 if last is None else last + 1}
    tx.connection.execute(insert(pictures).values(**rest, **values))
    return ()


def drop(tx: Tx, request_id: str) -> Sequence[str]:
    """Remove a request's pictures, made, changed and attached. Returns hashes that no other row uses, whose files may be deleted."""
    found = [_picture(row) for row in tx.connection.execute(_ALL, {"id": request_id})]
    hashes = {one.sha256 for one in found} | {one.change.source for one in found if one.change is not None}
    hashes |= attachment_rows.drop(tx, request_id) | draft_rows.drop(tx, request_id) | sheet_rows.drop(tx, request_id)
    rejection_rows.forget_words(tx, request_id)
    gallery_rows.drop_marks(tx, request_id)
    tx.connection.execute(delete(pictures).where(pictures.c.request_id == request_id))
    return release(tx, hashes, request_id)


def candidates(connection: Connection, request_id: str, *, aside: bool) -> Sequence[Candidate]:
    """The pictures of a request that can be picked: those that it shows, or those that were set aside. Numbered as on the sheet."""
    rows = connection.execute(_ALL, {"id": request_id}).all()
    return [Candidate(row.id, row.position + 1, _picture(row)) for row in rows if (row.aside_at is not None) is aside]


def owner_of(connection: Connection, picture_id: str) -> str | None:
    return connection.execute(select(pictures.c.request_id).where(pictures.c.id == picture_id)).scalar()


def pick(tx: Tx, request_id: str, picture_id: str) -> None:
    """Show only this picture of a request; the others are set aside."""
    here = pictures.c.request_id == request_id
    others = (here, pictures.c.id != picture_id, pictures.c.aside_at.is_(None))
    tx.connection.execute(update(pictures).where(*others).values(aside_at=tx.now))
    tx.connection.execute(update(pictures).where(here, pictures.c.id == picture_id).values(aside_at=None))


def aside_since(connection: Connection, request_id: str) -> float | None:
    """Since when the first of a request's pictures is set aside; None if none is."""
    return connection.execute(select(func.min(pictures.c.aside_at)).where(pictures.c.request_id == request_id)).scalar()


def drop_aside(tx: Tx, before: float) -> Mapping[str, Sequence[str]]:
    """Remove pictures that were set aside before a time. Returns their requests, each with the hashes that no row uses anymore."""
    rows = tx.connection.execute(select(pictures).where(pictures.c.aside_at < before)).all()
    tx.connection.execute(delete(pictures).where(pictures.c.aside_at < before))
    hashes: dict[str, set[str]] = {}
    for row in rows:
        hashes.setdefault(row.request_id, set()).update({row.sha256} | ({row.source} if row.source else set()))
    return {request_id: release(tx, found, request_id) for request_id, found in hashes.items()}


def release(tx: Tx, hashes: Iterable[str], reason: str) -> Sequence[str]:
    """The hashes that no row uses anymore. Their pending deletions are recorded, because the process may be killed before they happen."""
    unshown = [one for one in sorted(hashes) if not _is_shown(tx.connection, one)]
    for one in unshown:
        memory_rows.remember(tx, UNSHOWN + one, reason)
    return unshown


def unshown(connection: Connection) -> Sequence[str]:
    """Hashes of pictures whose files may have to be deleted."""
    return memory_rows.keys(connection, UNSHOWN)


def may_go(connection: Connection, sha256: str) -> bool:
    """Whether no request shows or uses this picture; the same one may have been drawn or attached again."""
    return not _is_shown(connection, sha256)


def gone(tx: Tx, sha256: str) -> None:
    """Record that an unshown picture's file is deleted, or that the picture is shown again."""
    memory_rows.forget(tx, UNSHOWN + sha256)


def _is_shown(connection: Connection, sha256: str) -> bool:
    return bool(shown_of(connection, [sha256]))


def shown_of(connection: Connection, hashes: Sequence[str]) -> set[str]:
    """The subset of these hashes that a request, a draft or a contact sheet shows, was made from, or uses as a reference."""
    made = {row.sha256 for row in connection.execute(select(pictures.c.sha256).where(pictures.c.sha256.in_(hashes)))}
    made |= {row.source for row in connection.execute(select(pictures.c.source).where(pictures.c.source.in_(hashes)))}
    others = (attachment_rows.uses, draft_rows.uses, sheet_rows.uses, batch_sheet_rows.uses)
    return made.union(*(uses(connection, hashes) for uses in others))


def _picture(row: Row[Any]) -> Picture:
    change = None if row.change is None else change_from_json(row.change)
    return record(Picture, row, signed=bool(row.signed), kept=bool(row.kept), change=change)
