"""Queries on communities' templates for prompts, and on wordings that their member hasn't sent yet."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from bot.ledger.records import find_one, record
from bot.ledger.store import Tx
from bot.ledger.tables import prompt_drafts, prompt_templates


@dataclass(frozen=True, slots=True)
class PromptTemplate:
    """Prefilled parts of a prompt, with default options."""

    id: str
    name: str
    parts: Mapping[str, str] = field(default_factory=dict)
    size: str = ""
    quality: str = ""


@dataclass(frozen=True, slots=True)
class PromptDraft:
    """A wording as its member saw it. A changed one is another draft."""

    id: str
    platform: str
    person: str
    template: str
    """Name of the template that it was made with; empty without one."""
    parts: Mapping[str, str]
    wording: str
    options: Mapping[str, str]
    """`model`, `size`, `quality` and `count` as chosen."""
    request_id: str = ""
    """The request that it became; its words are gone from here by then."""


def key_of(name: str) -> str:
    """How names are compared: without case and surplus spaces."""
    return " ".join(name.split()).casefold()


def of_community(connection: Connection, platform: str, community: str) -> Sequence[PromptTemplate]:
    own = (prompt_templates.c.platform == platform) & (prompt_templates.c.community == community)
    return [record(PromptTemplate, row) for row in connection.execute(select(prompt_templates).where(own).order_by(prompt_templates.c.key))]


def with_id(connection: Connection, platform: str, community: str, template_id: str) -> PromptTemplate | None:
    return next((one for one in of_community(connection, platform, community) if one.id == template_id), None)


def save(tx: Tx, platform: str, community: str, template: PromptTemplate, by: str) -> None:
    """Store a template in the place of the one with the same id."""
    remove(tx, platform, community, template.id)
    row = {**dataclasses.asdict(template), "key": key_of(template.name), "platform": platform, "community": community}
    tx.connection.execute(insert(prompt_templates).values(**row, changed_at=tx.now, changed_by=by))


def remove(tx: Tx, platform: str, community: str, template_id: str) -> bool:
    """Delete a template. Returns whether it was there."""
    own = (prompt_templates.c.platform == platform) & (prompt_templates.c.community == community)
    return bool(tx.connection.execute(delete(prompt_templates).where(own, prompt_templates.c.id == template_id)).rowcount)


def add_draft(tx: Tx, draft: PromptDraft) -> None:
    tx.connection.execute(insert(prompt_drafts).values(**dataclasses.asdict(draft), created_at=tx.now))


def draft(connection: Connection, draft_id: str) -> PromptDraft | None:
    return find_one(connection, select(prompt_drafts).where(prompt_drafts.c.id == draft_id), _draft)


def unsent(connection: Connection, platform: str, person: str) -> Sequence[PromptDraft]:
    """Somebody's wordings that aren't sent, oldest first."""
    own = (prompt_drafts.c.platform == platform) & (prompt_drafts.c.person == person) & (prompt_drafts.c.request_id == "")
    rows = connection.execute(select(prompt_drafts).where(own).order_by(prompt_drafts.c.created_at, prompt_drafts.c.id))
    return [_draft(row) for row in rows]


def sent(tx: Tx, draft_id: str, request_id: str) -> None:
    """Record which request a wording became. The words are the request's now."""
    values = {"request_id": request_id, "parts": {}, "wording": ""}
    tx.connection.execute(update(prompt_drafts).where(prompt_drafts.c.id == draft_id).values(**values))


def drop_draft(tx: Tx, draft_id: str) -> None:
    tx.connection.execute(delete(prompt_drafts).where(prompt_drafts.c.id == draft_id))


def drop_drafts_before(tx: Tx, before: float) -> None:
    """Delete wordings made before this time."""
    tx.connection.execute(delete(prompt_drafts).where(prompt_drafts.c.created_at < before))


def drop_drafts_of(tx: Tx, platform: str, person: str) -> None:
    """Delete all of somebody's wordings."""
    tx.connection.execute(delete(prompt_drafts).where(prompt_drafts.c.platform == platform, prompt_drafts.c.person == person))


def _draft(row: Row[Any]) -> PromptDraft:
    return record(PromptDraft, row)
