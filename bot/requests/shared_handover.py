"""Handover between several processes, through the ledger.

The leader's gate writes grants. A worker takes one in the transaction that opens the attempt, and writes the verdict in the transaction
that records the outcome. Untaken grants of a replaced leader are void.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog
from sqlalchemy import Connection

from bot.domain.requests import Lane
from bot.domain.roles import ProcessRole
from bot.gate.adoption import adopt
from bot.gate.gate import AdaptiveGate
from bot.gate.port import Grant, Verdict, Waiting
from bot.gate.signals import slows_the_account
from bot.ledger import attempt_rows, grant_rows, memory_rows, process_rows, request_rows
from bot.ledger.grant_rows import StoredGrant
from bot.ledger.memory_rows import GateMemory
from bot.ledger.process_rows import GATE
from bot.ledger.store import Ledger, LedgerProblem, Tx
from bot.ports import Ports
from bot.processes.fleet import Fleet
from bot.requests import verdicts
from bot.requests.attempt import Ended, NotNow, Opened
from bot.requests.handover import Handover, Opening, Ticket
from bot.requests.services import ImageService, ImageServices

log = structlog.get_logger()

GRANT, VERDICT, CANCEL = "grant", "verdict", "cancel"
"""Topics of wake-ups between processes."""
POLL_EVERY = 1.5
"""Maximum seconds between two reads, if no wake-up arrives."""
FREE_AFTER = 1.0
"""Seconds after which any worker may take a grant: the assigned one may be dead or paused."""
LOAD_EVERY = 2.0
"""Seconds between two reads of the leader's gate state, by processes that only show it."""
MAX_CALLS = 24
"""Maximum calls at a time from other processes' grants."""
NO_GRANT = 0
"""`StoredGrant.number` of a verdict on a poll, which no gate granted; gates count from 1."""
DROPPED: Mapping[str, Any] = {"dropped": True}


@dataclass(frozen=True, slots=True)
class HandedOver:
    """A grant that was assigned to another process."""

    grant: Grant
    service: ImageService
    row: str
    owner: str


