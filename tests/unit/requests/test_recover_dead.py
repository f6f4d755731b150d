"""Calls that a dead process left: interrupted once, unless a live process makes them, or the service can be asked what became of them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot import lifecycle
from bot.domain.outcome import SUBMITTED, Outcome, Pending
from bot.domain.request_states import Answer, RequestState
from bot.ledger import attempt_rows
from bot.ledger.store import Tx
from bot.ledger.tables import attempts, requests
from bot.requests import scheduler
from bot.requests.recover import recover, recover_dead
from tests.world import RATE, Service, World, bad, world

S = RequestState


@contextlib.asynccontextmanager
async def calling(folder: Path, count: int = 1) -> AsyncIterator[tuple[World, list[str]]]:
    """Requests whose calls hang."""
    service = Service()
    service.hold = asyncio.Event()
    async with world(folder, service) as w:
        made = [await w.imagine(f"boat {number}", person=f"ana{number}") for number in range(count)]
        await w.until(lambda: len(service.calls) == count)
        yield w, made


async def state(w: World, request_id: str) -> tuple[RequestState, Answer | None]:
    found = await w.row(request_id)
    return found.state, found.answer


async def open_calls(w: World) -> set[str]:
    return {one.request_id for one in await w.bot.ledger.read(attempt_rows.open_attempts)}


async def test_only_calls_of_dead_processes_are_interrupted(tmp_path: Path) -> None:
    async with calling(tmp_path, 2) as (w, (alive, dead)):
        assert await w.bot.ledger.write(lambda tx: recover_dead(tx, {alive, dead})) == 0
        assert await w.bot.ledger.write(lambda tx: recover_dead(tx, {alive})) == 1
        assert await state(w, alive) == (S.CALLING, None)
        assert await state(w, dead) == (S.ANSWERED, Answer.INTERRUPTED)
        assert await open_calls(w) == {alive}


@pytest.mark.parametrize(("task", "interrupted"), [(f"{SUBMITTED}1", 0), ("task-1", 1), (None, 1)])
@pytest.mark.parametrize("alone", [True, False])
async def test_a_call_that_its_service_can_be_asked_about_is_polled(
    tmp_path: Path, task: str | None, interrupted: int, alone: bool
) -> None:
    async with calling(tmp_path) as (w, [made]):

        def body(tx: Tx) -> int:
            tx.connection.execute(update(attempts).values(task_id=task))
            return recover(tx).interrupted if alone else recover_dead(tx, ())

        assert await w.bot.ledger.write(body) == interrupted
        expected = (S.ANSWERED, Answer.INTERRUPTED) if interrupted else (S.COLLECTING, None)
        assert await state(w, made) == expected


async def test_a_cancelled_call_of_a_dead_process_is_closed_beside_a_running_one(tmp_path: Path) -> None:
    async with calling(tmp_path, 3) as (w, made):

        def body(tx: Tx) -> int:
            first = tx.connection.execute(select(attempts.c.request_id).order_by(attempts.c.id)).scalars().first()
            for one in made:
                if one != first:
                    tx.connection.execute(update(requests).where(requests.c.id == one).values(state=S.ANSWERED.value, answer="cancelled"))
            return recover_dead(tx, {str(first)})

        assert await w.bot.ledger.write(body) == 0
        assert len(await open_calls(w)) == 1


@pytest.mark.parametrize("position", [0, 1, 2])
async def test_a_task_that_is_polled_stays_open_beside_cancelled_calls(tmp_path: Path, position: int) -> None:
    async with calling(tmp_path, 3) as (w, made):

        def body(tx: Tx) -> int:
            for number, one in enumerate(made):
                values = {"state": S.COLLECTING.value} if number == position else {"state": S.ANSWERED.value, "answer": "cancelled"}
                tx.connection.execute(update(requests).where(requests.c.id == one).values(**values))
            return recover_dead(tx, ())

        assert await w.bot.ledger.write(body) == 0
        assert await open_calls(w) == {made[position]}


@pytest.mark.parametrize(
    "unfinished", [Outcome(pending=Pending("task-1", poll_after=1.0), status=202), bad(RATE)], ids=["a poll", "a call"]
)
async def test_what_waits_for_a_later_time_goes_on_then(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unfinished: Outcome) -> None:
    """Nothing but its own wake-up: no sweep, and no read of the queue for safety's sake."""
    monkeypatch.setattr(lifecycle, "SWEEP_EVERY", 3600.0)
    monkeypatch.setattr(scheduler, "SAFETY_POLL", 3600.0)
    async with world(tmp_path, Service(script=[unfinished])) as w:
        made = await w.imagine()
        await w.until(lambda: not w.service.script and not w.bot.scheduler.is_running(made))
        waiting, _ = await state(w, made)
        assert waiting in (S.COLLECTING, S.QUEUED)
    async with world(tmp_path) as w:
        assert (await w.answer(made)).pictures
