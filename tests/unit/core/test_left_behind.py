"""What is left behind in a living process is found by the sweep, and one part that fails does not stop the others."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot import compose
from bot.domain.request_states import RequestState
from bot.domain.requests import Person, Place, Submission
from bot.ledger import request_rows
from bot.ledger.store import LedgerProblem

from .world import Platform, world

SUBMISSION = Submission(Person("ana"), Place("test", "home", "imagine"), "a cat")


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compose, "SWEEP_EVERY", 0.05)
    monkeypatch.setattr(compose, "RECEIVED_FOR", 0.05)


async def test_a_command_whose_acceptance_failed_is_accepted_by_the_sweep(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        left = await w.bot.core.receive("test:left", SUBMISSION)
        assert (await w.answer(left.request_id)).pictures


async def test_a_command_that_its_member_saw_fail_is_dropped_by_the_sweep(tmp_path: Path) -> None:
    async with world(tmp_path, platform=Platform(acked=False)) as w:
        left = await w.bot.core.receive("test:left", SUBMISSION)
        async with asyncio.timeout(5):
            row = None
            while row is None or row.state is RequestState.RECEIVED:
                await asyncio.sleep(0)
                row = await w.bot.ledger.read(lambda c: request_rows.get(c, left.request_id))
        assert row.state is RequestState.REFUSED
        assert w.chat.about(f"request:{left.request_id}") is None


async def test_a_part_of_the_sweep_that_fails_leaves_the_others_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise LedgerProblem("a bug of ours")

    monkeypatch.setattr(compose, "sweep", broken)
    async with world(tmp_path) as w:
        swept = []
        monkeypatch.setattr(type(w.bot.moderation), "sweep", lambda moderation, tx: swept.append(1))
        await w.until(lambda: swept)


async def test_the_file_of_a_deleted_picture_goes_although_the_process_that_deleted_it_died(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        left = await w.bot.core.receive("test:left", SUBMISSION)
        [picture] = (await w.answer(left.request_id)).pictures
        await w.bot.ledger.write(lambda tx: request_rows.drop_pictures(tx, left.request_id))
        await w.until(lambda: picture.sha256 in w.pictures.forgotten)
        async with asyncio.timeout(5):
            unshown = [picture.sha256]
            while unshown:
                await asyncio.sleep(0)
                unshown = list(await w.bot.ledger.read(request_rows.unshown))