@dataclass(slots=True)
class SharedHandover(Handover):
    """Handover of one process of several."""

    fleet: Fleet
    ledger: Ledger
    ports: Ports
    services: ImageServices
    fresh_gate: Callable[[ImageService, Mapping[str, Any] | None, float], AdaptiveGate]
    """Makes a gate from a service, the state that another gate stored, and its age in seconds."""
    running: Callable[[], int] = lambda: 0
    """Number of calls in flight in this process."""
    poll_every: float | None = POLL_EVERY
    _handed_over: dict[str, HandedOver] = field(default_factory=dict)
    """By request."""
    _outbox: list[StoredGrant] = field(default_factory=list)
    _settled_rows: set[str] = field(default_factory=set)
    """Ids of grants whose verdict is known, to be deleted by the next flush."""
    _offered_since: dict[str, float] = field(default_factory=dict)
    """Id of an untaken grant -> loop time at which this process first saw it."""
    _term: int | None = None
    """Leader's fencing token that this process's gates were made for; None while it isn't the leader."""
    _loaded_at: float = float("-inf")
    _read_at: float = float("-inf")
    _saved: dict[str, float] = field(default_factory=dict)
    _notifying: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def runs_gate(self) -> bool:  # type: ignore[override]
        return self.fleet.leader_token is not None and self._term == self.fleet.leader_token

    @property
    def makes_calls(self) -> bool:  # type: ignore[override]
        return ProcessRole.WORK in self.fleet.roles

    def hand_over(self, grant: Grant, service: ImageService) -> Ticket | None:
        token = self._term or 0
        if self.fleet.is_only_worker:
            return Ticket(grant, service, token=token)
        row = StoredGrant(
            self.ports.new_id(),
            grant.request_id,
            service.name,
            token,
            grant.id,
            grant.timeout,
            grant.probe,
            self.ports.now(),
            self._least_busy(),
            False,
            None,
        )
        self._outbox.append(row)
        self._handed_over[grant.request_id] = HandedOver(grant, service, row.id, row.owner)
        return None

    def _least_busy(self) -> str:
        """Id of the worker with the fewest calls; empty if there are no workers."""
        busy = Counter(one.owner for one in self._handed_over.values())
        return min(self.fleet.workers(), key=lambda worker: busy[worker], default="")

    def queue_read_due(self) -> bool:
        """The leader needs every change at once; the others only show the queue."""
        now = self.ports.monotonic()
        if not self.runs_gate and now - self._read_at < POLL_EVERY * 0.9:
            return False
        self._read_at = now
        return True

    def is_handed_over(self, request_id: str) -> bool:
        return request_id in self._handed_over

    def tasks_polled_elsewhere(self, connection: Connection) -> frozenset[str]:
        theirs = process_rows.tasks_polled_elsewhere(connection, self.fleet.participant.id)
        return theirs | attempt_rows.handed_elsewhere(connection, self.services.half_price_key)

    def claim_task(self, tx: Tx, attempt_id: str) -> bool:
        return process_rows.claim_task(tx, attempt_id)

    # ---- reading what other processes wrote ---------------------------------------------------------------------------------

    async def sync(self) -> Sequence[Ticket]:
        if self.fleet.leader_token is not None and self._term != self.fleet.leader_token:
            await self._take_over_gate(self.fleet.leader_token)
        elif self.fleet.leader_token is not None:
            await self._read_verdicts()
        else:
            self._term = None
            self._handed_over.clear()
            await self._load_gate_state()
        return await self._grants_to_run() if self.makes_calls else ()

    async def _take_over_gate(self, token: int) -> None:
        """Become the leader: load what the previous gates had learned, and adopt the calls that they granted."""
        services = list(self.services)

        def load(c: Connection) -> tuple[list[GateMemory], Sequence[StoredGrant], frozenset[str], dict[str, Waiting]]:
            rows = [one for one in grant_rows.all_of(c) if one.taken]
            memories = [memory_rows.recall_gate(c, one.provider.gate_key) for one in services]
            return memories, rows, grant_rows.abandoned(c), {one.request_id: _waiting(c, one.request_id) for one in rows}

        memories, rows, lost, waiting = await self.ledger.read(load)
        now, wall = self.ports.monotonic(), self.ports.now()
        gates = dict[str, AdaptiveGate]()
        for service, kept in zip(services, memories, strict=True):
            service.gate = gates[service.name] = self.fresh_gate(service, kept.learned, kept.age(wall))
        self._handed_over.clear()
        self._outbox.clear()
        for row in rows:
            if row.verdict is not None or row.id in lost:
                self._settled_rows.add(row.id)
                continue
            service = self.services.of(row.service)
            launched = now - max(0.0, wall - row.granted_at)
            if service.name not in gates:
                self._settled_rows.add(row.id)
                continue  # a community's key that isn't there anymore
            grant = adopt(gates[service.name], waiting[row.request_id], row.timeout, launched, now)
            self._handed_over[row.request_id] = HandedOver(grant, service, row.id, row.owner)
        self._term = token
        log.info("gate_taken_over", term=token, running=len(self._handed_over))

    async def _read_verdicts(self) -> None:
        rows, lost = await self.ledger.read(lambda c: (grant_rows.all_of(c), grant_rows.abandoned(c)))
        now = self.ports.monotonic()
        by_row = {given.row: (request_id, given) for request_id, given in self._handed_over.items()}
        for row in rows:
            if row.number == NO_GRANT and row.verdict is not None and row.id not in self._settled_rows:
                self.services.of(row.service).gate.hear(verdicts.from_json(row.verdict), now)
                self._settled_rows.add(row.id)
            if row.id not in by_row or (row.verdict is None and row.id not in lost):
                continue
            request_id, given = by_row[row.id]
            self._handed_over.pop(request_id, None)
            self._settled_rows.add(row.id)
            _report(given, row.verdict, now)

    async def _load_gate_state(self) -> None:
        """Load the leader's gate state, for what this process shows."""
        now = self.ports.monotonic()
        if now - self._loaded_at < LOAD_EVERY:
            return
        self._loaded_at = now
        services = list(self.services)
        keys = [one.provider.gate_key for one in services]
        memories = await self.ledger.read(lambda c: [memory_rows.recall_gate(c, key) for key in keys])
        for service, kept in zip(services, memories, strict=True):
            if kept.learned is not None and self._saved.get(service.name) != kept.stored_at:
                self._saved[service.name] = kept.stored_at
                service.gate = self.fresh_gate(service, kept.learned, kept.age(self.ports.now()))

    async def _grants_to_run(self) -> Sequence[Ticket]:
        rows = await self.ledger.read(grant_rows.waiting)
        now, before = self.ports.monotonic(), self._offered_since
        self._offered_since = {row.id: before.get(row.id, now) for row in rows}
        room = MAX_CALLS - self.running()
        mine = [row for row in rows if row.owner == self.fleet.participant.id or now - self._offered_since[row.id] >= FREE_AFTER]
        return [
            Ticket(Grant(row.number, row.request_id, row.timeout, row.probe), self.services.of(row.service), row.id, row.token)
            for row in mine[: max(0, room)]
        ]

    # ---- transactions -------------------------------------------------------------------------------------------------------

    async def flush(self) -> None:
        rows, self._outbox = self._outbox, []
        done, self._settled_rows = self._settled_rows, set()
        if not rows and not done:
            return
        token = self._term or 0

        def body(tx: Tx) -> bool:
            grant_rows.remove(tx, done)
            if not process_rows.holds(tx, GATE, token):
                return False
            grant_rows.add(tx, rows)
            for row in rows:
                tx.wake(GRANT, row.id)
            return True

        try:
            handed = await self.ledger.write(body)
        except BaseException:
            self._withdraw(rows)
            raise
        if not handed:
            log.warning("gate_was_replaced", term=token, grants=len(rows))
            self._withdraw(rows)
            self.fleet.leader_token = None

    def _withdraw(self, rows: Sequence[StoredGrant]) -> None:
        for row in rows:
            given = self._handed_over.pop(row.request_id, None)
            if given is not None:
                given.service.gate.drop(given.grant, self.ports.monotonic())

    def open(self, tx: Tx, ticket: Ticket, opening: Opening) -> Opened | NotNow | Ended:
        if not ticket.row:
            return opening(tx) if process_rows.holds(tx, GATE, ticket.token) else NotNow()
        if not grant_rows.claim(tx, ticket.row):
            return NotNow()
        opened = opening(tx)
        if not isinstance(opened, Opened):
            grant_rows.give_verdict(tx, ticket.row, DROPPED)
            tx.wake(VERDICT, ticket.row)
        return opened

    def record_verdict(self, tx: Tx, ticket: Ticket, verdict: Verdict) -> None:
        if ticket.row:
            grant_rows.give_verdict(tx, ticket.row, verdicts.to_json(verdict))
            tx.wake(VERDICT, ticket.row)

    def record_poll(self, tx: Tx, service: ImageService, verdict: Verdict) -> None:
        if self.runs_gate or not slows_the_account(verdict):
            return
        told = StoredGrant(tx.new_id(), "", service.name, 0, NO_GRANT, 0.0, False, tx.now, tx.owner or "", True, verdicts.to_json(verdict))
        grant_rows.add(tx, [told])
        tx.wake(VERDICT, told.id)

    def cancel(self, request_id: str) -> None:
        task = asyncio.get_running_loop().create_task(self._notify(request_id))
        self._notifying.add(task)
        task.add_done_callback(self._notifying.discard)

    async def _notify(self, request_id: str) -> None:
        try:
            await self.ledger.write(lambda tx: tx.wake(CANCEL, request_id))
        except LedgerProblem as problem:
            log.error("ledger_problem", problem=str(problem))  # the call ends by itself, and its outcome is late

    async def resign(self) -> None:
        learned = {one.provider.gate_key: dict(one.gate.remember()) for one in self.services} if self.runs_gate else {}
        self._term = None

        def keep(tx: Tx) -> None:
            for key, values in learned.items():
                try:
                    with tx.connection.begin_nested():
                        memory_rows.remember_gate(tx, key, values)
                except Exception:  # the next gate learns it again; the others' calls go on
                    log.exception("gate_not_kept", gate=key)

        with contextlib.suppress(LedgerProblem):  # otherwise the others declare this process dead
            await self.fleet.resign(keep)


def _report(given: HandedOver, verdict: Mapping[str, Any] | None, now: float) -> None:
    try:
        if verdict is not None and verdict.get("dropped"):
            given.service.gate.drop(given.grant, now)
        else:
            found = Verdict(None, cancelled=True) if verdict is None else verdicts.from_json(verdict)
            given.service.gate.report(given.grant, found, now)
    except Exception:
        log.exception("gate_failed", request=given.grant.request_id)


def _waiting(connection: Connection, request_id: str) -> Waiting:
    request = request_rows.get(connection, request_id)
    if request is None:
        return Waiting(request_id, "", "", Lane.INTERACTIVE, 0.0)
    place = request.place
    return Waiting(
        request_id, f"{place.platform}:{request.person.id}", f"{place.platform}:{place.community}", request.lane, request.created_at
    )
