"""This process's row in a shared ledger: its lease, and a commit marker.

One statement at the start of every writing transaction renews the lease and writes the marker. So after a lost answer to a commit, the
marker says whether it went through; and a process that was declared dead learns it before it writes anything else.
"""

from __future__ import annotations

from collections.abc import Callable

import structlog
from sqlalchemy import Connection
from sqlalchemy import text as sql

log = structlog.get_logger()

LEASE = 12.0
"""Seconds without a heartbeat, by the database's clock, until other processes may declare this one dead."""
KEPT = 86400.0
"""Seconds for which the row of a dead process is kept."""
TURN = 0x1BA62
"""Key of the advisory lock that every writing transaction holds until its commit, so that writes are serialised, as on SQLite. Reads after
it are current, because each statement sees what was committed before it (READ COMMITTED)."""
PRESENCE = 0x1BA63
"""First key of the advisory lock that a process's writing session holds; the second one is a hash of its id. The server releases it when
the session ends, so a kill shows at once."""
_LOCK = sql("SELECT pg_try_advisory_lock(CAST(:session AS int4), hashtext(:id))")
_TURN = sql("SELECT pg_advisory_xact_lock(:key)")
_SIGN = sql(
    "UPDATE processes SET mark = :mark, beat = beat + 1, lease_until = extract(epoch FROM clock_timestamp()) + :lease"
    " WHERE id = :id AND gone_at IS NULL"
)
_JOIN = sql(
    "INSERT INTO processes (id, roles, about, started_at, beat, lease_until, mark) VALUES"
    " (:id, :roles, :about, extract(epoch FROM clock_timestamp()), 0, extract(epoch FROM clock_timestamp()) + :lease, :mark)"
)
_FORGET = sql("DELETE FROM processes WHERE gone_at < extract(epoch FROM clock_timestamp()) - :kept")
_LEAVE = sql("UPDATE processes SET gone_at = extract(epoch FROM clock_timestamp()) WHERE id = :id")
_MARK = sql("SELECT mark FROM processes WHERE id = :id")


def take_turn(connection: Connection) -> None:
    """Take the writers' lock for the rest of this transaction."""
    connection.execute(_TURN, {"key": TURN})


class Participant:
    """This process. Call its methods on the writing connection's thread."""

    def __init__(self, new_id: Callable[[], str], roles: str, about: str) -> None:
        self._new_id, self.roles, self.about = new_id, roles, about
        self.id = new_id()
        """Replaced after the process was declared dead."""
        self.times_replaced = 0
        """How often it was declared dead."""
        self.joined = False
        self._mark = 0
        self._written = ("", 0)

    def join(self, connection: Connection) -> None:
        """Insert this process's row, within a transaction."""
        connection.execute(_FORGET, {"kept": KEPT})
        row = {"id": self.id, "roles": self.roles, "about": self.about, "lease": LEASE, "mark": self._mark}
        connection.execute(_JOIN, row)
        connection.execute(_LOCK, {"session": PRESENCE, "id": self.id})
        self.joined = True

    def leave(self, connection: Connection) -> None:
        """Declare this process dead, which frees its locks."""
        connection.execute(_LEAVE, {"id": self.id})

    def begin(self, connection: Connection) -> None:
        """Begin a writing transaction: take the writers' lock, renew the lease, write the marker. A process that was declared dead joins
        again under a new id."""
        take_turn(connection)
        self._mark += 1
        if not connection.execute(_SIGN, {"id": self.id, "mark": self._mark, "lease": LEASE}).rowcount:
            log.warning("process_was_replaced", process=self.id)
            self.id = self._new_id()
            self.times_replaced += 1
            self.join(connection)
        self._written = self.id, self._mark

    def has_committed(self, connection: Connection) -> bool:
        """Whether the last transaction was committed, if its answer was lost. Waits until it has ended."""
        take_turn(connection)
        process, mark = self._written
        return connection.execute(_MARK, {"id": process}).scalar() == mark
