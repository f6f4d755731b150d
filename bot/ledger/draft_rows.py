"""Queries on drafts: changed pictures that only their member has seen, and changes that still wait for an answer to a question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, insert, select, update

from bot.domain.outcome import Picture
from bot.domain.picture_changes import PictureChange
from bot.ledger.codec import change_from_json, change_to_json
from bot.ledger.records import file_columns, find_one, picture_file, record
from bot.ledger.store import Tx
from bot.ledger.tables import picture_drafts as drafts
from bot.ledger.tables import requests

MOST = 5
"""Drafts of one request; the oldest makes room for a newer one."""


@dataclass(frozen=True, slots=True)
class PictureDraft:
    """A change that its member hasn't decided about."""

    id: str
    request_id: str
    change: PictureChange
    replaces: str
    """Hash of the picture that it replaces; empty if it's added to the request's pictures."""
    made: Picture | None = None
    """The changed picture; None while the member is asked about the text."""
    preview: str = ""
    """Hash of the preview that is shown until the change is used; empty if the picture itself is shown."""

    @property
    def files(self) -> set[str]:
        return set() if self.made is None else {self.made.sha256} | ({self.preview} if self.preview else set())


def add(tx: Tx, draft: PictureDraft) -> set[str]:
    """Store a draft. Returns the hashes of older ones that made room for it."""
    change = change_to_json(draft.change)
    named = {"id": draft.id, "request_id": draft.request_id, "change": change, "replaces": draft.replaces}
    tx.connection.execute(insert(drafts).values(**named, **_file_columns(draft), created_at=tx.now))
    older = tx.connection.execute(_newest_first(draft.request_id).offset(MOST)).all()
    return {one for row in older for one in remove(tx, _draft(row))}


def remake(tx: Tx, draft: PictureDraft) -> None:
    """Replace a draft's files, because its earlier ones were never stored."""
    tx.connection.execute(update(drafts).where(drafts.c.id == draft.id).values(**_file_columns(draft)))


def get(connection: Connection, draft_id: str) -> PictureDraft | None:
    return find_one(connection, select(drafts).where(drafts.c.id == draft_id), _draft)


def of_person(connection: Connection, platform: str, person: str) -> Sequence[PictureDraft]:
    """Drafts of somebody's results, oldest first."""
    own = requests.c.id == drafts.c.request_id
    wanted = select(drafts).join(requests, own).where(requests.c.platform == platform, requests.c.person == person)
    return [_draft(row) for row in connection.execute(wanted.order_by(drafts.c.created_at, drafts.c.id))]


def alike(connection: Connection, request_id: str, change: PictureChange, replaces: str) -> PictureDraft | None:
    """A finished draft of the same change, if the same form was sent before."""
    found = (_draft(row) for row in connection.execute(_newest_first(request_id)))
    return next((one for one in found if (one.change, one.replaces) == (change, replaces) and one.made is not None), None)


def remove(tx: Tx, draft: PictureDraft) -> set[str]:
    """Delete a draft. Returns the hashes of its files."""
    tx.connection.execute(delete(drafts).where(drafts.c.id == draft.id))
    return draft.files


def drop(tx: Tx, request_id: str) -> set[str]:
    """Delete a request's drafts. Returns the hashes of their files."""
    return {one for row in tx.connection.execute(_newest_first(request_id)).all() for one in remove(tx, _draft(row))}


def drop_older(tx: Tx, before: float) -> set[str]:
    """Delete drafts made before this time. Returns the hashes of their files."""
    return {
        one for row in tx.connection.execute(select(drafts).where(drafts.c.created_at < before)).all() for one in remove(tx, _draft(row))
    }


def uses(connection: Connection, hashes: Sequence[str]) -> set[str]:
    """The subset of these hashes that a draft uses."""
    found = connection.execute(select(drafts).where(drafts.c.sha256.in_(hashes) | drafts.c.preview.in_(hashes)))
    return {one for row in found for one in _draft(row).files} & set(hashes)


def _file_columns(draft: PictureDraft) -> Mapping[str, Any]:
    return {**file_columns(draft.made or Picture("", "", 0, 0, 0)), "preview": draft.preview}


def _newest_first(request_id: str) -> Select[Any]:
    return select(drafts).where(drafts.c.request_id == request_id).order_by(drafts.c.created_at.desc(), drafts.c.id.desc())


def _draft(row: Row[Any]) -> PictureDraft:
    return record(PictureDraft, row, change=change_from_json(row.change), made=picture_file(row) if row.sha256 else None)
