"""One clock for all processes that share a ledger: the database's. When it's set, stored times are shifted once, by whoever sees it first.

The sum of all shifts is stored beside the times. A process that finds it changed adopts the change and shifts nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from bot.ledger import memory_rows
from bot.ledger.clock_rows import shift
from bot.ledger.store import Ledger, Tx
from bot.ports.steady import TOLERATED, SteadyPorts

log = structlog.get_logger()

STEP = 5.0
"""Seconds from which the database's clock counts as set. Less is this process's own clock, which runs a little differently."""
KEY = "clock-shifts"


@dataclass(slots=True)
class SharedClock:
    """This process's view of it."""

    ledger: Ledger
    ports: SteadyPorts
    shifts: float = 0.0
    """Sum of the shifts that this process has adopted."""

    async def begin(self) -> None:
        """Take the database's time, before anything is written."""
        self.ports.adopt(await self.ledger.behind())
        self.shifts = await self.ledger.read(lambda c: _stored(memory_rows.recall(c, KEY)))

    async def follow(self) -> bool:
        """Adopt changes since the last call. Returns whether there was one."""
        behind = await self.ledger.behind()
        if abs(behind) < TOLERATED:
            return False

        def step(tx: Tx) -> float:
            stored = _stored(memory_rows.recall(tx.connection, KEY))
            rest = behind - (stored - self.shifts)
            if abs(rest) < STEP:
                return stored
            shift(tx, rest)
            memory_rows.remember(tx, KEY, stored + rest)
            return stored + rest

        self.shifts = await self.ledger.write(step)
        self.ports.adopt(behind)
        log.warning("wall_clock_set", seconds=round(behind, 3))
        return True


def _stored(row: tuple[object, float] | None) -> float:
    return 0.0 if row is None or not isinstance(row[0], int | float) else float(row[0])
