"""Planted bugs: each breaks one rule of the real core from outside, for as long as its block lasts. The product knows nothing of them.

They show that the checker would see the real thing: `test_planted_bugs.py` switches them on one at a time.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from sqlalchemy import delete, update

import bot.ledger.clock_rows
import bot.lifecycle
import bot.requests.accept
import bot.requests.attempt
import bot.requests.books
import bot.requests.decide
import bot.requests.fallback
import bot.requests.sweep
import bot.requests.transitions
from bot.chat.port import Message, SendResult
from bot.chat.views import Audience, View
from bot.core import Core, Duplicate, Received
from bot.domain.failure import Failure
from bot.domain.kinds import Group
from bot.domain.outcome import Billed, Outcome
from bot.domain.request_states import REQUESTS, RequestState
from bot.domain.requests import Request, Submission
from bot.gate.gate import AdaptiveGate
from bot.gate.port import Grant, Verdict
from bot.ledger import attempt_rows, message_rows, request_rows
from bot.ledger.store import Tx
from bot.ledger.tables import messages, requests
from bot.messages.sender import Sender
from bot.ports.steady import SteadyPorts
from bot.requests.decide import Queue
from bot.requests.fallback import Fallback
from bot.requests.recover import Recovered
from bot.requests.rules import Rules
from bot.requests.scheduler import Scheduler
from tests.simulation import process

Plant = Callable[[], Any]
BUGS: dict[str, Plant] = {}


def bug(plant: Callable[[], Iterator[None]]) -> Plant:
    """Registers a planted bug under its function's name."""
    BUGS[plant.__name__] = made = contextmanager(plant)
    return made


@bug
def delivered_marked_before_sending() -> Iterator[None]:
    real = Sender._send

    async def send(self: Sender, message: Message, view: View) -> SendResult:
        if view.final:
            await self.ledger.write(
                lambda tx: tx.connection.execute(update(messages).where(messages.c.id == message.id).values(settled=True))
            )
        return await real(self, message, view)

    with patch.object(Sender, "_send", send):
        yield


@bug
def a_finished_part_is_forgotten() -> Iterator[None]:
    with patch.object(request_rows, "settle_part", lambda tx, request, pictures, failure: None):
        yield


@bug
def no_rescue_of_orphans() -> Iterator[None]:
    def recover(tx: Tx) -> Recovered:
        received = request_rows.in_state(tx.connection, RequestState.RECEIVED)
        return Recovered(tuple((one.id, one.place) for one in received), 0, tuple(message_rows.unsettled(tx.connection)))

    with patch.object(bot.lifecycle, "recover", recover), patch.object(bot.requests.sweep, "interrupt", lambda tx, request: None):
        yield


@bug
def an_orphans_cost_forgotten() -> Iterator[None]:
    real = bot.requests.books.budgets.settle

    def settle(tx: Tx, rows: Any, **values: Any) -> None:
        real(tx, rows, **{**values, "cost": 0})

    def close(tx: Tx, attempt_id: str, outcome: Outcome, cost: int) -> bool:
        return close_attempt(tx, attempt_id, outcome, 0)

    close_attempt = attempt_rows.close_attempt
    shim = _Shim(bot.requests.books.budgets, settle=settle)
    rows = _Shim(attempt_rows, close_attempt=close)
    with patch.object(bot.requests.books, "budgets", shim), patch.object(bot.requests.books, "attempt_rows", rows):
        yield


def _decided_again(group: Group) -> Any:
    """`decide` that tries again after failures of a group."""
    real = bot.requests.decide.decide

    def decide(request: Request, failure: Failure | None, pictures: int, rules: Rules, now: float, wait: float) -> Any:
        if failure is not None and failure.group is group and not pictures and request.attempts < rules.max_attempts:
            return Queue(now + 2.0)
        return real(request, failure, pictures, rules, now, wait)

    return patch.object(bot.requests.decide, "decide", decide)


@bug
def a_safety_block_retried() -> Iterator[None]:
    with _decided_again(Group.SAFETY):
        yield


@bug
def a_blocked_prompt_sent_to_the_second_service() -> Iterator[None]:
    """What most gateways do: a refusal is an error, and an error is asked again elsewhere."""
    real = Fallback.group

    def group(self: Fallback, services: Any, rows: Any) -> dict[str, list[Any]]:
        blocked = [row for row in rows if (row.failure or "").startswith("safety")]
        found = real(self, services, [row for row in rows if row not in blocked])
        return {**found, "fallback": [*found.get("fallback", []), *blocked]} if blocked else found

    with _decided_again(Group.SAFETY), patch.object(Fallback, "group", group), patch.object(bot.requests.attempt, "may_move", _yes):
        yield


