"""Gate memory: what the gates have learned is stored soon after each change, so that a restart doesn't cause another burst."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass

from bot.domain.own_services import is_own
from bot.ledger import memory_rows
from bot.ledger.store import LedgerProblem
from bot.messages import restoring
from bot.messages.notices import Notices
from bot.requests.scheduler import Scheduler
from bot.requests.services import ImageService

REMEMBER_EVERY, REMEMBER_AT_MOST_EVERY = 60.0, 1.0
"""Maximum and minimum seconds between two writes."""


@dataclass(slots=True)
class GateMemoryWriter:
    """Stores the memory of this process's gates while they're in charge, and tells operators how a service recovers."""

    scheduler: Scheduler
    notices: Notices

    async def run(self) -> None:
        """Write after each change, forever."""
        scheduler, kept = self.scheduler, dict[str, object]()
        stages = {service.name: restoring.shown_stage(self.notices, service.name) for service in scheduler.services}
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(REMEMBER_EVERY):
                    await scheduler.gate_changed.wait()
            scheduler.gate_changed.clear()
            for service in scheduler.services if scheduler.handover.runs_gate else ():
                learned = dict(service.gate.remember())
                if learned != kept.get(service.name):
                    await self.keep(service)
                    kept[service.name] = learned
                if not is_own(service.name):
                    stages[service.name] = await self._report_stage(service, stages[service.name])
            await asyncio.sleep(REMEMBER_AT_MOST_EVERY)

    async def keep(self, service: ImageService) -> None:
        """Store what a service's gate has learned; a failure is ignored, because the next write repeats it."""
        learned = dict(service.gate.remember())
        with contextlib.suppress(Exception):
            await self.scheduler.ledger.write(lambda tx: memory_rows.remember_gate(tx, service.provider.gate_key, learned))

    async def _report_stage(self, service: ImageService, before: str) -> str:
        """Notify the operators if a service's recovery has changed its stage. Returns the stage, or the one before if that failed."""
        seen, waiting = service.gate.snapshot(self.scheduler.ports.monotonic()), self.scheduler.waiting(service.name)
        if seen.stage != before:
            try:
                await self.scheduler.ledger.write(lambda tx: restoring.report(tx, self.notices, service.name, seen, waiting))
            except LedgerProblem:
                return before
        return seen.stage
