"""Scheduler: reads the queue, asks the gate, makes the granted calls, and records their outcomes.

A waiting request is only a row. A coroutine exists from the grant to the recorded outcome, and for each poll of a task.
"""

from __future__ import annotations

import asyncio
import contextvars
import hashlib
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from functools import partial

import structlog

from bot.domain.outcome import Billed, Outcome, Pending
from bot.domain.request_states import RequestState
from bot.domain.requests import Attempt, Request
from bot.events import EventStream
from bot.failures.classify import classify
from bot.gate.port import Gate, Grant, Verdict, Waiting, WakeAt
from bot.ledger import attempt_rows, request_rows
from bot.ledger.store import Ledger, LedgerProblem, Tx
from bot.observe import hide
from bot.ports import Ports
from bot.providers.port import Call
from bot.requests.attempt import Dependencies, NotNow, Opened, open_attempt, record_outcome
from bot.requests.call_events import CallMade, publish_call, publish_changes
from bot.requests.estimates import Estimates
from bot.requests.fallback import Fallback
from bot.requests.handover import Handover, Ticket
from bot.requests.previews import Previews
from bot.requests.queued import as_waiting
from bot.requests.services import ImageService, ImageServices
from bot.requests.verdicts import NOT_STORED, must_be_recorded, outcome_of_bug, verdict_on

log = structlog.get_logger()

SAFETY_POLL = 20.0
"""Maximum seconds between two reads of the queue, because the wall clock may jump and wake-ups may be lost."""
COLLECT_TIMEOUT = 60.0
TASKS_KEPT = 2000
PAUSE_AFTER_PROBLEM = 2.0
"""Seconds to wait after a bug or a full disk: the row is still due, and would be retried in a tight loop."""
READ_REST, READ_REST_MOST = 4.0, 1.0
"""While requests wait in memory, the queue is read again after this multiple of the last read's duration, at most after so many seconds:
a thousand waiting rows that are read after every change would take the time of the calls that they wait for."""


