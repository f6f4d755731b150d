"""Queries on the pictures that members attach to their requests, and on uploads that no request uses yet."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, delete, insert, select, update

from bot.domain.attachments import Attachment, AttachmentRole, StoredAttachment
from bot.ledger import message_rows
from bot.ledger.records import FILE, count_rows
from bot.ledger.store import Tx
from bot.ledger.tables import attachments, cases

UPLOAD = ""
"""Request id of an upload that no request uses yet."""
MOST = 20
"""Rows stored per request: more than any model takes, so that the refusal can name the number, but never a flood."""
_INSERT = insert(attachments)
_OF_REQUEST = select(attachments).where(attachments.c.request_id == bindparam("id")).order_by(attachments.c.position)


def add(tx: Tx, request_id: str, person: str, found: Sequence[Attachment]) -> None:
    rows = [StoredAttachment(tx.new_id(), request_id, place, one) for place, one in enumerate(found[:MOST])]
    _insert(tx, rows, person)


def copy(tx: Tx, source: Iterable[StoredAttachment], request_id: str, person: str) -> None:
    """Give a new request the pictures of another one."""
    _insert(tx, [dataclasses.replace(one, id=tx.new_id(), request_id=request_id) for one in source], person)


def _insert(tx: Tx, rows: Sequence[StoredAttachment], person: str) -> None:
    if rows:
        tx.connection.execute(_INSERT, [_values(row, person, tx.now) for row in rows])


def _values(row: StoredAttachment, person: str, now: float) -> dict[str, object]:
    given = row.attachment
    return {
        "id": row.id,
        "request_id": row.request_id,
        "person": person,
        "position": row.position,
        "role": given.role.value,
        "name": given.name[:120],
        "claimed_size": given.size,
        "handle": dict(given.handle),
        "stored": given.stored,
        "made_here": given.made_here,
        "created_at": now,
        "sha256": row.sha256,
        "format": row.format,
        "width": row.width,
        "height": row.height,
        "size": row.bytes,
    }


def of_request(connection: Connection, request_id: str) -> Sequence[StoredAttachment]:
    """A request's attachments, in order."""
    return [_attachment(row) for row in connection.execute(_OF_REQUEST, {"id": request_id})]


def took(tx: Tx, attachment_id: str, made: Mapping[str, Any], source: str = "") -> None:
    """Record the file that is about to be stored (`sha256`, `format`, `width`, `height`, `size`), before it's written: a file never exists
    without a row that names it. `source`: hash of what was delivered, if the bot made it."""
    values = {name: made[name] for name in FILE} | ({"stored": source} if source else {})
    tx.connection.execute(update(attachments).where(attachments.c.id == attachment_id).values(**values))


def forget_handles(tx: Tx, request_id: str) -> None:
    """Delete the addresses that the pictures came from: their files are stored. Which of the bot's pictures one is stays known."""
    here = attachments.c.request_id == request_id
    tx.connection.execute(update(attachments).where(here).values(handle={}))
    tx.connection.execute(update(attachments).where(here, attachments.c.made_here.is_(False)).values(stored=""))


def add_upload(tx: Tx, person: str, name: str, made: Mapping[str, Any]) -> None:
    """Record an upload that no request uses yet, before its file is written."""
    _insert(tx, [StoredAttachment(tx.new_id(), UPLOAD, 0, Attachment(name), *(made[column] for column in FILE))], person)


def uploads_of(connection: Connection, person: str) -> int:
    """Number of a person's uploads that no request uses yet."""
    return count_rows(connection, attachments.c.person == person, attachments.c.request_id == UPLOAD)


def drop(tx: Tx, request_id: str) -> set[str]:
    """Remove a request's attachments, also from its cases' cards. Returns the hashes of their files; other rows may still use them."""
    gone = _drop(tx, attachments.c.request_id == request_id)
    if gone:
        for case_id in tx.connection.execute(select(cases.c.id).where(cases.c.request_id == request_id)).scalars():
            message_rows.bump(tx, f"case:{case_id}")
    return gone


def drop_old_uploads(tx: Tx, before: float) -> set[str]:
    """Remove uploads that no request used. Returns the hashes of their files."""
    return _drop(tx, (attachments.c.request_id == UPLOAD) & (attachments.c.created_at < before))


def drop_uploads_of(tx: Tx, person: str) -> set[str]:
    """Remove a person's unused uploads. Returns the hashes of their files."""
    return _drop(tx, (attachments.c.request_id == UPLOAD) & (attachments.c.person == person))


def requests_older_than(connection: Connection, before: float, limit: int = 500) -> Sequence[str]:
    """Requests whose attachments are older, oldest first."""
    old = (attachments.c.request_id != UPLOAD) & (attachments.c.created_at < before)
    rows = connection.execute(select(attachments.c.request_id).where(old).order_by(attachments.c.created_at).limit(limit))
    return list(dict.fromkeys(row.request_id for row in rows))


def _drop(tx: Tx, which: ColumnElement[bool]) -> set[str]:
    rows = tx.connection.execute(select(attachments.c.sha256).where(which))
    hashes = {row.sha256 for row in rows if row.sha256}
    tx.connection.execute(delete(attachments).where(which))
    return hashes


def uses(connection: Connection, hashes: Sequence[str]) -> set[str]:
    """The subset of these hashes that an attachment uses, as its file or as what it will be made from."""
    made = connection.execute(select(attachments.c.sha256).where(attachments.c.sha256.in_(hashes)))
    sources = connection.execute(select(attachments.c.stored).where(attachments.c.stored.in_(hashes), attachments.c.sha256 == ""))
    return {row[0] for row in made} | {row[0] for row in sources}


def _attachment(row: Row[Any]) -> StoredAttachment:
    given = Attachment(row.name, AttachmentRole(row.role), row.claimed_size, row.handle, row.stored, row.made_here)
    return StoredAttachment(row.id, row.request_id, row.position, given, row.sha256, row.format, row.width, row.height, row.size)
