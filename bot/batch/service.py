"""Facade of this room: runs the steps of batches in the process that owns the ledger."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import structlog

from bot.batch import messages
from bot.batch.engine import BatchEngine
from bot.ledger import batch_item_rows, batch_rows
from bot.ledger.store import Ledger, LedgerProblem, Tx
from bot.requests.rules import Rules
from bot.requests.transitions import BATCH, CaseOpener

log = structlog.get_logger()

GATHER = 0.1
"""Seconds for which wake-ups of a batch are gathered into one step: a dozen of its requests move at a time."""
WATCH = 2.0
"""Seconds between two looks for batches that a command beside the bot has started or changed. It can't wake this process."""


@dataclass(slots=True)
class Batches:
    """Batches of a running bot."""

    ledger: Ledger
    engine: BatchEngine
    _due: set[str] = field(default_factory=set)
    _task: asyncio.Task[None] | None = None
    _stopped: bool = False

    def wake(self, batch_id: str) -> None:
        """Look at a batch soon. Never blocks, never raises."""
        if self._stopped:
            return
        self._due.add(batch_id)
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run())

    def sweep(self, tx: Tx) -> None:
        """Wake every batch that asks for pictures or waits for some: finds what a kill or a lost wake-up left."""
        for batch_id in {*batch_rows.active(tx.connection), *batch_item_rows.waiting(tx.connection)}:
            tx.wake(BATCH, batch_id)

    async def watch(self) -> None:
        """Look for what commands beside the bot changed, forever."""
        while True:
            await asyncio.sleep(WATCH)
            for batch_id in await self.ledger.read(batch_rows.active):
                self.wake(batch_id)

    async def stop(self) -> None:
        """Finish the step that is being written; start no other."""
        self._stopped = True
        if self._task is not None:
            await asyncio.wait([self._task])

    async def _run(self) -> None:
        try:
            while self._due and not self._stopped:
                await asyncio.sleep(GATHER)
                due, self._due = self._due, set()
                for batch_id in sorted(due):
                    await self._step(batch_id)
        finally:
            self._task = None

    async def _step(self, batch_id: str) -> None:
        try:
            await self.ledger.write(lambda tx: self.engine.step(tx, batch_id))
        except LedgerProblem as problem:
            log.error("ledger_problem", problem=str(problem))  # the sweep looks again
        except Exception:
            log.exception("batch_step_failed", batch=batch_id)


def batches_of(ledger: Ledger, rules: Rules, open_case: CaseOpener) -> Batches:
    """Batches with their engine and their messages."""
    return Batches(ledger, BatchEngine(rules, open_case, messages.changed))
