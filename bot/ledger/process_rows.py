"""Queries on processes and locks, if several processes share the ledger.

A lock belongs to one live process and has a fencing token that grows with each change of owner. Writing transactions are serialised, so
what one of them reads here stays true until its commit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select, update
from sqlalchemy import text as sql

from bot.domain.request_states import RequestState
from bot.domain.roles import ProcessRole, read
from bot.ledger.participant import PRESENCE
from bot.ledger.records import record, replace_row
from bot.ledger.store import Tx
from bot.ledger.tables import attempts, holdings, processes, requests

GATE, PICTURE_JOBS = "gate", "drawing"
"""Names of locks: the leader's, which runs the gate and the periodic jobs; and the one for background jobs on pictures."""
DELIVERY = "talk:"
"""Prefix of a lock's name: delivery to one community of a platform."""


@dataclass(frozen=True, slots=True)
class LiveProcess:
    """A process that hasn't been declared dead."""

    id: str
    roles: frozenset[ProcessRole]
    beat: int
    """Heartbeat count, incremented by every writing transaction."""
    expired: bool
    """Its lease has expired, by the database's clock."""
    connected: bool
    """Its session holds its advisory lock. A killed process loses that at once, a paused one doesn't."""


_LIVE = sql(
    "SELECT id, roles, beat, lease_until < extract(epoch FROM clock_timestamp()) AS expired, EXISTS (SELECT 1 FROM pg_locks"
    " WHERE locktype = 'advisory' AND granted AND classid::bigint = :session AND objsubid = 2"
    " AND objid::bigint = (hashtext(processes.id)::bigint & 4294967295)"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())) AS connected"
    " FROM processes WHERE gone_at IS NULL ORDER BY started_at, id"
)
_DECLARE_DEAD = sql("UPDATE processes SET gone_at = extract(epoch FROM clock_timestamp()) WHERE id = :id AND gone_at IS NULL")
_LIVE_IDS = select(processes.c.id).where(processes.c.gone_at.is_(None))


def live(connection: Connection) -> Sequence[LiveProcess]:
    """Live processes, oldest first."""
    rows = connection.execute(_LIVE, {"session": PRESENCE}).all()
    return [record(LiveProcess, row, roles=read(row.roles)) for row in rows]


def declare_dead(tx: Tx, ids: Iterable[str]) -> None:
    """Declare processes dead, which frees their locks."""
    for one in ids:
        tx.connection.execute(_DECLARE_DEAD, {"id": one})


def acquire(tx: Tx, name: str) -> int | None:
    """Acquire a lock, unless a live process owns it. Returns the fencing token; None if another process owns the lock."""
    row = tx.connection.execute(select(holdings).where(holdings.c.name == name)).one_or_none()
    if row is not None and row.owner == tx.owner:
        return int(row.token)
    if row is not None and tx.connection.execute(_LIVE_IDS.where(processes.c.id == row.owner)).first() is not None:
        return None
    token = 1 if row is None else int(row.token) + 1
    replace_row(tx.connection, holdings, {"name": name}, {"owner": tx.owner, "token": token, "since": tx.now})
    return token


def release(tx: Tx, name: str) -> None:
    tx.connection.execute(update(holdings).where(holdings.c.name == name, holdings.c.owner == tx.owner).values(owner=""))


def holds(tx: Tx, name: str, token: int) -> bool:
    """Whether this process owns the lock, with this fencing token."""
    row = tx.connection.execute(select(holdings).where(holdings.c.name == name)).one_or_none()
    return row is not None and row.owner == tx.owner and row.token == token


def token_of(connection: Connection, name: str) -> int:
    """The lock's current fencing token; 0 if it was never owned."""
    return int(connection.execute(select(holdings.c.token).where(holdings.c.name == name)).scalar() or 0)


def calls_of(connection: Connection, process: str) -> Sequence[str]:
    """Requests with a call in flight in this process."""
    mine = select(attempts.c.request_id).where(attempts.c.closed_at.is_(None), attempts.c.owner == process)
    return list(connection.execute(mine).scalars())


def live_calls(connection: Connection) -> Sequence[str]:
    """Requests with a call in flight in a live process."""
    there = select(attempts.c.request_id).where(attempts.c.closed_at.is_(None), attempts.c.owner.in_(_LIVE_IDS))
    return list(connection.execute(there).scalars())


def claim_task(tx: Tx, attempt_id: str) -> bool:
    """Claim a service's task for polling. Returns False if another live process has it."""
    free = attempts.c.owner.is_(None) | (attempts.c.owner == tx.owner) | attempts.c.owner.not_in(_LIVE_IDS)
    found = tx.connection.execute(update(attempts).where(attempts.c.id == attempt_id, free).values(owner=tx.owner))
    return bool(found.rowcount)


def tasks_polled_elsewhere(connection: Connection, process: str) -> frozenset[str]:
    """Requests whose task another live process polls."""
    polled = (
        select(requests.c.id)
        .join(attempts, attempts.c.request_id == requests.c.id)
        .where(requests.c.state == RequestState.COLLECTING.value, attempts.c.closed_at.is_(None))
        .where(attempts.c.owner.in_(_LIVE_IDS), attempts.c.owner != process)
    )
    return frozenset(connection.execute(polled).scalars())
