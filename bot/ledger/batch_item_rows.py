"""Queries on the topics of batches. Every state change goes through `move`, which checks the table in bot.domain."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, literal_column, select, update

from bot.domain.batches import ITEMS, BatchItem, ItemEvent, ItemState, Topic
from bot.domain.request_states import RequestState
from bot.ledger.records import count_rows, find_one, record
from bot.ledger.store import Tx
from bot.ledger.tables import batch_items as items
from bot.ledger.tables import requests

_ASKED: ColumnElement[bool] = literal_column("request_id != ''")
"""Worded exactly as in the partial index, so that SQLite uses it."""


def add(tx: Tx, batch_id: str, topics: Sequence[tuple[Topic, str]]) -> None:
    """Add topics with their prompts, in order."""
    rows = [
        {
            "id": tx.new_id(),
            "batch_id": batch_id,
            "number": number,
            "state": ItemState.DRAFT.value,
            "topic": dataclasses.asdict(topic),
            "prompt": prompt,
            "tries": 0,
            **dict.fromkeys(("request_id", "draft_request", "final_request", "picked", "decided_by", "decided_name", "note", "reason"), ""),
            "changed_at": tx.now,
        }
        for number, (topic, prompt) in enumerate(topics, 1)
    ]
    tx.connection.execute(insert(items), rows)


def of_batch(connection: Connection, batch_id: str, *states: ItemState) -> Sequence[BatchItem]:
    """A batch's items by number; only those in these states, if any are named."""
    query = select(items).where(items.c.batch_id == batch_id).order_by(items.c.number)
    if states:
        query = query.where(items.c.state.in_([one.value for one in states]))
    return [_item(row) for row in connection.execute(query)]


def by_number(connection: Connection, batch_id: str, number: int) -> BatchItem | None:
    return find_one(connection, select(items).where(items.c.batch_id == batch_id, items.c.number == number), _item)


def counts(connection: Connection, batch_id: str) -> Mapping[ItemState, int]:
    """How many items are in each state; states without any are left out."""
    query = select(items.c.state, func.count()).where(items.c.batch_id == batch_id).group_by(items.c.state)
    return {ItemState(row[0]): row[1] for row in connection.execute(query)}


def asked_for(connection: Connection, batch_id: str) -> int:
    """How many items have a request that hasn't ended, as far as the batch knows."""
    return count_rows(connection, items.c.batch_id == batch_id, items.c.request_id != "")


def at_the_service(connection: Connection, batch_id: str, service: str) -> int:
    """How many of a batch's requests are tasks of this image service."""
    joined = items.join(requests, requests.c.id == items.c.request_id)
    there = (requests.c.service == service, requests.c.state == RequestState.COLLECTING.value)
    query = select(func.count()).select_from(joined).where(items.c.batch_id == batch_id, items.c.request_id != "", *there)
    return int(connection.execute(query).scalar_one())


def answered(connection: Connection, batch_id: str, *, final: bool, limit: int) -> Sequence[float]:
    """When the latest drafts, or finished pictures, of a batch came; newest first."""
    drawn_by = items.c.final_request if final else items.c.draft_request
    joined = items.join(requests, requests.c.id == drawn_by)
    query = select(requests.c.answered_at).select_from(joined).where(items.c.batch_id == batch_id, requests.c.answered_at.is_not(None))
    return [float(row.answered_at) for row in connection.execute(query.order_by(requests.c.answered_at.desc()).limit(limit))]


def waiting(connection: Connection) -> Sequence[str]:
    query = select(items.c.batch_id).where(_ASKED).distinct()
    return [row.batch_id for row in connection.execute(query)]


def drop(tx: Tx, batch_id: str) -> None:
    tx.connection.execute(delete(items).where(items.c.batch_id == batch_id))


def move(tx: Tx, item: BatchItem, event: ItemEvent, **values: object) -> bool:
    """Apply an event from the state table. Returns False if the state has changed since the caller read it. Raises UnknownTransition."""
    state = ITEMS.next(item.state, event)
    done = tx.connection.execute(
        update(items).where(items.c.id == item.id, items.c.state == item.state.value).values(state=state.value, changed_at=tx.now, **values)
    )
    return bool(done.rowcount)


def mark(tx: Tx, item: BatchItem, **values: object) -> None:
    """Change values other than the state: its request, and how many there were."""
    tx.connection.execute(update(items).where(items.c.id == item.id).values(changed_at=tx.now, **values))


def _item(row: Row[Any]) -> BatchItem:
    return record(BatchItem, row, state=ItemState(row.state), topic=Topic(**row.topic))
