"""Nothing can be stored: operators hear at once without the ledger, and again when it is over."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.chat.port import Sent, Unknown
from bot.chat.views import Audience, Tone
from bot.domain.requests import Place
from bot.ledger import message_rows, notice_rows
from bot.ledger.store import Ledger, LedgerClosed, LedgerProblem
from bot.messages import storage
from bot.messages.storage import StorageWatch
from bot.texts import paragraphs, text
from tests.unit.messages.sender_stage import Stage
from tests.unit.messages.test_notices import OPERATORS, Ground, act


class Full:
    """A ledger whose next writes fail; everything else is the real one's."""

    def __init__(self, ledger: Ledger, stage: Stage) -> None:
        self.real, self.stage, self.fails, self.where = ledger, stage, [], ledger.where
        self.fails: list[LedgerProblem]
        self.at: list[float] = []

    async def write(self, fn: Callable[[Any], Any]) -> Any:
        self.at.append(self.stage.monotonic())
        if self.fails:
            raise self.fails.pop(0)
        return await self.real.write(fn)


def watch(ground: Ground, full: Full) -> StorageWatch:
    return StorageWatch(full, ground.notices, lambda: {"test": ground.stage}, ground.stage)  # type: ignore[arg-type, dict-item]


def test_operators_hear_at_once_that_nothing_can_be_stored_and_when_it_is_over(tmp_path: Path) -> None:
    async def scene(ground: Ground) -> None:
        full = Full(ground.ledger, ground.stage)
        ground.places = [OPERATORS, Place("gone", "home", "operators")]
        found = watch(ground, full)
        began = ground.stage.monotonic()
        full.fails = [LedgerProblem(f"full {number}") for number in range(7)]
        found.failed(LedgerClosed("stopping"))
        assert ground.stage.sent == []
        for _ in range(2):
            found.failed(LedgerProblem("full"))
        await asyncio.sleep(0.01)
        [(at, title, sent)] = ground.stage.sent
        assert (at, title, sent.subject, sent.audience, sent.place) == (
            began,
            text("notice.title_storage"),
            "notice:storage",
            Audience.OPERATORS,
            OPERATORS,
        )
        [view] = ground.stage.views
        assert (view.text, view.tone, view.final) == (paragraphs(text("notice.storage")), Tone.PROBLEM, True)
        assert [one.value for one in view.facts] == ["full"]
        await asyncio.sleep(200)
        pauses = [later - earlier for earlier, later in zip([began, *full.at], full.at, strict=False)]
        assert pauses[:8] == pytest.approx([1, 2, 4, 8, 15, 15, 15, 15])
        assert full.at[-1] == pytest.approx(full.at[6] + storage.QUIET), "solved a minute after the last failure"
        [row] = [
            one
            for one in await ground.ledger.read(lambda c: message_rows.of_subject(c, "notice:storage"))
            if one.message.place == OPERATORS
        ]
        assert row.message.ref == {"id": "m"}, "the notice goes on in the message that operators have"
        notice = await ground.ledger.read(lambda c: notice_rows.get(c, "storage"))
        assert notice is not None
        assert (notice.facts, notice.resolved_at is None) == ({"detail": "full 6"}, False)
        full.at.clear()
        found.failed(LedgerProblem("again"))
        await asyncio.sleep(1.5)
        assert len(full.at) == 1, "a new episode begins with a short pause"
        await found.stop()

    act(tmp_path, scene)


def test_a_failure_in_the_quiet_minute_makes_it_longer(tmp_path: Path) -> None:
    async def scene(ground: Ground) -> None:
        full = Full(ground.ledger, ground.stage)
        found = watch(ground, full)
        began = ground.stage.monotonic()
        found.failed(LedgerProblem("full"))
        await asyncio.sleep(40)
        found.failed(LedgerProblem("full"))
        await asyncio.sleep(100)
        assert full.at == pytest.approx([began + 1, began + 40 + storage.QUIET])
        assert len(ground.stage.sent) == 1
        assert found.late() == text("reply.cannot_store")
        await asyncio.sleep(2)
        facts = await ground.facts("storage")
        assert facts is not None
        assert str(ground.ledger.where) in facts["detail"]
        await found.stop()

    act(tmp_path, scene)


@pytest.mark.parametrize("answer", [Unknown(), RuntimeError("x"), 100.0])
def test_a_channel_that_does_not_answer_holds_up_nothing(tmp_path: Path, answer: Any) -> None:
    async def scene(ground: Ground) -> None:
        full = Full(ground.ledger, ground.stage)
        ground.stage.answers = [answer]
        found = watch(ground, full)
        began = ground.stage.monotonic()
        found.failed(LedgerProblem("full"))
        await asyncio.sleep(30)
        assert full.at == pytest.approx([began + 1 + (storage.SEND_WITHIN if answer == 100.0 else 0)])
        [row] = await ground.ledger.read(lambda c: message_rows.of_subject(c, "notice:storage"))
        assert row.message.ref == {}
        await found.stop()

    act(tmp_path, scene)


def test_a_bot_that_stops_looks_no_more_and_one_that_starts_solves_what_was_left(tmp_path: Path) -> None:
    async def scene(ground: Ground) -> None:
        full = Full(ground.ledger, ground.stage)
        found = watch(ground, full)
        full.fails = [LedgerClosed("stopping")]
        found.failed(LedgerProblem("full"))
        await asyncio.sleep(100)
        assert len(full.at) == 1
        await found.stop()
        full.fails = [LedgerProblem("full")] * 3
        found.failed(LedgerProblem("full"))
        await asyncio.sleep(0.5)
        await found.stop()
        await asyncio.sleep(100)
        assert len(full.at) == 1
        full.fails = []
        await found.start()
        assert len(full.at) == 1, "no notice was open"
        await ground.ledger.write(lambda tx: ground.notices.report(tx, "storage", "storage", {"detail": "x"}))
        await found.start()
        assert await ground.notice("storage") is None
        assert Sent({}).ref == {}

    act(tmp_path, scene)
