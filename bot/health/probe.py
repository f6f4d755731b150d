"""Observes the running bot from its event loop: whether the loop runs on time, the database can be written, and the queue moves."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from bot import budgets
from bot.health.verdict import Pulse, QueueState
from bot.ledger import health_rows, memory_rows
from bot.ledger.health_rows import Due, EndedCount
from bot.ledger.store import Ledger, LedgerProblem, Tx
from bot.ports import Ports
from bot.requests.scheduler import Scheduler
from bot.requests.services import ImageServices
from bot.supervise import Supervisor

BEAT = 1.0
"""Seconds between two beats of the loop."""
LOOK = 3.0
"""Seconds between two looks at queue and connections."""
WRITE = 8.0
"""Seconds between two writes to the database."""
SETTLED = 5.0
"""Seconds until an answer is counted: its time is its transaction's beginning, which may be committed a little later."""
MARK = "health"
"""Key of the value that is written."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look found in the ledger."""

    ended: Sequence[EndedCount]
    spent: dict[str, int]
    """Micros spent in total, by `day` and `month`."""


@dataclass(slots=True)
class Probe:
    """Fills a Pulse. `run` is supervised and never returns."""

    pulse: Pulse
    ledger: Ledger
    scheduler: Scheduler
    services: ImageServices
    supervisor: Supervisor
    ports: Ports
    zone: str
    on_seen: Callable[[Seen], None] = lambda seen: None
    beat: float = BEAT
    look: float = LOOK
    write: float = WRITE
    settled: float = SETTLED
    _until: float = field(default=math.nan)
    """Wall-clock time up to which answers have been counted."""

    async def run(self) -> None:
        """Observe until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._beat())
            tasks.create_task(self._write())
            tasks.create_task(self._look())

    async def _beat(self) -> None:
        while True:
            before = self.ports.monotonic()
            await asyncio.sleep(self.beat)
            now = self.ports.monotonic()
            self.pulse.lag, self.pulse.beat = max(0.0, now - before - self.beat), now

    async def _write(self) -> None:
        """A real write: a read-only disk or a full one only shows then. A lock ends it after the ledger's own patience."""
        while True:
            self.pulse.writing_since = self.ports.monotonic()
            try:
                await self.ledger.write(_mark)
                self.pulse.written, self.pulse.write_error = self.ports.monotonic(), ""
            except LedgerProblem as problem:
                self.pulse.write_error = type(problem).__name__
            self.pulse.writing_since = None
            await asyncio.sleep(self.write)

    async def _look(self) -> None:
        self._until = self.ports.now() - self.settled
        while True:
            now = self.ports.now()

            def look(connection: Connection, now: float = now) -> tuple[list[Sequence[Due]], dict[str, int], float | None, Seen]:
                day, month = budgets.day_and_month(now, self.zone)
                spent = health_rows.spent_in(connection, budgets.EVERYBODY, (day, month))
                ended = health_rows.ended_between(connection, self._until, now - self.settled)
                seen = Seen(ended, {"day": spent.get(day, 0), "month": spent.get(month, 0)})
                states = dict(health_rows.live_by_state(connection))
                due = [health_rows.oldest_due(connection, now, own=own) for own in (False, True)]
                return due, states, health_rows.latest_exchange(connection), seen

            try:
                (due, own), states, self.pulse.last_exchange, seen = await self.ledger.read(look)
            except Exception as error:
                self.pulse.write_error = type(error).__name__  # a ledger that can't be read can't be used, either
            else:
                self._until = now - self.settled
                self.pulse.queue = self._queue(due, own, now, states)
                self.on_seen(seen)
            self.pulse.gates = {one.name or "default": one.gate.snapshot(self.ports.monotonic()) for one in self.services.operators}
            self.pulse.links = {name: None if link.up else link.since for name, link in self.supervisor.links.items()}
            await asyncio.sleep(self.look)

    def _queue(self, due: Sequence[Due], own: Sequence[Due], now: float, states: dict[str, int]) -> QueueState:
        every = [*due, *own]
        left = [one for one in every if not self._explained(one)]
        return QueueState(
            oldest_due=max((now - one.due_at for one in due), default=0.0),
            unexplained=max((now - one.due_at for one in left), default=0.0),
            overdue=max(0.0, max((now - one.deadline_at for one in every if not self.scheduler.has_call(one.id)), default=0.0)),
            looked_at=self.scheduler.looked_at if math.isfinite(self.scheduler.looked_at) else math.inf,
            states=states,
        )

    def _explained(self, one: Due) -> bool:
        """Whether a call is in progress for a due request, or its gate knows it and says until when it holds it back."""
        if self.scheduler.has_call(one.id):
            return True
        name = self.scheduler.waits_for(one.id)
        held = None if name is None else self.scheduler.why_idle.get(name)
        if name is None or held is None:
            return False
        # A gate that waits for the end of a call has one in flight.
        return math.isfinite(held.when) or self.services.of(name).gate.snapshot(self.ports.monotonic()).in_flight > 0


def _mark(tx: Tx) -> None:
    memory_rows.remember(tx, MARK, round(tx.now))
