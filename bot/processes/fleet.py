"""Membership of the fleet: heartbeats, failure detection, and this process's locks.

A process that stops writing is declared dead in the ledger, once, and its locks become free. It may only have been paused: when it resumes,
its next transaction learns that and joins again under a new id. Until then, fencing tokens keep its late writes from moving anything.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import structlog

from bot.domain.requests import Place
from bot.domain.roles import ALL, ProcessRole, written
from bot.ledger import process_rows
from bot.ledger.participant import Participant
from bot.ledger.process_rows import DELIVERY, GATE, PICTURE_JOBS, LiveProcess
from bot.ledger.store import Ledger, LedgerProblem, Tx
from bot.ports import Ports

log = structlog.get_logger()

BEAT = 2.0
"""Seconds between two heartbeats."""
SILENT_FOR = 3.5
"""Seconds without a write, observed by this process itself, before it may declare another one dead. A step of the server's clock or a
server restart makes every process look dead at a single look."""
STALE = 3 * BEAT
"""Seconds since its own last heartbeat after which this process discards its observations: it was paused itself."""


LACKING_FOR = 15.0
"""Seconds for which no process may have a role before that is logged: processes start one after another, and are replaced."""


@dataclass(frozen=True, slots=True)
class LastBeat:
    """The last heartbeat seen of another process."""

    beat: int
    since: float
    """Loop time at which this count was first seen."""


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """Result of one heartbeat."""

    live: Sequence[LiveProcess]
    dead: tuple[str, ...]
    leader_token: int | None
    picture_jobs_token: int | None


@dataclass(slots=True)
class Fleet:
    """This process's view of the fleet. Exists only if several processes can share the ledger."""

    ledger: Ledger
    ports: Ports
    participant: Participant
    roles: frozenset[ProcessRole] = ALL
    on_dead: Callable[[Tx], None] = lambda tx: None
    """Called in the transaction that declares processes dead; interrupts their calls."""
    on_elected: Callable[[Tx, int], None] = lambda tx, token: None
    """Called with the fencing token, in the transaction in which this process becomes the leader."""
    on_change: Callable[[], None] = lambda: None
    """Called after this process has gained or lost a lock, or another process has died or left."""
    platforms: Callable[[], Sequence[str]] = tuple
    """Platforms that this process is connected to."""
    leader_token: int | None = None
    """Fencing token of the lock `gate`; None unless this process is the leader."""
    picture_jobs_token: int | None = None
    """Fencing token of the lock for picture jobs; None unless this process holds it."""
    live: Sequence[LiveProcess] = ()
    _last_beats: dict[str, LastBeat] = field(default_factory=dict)
    _delivers: dict[str, bool] = field(default_factory=dict)
    """By lock name, whether this process delivers to the community; absent if unknown. Known since it was last replaced."""
    _delivers_since: int = 0
    """How often this process had been replaced then."""
    _asked_at: dict[str, float] = field(default_factory=dict)
    _claiming: asyncio.Lock = field(default_factory=asyncio.Lock)
    _beat_at: float = float("-inf")
    _times_replaced: int = 0
    _lacking: tuple[frozenset[ProcessRole], float] = (frozenset(), 0.0)
    """Roles that no process has, and since when; infinitely long ahead once that is logged."""

    @property
    def is_only_worker(self) -> bool:
        return ProcessRole.WORK in self.roles and not any(ProcessRole.WORK in process.roles for process in self.others)

    @property
    def others(self) -> Sequence[LiveProcess]:
        """The other live processes, as of the last heartbeat."""
        return [process for process in self.live if process.id != self.participant.id]

    def lacking(self) -> frozenset[ProcessRole]:
        """The roles that no live process has: requests wait in vain for a call, for a grant, or for their message."""
        return ALL - self.roles.union(*(process.roles for process in self.live))

    def workers(self) -> Sequence[str]:
        return [process.id for process in self.live if ProcessRole.WORK in process.roles]

    async def run(self) -> None:
        """Send heartbeats until cancelled."""
        while True:
            await asyncio.sleep(BEAT)
            try:
                await self.beat()
            except LedgerProblem as problem:
                log.error("ledger_problem", problem=str(problem))

    async def beat(self, *, first: bool = False) -> None:
        """Renew this process's lease, declare silent processes dead, and acquire free locks.

        `first`: at start. If no other process has a session then, all of them are dead at once.
        """
        now = self.ports.monotonic()
        if now - self._beat_at > STALE:
            self._last_beats.clear()
        beat = await self.ledger.write(lambda tx: self._heartbeat(tx, now, first))
        self._beat_at = now
        before = self.leader_token, self.picture_jobs_token, self._times_replaced
        gone = {process.id for process in self.live} - {process.id for process in beat.live}
        self.live, self.leader_token, self.picture_jobs_token = beat.live, beat.leader_token, beat.picture_jobs_token
        self._times_replaced = self.participant.times_replaced
        self._forget_deliveries()
        self._note_lacking(now)
        if beat.dead:
            log.warning("processes_gone", processes=list(beat.dead))
        if gone or beat.dead:
            self._delivers = {name: mine for name, mine in self._delivers.items() if mine}
        if before != (self.leader_token, self.picture_jobs_token, self._times_replaced) or gone or beat.dead:
            if beat.leader_token != before[0]:
                log.info("gate_elected" if beat.leader_token else "gate_lost", term=beat.leader_token or before[0])
            self.on_change()

    def _note_lacking(self, now: float) -> None:
        """Log once that a role has been lacking for a while."""
        lacking, (before, since) = self.lacking(), self._lacking
        if lacking != before:
            self._lacking = lacking, now
        elif lacking and now - since >= LACKING_FOR:
            log.warning("roles_lacking", roles=written(lacking))
            self._lacking = lacking, float("inf")

    def _heartbeat(self, tx: Tx, now: float, first: bool) -> Heartbeat:
        seen = process_rows.live(tx.connection)
        dead = self._dead([process for process in seen if process.id != tx.owner], now, first)
        process_rows.declare_dead(tx, dead)
        departed = {process.id for process in self.live} - {process.id for process in seen}
        if dead or departed:  # a process that left may have cut off a call
            self.on_dead(tx)
        leader = process_rows.acquire(tx, GATE) if ProcessRole.GATE in self.roles else None
        if leader is not None and leader != self.leader_token:
            self.on_elected(tx, leader)
        picture_jobs = process_rows.acquire(tx, PICTURE_JOBS) if ProcessRole.WORK in self.roles else None
        return Heartbeat([process for process in seen if process.id not in dead], dead, leader, picture_jobs)

    def _dead(self, others: Sequence[LiveProcess], now: float, first: bool) -> tuple[str, ...]:
        if first and not any(process.connected for process in others):
            return tuple(process.id for process in others)  # only this process can write now
        known, self._last_beats = self._last_beats, {}
        for process in others:
            last = known.get(process.id)
            self._last_beats[process.id] = last if last is not None and last.beat == process.beat else LastBeat(process.beat, now)
        silent = [process for process in others if now - self._last_beats[process.id].since >= SILENT_FOR]
        return tuple(process.id for process in silent if process.expired or not process.connected)

    async def is_still_live(self, times_replaced: int) -> bool:
        """True if this process hasn't been declared dead since it read `times_replaced`. Asks the ledger if it was silent for long enough.
        Raises LedgerProblem."""
        if self.ports.monotonic() - self._beat_at >= SILENT_FOR:
            await self.beat()
        return self.participant.times_replaced == times_replaced

    async def resign(self, leave: Callable[[Tx], None]) -> None:
        """Give up leadership for good, because this process is shutting down. `leave` stores the state for the next leader."""
        self.roles = self.roles - {ProcessRole.GATE}
        token, self.leader_token = self.leader_token, None

        def body(tx: Tx) -> None:
            if token is not None and process_rows.holds(tx, GATE, token):
                leave(tx)
                process_rows.release(tx, GATE)

        if token is not None:
            await self.ledger.write(body)

    # ---- delivery locks ---------------------------------------------------------------------------------------------------------

    async def claim_delivery(self, place: Place) -> tuple[bool, bool]:
        """Acquire the delivery lock of a community, if it's free. Returns whether this process holds it, and whether it took it over from
        another process just now. One process delivers at a time, so that the platform's rate limit is kept in one place."""
        if ProcessRole.CHAT not in self.roles or place.platform not in self.platforms():
            return False, False
        name = _delivery(place)
        if (known := self._known(name)) is not None:
            return known, False
        async with self._claiming:  # many messages ask at once; one transaction answers all
            if (known := self._known(name)) is not None:
                return known, False
            token = await self.ledger.write(lambda tx: process_rows.acquire(tx, name))
            self._forget_deliveries()
            self._delivers[name], self._asked_at[name] = token is not None, self.ports.monotonic()
        return token is not None, token is not None and token > 1

    def is_delivered_elsewhere(self, place: Place) -> bool:
        """Whether another process was found to deliver to the community less than a heartbeat ago. Thread-safe."""
        return self._known(_delivery(place)) is False

    def _known(self, name: str) -> bool | None:
        """Whether this process holds a delivery lock; None if it has to ask."""
        if self._delivers_since != self.participant.times_replaced:
            return None
        mine = self._delivers.get(name)
        return None if mine is False and self.ports.monotonic() - self._asked_at.get(name, float("-inf")) >= BEAT else mine

    def _forget_deliveries(self) -> None:
        """Forget the delivery locks if this process was replaced since it took them: any of its transactions may have learned that."""
        if self._delivers_since != self.participant.times_replaced:
            self._delivers_since = self.participant.times_replaced
            self._delivers.clear()


def _delivery(place: Place) -> str:
    """Name of the lock for delivery to a place's community."""
    return f"{DELIVERY}{place.platform}:{place.community}"