@dataclass(slots=True)
class Scheduler:
    """Runs requests. Other rooms call `wake` after a change; losing a wake-up is harmless."""

    ledger: Ledger
    services: ImageServices
    deps: Dependencies
    ports: Ports
    previews: Previews
    salt: str
    """Salt of the member hashes that services get, so that they mean nothing outside this installation."""
    events: EventStream = field(default_factory=EventStream)
    handover: Handover = field(default_factory=Handover)
    gate_changed: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a gate's state changes, so that it's stored."""
    estimates: Estimates = field(init=False)
    looked_at: float = float("-inf")
    """Loop time of the latest completed turn."""
    why_idle: dict[str, WakeAt] = field(default_factory=dict)
    """Latest reason for which a service's gate granted nothing, by the service's name."""
    _look: asyncio.Event = field(default_factory=asyncio.Event)
    _dirty: bool = True
    _fallback: Fallback = field(default_factory=Fallback)
    _rows: Sequence[request_rows.Queued] = ()
    _waiting: dict[str, list[Waiting]] = field(default_factory=dict)
    """The queue of each service, by name."""
    _running: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _calls: dict[str, asyncio.Task[Outcome]] = field(default_factory=dict)
    _tasks: dict[str, Pending] = field(default_factory=dict)
    """Last answer about a request's pending task, by request id."""
    _cancelled: set[str] = field(default_factory=set)
    _read_due: float = float("-inf")
    """Loop time before which the queue isn't read again while requests wait in memory."""
    _draining: bool = False

    def __post_init__(self) -> None:
        self.estimates = Estimates(self.ports)

    def wake(self, request_id: str) -> None:
        """Read the queue again: this request changed or is due."""
        self._dirty = True
        self._look.set()

    def look_again(self, _: str = "") -> None:
        """Start a turn without reading the queue: another process granted a call to this one."""
        self._look.set()

    def cancel(self, request_id: str) -> None:
        """Cancel the call of a request whose row is already cancelled, in whichever process makes it."""
        self.handover.cancel(request_id)
        self.cancel_here(request_id)

    def cancel_here(self, request_id: str) -> None:
        """Cancel the call if it runs in this process. Once: what it does to end well isn't cancelled again."""
        if request_id in self._running and request_id not in self._cancelled:
            self._cancelled.add(request_id)
            if (call := self._calls.get(request_id)) is not None:
                call.cancel()
        self.wake(request_id)

    def is_running(self, request_id: str) -> bool:
        """Whether a call of this request is in flight in this process."""
        return request_id in self._running

    def has_call(self, request_id: str) -> bool:
        """Whether a call is in flight or granted. True for every request if another process is the leader, which keeps track of that."""
        return not self.handover.runs_gate or not self._is_free(request_id)

    def waits_for(self, request_id: str) -> str | None:
        """Name of the service for which the request waits, in the queue that was last read; None if it doesn't."""
        return next((name for name, queue in self._waiting.items() if any(one.request_id == request_id for one in queue)), None)

    def waiting(self, service: str) -> int:
        return len(self._waiting.get(service, ()))

    def task(self, request_id: str) -> Pending | None:
        """Last answer about a request's pending task; None before the first one. Thread-safe."""
        return self._tasks.get(request_id)

    def update_estimates(self) -> None:
        """Compute the forecasts of waiting requests again if they're too old."""
        self.estimates.update(self.services, self._waiting)

    async def run(self) -> None:
        """Grant calls and poll tasks until cancelled."""
        while True:
            self._look.clear()
            try:
                wake_at = await self._turn()
                self.looked_at = self.ports.monotonic()
            except LedgerProblem as problem:
                log.error("ledger_problem", problem=str(problem))
                wake_at = self.ports.monotonic() + PAUSE_AFTER_PROBLEM
            except Exception:
                # One turn's bug must not end the loop: all requests would wait forever.
                log.exception("scheduler_turn_failed")
                self._dirty, wake_at = True, self.ports.monotonic() + PAUSE_AFTER_PROBLEM
            longest, wait = self.handover.poll_every or SAFETY_POLL, max(0.0, wake_at - self.ports.monotonic())
            try:
                async with asyncio.timeout(min(longest, wait)):
                    await self._look.wait()
            except TimeoutError:
                self._dirty = self._dirty or wait >= longest  # the poll, not a time that the gate had named

    def running(self) -> tuple[str, ...]:
        """Ids of requests with a call in flight, oldest call first."""
        return tuple(self._running)

    async def drain(self, seconds: float) -> tuple[str, ...]:
        """Start no more calls, and wait for those in flight. Returns the ids of requests whose call was cut off; the next start recovers
        them."""
        self._draining = True
        await self.handover.resign()
        tasks = {task: request_id for request_id, task in self._running.items()}
        if not tasks:
            return ()
        _, late = await asyncio.wait(tasks, timeout=seconds)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late)
        return tuple(request_id for task, request_id in tasks.items() if task in late)

    async def _turn(self) -> float:
        if self._draining:
            return float("inf")
        for ticket in await self.handover.sync():
            if ticket.grant.request_id not in self._running:
                self._start(ticket.grant.request_id, self._call(ticket))
        if self._dirty and self._may_read() and self.handover.queue_read_due():
            await self._read()
        now = self.ports.monotonic()
        if self._fallback.look(self.services, now):
            self._regroup()
        if not self.handover.runs_gate:
            return float("inf")
        asked = self.services.to_ask(self._waiting)
        wake_at = min(self._fallback.when(self.services, now), *(self._grant(service) for service in asked))
        await self.handover.flush()
        return min(wake_at, self._read_due) if self._dirty else wake_at

    def _may_read(self) -> bool:
        return self.ports.monotonic() >= self._read_due or not any(self._waiting.values())

    async def _read(self) -> None:
        """Read the queue, and start the polls that are due."""
        self._dirty, began = False, self.ports.monotonic()
        self._rows, collecting, elsewhere = await self.ledger.read(
            lambda c: (
                request_rows.queue(c, self.ports.now()),
                request_rows.due(c, RequestState.COLLECTING, self.ports.now()) if self.handover.makes_calls else (),
                self.handover.tasks_polled_elsewhere(c),
            )
        )
        ended = self.ports.monotonic()
        self._read_due = ended + min(READ_REST_MOST, READ_REST * (ended - began))
        self._regroup()
        for request in collecting:
            if request.id not in self._running and request.id not in elsewhere:
                self._start(request.id, self._collect(request))

    def _is_free(self, request_id: str) -> bool:
        return request_id not in self._running and not self.handover.is_handed_over(request_id)

    def _regroup(self) -> None:
        rows = [row for row in self._rows if self._is_free(row.id)]
        found = self._fallback.group(self.services, rows)
        self._waiting = {name: [as_waiting(row, self.deps.rules, name) for row in some] for name, some in found.items()}
        self.estimates.queue_changed = True

    def _grant(self, service: ImageService) -> float:
        """Start the calls that the service's gate grants. Returns the loop time at which to ask again."""
        while True:
            now = self.ports.monotonic()
            waiting = [one for one in self._waiting.get(service.name, ()) if self._is_free(one.request_id)]
            self._waiting[service.name] = waiting
            granted = service.gate.next(now, waiting)
            self._note_changes(service)
            if not isinstance(granted, Grant):
                self.why_idle[service.name] = granted
                return granted.when
            if (ticket := self.handover.hand_over(granted, service)) is not None:
                self._start(granted.request_id, self._call(ticket))

    def _start(self, request_id: str, work: Coroutine[None, None, None]) -> None:
        context = contextvars.copy_context()  # keeps the prompt redacted in log lines of callbacks too
        task = asyncio.get_running_loop().create_task(work, context=context)
        self._running[request_id] = task
        task.add_done_callback(lambda done: self._on_task_end(request_id, done), context=context)

    def _on_task_end(self, request_id: str, done: asyncio.Task[None]) -> None:
        self._running.pop(request_id, None)
        self._cancelled.discard(request_id)
        if not done.cancelled() and done.exception() is not None:
            log.error("exchange_failed", request=request_id, exc_info=done.exception())
            done.get_loop().call_later(PAUSE_AFTER_PROBLEM, self.wake, request_id)
            return
        self.wake(request_id)

    async def _call(self, ticket: Ticket) -> None:
        grant, service = ticket.grant, ticket.service
        gate: Gate | None = None if ticket.row else service.gate  # the leader's gate reads the verdict in the ledger
        try:
            opened = await self.ledger.write(
                lambda tx: self.handover.open(tx, ticket, lambda tx: open_attempt(tx, grant.request_id, self.deps, service))
            )
        except BaseException:
            self._drop(gate, grant)
            raise
        if not isinstance(opened, Opened):
            await asyncio.sleep(opened.pause if isinstance(opened, NotNow) else 0)
            return self._drop(gate, grant)
        hide(opened.request.prompt)
        call = self._call_of(opened.request, opened.attempt, grant.timeout, service)
        try:
            shown = partial(self.previews.show, opened.request.id)
            outcome = await self._make(opened.request.id, lambda: service.provider.call(call, shown), service)
        except BaseException:
            self.previews.end(opened.request.id)
            if gate is not None:
                gate.report(grant, Verdict(None, cancelled=True), self.ports.monotonic())
            raise
        unfinished = self.previews.end(opened.request.id)
        await self._finish_call(
            CallMade(opened.request, opened.attempt, outcome, service),
            lambda verdict: None if gate is None else gate.report(grant, verdict, self.ports.monotonic()),
            lambda tx, verdict: self.handover.record_verdict(tx, ticket, verdict),
        )
        await self.previews.delete(unfinished)

    def _drop(self, gate: Gate | None, grant: Grant) -> None:
        if gate is not None:
            gate.drop(grant, self.ports.monotonic())

    async def _finish_call(self, made: CallMade, notify: Callable[[Verdict], None], also: Callable[[Tx, Verdict], None]) -> None:
        """Finish a call or a poll: classify its failure, notify the gate, record the outcome. `also` writes in the same transaction."""
        request, outcome, service = made.request, made.outcome, made.service
        failure = None if outcome.shortfall is None else classify(outcome.shortfall)
        verdict = verdict_on(failure, outcome)
        try:
            notify(verdict)
        except Exception:
            log.exception("gate_failed", request=request.id)  # the outcome is recorded anyway
        self._note_changes(service)
        self._look.set()
        publish_call(self.events, made, failure)
        self._note_task(request.id, outcome.pending)

        def record(tx: Tx) -> None:
            record_outcome(tx, made.attempt.id, outcome, failure, self.deps, service.host)
            also(tx, verdict)

        try:
            await self._write_with_retry(record)
        except Exception as bug:
            log.exception("outcome_not_stored", request=request.id)
            lost = outcome_of_bug(service.provider.name, bug)
            await self._write_with_retry(lambda tx: record_outcome(tx, made.attempt.id, lost, NOT_STORED, self.deps, service.host))

    async def _collect(self, request: Request) -> None:
        attempt = await self.ledger.read(lambda c: attempt_rows.open_attempt_of(c, request.id))
        if attempt is None or attempt.task_id is None:
            return
        if self.handover.poll_every is not None and not await self.ledger.write(lambda tx: self.handover.claim_task(tx, attempt.id)):
            return
        hide(request.prompt)
        service = self.services.of(request.service)
        call = self._call_of(request, attempt, COLLECT_TIMEOUT, service)
        pending = Pending(attempt.task_id, attempt.poll_url, handed_to=attempt.handed_to)
        outcome = await self._make(request.id, lambda: service.provider.collect(call, pending), service)
        await self._finish_call(
            CallMade(request, attempt, outcome, service),
            lambda verdict: service.gate.hear(verdict, self.ports.monotonic()),
            lambda tx, verdict: self.handover.record_poll(tx, service, verdict),
        )

    def _note_task(self, request_id: str, pending: Pending | None) -> None:
        self._tasks.pop(request_id, None)
        if pending is not None:
            self._tasks[request_id] = pending
        if len(self._tasks) > TASKS_KEPT:
            # The oldest is past its deadline and wasn't polled again.
            self._tasks.pop(next(iter(self._tasks)))

    async def _make(self, request_id: str, start: Callable[[], Coroutine[None, None, Outcome]], service: ImageService) -> Outcome:
        """Make one call that the member can cancel. A cancellation of the process itself is passed on."""
        if request_id in self._cancelled:
            return Outcome(billed=Billed.NO, cancelled=True)
        call: asyncio.Task[Outcome] = asyncio.get_running_loop().create_task(start())
        self._calls[request_id] = call
        try:
            await asyncio.wait([call])
        except asyncio.CancelledError:
            call.cancel()
            await asyncio.wait([call])
            if not must_be_recorded(call):
                raise
            # The process still stops, after the outcome is recorded.
            if (me := asyncio.current_task()) is not None:
                me.cancel()
        finally:
            self._calls.pop(request_id, None)
        if call.cancelled():
            return Outcome(billed=Billed.UNKNOWN, cancelled=True)
        bug = call.exception()
        if bug is None:
            return call.result()
        log.error("provider_raised", request=request_id, exc_info=bug)
        return outcome_of_bug(service.provider.name, bug)

    async def _write_with_retry(self, fn: Callable[[Tx], object]) -> None:
        """Retry the write until it succeeds, because the outcome was paid for."""
        delay = 0.5
        while True:
            try:
                await self.ledger.write(fn)
                return
            except LedgerProblem as problem:
                log.error("ledger_problem", problem=str(problem))
                await asyncio.sleep(delay)
                delay = min(30.0, delay * 2)

    def _call_of(self, request: Request, attempt: Attempt, timeout: float, service: ImageService) -> Call:
        member = hashlib.sha256(f"{self.salt}:{request.place.platform}:{request.person.id}".encode()).hexdigest()[:32]
        left = max(1.0, request.deadline_at - self.ports.now())
        return Call(
            attempt.id,
            service.model_for(request.model) or request.model,
            request.prompt,
            request.size,
            request.quality,
            attempt.wanted,
            min(timeout, left),
            member,
            request.left_out,
            request.references,
            request.mask,
            partials=0 if request.batch else self.previews.count(request.place.platform),
        )

    def _note_changes(self, service: ImageService) -> None:
        waiting = len(self._waiting.get(service.name, ()))
        if self.handover.runs_gate and publish_changes(self.events, service, waiting, self.ports.monotonic()):
            self.gate_changed.set()