@bug
def a_request_that_may_be_charged_sent_to_the_second_service() -> Iterator[None]:
    with patch.object(bot.requests.fallback, "_movable", _yes):
        yield


def _yes(*_: object, **__: object) -> bool:
    return True


@bug
def a_400_retried() -> Iterator[None]:
    with _decided_again(Group.PARAMETERS):
        yield


@bug
def attempts_counted_after_the_call() -> Iterator[None]:
    """An exchange counts when its answer is read; one that breaks never does."""
    with patch.object(bot.requests.decide, "was_unbilled", lambda failure, billed: failure is not None and billed is not Billed.YES):
        yield


@bug
def budget_checked_then_acted_on() -> Iterator[None]:
    """The budget is looked at when a request is accepted, and reserved later without another look."""
    shim = _Shim(bot.requests.attempt.budgets, short=lambda *_: None)
    real = bot.requests.attempt.budgets.reserve

    def reserve(tx: Tx, request: Request, micros: int, pictures: int, limits: Any) -> Any:
        return real(tx, request, micros, pictures, dataclasses.replace(limits, community_month=None))

    shim.reserve = reserve
    with patch.object(bot.requests.attempt, "budgets", shim):
        yield


@bug
def a_timeout_booked_as_free() -> Iterator[None]:
    real = bot.requests.books.cost_of

    def cost_of(request: Request, outcome: Outcome, reserved: int, rules: Any) -> int:
        return 0 if outcome.billed is Billed.UNKNOWN else real(request, outcome, reserved, rules)

    with patch.object(bot.requests.books, "cost_of", cost_of):
        yield


@bug
def retry_after_ignored() -> Iterator[None]:
    real = AdaptiveGate.report

    def report(self: AdaptiveGate, grant: Grant, verdict: Verdict, now: float) -> None:
        if verdict.failure is not None and verdict.failure.wait is not None:
            verdict = dataclasses.replace(verdict, failure=dataclasses.replace(verdict.failure, wait=0.3), headers={})
        real(self, grant, verdict, now)

    with patch.object(AdaptiveGate, "report", report):
        yield


@bug
def no_deduplication() -> Iterator[None]:
    real, count = Core.receive, iter(range(1_000_000))

    async def receive(self: Core, event_key: str, submission: Submission) -> Received | Duplicate:
        return await real(self, f"{event_key}/{next(count)}", submission)

    with patch.object(Core, "receive", receive):
        yield


@bug
def accepted_before_the_acknowledgement() -> Iterator[None]:
    async def command(self: process.SimAdapter, event: Any, submission: Submission) -> None:
        received = await self.core.receive(event.key, submission)
        event.thread.request_id = received.request_id
        await self.core.accept(received.request_id)
        if not await self.people.acknowledge(event):
            await self.core.abandon(received.request_id)

    with patch.object(process.SimAdapter, "command", command):
        yield


@bug
def received_is_accepted_at_boot_without_asking() -> Iterator[None]:
    async def acknowledged(self: process.SimAdapter, place: Any) -> bool:
        return True

    with patch.object(process.SimAdapter, "acknowledged", acknowledged):
        yield


@bug
def a_second_attempt_on_a_calling_row() -> Iterator[None]:
    """A reaper that takes a slow exchange for a dead one."""
    real = bot.requests.sweep.sweep

    def sweep(tx: Tx, is_running: Callable[[str], bool]) -> None:
        real(tx, is_running)
        calling = requests.c.state == RequestState.CALLING.value
        tx.connection.execute(update(requests).where(calling).values(state=RequestState.QUEUED.value, due_at=tx.now))

    running = Scheduler._turn

    async def turn(self: Scheduler) -> float:
        self._running.clear()
        return await running(self)

    with patch.object(bot.lifecycle, "sweep", sweep), patch.object(Scheduler, "_turn", turn):
        yield


@bug
def a_waiting_request_dropped_at_the_stop() -> Iterator[None]:
    """What waits is given up when its process is told to end."""
    real = Scheduler.drain

    async def drain(self: Scheduler, seconds: float) -> None:
        waiting = requests.c.state == RequestState.QUEUED.value
        await self.ledger.write(lambda tx: tx.connection.execute(delete(requests).where(waiting)))
        await real(self, seconds)

    with patch.object(Scheduler, "drain", drain):
        yield


