"""This process among the others: its heartbeat, the discovery of those that are gone, and what it holds.

A process that's gone is declared so in the ledger, once; everything that it held is free from then on. It may only have been stopped:
when it goes on, its next transaction tells it, and it joins again under another id. What it holds in memory is fenced by tokens until then.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import structlog

from bot.domain.requests import Place
from bot.domain.roles import ALL, ProcessRole
from bot.ledger import process_rows
from bot.ledger.participant import Participant
from bot.ledger.process_rows import DRAWING, GATE, TALK, SeenProcess
from bot.ledger.store import Ledger, LedgerProblem, Tx
from bot.ports import Ports

log = structlog.get_logger()

BEAT = 2.0
"""Seconds between two heartbeats."""
SECOND_LOOK = 3.5
"""Seconds in which this process has to see another one write nothing before it takes it for gone: a step of the server's clock, or a
restart that ends all sessions, would look the same at one look."""
STALE = 3 * BEAT
"""Seconds without a look of its own, after which a process trusts nothing that it saw before."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What this process last saw of another one."""

    beat: int
    since: float
    """Loop time since which it has written nothing."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What one heartbeat found."""

    here: Sequence[SeenProcess]
    gone: tuple[str, ...]
    gate: int | None
    drawing: int | None


@dataclass(slots=True)
class Fleet:
    """One per process; only if several can share the ledger."""

    ledger: Ledger
    ports: Ports
    member: Participant
    roles: frozenset[ProcessRole] = ALL
    on_gone: Callable[[Tx], None] = lambda tx: None
    """Called in the transaction that declares processes gone, to answer for their calls."""
    on_gate: Callable[[Tx, int], None] = lambda tx, token: None
    """Called in the transaction in which this process becomes the gate."""
    on_change: Callable[[], None] = lambda: None
    """Called after this process has gained or lost something."""
    platforms: Callable[[], Sequence[str]] = tuple
    """Platforms that this process can send to."""
    gate: int | None = None
    """Fencing token while this process is the elected gate."""
    drawing: int | None = None
    here: Sequence[SeenProcess] = ()
    _sightings: dict[str, Sighting] = field(default_factory=dict)
    _talks: dict[str, bool] = field(default_factory=dict)
    """Communities for which it's known whether this process sends."""
    _asked_at: dict[str, float] = field(default_factory=dict)
    _looked_at: float = float("-inf")
    _replaced: int = 0

    @property
    def works_alone(self) -> bool:
        """Whether no other process makes calls."""
        return ProcessRole.WORK in self.roles and not any(ProcessRole.WORK in one.roles for one in self.others)

    @property
    def others(self) -> Sequence[SeenProcess]:
        """The other processes at the last look."""
        return [one for one in self.here if one.id != self.member.id]

    def workers(self) -> Sequence[str]:
        """Ids of the processes that make calls."""
        return [one.id for one in self.here if ProcessRole.WORK in one.roles]

    async def run(self) -> None:
        """Beat until cancelled."""
        while True:
            await asyncio.sleep(BEAT)
            try:
                await self.beat()
            except LedgerProblem as problem:
                log.error("ledger_problem", problem=str(problem))

    async def beat(self, *, first: bool = False) -> None:
        """Show that this process lives, and see who else does. `first`: at the start, when nobody else may be connected."""
        now = self.ports.monotonic()
        if now - self._looked_at > STALE:
            self._sightings.clear()
        looked = await self.ledger.write(lambda tx: self._look(tx, now, first))
        self._looked_at = now
        before = self.gate, self.drawing, self._replaced
        self.here, self.gate, self.drawing = looked.here, looked.gate, looked.drawing
        if self.member.times_replaced != self._replaced:
            self._replaced = self.member.times_replaced
            self._talks.clear()
        if looked.gone:
            log.warning("processes_gone", processes=list(looked.gone))
            self._talks = {name: mine for name, mine in self._talks.items() if mine}
        if before != (self.gate, self.drawing, self._replaced) or looked.gone:
            if looked.gate != before[0]:
                log.info("gate_elected" if looked.gate else "gate_lost", term=looked.gate or before[0])
            self.on_change()

    def _look(self, tx: Tx, now: float, first: bool) -> Looked:
        seen = process_rows.here(tx.connection)
        gone = self._gone([one for one in seen if one.id != tx.owner], now, first)
        process_rows.declare_gone(tx, gone)
        left = {one.id for one in self.here} - {one.id for one in seen}
        if gone or left:  # one that has left may have cut off a call
            self.on_gone(tx)
        gate = process_rows.take(tx, GATE) if ProcessRole.GATE in self.roles else None
        if gate is not None and gate != self.gate:
            self.on_gate(tx, gate)
        drawing = process_rows.take(tx, DRAWING) if ProcessRole.WORK in self.roles else None
        return Looked([one for one in seen if one.id not in gone], gone, gate, drawing)

    def _gone(self, others: Sequence[SeenProcess], now: float, first: bool) -> tuple[str, ...]:
        if first and not any(one.connected for one in others):
            return tuple(one.id for one in others)  # nobody can write now but this process
        known, self._sightings = self._sightings, {}
        for one in others:
            last = known.get(one.id)
            self._sightings[one.id] = last if last is not None and last.beat == one.beat else Sighting(one.beat, now)
        silent = [one for one in others if now - self._sightings[one.id].since >= SECOND_LOOK]
        return tuple(one.id for one in silent if one.expired or not one.connected)

    async def still_here(self, times: int) -> bool:
        """Whether this process was not declared gone since `times_replaced` was that; asks the ledger if it may have been stopped."""
        if self.ports.monotonic() - self._looked_at > STALE:
            await self.beat()
        return self.member.times_replaced == times

    async def resign(self, leave: Callable[[Tx], None]) -> None:
        """Be the gate no longer, and never again: this process stops. `leave` writes down what the next one begins with."""
        self.roles = self.roles - {ProcessRole.GATE}
        token, self.gate = self.gate, None

        def body(tx: Tx) -> None:
            if token is not None and process_rows.holds(tx, GATE, token):
                leave(tx)
                process_rows.release(tx, GATE)

        if token is not None:
            await self.ledger.write(body)

    # ---- who sends to a community -----------------------------------------------------------------------------------------------

    async def sends_to(self, place: Place) -> tuple[bool, bool]:
        """Whether this process sends to a community, and whether it has just taken that over. One process does at a time, so that it alone
        keeps the platform's pace."""
        if ProcessRole.CHAT not in self.roles or place.platform not in self.platforms():
            return False, False
        name = f"{TALK}{place.platform}:{place.community}"
        if self._talks.get(name):
            return True, False
        now = self.ports.monotonic()
        if name in self._talks and now - self._asked_at.get(name, float("-inf")) < BEAT:
            return False, False
        token = await self.ledger.write(lambda tx: process_rows.take(tx, name))
        self._talks[name], self._asked_at[name] = token is not None, now
        return token is not None, token is not None and token > 1
