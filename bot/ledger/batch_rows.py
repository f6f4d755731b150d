"""Queries on batches. Every state change goes through `move`, which checks the table in bot.domain."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, literal_column, select, update

from bot.domain.batches import BATCHES, Batch, BatchEvent, BatchPlan, BatchState
from bot.domain.requests import Person, Place
from bot.ledger.dialect import upsert
from bot.ledger.records import find_one, place_columns, record
from bot.ledger.store import Tx
from bot.ledger.tables import batches, spend

SCOPE, TOTAL = "batch", "total"
"""Key of a batch's row among the reserved and spent amounts, together with its id."""
_ACTIVE: ColumnElement[bool] = literal_column("state IN ('running', 'finishing')")
"""Worded exactly as in the partial index, so that SQLite uses it."""
REMOVED = "removed"
"""Reason of a pause: the bot was removed from the batch's community."""
_ONE = select(batches).where(batches.c.id == bindparam("id"))
_SPENT = select(spend).where(spend.c.scope == SCOPE, spend.c.owner == bindparam("id"), spend.c.period == TOTAL)


@dataclass(frozen=True, slots=True)
class BatchSpent:
    reserved: int = 0
    """Of running calls, in micros."""
    spent: int = 0
    pictures: int = 0
    """Drawn, and asked for by running calls."""


def insert(tx: Tx, event_key: str, batch: Batch) -> str | None:
    """Store a batch. Returns None, or the id of the batch that this event made before."""
    row = {
        "id": batch.id,
        "event_key": event_key[:200],
        "state": batch.state.value,
        **place_columns(batch.place),
        "person": batch.person.id,
        "person_name": batch.person.name[:120],
        "title": batch.title[:200],
        "plan": dataclasses.asdict(batch.plan),
        "created_at": tx.now,
        "changed_at": tx.now,
        "reason": "",
        "facts": {},
        "refused": 0,
    }
    if tx.connection.execute(upsert(batches).on_conflict_do_nothing(index_elements=["event_key"]), row).rowcount:
        return None
    return str(tx.connection.execute(select(batches.c.id).where(batches.c.event_key == event_key[:200])).scalar_one())


def get(connection: Connection, batch_id: str) -> Batch | None:
    return find_one(connection, _ONE, _batch, {"id": batch_id})


def by_number(connection: Connection, number: int) -> Batch | None:
    """A batch by the number that people call it by."""
    return find_one(connection, select(batches).where(batches.c.number == number), _batch)


def by_event(connection: Connection, event_key: str) -> Batch | None:
    return find_one(connection, select(batches).where(batches.c.event_key == event_key[:200]), _batch)


def active(connection: Connection) -> Sequence[str]:
    """Ids of the batches that ask for pictures, oldest first."""
    return [row.id for row in connection.execute(select(batches.c.id).where(_ACTIVE).order_by(batches.c.number))]


def open_at(connection: Connection, platform: str, community: str) -> Sequence[Batch]:
    here = (batches.c.platform == platform, batches.c.community == community)
    query = select(batches).where(*here, batches.c.state != BatchState.STOPPED.value)
    return [_batch(row) for row in connection.execute(query)]


def is_unwanted(connection: Connection, batch_id: str) -> bool:
    """Whether nobody waits for a batch's pictures: it was stopped, or the bot was removed from its community."""
    batch = get(connection, batch_id)
    return batch is not None and (batch.state is BatchState.STOPPED or batch.reason == REMOVED)


def latest(connection: Connection, limit: int) -> Sequence[Batch]:
    """The latest batches, newest first."""
    return [_batch(row) for row in connection.execute(select(batches).order_by(batches.c.number.desc()).limit(limit))]


def of_person(connection: Connection, platform: str, person: str) -> Sequence[Batch]:
    """All batches of somebody that aren't forgotten."""
    query = select(batches).where(batches.c.platform == platform, batches.c.person == person, batches.c.title != "")
    return [_batch(row) for row in connection.execute(query)]


def forget(tx: Tx, batch: Batch) -> None:
    """Delete its words. It ends, whatever its state is; its number, limits and times stay."""
    plan = dataclasses.asdict(dataclasses.replace(batch.plan, template="", style="", tag=""))
    values = {"state": BatchState.STOPPED.value, "title": "", "person_name": "", "reason": "", "facts": {}, "plan": plan}
    tx.connection.execute(update(batches).where(batches.c.id == batch.id).values(changed_at=tx.now, **values))


def move(tx: Tx, batch: Batch, event: BatchEvent, **values: object) -> Batch:
    """Apply an event from the state table, and say what the row is now. Raises UnknownTransition; changes nothing if the state has changed
    since the caller read it."""
    state = BATCHES.next(batch.state, event)
    changes = {"changed_at": tx.now, **values}
    tx.connection.execute(
        update(batches).where(batches.c.id == batch.id, batches.c.state == batch.state.value).values(state=state.value, **changes)
    )
    return get(tx.connection, batch.id) or batch


def mark(tx: Tx, batch_id: str, **values: object) -> None:
    """Change values other than the state: the plan, failures in a row."""
    stored = {name: dataclasses.asdict(value) if isinstance(value, BatchPlan) else value for name, value in values.items()}
    tx.connection.execute(update(batches).where(batches.c.id == batch_id).values(changed_at=tx.now, **stored))


def spent(connection: Connection, batch_id: str) -> BatchSpent:
    """What a batch has cost so far."""
    row = connection.execute(_SPENT, {"id": batch_id}).one_or_none()
    return BatchSpent() if row is None else BatchSpent(row.reserved, row.spent, row.pictures)


def _batch(row: Row[Any]) -> Batch:
    state, plan = BatchState(row.state), BatchPlan(**row.plan)
    return record(Batch, row, state=state, person=Person(row.person, row.person_name), place=record(Place, row), plan=plan)
