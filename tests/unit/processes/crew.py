"""Two processes on one database, and a clock that the test moves."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import psycopg

from bot.domain.requests import Place
from bot.ledger.server import LedgerServer
from bot.ledger.store import Ledger
from bot.ports import SystemPorts
from bot.processes import fleet
from bot.processes.fleet import Fleet

HOME = Place("test", "home", "imagine")


@dataclass
class Clock(SystemPorts):
    """Loop time that a test moves."""

    at: float = 100.0

    def monotonic(self) -> float:
        return self.at


@dataclass
class Crew:
    """Two processes."""

    server: LedgerServer
    clock: Clock
    first: Fleet
    second: Fleet

    def end_session(self, one: Fleet) -> None:
        """What kill -9 does to a process's writing session."""
        with psycopg.connect(self.server.url, autocommit=True) as other:
            ended = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = %s"
            assert other.execute(ended, (f"imagine-bot {one.participant.id[:12]}",)).fetchall()

    def expire(self, one: Fleet) -> None:
        with psycopg.connect(self.server.url, autocommit=True) as other:
            other.execute("UPDATE processes SET lease_until = 1.0 WHERE id = %s", (one.participant.id,))

    async def look(self) -> None:
        """The second one looks twice, far enough apart; the first one writes nothing meanwhile."""
        await self.second.beat()
        self.clock.at += fleet.SILENT_FOR
        await self.second.beat()


async def opened(server: LedgerServer, folder: Path) -> Crew:
    """Two of them, of which the first one is the leader."""
    clock, made = Clock(), []
    for _ in range(2):
        ledger = await Ledger.open(folder, clock.now, clock.new_id, server)
        assert ledger.participant is not None
        made.append(Fleet(ledger, clock, ledger.participant, platforms=lambda: ("test",)))
    await made[0].beat(first=True)
    await made[1].beat(first=True)
    return Crew(server, clock, *made)