@bug
def a_blocks_verdict_lost_with_its_fenced_writer() -> Iterator[None]:
    real = bot.requests.attempt.record_outcome

    def record(tx: Tx, attempt_id: str, outcome: Outcome, failure: Failure | None, deps: Any) -> Any:
        row = attempt_rows.attempt_by_id(tx.connection, attempt_id)
        request = request_rows.get(tx.connection, row.request_id)
        if failure is not None and failure.group is Group.SAFETY and (request is None or request.epoch != row.epoch):
            failure = None
        return real(tx, attempt_id, outcome, failure, deps)

    with patch("bot.requests.scheduler.record_outcome", record):
        yield


@bug
def a_late_progress_edit_over_the_final_one() -> Iterator[None]:
    """A lost edit is not followed by a repetition of the final view."""
    real = Sender._note_sent

    async def sent(self: Sender, message_id: str, state: Any, *rest: Any) -> None:
        state.uncertain = False
        await real(self, message_id, state, *rest)

    with patch.object(Sender, "_note_sent", sent):
        yield


@bug
def a_private_result_in_a_channel() -> Iterator[None]:
    real = message_rows.want

    def want(tx: Tx, subject: str, audience: Audience, place: Any, reader: str | None = None) -> None:
        widened = Audience.CHANNEL if subject.startswith("request:") else audience
        real(tx, subject, widened, place, None if widened is Audience.CHANNEL else reader)

    with patch.object(message_rows, "want", want):
        yield


@bug
def a_stale_workers_step_not_fenced() -> Iterator[None]:
    def move(tx: Tx, request: Request, event: Any, **values: object) -> bool:
        state = REQUESTS.table.get((request.state, event), RequestState.ANSWERED)
        stored = request_rows._stored(values)
        tx.connection.execute(update(requests).where(requests.c.id == request.id).values(state=state.value, **stored))
        return True

    real = request_rows.get

    def get(connection: Any, request_id: str) -> Any:
        """What the worker remembers: its own epoch and state."""
        found = real(connection, request_id)
        if found is not None and found.answer is not None and found.answer.value == "cancelled" and found.attempts:
            return dataclasses.replace(found, state=RequestState.CALLING, epoch=found.epoch - 1)
        return found

    async def make(self: Scheduler, request_id: str, start: Any) -> Outcome:
        made: Outcome = await asyncio.get_running_loop().create_task(start())
        return made

    rows = _Shim(request_rows, move=move, get=get)
    steps = patch.object(bot.requests.transitions, "request_rows", _Shim(request_rows, move=move))
    with patch.object(bot.requests.attempt, "request_rows", rows), steps, patch.object(Scheduler, "_make", make):
        yield


@bug
def commits_not_synced() -> Iterator[None]:
    """The database says "done" before the disk has it."""
    import sqlite3

    from tests.simulation.sqlite import TrackedConnection

    real = TrackedConnection.execute

    def execute(self: TrackedConnection, sql: str, *parameters: Any) -> sqlite3.Cursor:
        return real(self, sql.replace("synchronous=FULL", "synchronous=NORMAL"), *parameters)

    with patch.object(TrackedConnection, "execute", execute):
        yield


class _Shim:
    """A module with some of its functions replaced, for one importer."""

    def __init__(self, module: Any, **replaced: Any) -> None:
        self.__dict__.update(vars(module))
        self.__dict__.update(replaced)


@bug
def waits_follow_the_wall_clock() -> Iterator[None]:
    """A clock that is put back an hour makes everything wait an hour longer."""
    now = patch.object(SteadyPorts, "now", lambda self: self.wall.now())
    with now, patch.object(SteadyPorts, "step", lambda self: 0.0):
        yield


@bug
def a_start_without_bounds() -> Iterator[None]:
    """The clock was put back while no process ran, and what was stored before waits an hour longer."""
    with patch.object(bot.lifecycle, "bound", lambda *_: None):
        yield


@bug
def block_memory_forgets_requests_with_pictures() -> Iterator[None]:
    real = bot.requests.accept.blocked_before

    def forgetful(tx: Tx, request: Request) -> Any:
        return None if request.references else real(tx, request)

    with patch.object(bot.requests.accept, "blocked_before", forgetful), patch.object(bot.requests.attempt, "blocked_before", forgetful):
        yield
