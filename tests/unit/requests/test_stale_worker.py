"""A worker that comes too late writes down what it saw and what it cost, and moves nothing: the request has gone on without it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.catalogue.load import Catalogue
from bot.domain.failure import Failure
from bot.domain.kinds import KINDS, Kind
from bot.domain.outcome import Billed, Outcome, Pending, Picture
from bot.domain.request_states import RequestEvent, RequestState
from bot.domain.requests import Person, Place, Request, Submission
from bot.ledger import attempt_rows, request_rows
from bot.ledger.store import Ledger, Tx
from bot.ledger.tables import blocked_prompts, pictures
from bot.messages.notices import Notices
from bot.requests.accept import accept
from bot.requests.attempt import Dependencies, Opened, open_attempt, record_outcome
from bot.requests.rules import Rules
from bot.requests.submit import store_submission

RULES = Rules(model=Catalogue.load().default())
HANDS = Dependencies(RULES, lambda tx, request, failure: "case", Notices(), lambda low, high: low)
OLD, NEW = Picture("aa" * 32, "png", 64, 64, 100), Picture("bb" * 32, "png", 64, 64, 100)
BLOCKED = Failure(
    KINDS[Kind.SAFETY_PROMPT].group, Kind.SAFETY_PROMPT, KINDS[Kind.SAFETY_PROMPT].action, None, KINDS[Kind.SAFETY_PROMPT].who_can_fix, 1.0
)


def drew(picture: Picture) -> Outcome:
    return Outcome(pictures=(picture,), billed=Billed.YES, status=200)


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[Ledger]:
    made = 0

    def new_id() -> str:
        nonlocal made
        made += 1
        return f"id{made:014d}"

    ledger = await Ledger.open(tmp_path, lambda: 1_800_000_000.0, new_id)
    yield ledger
    await ledger.close()


async def two_workers(ledger: Ledger) -> tuple[Opened, Opened]:
    """The same request is being called twice: its first worker was given up for dead, and is not."""

    def body(tx: Tx) -> tuple[Opened, Opened]:
        store_submission(tx, "request", "event", Submission(Person("ana"), Place("test", "home", "imagine"), "a red bicycle"), RULES)
        accept(tx, "request", RULES, HANDS.open_case)
        first = open_attempt(tx, "request", HANDS)
        assert isinstance(first, Opened)
        request_rows.move(tx, first.request, RequestEvent.REQUEUE, due_at=tx.now)
        second = open_attempt(tx, "request", HANDS)
        assert isinstance(second, Opened)
        return first, second

    return await ledger.write(body)


async def now(ledger: Ledger) -> Request:
    found = await ledger.read(lambda c: request_rows.get(c, "request"))
    assert found is not None
    return found


async def test_late_pictures_are_paid_for_and_shown_to_nobody(ledger: Ledger) -> None:
    first, second = await two_workers(ledger)
    assert second.attempt.epoch > first.attempt.epoch
    assert await ledger.write(lambda tx: record_outcome(tx, first.attempt.id, drew(OLD), None, HANDS)) is None
    request = await now(ledger)
    assert (request.state, request.epoch) == (RequestState.CALLING, second.request.epoch)
    assert await ledger.read(lambda c: c.execute(select(pictures)).all()) == []
    row = await ledger.read(lambda c: attempt_rows.attempt_by_id(c, first.attempt.id))
    assert (row.billed, row.cost_micros > 0, row.closed_at is not None) == ("yes", True, True)
    await ledger.write(lambda tx: record_outcome(tx, second.attempt.id, drew(NEW), None, HANDS))
    assert [one.sha256 for one in await ledger.read(lambda c: c.execute(select(pictures)).all())] == [NEW.sha256]


async def test_a_late_task_is_not_polled(ledger: Ledger) -> None:
    first, _ = await two_workers(ledger)
    late = Outcome(pending=Pending("task-1", poll_after=1.0), billed=Billed.UNKNOWN, status=202)
    await ledger.write(lambda tx: record_outcome(tx, first.attempt.id, late, None, HANDS))
    assert (await now(ledger)).state is RequestState.CALLING


async def test_a_late_failure_ends_nothing_and_a_late_block_is_remembered(ledger: Ledger) -> None:
    first, second = await two_workers(ledger)
    late = Outcome(billed=Billed.NO, status=400)
    assert await ledger.write(lambda tx: record_outcome(tx, first.attempt.id, late, BLOCKED, HANDS)) is None
    request = await now(ledger)
    assert (request.state, request.answer, request.case_id) == (RequestState.CALLING, None, None)
    assert len(await ledger.read(lambda c: c.execute(select(blocked_prompts)).all())) == 1
    assert await ledger.write(lambda tx: record_outcome(tx, second.attempt.id, drew(NEW), None, HANDS)) is not None
