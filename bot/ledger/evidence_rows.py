"""Queries for evidence bundles: the request that failed, its attempts, and every wording that must not be quoted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from bot.domain.failure import Evidence
from bot.domain.own_services import PREFIX
from bot.domain.requests import Request
from bot.ledger import request_rows
from bot.ledger.codec import evidence_from_json
from bot.ledger.dialect import json_text
from bot.ledger.records import record
from bot.ledger.tables import attempts, case_notes, requests, rewrites


@dataclass(frozen=True, slots=True)
class Tried:
    number: int
    opened_at: float
    closed_at: float | None
    status: int | None
    latency: float | None
    billed: str | None
    provider_request_id: str | None
    evidence: Evidence | None


def request_named(connection: Connection, asked: str) -> Request | None:
    """A request by its own id, or by the image service's id of one of its attempts."""
    found = request_rows.get(connection, asked)
    if found is not None:
        return found
    known = select(attempts.c.request_id).where(attempts.c.provider_request_id == asked).order_by(attempts.c.opened_at.desc()).limit(1)
    other = connection.execute(known).scalar()
    return None if other is None else request_rows.get(connection, str(other))


def last_failed(connection: Connection, kind: str | None = None) -> Request | None:
    """The newest request with a failure (of this kind) at one of the operator's services; communities' own are theirs to look into."""
    named = json_text(requests.c.failure, "kind")
    wanted = (named.is_not(None) if kind is None else named == kind) & func.coalesce(requests.c.service, "").not_like(f"{PREFIX}%")
    found = connection.execute(select(requests.c.id).where(wanted).order_by(requests.c.created_at.desc()).limit(1)).scalar()
    return None if found is None else request_rows.get(connection, str(found))


def tried(connection: Connection, request_id: str) -> Sequence[Tried]:
    """The attempts of a request, oldest first."""
    rows = connection.execute(select(attempts).where(attempts.c.request_id == request_id).order_by(attempts.c.number))
    return [record(Tried, row, evidence=evidence_from_json(row.evidence) if isinstance(row.evidence, Mapping) else None) for row in rows]


def wordings(connection: Connection) -> Iterator[str]:
    """Everything that people wrote and the ledger still has: prompts, rewrites, notes."""
    for column in (requests.c.prompt, rewrites.c.prompt, case_notes.c.text):
        rows: Any = connection.execute(select(column).where(column != "").distinct())
        yield from (str(row[0]) for row in rows)
