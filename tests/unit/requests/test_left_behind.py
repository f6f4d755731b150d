"""What is left behind in a living process is found by the sweep, and one part that fails does not stop the others."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot import lifecycle
from bot.core import Duplicate
from bot.domain.request_states import RequestState
from bot.domain.requests import Person, Place, Submission
from bot.ledger import picture_rows, request_rows
from bot.ledger.store import LedgerProblem, Tx
from bot.requests.recover import recover
from bot.requests.sweep import sweep
from bot.texts import text
from tests.world import Platform, world

SUBMISSION = Submission(Person("ana"), Place("test", "home", "imagine"), "a cat")


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifecycle, "SWEEP_EVERY", 0.05)
    monkeypatch.setattr(lifecycle, "RECEIVED_FOR", 0.05)


async def test_a_command_whose_acceptance_failed_is_accepted_by_the_sweep(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        left = await w.bot.core.receive("test:left", SUBMISSION)
        assert (await w.answer(left.request_id)).pictures


async def test_a_command_that_its_member_saw_fail_is_dropped_by_the_sweep(tmp_path: Path) -> None:
    async with world(tmp_path, platform=Platform(acked=False)) as w:
        left = await w.bot.core.receive("test:left", SUBMISSION)
        async with asyncio.timeout(30):
            row = None
            while row is None or row.state is RequestState.RECEIVED:
                await asyncio.sleep(0)
                row = await w.bot.ledger.read(lambda c: request_rows.get(c, left.request_id))
        assert row.state is RequestState.REFUSED
        assert w.chat.about(f"request:{left.request_id}") is None


async def test_who_is_acknowledged_after_their_command_was_dropped_is_told(tmp_path: Path) -> None:
    """The platform delivers the event again, takes the acknowledgement now, and the member waits."""
    async with world(tmp_path) as w:
        left = await w.bot.core.receive("test:late", SUBMISSION)
        await w.bot.core.abandon(left.request_id)
        assert await w.bot.core.receive("test:late", SUBMISSION) == Duplicate(left.request_id)
        await w.bot.core.accept(left.request_id)
        await w.until(lambda: w.chat.about(f"request:{left.request_id}"))
        shown = w.chat.about(f"request:{left.request_id}")
        assert shown is not None
        assert shown.final
        assert not shown.buttons
        assert text("refusal.abandoned") in shown.text
        assert not w.service.calls


async def test_a_command_found_by_a_start_is_not_dropped_before_the_platform_was_asked(tmp_path: Path) -> None:
    """While no process ran, its deadline passed, or the wall clock was put forward."""
    async with world(tmp_path) as w:
        left = await w.bot.core.receive("test:old", SUBMISSION)
        await w.bot.ledger.write(lambda tx: request_rows.mark(tx, left.request_id, created_at=tx.now - 3600, deadline_at=tx.now - 2760))

        def started(tx: Tx) -> None:
            recover(tx)
            sweep(tx, lambda _: False)

        await w.bot.ledger.write(started)
        assert (await w.answer(left.request_id)).pictures


async def test_a_part_of_the_sweep_that_fails_leaves_the_others_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise LedgerProblem("a bug of ours")

    monkeypatch.setattr(lifecycle, "sweep", broken)
    async with world(tmp_path) as w:
        swept = []
        monkeypatch.setattr(type(w.bot.moderation), "sweep", lambda moderation, tx: swept.append(1))
        await w.until(lambda: swept)


async def test_the_file_of_a_deleted_picture_goes_although_the_process_that_deleted_it_died(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        left = await w.bot.core.receive("test:left", SUBMISSION)
        [picture] = (await w.answer(left.request_id)).pictures
        await w.bot.ledger.write(lambda tx: picture_rows.drop(tx, left.request_id))
        await w.until(lambda: picture.sha256 in w.pictures.forgotten)
        async with asyncio.timeout(30):
            unshown = [picture.sha256]
            while unshown:
                await asyncio.sleep(0)
                unshown = list(await w.bot.ledger.read(picture_rows.unshown))
