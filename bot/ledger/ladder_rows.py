"""Queries on ladders of Simplify: the details of a prompt that failed, and the steps that its member saw."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from bot.ledger.records import find_one, record
from bot.ledger.store import Tx
from bot.ledger.tables import ladder_steps, ladders


@dataclass(frozen=True, slots=True)
class LadderRow:
    """A ladder. Its details are stored, so that a newer version of the bot goes on with the same ones."""

    id: str
    request_id: str
    """The request that failed."""
    platform: str
    person: str
    details: Sequence[Sequence[str]]
    """Part, words, step and replacement of each."""


@dataclass(frozen=True, slots=True)
class StepRow:
    """A wording of a ladder that its member has seen."""

    id: str
    ladder_id: str
    kept: Sequence[int]
    """Numbers of the details that are in it, ascending."""
    request_id: str = ""
    """The request that it became."""


def add(tx: Tx, row: LadderRow) -> None:
    details = [list(one) for one in row.details]
    tx.connection.execute(insert(ladders).values(**{**dataclasses.asdict(row), "details": details}, created_at=tx.now))


def get(connection: Connection, ladder_id: str) -> LadderRow | None:
    return find_one(connection, select(ladders).where(ladders.c.id == ladder_id), _ladder)


def about(connection: Connection, request_id: str) -> LadderRow | None:
    """The ladder that began with this request, or that it's a step of; None if there is none."""
    own = find_one(connection, select(ladders).where(ladders.c.request_id == request_id), _ladder)
    if own is not None:
        return own
    row = connection.execute(select(ladder_steps.c.ladder_id).where(ladder_steps.c.request_id == request_id)).first()
    return None if row is None else get(connection, row.ladder_id)


def step(connection: Connection, step_id: str) -> StepRow | None:
    return find_one(connection, select(ladder_steps).where(ladder_steps.c.id == step_id), _step)


def steps_of(connection: Connection, ladder_id: str) -> Sequence[StepRow]:
    """A ladder's steps, oldest first."""
    own = select(ladder_steps).where(ladder_steps.c.ladder_id == ladder_id).order_by(ladder_steps.c.number)
    return [_step(row) for row in connection.execute(own)]


def planned(tx: Tx, ladder_id: str, kept: Sequence[int]) -> StepRow:
    """The step with these details that isn't sent yet; stored if there is none."""
    known = steps_of(tx.connection, ladder_id)
    found = next((one for one in known if list(one.kept) == list(kept) and not one.request_id), None)
    if found is not None:
        return found
    made = StepRow(tx.new_id(), ladder_id, list(kept))
    values = {"id": made.id, "ladder_id": ladder_id, "number": len(known) + 1, "kept": list(kept), "request_id": "", "created_at": tx.now}
    tx.connection.execute(insert(ladder_steps).values(**values))
    return made


def sent(tx: Tx, step_id: str, request_id: str) -> None:
    """Record which request a step became."""
    tx.connection.execute(update(ladder_steps).where(ladder_steps.c.id == step_id).values(request_id=request_id))


def drop_of(tx: Tx, platform: str, person: str) -> None:
    """Delete all of somebody's ladders."""
    _drop(tx, select(ladders.c.id).where(ladders.c.platform == platform, ladders.c.person == person))


def drop_before(tx: Tx, before: float) -> None:
    """Delete ladders that began before this time."""
    _drop(tx, select(ladders.c.id).where(ladders.c.created_at < before))


def _drop(tx: Tx, ids: Any) -> None:
    found = [row.id for row in tx.connection.execute(ids)]
    if found:
        tx.connection.execute(delete(ladder_steps).where(ladder_steps.c.ladder_id.in_(found)))
        tx.connection.execute(delete(ladders).where(ladders.c.id.in_(found)))


def _ladder(row: Row[Any]) -> LadderRow:
    return record(LadderRow, row)


def _step(row: Row[Any]) -> StepRow:
    return record(StepRow, row)
