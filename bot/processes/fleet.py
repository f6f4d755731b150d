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
from bot.ledger.process_rows import DELIVERY, GATE, PICTURE_JOBS, LiveProcess
from bot.ledger.store import Ledger, LedgerProblem, Tx
from bot.ports import Ports

log = structlog.get_logger()

BEAT = 2.0
"""Seconds between two heartbeats."""
SILENT_FOR = 3.5
"""Seconds in which this process has to see another one write nothing before it takes it for gone: a step of the server's clock, or a
restart that ends all sessions, would look the same at one look."""
STALE = 3 * BEAT
"""Seconds without a look of its own, after which a process trusts nothing that it saw before."""


@dataclass(frozen=True, slots=True)
class LastBeat:
    """What this process last saw of another one."""

    beat: int
    since: float
    """Loop time since which it has written nothing."""


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """What one heartbeat found."""

    live: Sequence[LiveProcess]
    dead: tuple[str, ...]
    leader_token: int | None
    picture_jobs_token: int | None


@dataclass(slots=True)
class Fleet:
    """One per process; only if several can share the ledger."""

    ledger: Ledger
    ports: Ports
    participant: Participant
    roles: frozenset[ProcessRole] = ALL
    on_dead: Callable[[Tx], None] = lambda tx: None
    """Called in the transaction that declares processes gone, to answer for their calls."""
    on_elected: Callable[[Tx, int], None] = lambda tx, token: None
    """Called in the transaction in which this process becomes the gate."""
    on_change: Callable[[], None] = lambda: None
    """Called after this process has gained or lost something."""
    platforms: Callable[[], Sequence[str]] = tuple
    """Platforms that this process can send to."""
    leader_token: int | None = None
    """Fencing token while this process is the elected gate."""
    picture_jobs_token: int | None = None
    live: Sequence[LiveProcess] = ()
    _last_beats: dict[str, LastBeat] = field(default_factory=dict)
    _delivers: dict[str, bool] = field(default_factory=dict)
    """Communities for which it's known whether this process sends."""
    _asked_at: dict[str, float] = field(default_factory=dict)
    _beat_at: float = float("-inf")
    _times_replaced: int = 0

    @property
    def is_only_worker(self) -> bool:
        """Whether no other process makes calls."""
        return ProcessRole.WORK in self.roles and not any(ProcessRole.WORK in one.roles for one in self.others)

    @property
    def others(self) -> Sequence[LiveProcess]:
        """The other processes at the last look."""
        return [one for one in self.live if one.id != self.participant.id]

    def workers(self) -> Sequence[str]:
        """Ids of the processes that make calls."""
        return [one.id for one in self.live if ProcessRole.WORK in one.roles]

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
        if now - self._beat_at > STALE:
            self._last_beats.clear()
        looked = await self.ledger.write(lambda tx: self._heartbeat(tx, now, first))
        self._beat_at = now
        before = self.leader_token, self.picture_jobs_token, self._times_replaced
        self.live, self.leader_token, self.picture_jobs_token = looked.live, looked.leader_token, looked.picture_jobs_token
        if self.participant.times_replaced != self._times_replaced:
            self._times_replaced = self.participant.times_replaced
            self._delivers.clear()
        if looked.dead:
            log.warning("processes_gone", processes=list(looked.dead))
            self._delivers = {name: mine for name, mine in self._delivers.items() if mine}
        if before != (self.leader_token, self.picture_jobs_token, self._times_replaced) or looked.dead:
            if looked.leader_token != before[0]:
                log.info("gate_elected" if looked.leader_token else "gate_lost", term=looked.leader_token or before[0])
            self.on_change()

    def _heartbeat(self, tx: Tx, now: float, first: bool) -> Heartbeat:
        seen = process_rows.live(tx.connection)
        gone = self._dead([one for one in seen if one.id != tx.owner], now, first)
        process_rows.declare_dead(tx, gone)
        left = {one.id for one in self.live} - {one.id for one in seen}
        if gone or left:  # one that has left may have cut off a call
            self.on_dead(tx)
        gate = process_rows.acquire(tx, GATE) if ProcessRole.GATE in self.roles else None
        if gate is not None and gate != self.leader_token:
            self.on_elected(tx, gate)
        drawing = process_rows.acquire(tx, PICTURE_JOBS) if ProcessRole.WORK in self.roles else None
        return Heartbeat([one for one in seen if one.id not in gone], gone, gate, drawing)

    def _dead(self, others: Sequence[LiveProcess], now: float, first: bool) -> tuple[str, ...]:
        if first and not any(one.connected for one in others):
            return tuple(one.id for one in others)  # nobody can write now but this process
        known, self._last_beats = self._last_beats, {}
        for one in others:
            last = known.get(one.id)
            self._last_beats[one.id] = last if last is not None and last.beat == one.beat else LastBeat(one.beat, now)
        silent = [one for one in others if now - self._last_beats[one.id].since >= SILENT_FOR]
        return tuple(one.id for one in silent if one.expired or not one.connected)

    async def is_still_live(self, times: int) -> bool:
        """Whether this process was not declared gone since `times_replaced` was that; asks the ledger if it may have been stopped."""
        if self.ports.monotonic() - self._beat_at > STALE:
            await self.beat()
        return self.participant.times_replaced == times

    async def resign(self, leave: Callable[[Tx], None]) -> None:
        """Be the gate no longer, and never again: this process stops. `leave` writes down what the next one begins with."""
        self.roles = self.roles - {ProcessRole.GATE}
        token, self.leader_token = self.leader_token, None

        def body(tx: Tx) -> None:
            if token is not None and process_rows.holds(tx, GATE, token):
                leave(tx)
                process_rows.release(tx, GATE)

        if token is not None:
            await self.ledger.write(body)

    # ---- who sends to a community -----------------------------------------------------------------------------------------------

    async def claim_delivery(self, place: Place) -> tuple[bool, bool]:
        """Whether this process sends to a community, and whether it has just taken that over. One process does at a time, so that it alone
        keeps the platform's pace."""
        if ProcessRole.CHAT not in self.roles or place.platform not in self.platforms():
            return False, False
        name = f"{DELIVERY}{place.platform}:{place.community}"
        if self._delivers.get(name):
            return True, False
        now = self.ports.monotonic()
        if name in self._delivers and now - self._asked_at.get(name, float("-inf")) < BEAT:
            return False, False
        token = await self.ledger.write(lambda tx: process_rows.acquire(tx, name))
        self._delivers[name], self._asked_at[name] = token is not None, now
        return token is not None, token is not None and token > 1
